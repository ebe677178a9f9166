"""Terms that a person chooses (HN-32): from which day they count, which are proposed, and whether there must be one."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from core import clock
from core.calendar import counting
from core.calendar.days import UnknownYear
from core.calendar.deadlines import Deadline, Rule, in_days, in_workdays, on_day
from core.cases.drafts import PARENT
from core.cases.filling import Filling
from core.cases.models import Case
from core.forms import Question
from core.projects.models import Project
from notices import fields, practice
from notices.handing import due_of
from notices.kinds import Term

_OFFERED = (3, 7, 15)


@dataclass(frozen=True)
class Start:
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

    def within(self, count: int) -> Deadline | None:
        """None where nobody knows the holidays yet: a day can still be named."""
        try:
            return self.workdays(count)
        except UnknownYear:
            return None


async def start(filling: Filling, question: Question) -> Start:
    """Today, or the last day of what more time is asked for, which has been counted already."""
    parent = await Case.get_or_none(id=filling.draft.data.get(PARENT) or 0)
    due = due_of(parent.data) if parent is not None and not starts_today(question) else None
    view = filling.view
    project = await Project.get_or_none(id=view.project_id or 0)
    rule = counting.rule(project.station_id if project else view.station_id)
    if due is None:
        return Start(clock.today(), rule, rule)
    return Start(clock.local(due).date() - timedelta(days=1), replace(rule, same_day=False), rule)


def starts_today(question: Question) -> bool:
    return isinstance(question.field, fields.Term) and question.field.starts_today


def counts(filling: Filling) -> list[int]:
    """So many working days are proposed, what is usual for the kind that was chosen among them."""
    usual = practice.kinds()[filling.answers["kind"]].usual_workdays if "kind" in filling.answers else None
    return sorted({*_OFFERED, *([usual] if usual else [])})


async def proposed(filling: Filling, question: Question) -> dict[int, Deadline]:
    begins = await start(filling, question)
    return {count: end for count in counts(filling) if (end := begins.within(count)) is not None}


def may_be_left_out(filling: Filling, question: Question) -> bool:
    kind = filling.answers.get("kind")
    return not question.required and (kind is None or practice.kinds()[kind].deadline is Term.OPTIONAL)


def without(question: Question) -> str:
    """What it is called to leave it out."""
    return "不定日期" if starts_today(question) else "不设期限"
