"""Running deadlines: started and stopped by the step that enters or leaves a state, swept by any number of workers."""

from datetime import datetime, timedelta

from core import clock, database
from core.cases import rows
from core.cases.declaration import Process, View
from core.cases.models import Case, ClockRow


def follow(process: Process, case: Case, left: str, view: View, now: datetime) -> None:
    """Stops the clock of the state that was left and starts the one of the state that was entered."""
    if left == case.state:
        return
    before = next((s.deadline for s in process.states if s.name == left), None)
    after = process.state(case.state).deadline
    if after is not None:
        rows.start_clock(case.id, after.name, now, after.due(view, now))
    if before is not None and (after is None or after.name != before.name):
        rows.stop_clock(case.id, before.name, now)


async def claim_due(limit: int, lease_seconds: int = 30) -> list[ClockRow]:
    """Takes due clocks by moving them ahead one lease: a row that fails comes up again and holds up no other."""
    now = clock.now()
    skip = "FOR UPDATE SKIP LOCKED" if database.is_postgresql() else ""
    taken = await database.rows(
        # Materialized: PostgreSQL may run a subquery once per row, and LIMIT would bind none of them.
        "WITH due AS MATERIALIZED "  # noqa: S608  # our own constants
        f"(SELECT id FROM case_clock WHERE next_step_at <= $1 ORDER BY next_step_at LIMIT $3 {skip}) "
        "UPDATE case_clock SET next_step_at = $2 WHERE id IN (SELECT id FROM due) RETURNING id",
        now,
        now + timedelta(seconds=lease_seconds),
        limit,
    )
    return await ClockRow.filter(id__in=[row["id"] for row in taken])
