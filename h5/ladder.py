"""What comes when nothing is done (BY-06): every moment of a running deadline's ladder, with its people."""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.cases import clocks
from core.cases.declaration import Process
from core.cases.ladders import TERM, Planned
from core.cases.models import Case, ClockRow, Participant
from core.cases.turns import by_slot
from h5.people import Known


@dataclass(frozen=True)
class Rung:
    at: datetime
    what: str
    who: str
    over: bool


async def rungs(process: Process, case: Case, parts: list[Participant], everybody: Known) -> list[Rung]:
    """Nothing where no deadline runs, or nothing is announced around it."""
    deadline = process.state(case.state).deadline
    if deadline is None:
        return []
    row = await ClockRow.get_or_none(case_id=case.id, name=deadline.name)
    if row is not None and row.stopped_at is not None:
        return [Rung(row.stopped_at, "暂停计时，恢复后重新安排", "", True)]
    planned = clocks.rungs(row, deadline.then) if row is not None else []
    if not any(one.tells for one in planned):
        return []
    seats = by_slot(parts)
    return [_rung(one, deadline.caption, seats, everybody) for one in planned]


def _rung(one: Planned, caption: str, seats: dict[str, list[int]], everybody: Known) -> Rung:
    over = one.at <= clock.now()
    if one.name == TERM:
        return Rung(one.at, f"{caption}到期", "", over)
    people = dict.fromkeys(person for slot in one.tells for person in seats.get(slot, []))
    return Rung(one.at, f"{one.label}提醒", "、".join(everybody.name(person) for person in people), over)
