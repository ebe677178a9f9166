"""Whether every promise about cases holds over a whole database, by looking at nothing but its rows.

Each fault is a sentence for an auditor. What is happening this moment, such as a deadline that a sweeper has just
taken, is none: everything gets five minutes.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core import clock, database
from core.cases import clocks, history, numbering, turns
from core.cases.declaration import Deadline, Process, view_of
from core.cases.models import Case, ClockRow, Participant
from core.evidence.store import Store

GRACE = timedelta(minutes=5)
_LEASE = timedelta(minutes=1)
_AT_A_TIME = 500


@dataclass(frozen=True)
class Around:
    """A case with its seats and clocks."""

    process: Process
    case: Case
    parts: list[Participant]
    clocks: Mapping[str, ClockRow]
    open_children: int


async def faults(processes: Mapping[str, Process], store: Store | None = None) -> AsyncIterator[str]:
    """With a ``store`` every attachment is read as well."""
    async for _, broken in history.verify_all(store):
        if broken is not None:
            yield f"case {broken.case_id}, row {broken.seq}: {broken.reason}"
    async for case in every_case():
        if case.process not in processes:
            yield f"case {case.id}: its process '{case.process}' is not in use"
            continue
        for fault in _case_faults(await _around(processes[case.process], case), clock.now()):
            yield f"case {case.id}: {fault}"
    async for fault in _number_faults():
        yield fault
    async for fault in _message_faults():
        yield fault


async def every_case(**only: Any) -> AsyncIterator[Case]:
    last = 0
    while cases := await Case.filter(id__gt=last, **only).order_by("id").limit(_AT_A_TIME):
        for case in cases:
            yield case
        last = cases[-1].id


async def _around(process: Process, case: Case) -> Around:
    parts = await Participant.filter(case_id=case.id).order_by("id")
    running = {row.name: row for row in await ClockRow.filter(case_id=case.id)}
    children = process.children
    born = Case.filter(parent_id=case.id, process=children.process, closed_at=None) if children else None
    return Around(process, case, parts, running, await born.count() if born is not None else 0)


# ── a case is at the step at which it should be ──────────────────────────────────────────────────────────────────────


def _case_faults(one: Around, now: datetime) -> Iterator[str]:
    state = next((s for s in one.process.states if s.name == one.case.state), None)
    if state is None:
        yield f"its state '{one.case.state}' is not declared"
        return
    if state.final != (one.case.closed_at is not None):
        yield f"it is {'not ' if state.final else ''}closed in the state '{state.name}'"
    children = one.process.children
    if children is not None and children.at == state.name and not one.open_children:
        yield f"all that it waits for has ended, and '{children.then}' was not taken"
    yield from _turn_faults(one)
    yield from _clock_faults(one, state.deadline, now)


def _turn_faults(one: Around) -> Iterator[str]:
    slots = one.process.turn_slots(one.case.state)
    waiting = [part for part in one.parts if part.turn]
    if slots and not waiting:
        yield "it waits for somebody, and is nobody's turn"
    for part in waiting:
        if part.slot not in slots or part.left_at is not None or part.turn_since is None:
            yield f"it is the turn of person {part.person_id} as '{part.slot}', who has nothing to do"
        elif turns.barred(one.process, one.case, part.slot, part.person_id, one.parts):
            yield f"person {part.person_id} would judge a record of their own"


def _clock_faults(one: Around, deadline: Deadline | None, now: datetime) -> Iterator[str]:
    for row in one.clocks.values():
        if row.stopped_at is None and (deadline is None or row.name != deadline.name):
            yield f"the deadline '{row.name}' runs on in a state that does not have it"
        if row.stopped_at is not None and row.next_step_at is not None:
            yield f"the deadline '{row.name}' was stopped, and a sweeper would still take it"
    if deadline is None:
        return
    own = one.clocks.get(deadline.name)
    paused = clocks.is_paused(one.case.data, deadline.name)
    due = deadline.due(view_of(one.case, "", turns.holders(one.parts)), one.case.changed_at)
    if own is None or own.stopped_at is not None:
        if due is not None and not paused:
            yield f"its deadline '{deadline.name}' does not run"
    elif paused:
        yield f"its deadline '{deadline.name}' runs although it was paused"
    else:
        yield from _missed(one, deadline, own, now)


def _missed(one: Around, deadline: Deadline, row: ClockRow, now: datetime) -> Iterator[str]:
    if one.case.changed_at > now - GRACE:  # what was over may run again only since then
        return
    rungs = clocks.rungs(row, deadline.then)
    over = sum(rung.at <= now - GRACE for rung in rungs)
    if row.next_step < over:
        yield f"the deadline '{row.name}' has {over - row.next_step} moments behind it that nobody evaluated"
    if row.next_step < len(rungs):
        latest = max(rungs[row.next_step].at, now + _LEASE)
        if row.next_step_at is None or row.next_step_at > latest:
            yield f"nobody will look at the next moment of the deadline '{row.name}' in time"
    if row.due_at <= now - GRACE and one.process.steps(one.case.state, deadline.then):
        yield f"the deadline '{row.name}' was over at {row.due_at:%Y-%m-%d %H:%M}, and '{deadline.then}' was not taken"


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _number_faults() -> AsyncIterator[str]:
    given = 0
    for series in await numbering.all_series():
        used = await series.cases()
        given += len(used)
        for number in series.numbers():
            if number not in used:
                yield f"the number {number} was given and no case has it"
    numbered = await Case.filter(number__isnull=False).count()
    if numbered != given:
        yield f"{numbered - given} cases have a number that their series has not given"


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────

# Whoever must act was told of it, once anybody was told anything about the case by message.
_UNTOLD = (
    "SELECT s.case_id, s.person_id FROM case_participant s JOIN person p ON p.id = s.person_id "
    "WHERE s.turn AND s.told_at IS NOT NULL AND p.active AND p.userid IS NOT NULL "
    "AND EXISTS (SELECT 1 FROM outbox o WHERE o.case_id = s.case_id) "
    "AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.case_id = s.case_id AND o.person_id = s.person_id) "
    "AND NOT EXISTS (SELECT 1 FROM past_delivery o WHERE o.case_id = s.case_id AND o.person_id = s.person_id) "
    "ORDER BY s.case_id, s.person_id"
)


async def _message_faults() -> AsyncIterator[str]:
    for row in await database.rows(_UNTOLD):
        yield f"case {row['case_id']}: it is the turn of person {row['person_id']}, to whom no message is promised"
    stuck = f"SELECT id FROM outbox WHERE state = 'sending' AND lease_until < {database.real_time(-300)} ORDER BY id"  # noqa: S608  # our own constants
    for row in await database.rows(stuck):
        yield f"message {row['id']}: whoever was sending it is gone, and nobody has taken it over"
    for row in await database.rows(
        "SELECT id FROM outbox WHERE state = 'held' AND not_before < $1 ORDER BY id", clock.now() - GRACE
    ):
        yield f"message {row['id']}: quiet hours are over, and it is still held"
