"""The last day of a term (HN-32): so many working days or days from today, or a date; said with how it was counted
(BY-02)."""

import re

from bot.asking.day import named_day
from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.asking.words import SKIP, bare
from bot.cards import LIGHT, PLAIN, Press, ask_with_buttons
from core import clock
from core.calendar import counting
from core.calendar.deadlines import Deadline
from core.errors import BadInput
from notices import asked_terms
from notices.asked_terms import Start
from wecom.events import TextMessage

_WORKDAYS = re.compile(r"^(\d{1,4})\s?个?工作日$")
_DAYS = re.compile(r"^(\d{1,4})\s?[天日]$")
_NONE = "none"


class TermAsker(Asker):
    """Proposes what is usual for the kind that was chosen. What is asked for about a reply is more time: it counts from
    the day on which that is due now."""

    async def ask(self, desk: Desk) -> bool:
        start, ends = await _start(desk), await asked_terms.proposed(desk.filling, desk.question)
        presses = [Press(f"{count}个工作日", desk.carries(str(count)), LIGHT) for count in ends]
        if asked_terms.may_be_left_out(desk.filling, desk.question):
            presses.append(Press(asked_terms.without(desk.question), desk.carries(_NONE), PLAIN))
        rows = [(f"{count}工作日", str(counting.calendar().day(end.last_day))) for count, end in ends.items()]
        card = ask_with_buttons(desk.task(), desk.title, _hint(desk, start), presses, rows=rows, url=desk.page)
        desk.talk.show(card)
        return True

    async def read(self, desk: Desk) -> Taken:
        if not isinstance(desk.talk.event, TextMessage):
            return Sign.NOT_MINE
        said = bare(desk.talk.event.content)
        if said in SKIP or said == asked_terms.without(desk.question):
            return self._none(desk)
        return self._taken(desk, _meant(desk, await _start(desk), said))

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        if value == _NONE:
            return self._none(desk)
        if value not in {str(count) for count in asked_terms.counts(desk.filling)}:
            raise BadInput("这个按钮已经失效，请看最新的卡片。")
        return self._taken(desk, (await _start(desk)).workdays(int(value)))

    def _none(self, desk: Desk) -> Taken:
        if not asked_terms.may_be_left_out(desk.filling, desk.question):
            raise BadInput(f"必须有「{desk.question.caption}」，请点按钮或回复日期。")
        return desk.question.default

    def _taken(self, desk: Desk, end: Deadline) -> Taken:
        desk.talk.say(end.explanation)
        return end.last_day.isoformat()


async def _start(desk: Desk) -> Start:
    return await asked_terms.start(desk.filling, desk.question)


def _hint(desk: Desk, start: Start) -> str:
    day = start.day
    now = "" if day == clock.today() else f"现在的截止日期是{day.month}月{day.day}日，从次日起算。"
    return f"{now}也可以回复：10天、5个工作日、12月5日。{desk.question.field.hint}"


def _meant(desk: Desk, start: Start, said: str) -> Deadline:
    if found := _WORKDAYS.match(said):
        return start.workdays(int(found[1]))
    if found := _DAYS.match(said):
        return start.days(int(found[1]))
    day = named_day(said)
    if day is None:
        raise BadInput(f"「{desk.question.caption}」没有看懂，请点按钮，或回复：5个工作日、10天、12月5日。")
    return start.ends(day)
