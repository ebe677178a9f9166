"""What each replier is handed when a notice is issued: what is wrong, and until when, with how that was counted."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from checks.report import CheckReport
from core import clock
from core.calendar import counting
from core.calendar.deadlines import Deadline, on_day
from core.cases.declaration import View
from core.cases.models import Case
from core.errors import BadInput, Refusal
from core.forms.form import attachments
from notices import practice, records


async def handed_out(notice: Case, view: View) -> Mapping[str, Any]:
    """With the evidence of the findings, which the replier could not see otherwise. Refuses to issue a notice whose
    deadline has passed while it waited for somebody's word."""
    check = await Case.get(id=int(notice.data["cited_check"]))
    kind = practice.kind(notice.data["kind"])
    handed = {
        "kind": kind.name,
        "title": notice.title,
        "number": notice.number,
        "answer": kind.answer.value,
        "findings": records.wordings(check),
        "photos": [one.get("photos", []) for one in check.data["findings"]],
        "attachments": attachments(CheckReport, check.data),
        "cited_check": str(check.id),
    }
    term = term_of(notice)
    return handed | ({"due": term.due.isoformat(), "due_why": term.explanation} if term else {})


def term_of(notice: Case) -> Deadline | None:
    """As it would be handed out today. Refuses one that has passed."""
    written = notice.data.get("deadline")
    if not written:
        return None
    last = date.fromisoformat(written)
    try:
        return on_day(counting.calendar(), clock.today(), last, counting.rule(notice.station_id))
    except BadInput:
        said = f"{last.month}月{last.day}日"
        raise Refusal(f"截止日期{said}已经到了，不能再下发，请不予通过，并说明需要重新拟定。") from None


def due_of(data: Mapping[str, Any]) -> datetime | None:
    """The first moment that is too late for a reply with this data."""
    return datetime.fromisoformat(data["due"]) if data.get("due") else None
