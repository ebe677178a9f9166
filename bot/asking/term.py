"""The last day of a term (HN-32): so many working days or days from today, or a date; said with how it was counted
(BY-02)."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.asking.day import named_day
from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.asking.words import SKIP, bare
from bot.cards import LIGHT, PLAIN, Press, ask_with_buttons
from core import clock
from core.calendar import counting
from core.calendar.days import UnknownYear
from core.calendar.deadlines import Deadline, Rule, in_days, in_workdays, on_day
from core.cases.drafts import PARENT
from core.cases.models import Case
from core.errors import BadInput
from core.projects.models import Project
from notices import practice
from notices.fields import Term as TermField
from notices.handing import due_of
from notices.kinds import Term
from wecom.events import TextMessage

_OFFERED = (3, 7, 15)
_WORKDAYS = re.compile(r"^(\d{1,4})\s?个?工作日$")
_DAYS = re.compile(r"^(\d{1,4})\s?[天日]$")
_NONE = "none"


@dataclass(frozen=True)
class _Start:
    """The day from which is counted, and how; ``rule`` is the station's."""

    day: date
    counts: Rule
    rule: Rule

    def workdays(self, count: int) -> Deadline:
        return in_workdays(counting.calendar(), self.day, count, self.counts)

    def days(self, count: int) -> Deadline:
        return in_days(counting.calendar(), self.day, count, self.counts)

    def ends(self, last: date) -> Deadline:
        """A day that was chosen counts from today."""
        return on_day(counting.calendar(), clock.today(), last, self.rule)


class TermAsker(Asker):
    """Proposes what is usual for the kind that was chosen. What is asked for about a reply is more time: it counts from
    the day on which that is due now."""

    async def ask(self, desk: Desk) -> bool:
        start = await _start(desk)
        ends = {count: end for count in _counts(desk) if (end := _within(start, count)) is not None}
        presses = [Press(f"{count}个工作日", desk.carries(str(count)), LIGHT) for count in ends]
        if _may_be_left_out(desk):
            presses.append(Press(_without(desk), desk.carries(_NONE), PLAIN))
        rows = [(f"{count}工作日", str(counting.calendar().day(end.last_day))) for count, end in ends.items()]
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
        return self._taken(desk, (await _start(desk)).workdays(int(value)))

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


async def _start(desk: Desk) -> _Start:
    """Today, or the last day of what more time is asked for, which has been counted already."""
    parent = await Case.get_or_none(id=desk.draft.data.get(PARENT) or 0)
    due = due_of(parent.data) if parent is not None and not _starts_today(desk) else None
    view = desk.view
    project = await Project.get_or_none(id=view.project_id or 0)
    rule = counting.rule(project.station_id if project else view.station_id)
    if due is None:
        return _Start(clock.today(), rule, rule)
    return _Start(clock.local(due).date() - timedelta(days=1), replace(rule, same_day=False), rule)


def _hint(desk: Desk, start: _Start) -> str:
    day = start.day
    now = "" if day == clock.today() else f"现在的截止日期是{day.month}月{day.day}日，从次日起算。"
    return f"{now}也可以回复：10天、5个工作日、12月5日。{desk.question.field.hint}"


def _counts(desk: Desk) -> list[int]:
    usual = practice.kinds()[desk.answers["kind"]].usual_workdays if "kind" in desk.answers else None
    return sorted({*_OFFERED, *([usual] if usual else [])})


def _may_be_left_out(desk: Desk) -> bool:
    kind = desk.answers.get("kind")
    return not desk.question.required and (kind is None or practice.kinds()[kind].deadline is Term.OPTIONAL)


def _within(start: _Start, count: int) -> Deadline | None:
    """None where nobody knows the holidays yet: a day can still be named."""
    try:
        return start.workdays(count)
    except UnknownYear:
        return None


def _meant(desk: Desk, start: _Start, said: str) -> Deadline:
    if found := _WORKDAYS.match(said):
        return start.workdays(int(found[1]))
    if found := _DAYS.match(said):
        return start.days(int(found[1]))
    day = named_day(said)
    if day is None:
        raise BadInput(f"「{desk.question.caption}」没有看懂，请点按钮，或回复：5个工作日、10天、12月5日。")
    return start.ends(day)
