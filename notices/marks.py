"""Negative marks that a replier has got, and how each stands (BY-15): an overdue reply, a return, what came of being
overdue, a bad-conduct record.

How a mark stands is kept under its name in ``marks`` of every case that shows it. One that was corrected stays in the
history, and does not count any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from core import clock
from core.calendar.deadlines import Deadline
from core.cases.declaration import Condition, View
from core.cases.models import Case, HistoryRow, Participant
from core.forms import Offered
from notices import practice, records, terms

MARKS = "marks"
USUAL_WORKDAYS = 5  # to object, for a kind that is not in use any more


class Standing(StrEnum):
    """What has become of a mark that was objected to."""

    DISPUTED = "disputed"
    UPHELD = "upheld"
    CORRECTED = "corrected"


@dataclass(frozen=True)
class MarkField(Offered):
    """One of the marks; its key says what it is."""

    def refers(self, value: str | list[str]) -> Iterable[str]:
        return ()

    def show(self, value: str | list[str], names: Mapping[str, str]) -> str:
        return caption(str(value))


@dataclass(frozen=True)
class Mark:
    """``key``: its name, and what it is, e.g. ``e7 10月22日超期``. ``shown_by``: cases, the reply first."""

    key: str
    at: datetime
    authors: frozenset[int]
    shown_by: tuple[int, ...]


def caption(key: str) -> str:
    return key.partition(" ")[2]


def name(key: str) -> str:
    """What never changes in it."""
    return key.partition(" ")[0]


def standing(case: Case, key: str) -> Standing | None:
    found = (case.data.get(MARKS) or {}).get(name(key))
    return Standing(found) if found else None


def counts(case: Case, key: str) -> bool:
    """Whether a mark goes into statistics: not while it is disputed, and never once it was corrected."""
    return standing(case, key) in (None, Standing.UPHELD)


def not_counted(data: Mapping[str, Any], kind: str) -> int:
    """Of the marks whose names begin with ``kind``, how many ``counts`` leaves out."""
    stand = (data.get(MARKS) or {}).items()
    return sum(one.startswith(kind) and stands != Standing.UPHELD for one, stands in stand)


def with_standing(case: Case, key: str, stands: Standing) -> dict[str, Any]:
    return {MARKS: dict(case.data.get(MARKS) or {}) | {name(key): stands.value}}


def without_standing(case: Case, key: str) -> dict[str, Any]:
    kept = case.data.get(MARKS) or {}
    return {MARKS: {one: stands for one, stands in kept.items() if one != name(key)}}


def _has(view: View, stands: Standing) -> bool:
    return stands in (view.data.get(MARKS) or {}).values()


disputed = Condition("有异议", lambda view: _has(view, Standing.DISPUTED))
corrected = Condition("已更正", lambda view: _has(view, Standing.CORRECTED))
TAGS = ((disputed, "有异议"), (corrected, "已更正"))


def workdays_to_object(kind: str) -> int:
    return practice.kinds()[kind].appeal_workdays if kind in practice.kinds() else USUAL_WORKDAYS


def until(mark: Mark, reply: Case) -> Deadline:
    """Until when one may object."""
    return terms.workdays(clock.local(mark.at).date(), workdays_to_object(reply.data["kind"]), reply.station_id)


async def of_reply(reply: Case) -> list[Mark]:
    """Newest first."""
    found = [*await _in_history(reply), *await _matters(reply), *await _recorded(reply)]
    return sorted(found, key=lambda mark: mark.at, reverse=True)


async def _in_history(reply: Case) -> list[Mark]:
    rows = await HistoryRow.filter(case_id=reply.id, action__in=("expire", "judge")).order_by("seq")
    found = [await _overdue(reply, row) if row.action == "expire" else _returned(reply, row) for row in rows]
    return [mark for mark in found if mark is not None]


async def _overdue(reply: Case, row: HistoryRow) -> Mark:
    """Whoever judges the reply answers for it, and whoever has decided on what comes of it."""
    judges = Participant.filter(case_id=reply.id, slot=records.ISSUER, left_at=None)
    authors = {seat.person_id for seat in await judges}
    matters = await Case.filter(parent_id=reply.id, process=records.MATTER).order_by("id")
    for matter in matters:
        authors |= {matter.author_id, *await _who_acted(matter.id)}
    shown_by = (reply.id, *(matter.id for matter in matters))
    return Mark(f"e{row.seq} {_day(row.at)}超期", row.at, frozenset(authors), shown_by)


def _returned(reply: Case, row: HistoryRow) -> Mark | None:
    numbers = [one["finding"] for one in records.content(row)["data"]["verdicts"] if not one["accepted"]]
    if not numbers:
        return None
    returned, judged = "、".join(map(str, numbers)), (row.actor_id, records.content(row).get("for"))
    authors = frozenset(one for one in judged if one is not None)
    return Mark(f"j{row.seq} {_day(row.at)}退回第{returned}条", row.at, authors, (reply.id,))


async def _matters(reply: Case) -> list[Mark]:
    issued = await Case.filter(parent_id=reply.id, process=records.MATTER, number__isnull=False).order_by("id")
    return [await _matter(reply, matter) for matter in issued]


async def _matter(reply: Case, matter: Case) -> Mark:
    what = practice.kinds().title(matter.data["way"])
    authors = frozenset({matter.author_id, *await _who_acted(matter.id)})
    at = matter.closed_at or matter.changed_at
    return Mark(f"m{matter.id} {what}{matter.number}", at, authors, (reply.id, matter.id))


async def _recorded(reply: Case) -> list[Mark]:
    """A notice that is itself a bad-conduct record, to each who must sign for it: one may object, and another not."""
    if not is_record(reply):
        return []
    notice = await Case.get(id=reply.parent_id)
    authors = frozenset({notice.author_id, *await _who_acted(notice.id)})
    key = f"n{reply.id} {practice.kinds().title(notice.data['kind'])}{notice.number}"
    return [Mark(key, reply.opened_at, authors, (reply.id, notice.id))]


def is_record(reply: Case) -> bool:
    kind = reply.data["kind"]
    return bool(kind in practice.kinds() and practice.kinds()[kind].paper == "bad_conduct")


async def _who_acted(case_id: int) -> set[int]:
    """Also those in whose place somebody did."""
    seats = await Participant.filter(case_id=case_id, acted_at__not_isnull=True)
    return {one for seat in seats for one in (seat.person_id, seat.stands_for) if one is not None}


def _day(at: datetime) -> str:
    there: date = clock.local(at).date()
    return f"{there.month}月{there.day}日"
