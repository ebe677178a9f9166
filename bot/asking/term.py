"""The last day of a term (HN-32): so many working days or days from today, or a date; said with how it was counted
(BY-02)."""

import re
from datetime import date, timedelta

from bot.asking.day import named_day
from bot.asking.desk import PARENT, Asker, Desk, Sign, Taken
from bot.asking.words import SKIP, bare
from bot.cards import LIGHT, PLAIN, Press, ask_with_buttons
from core import clock
from core.calendar.days import UnknownYear
from core.calendar.deadlines import Deadline, in_days, in_workdays, on_day
from core.cases.models import Case
from core.errors import BadInput
from notices import practice
from notices.fields import Term as TermField
from notices.handing import due_of
from notices.kinds import Term
from wecom.events import TextMessage

_OFFERED = (3, 7, 15)
_WORKDAYS = re.compile(r"^(\d{1,4})\s?个?工作日$")
_DAYS = re.compile(r"^(\d{1,4})\s?[天日]$")
_NONE = "none"


class TermAsker(Asker):
    """Proposes what is usual for the kind that was chosen. What is asked for about a reply is more time: it counts from
    the day on which that is due now."""

    async def ask(self, desk: Desk) -> bool:
        start = await _start(desk)
        ends = {count: end for count in _counts(desk) if (end := _within(start, count)) is not None}
        presses = [Press(f"{count}个工作日", desk.carries(str(count)), LIGHT) for count in ends]
        if _may_be_left_out(desk):
            presses.append(Press(_without(desk), desk.carries(_NONE), PLAIN))
        rows = [(f"{count}工作日", str(practice.current().calendar.day(end.last_day))) for count, end in ends.items()]
        card = ask_with_buttons(desk.task(), desk.title, _hint(desk, start), presses, rows=rows)
        desk.talk.show(card)
        return True

    async def read(self, desk: Desk) -> Taken:
        if not isinstance(desk.talk.event, TextMessage):
            return Sign.NOT_MINE
        said = bare(desk.talk.event.content)
        if said in SKIP or said == _without(desk):
            return self._none(desk)
        return self._taken(desk, _meant(desk, await _start(desk), said))

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        if value == _NONE:
            return self._none(desk)
        if value not in {str(count) for count in _counts(desk)}:
            raise BadInput("这个按钮已经失效，请看最新的卡片。")
        return self._taken(desk, _workdays(await _start(desk), int(value)))

    def _none(self, desk: Desk) -> Taken:
        if not _may_be_left_out(desk):
            raise BadInput(f"必须有「{desk.question.caption}」，请点按钮或回复日期。")
        return desk.question.default

    def _taken(self, desk: Desk, end: Deadline) -> Taken:
        desk.talk.say(end.explanation)
        return end.last_day.isoformat()


def _without(desk: Desk) -> str:
    return "不定日期" if _starts_today(desk) else "不设期限"


def _starts_today(desk: Desk) -> bool:
    return isinstance(desk.question.field, TermField) and desk.question.field.starts_today


async def _start(desk: Desk) -> date:
    """Today, or the last day of what more time is asked for."""
    if _starts_today(desk):
        return clock.today()
    parent = await Case.get_or_none(id=desk.draft.data.get(PARENT) or 0)
    due = due_of(parent.data) if parent is not None else None
    return clock.local(due).date() - timedelta(days=1) if due is not None else clock.today()


def _hint(desk: Desk, start: date) -> str:
    now = "" if start == clock.today() else f"现在的截止日期是{start.month}月{start.day}日，从次日起算。"
    return f"{now}也可以回复：10天、5个工作日、12月5日。{desk.question.field.hint}"


def _counts(desk: Desk) -> list[int]:
    usual = practice.kinds()[desk.answers["kind"]].usual_workdays if "kind" in desk.answers else None
    return sorted({*_OFFERED, *([usual] if usual else [])})


def _may_be_left_out(desk: Desk) -> bool:
    kind = desk.answers.get("kind")
    return not desk.question.required and (kind is None or practice.kinds()[kind].deadline is Term.OPTIONAL)


def _within(start: date, count: int) -> Deadline | None:
    """None where nobody knows the holidays yet: a day can still be named."""
    try:
        return _workdays(start, count)
    except UnknownYear:
        return None


def _workdays(start: date, count: int) -> Deadline:
    now = practice.current()
    return in_workdays(now.calendar, start, count, now.rule)


def _meant(desk: Desk, start: date, said: str) -> Deadline:
    now = practice.current()
    if found := _WORKDAYS.match(said):
        return _workdays(start, int(found[1]))
    if found := _DAYS.match(said):
        return in_days(now.calendar, start, int(found[1]), now.rule)
    day = named_day(said)
    if day is None:
        raise BadInput(f"「{desk.question.caption}」没有看懂，请点按钮，或回复：5个工作日、10天、12月5日。")
    return on_day(now.calendar, clock.today(), day, now.rule)
