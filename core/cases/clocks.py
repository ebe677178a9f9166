"""Running deadlines: started and stopped by the step that enters or leaves a state, swept by any number of workers."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core import clock, database
from core.calendar.days import Calendar
from core.cases import rows
from core.cases.declaration import Deadline, Process, View
from core.cases.ladders import TERM, Ladder, Planned, plan
from core.cases.models import Case, ClockRow

_RUNNING = (
    f"SELECT {database.columns(ClockRow)} FROM case_clock "  # noqa: S608  # our own names
    "WHERE id = $1 AND started_at = $2 AND due_at = $3 AND stopped_at IS NULL"
)


def follow(process: Process, case: Case, left: str, view: View, now: datetime, calendar: Calendar) -> None:
    """Stops the clock of the state that was left and starts the one of the state that was entered."""
    if left == case.state:
        return
    before = next((s.deadline for s in process.states if s.name == left), None)
    after = process.state(case.state).deadline
    if before is not None and (after is None or after.name != before.name):
        rows.stop_clock(case.id, before.name, now)
    if after is not None and not (after.keeps and before is not None and before.name == after.name):
        _start(case, after, view, now, calendar)


def _start(case: Case, deadline: Deadline, view: View, now: datetime, calendar: Calendar) -> None:
    due = deadline.due(view, now)
    if due is not None:
        start = rows.start_or_resume_clock if deadline.keeps else rows.start_clock
        said = deadline.explains(view) if deadline.explains is not None else ""
        start(case.id, deadline.name, now, due, planned(deadline, due, view, now, calendar), said)


def move(process: Process, case: Case, name: str, due: datetime, view: View, calendar: Calendar, *, runs: bool) -> None:
    """Another end, with all reminders that still lie ahead of it."""
    declared = next(s.deadline for s in process.states if s.deadline is not None and s.deadline.name == name)
    rungs = planned(declared, due, view, clock.now(), calendar)
    rows.move_clock(case.id, name, due, rungs, str(case.data[f"{name}_why"]), runs=runs)


def pause(case_id: int, name: str, said: Mapping[str, str]) -> None:
    rows.stop_clock(case_id, name, clock.now())
    rows.explain_clock(case_id, name, said[f"{name}_why"])


def paused(name: str, value: bool | None = True) -> dict[str, bool | None]:
    """What a case's data says while its deadline stands still by decision, and when it goes on (None)."""
    return {f"{name}_paused": value}


def is_paused(data: Mapping[str, Any], name: str) -> bool:
    return bool(data.get(f"{name}_paused"))


def explained(case: Case, name: str, why: str) -> dict[str, str]:
    """How the end was counted, with a line more (BY-02)."""
    return {f"{name}_why": "\n".join(filter(None, [case.data.get(f"{name}_why"), why]))}


def planned(deadline: Deadline, due: datetime, view: View, now: datetime, calendar: Calendar) -> list[Planned]:
    """Everything that will happen around this end: what a preview shows (BY-06)."""
    ladder = deadline.ladder(view) if deadline.ladder is not None else Ladder()
    return plan(ladder, calendar, due, deadline.then, now)


def rungs(row: ClockRow, then: str) -> list[Planned]:
    """A clock from before there were ladders has only its end."""
    kept = [Planned.from_json(one) for one in json.loads(row.rungs)]
    return kept or [Planned(TERM, row.due_at, "到期", act=then)]


async def running(row: ClockRow) -> ClockRow | None:
    """The same clock as it is now, unless it was stopped, begun anew or given another end since."""
    found = await database.instances(ClockRow, _RUNNING, row.id, row.started_at, row.due_at)
    return found[0] if found else None


async def claim_due(limit: int, lease_seconds: int = 30) -> list[ClockRow]:
    """Takes due clocks by moving them ahead one lease: a row that fails comes up again and holds up no other."""
    now = clock.now()
    values: list[object] = [now, now + timedelta(seconds=lease_seconds), limit]
    due, skip = "$1", ""
    if database.is_postgresql():
        # A machine whose clock is ahead of the database's must not remind anybody too early.
        due, skip = "$1::timestamptz + LEAST(interval '0', now() - $4::timestamptz)", "FOR UPDATE SKIP LOCKED"
        values.append(clock.host())
    taken = await database.rows(
        # Materialized: PostgreSQL may run a subquery once per row, and LIMIT would bind none of them.
        "WITH due AS MATERIALIZED "  # noqa: S608  # our own constants
        f"(SELECT id FROM case_clock WHERE next_step_at <= {due} ORDER BY next_step_at LIMIT $3 {skip}) "
        "UPDATE case_clock SET next_step_at = $2 WHERE id IN (SELECT id FROM due) RETURNING id",
        *values,
    )
    return await ClockRow.filter(id__in=[row["id"] for row in taken])
