"""A day: typed in any usual way, or one of three buttons."""

import re
from contextlib import suppress
from datetime import date, timedelta

from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.asking.words import SKIP, bare
from bot.cards import LIGHT, Press, ask_with_buttons
from core import clock
from core.errors import BadInput
from wecom.events import TextMessage

_AHEAD = {"今天": 0, "明天": 1, "后天": 2}
_FULL = re.compile(r"^(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?$")
_SHORT = re.compile(r"^(\d{1,2})[月./-](\d{1,2})日?$")


class DayAsker(Asker):
    async def ask(self, desk: Desk) -> bool:
        presses = [Press(word, desk.carries(_day(ahead)), LIGHT) for word, ahead in _AHEAD.items()]
        text = "也可以直接回复日期，例如 12月5日。"
        desk.talk.show(ask_with_buttons(desk.task(), desk.title, text, presses, url=desk.page))
        return True

    async def read(self, desk: Desk) -> Taken:
        if not isinstance(desk.talk.event, TextMessage):
            return Sign.NOT_MINE
        said = bare(desk.talk.event.content)
        if not desk.question.required and said in SKIP:
            return desk.question.default
        if said in _AHEAD:
            return _day(_AHEAD[said])
        return _parsed(said, desk.question.caption)

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        return value


def _day(ahead: int) -> str:
    return (clock.today() + timedelta(days=ahead)).isoformat()


def _parsed(said: str, caption: str) -> str:
    day = named_day(said)
    if day is None:
        raise BadInput(f"「{caption}」没有看懂，请按“12月5日”或“2026-12-05”的样子回复。")
    return day.isoformat()


def named_day(said: str, *, past: bool = False) -> date | None:
    """A day without a year is the next one of that name, or with ``past`` the last; None for what is no day."""
    with suppress(ValueError):  # 2月30日
        if found := _FULL.match(said):
            return date(*(int(part) for part in found.groups()))
        if found := _SHORT.match(said):
            return _nearest(int(found[1]), int(found[2]), past)
    return None


def _nearest(month: int, day: int, past: bool) -> date:
    today = clock.today()
    this = date(today.year, month, day)
    if past:
        return this if this <= today else this.replace(year=today.year - 1)
    return this if this >= today else this.replace(year=today.year + 1)
