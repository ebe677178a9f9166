"""What happens when time passes: reminders are given, and the system takes the steps of deadlines that are over."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from core import clock, database
from core.calendar import counting
from core.calendar.hours import Quiet
from core.cases import clocks, history, outbox, rows, turns
from core.cases.declaration import Process, view_of
from core.cases.ladders import Planned, due_at
from core.cases.letters import Reminder, Teller, rung_text
from core.cases.models import ClockRow
from core.cases.rows import Held
from core.people.models import Person

log = structlog.get_logger()

Take = Callable[[int, str, Person | None, Mapping[str, Any], str | None], Awaitable[object]]


class Sweeper:
    """``take`` is how the engine takes a step within the running transaction."""

    def __init__(self, processes: Mapping[str, Process], teller: Teller, quiet: Quiet | None, take: Take) -> None:
        self._processes = processes
        self._teller = teller
        self._quiet = quiet
        self._take = take

    async def sweep(self, limit: int) -> int:
        due = await clocks.claim_due(limit)
        for row in due:
            await self._expire(row)
        return len(due)

    async def _expire(self, row: ClockRow) -> None:
        try:
            await database.transaction(lambda: self._take_due_steps(row))
        except Exception:
            # The row comes up again after its lease; the others must not wait for it.
            log.exception("sweep.failed", case=row.case_id, clock=row.name)

    async def _take_due_steps(self, claimed: ClockRow) -> None:
        """Nothing when somebody acted after the clock was claimed."""
        case = (await rows.hold_case(claimed.case_id)).case
        row, deadline = await clocks.running(claimed), self._processes[case.process].deadline(case.state, claimed.name)
        if row is None or deadline is None:
            return
        due = due_at(clocks.rungs(row, deadline.then), row.next_step, clock.now())
        rows.advance_clock(row, due.done, due.next_at)
        for rung in due.take:
            await self._climb(case.id, row, rung, due.skipped)

    async def _climb(self, case_id: int, row: ClockRow, rung: Planned, skipped: tuple[str, ...]) -> None:
        """A step before may have ended what this rung belongs to."""
        began, ends = (int(at.timestamp() * 1000) for at in (row.started_at, row.due_at))
        key = f"clock:{row.id}:{began}:{ends}:{rung.name}"
        held = await rows.hold_case(case_id, key)
        process = self._processes[held.case.process]
        over = process.deadline(held.case.state, row.name) is None or await clocks.running(row) is None
        if held.done is not None or over:
            return
        if not rung.act:
            await self._remind(held, row, rung, skipped, key)
        elif process.steps(held.case.state, rung.act):
            await self._take(case_id, rung.act, None, {}, key)

    async def _remind(self, held: Held, row: ClockRow, rung: Planned, skipped: tuple[str, ...], key: str) -> None:
        """Tells people what the ladder says, and seals that they were told; the case stays where it is."""
        case, parts, now = held.case, held.parts, clock.now()
        told = [part for slot in rung.tells for part in turns.seated(parts, slot)]
        for part in told:
            part.told_at = now
        view = view_of(case, held.project_name, turns.holders(parts))
        said = {"told": sorted({part.person_id for part in told}), "skipped": list(skipped)}
        until = None if rung.danger or self._quiet is None else self._quiet.until(counting.calendar(), now)
        seats = turns.by_slot(parts)
        sealed = history.note(case, now, rung.name, f"提醒（{rung.label}）", said, seats, key, held=until)
        process, text = self._processes[case.process], rung_text(rung, case, view, row.due_at)
        reminder = Reminder(process, case, sealed.seq, "reminder", text, view, told, until)
        letters = await self._teller.reminders(reminder)
        rows.add_history(sealed)
        rows.keep_case(case)
        rows.keep_seats(told)
        await outbox.promise(letters)
