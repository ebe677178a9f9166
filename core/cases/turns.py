"""Whose turn it is: seating people in slots, passing the turn on, and the locks that keep two people apart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q

from core import clock, database
from core.cases import rows
from core.cases.declaration import Policy, Process, Step
from core.cases.models import Case, Participant
from core.people.models import Person


async def hold_person(person_id: int) -> None:
    """One step at a time per person: chat, card and page of one member queue up here."""
    await database.rows("UPDATE person SET seen_at = $2 WHERE id = $1 RETURNING id", person_id, clock.now())


async def opened(case_id: int, person_id: int) -> None:
    """Notes the first time somebody looked at a case that had reached them."""
    unopened = Participant.filter(case_id=case_id, person_id=person_id, opened_at=None)
    reached = Q(told_at__not_isnull=True) | Q(turn_since__not_isnull=True) | Q(acted_at__not_isnull=True)
    await unopened.filter(reached).update(opened_at=clock.now())


def by_slot(parts: list[Participant]) -> dict[str, list[int]]:
    slots: dict[str, list[int]] = {}
    for part in parts:
        if part.left_at is None:
            slots.setdefault(part.slot, []).append(part.person_id)
    return slots


def seated(parts: list[Participant], slot: str) -> list[Participant]:
    return [p for p in parts if p.slot == slot and p.left_at is None]


def seat(case: Case, chosen: Mapping[str, list[int]], present: list[Participant], now: datetime) -> list[Participant]:
    """Everybody who ever sat in a slot. Who is not among a slot's chosen leaves it; the caller saves them."""
    for part in present:
        if part.slot in chosen:
            part.left_at = None if part.person_id in chosen[part.slot] else part.left_at or now
    there = {(p.slot, p.person_id) for p in present}
    new = [
        Participant(case_id=case.id, person_id=person, slot=slot, process=case.process)
        for slot, people in chosen.items()
        for person in people
        if (slot, person) not in there
    ]
    return present + new


def barred(process: Process, case: Case, slot: str, person_id: int, parts: Iterable[Participant]) -> bool:
    """Nobody reviews his own record: neither who began it nor who has acted on it without being its judge."""
    judging = {s.name for s in process.slots if s.judges}
    acted = (p for p in parts if p.person_id == person_id and p.acted_at is not None)
    return slot in judging and (person_id == case.author_id or any(p.slot not in judging for p in acted))


def act(step: Step, actor: Person | None, parts: list[Participant], now: datetime) -> None:
    """Notes who acted; a step that is nobody's duty leaves the actor's own duty as it is."""
    for part in parts:
        if actor is not None and part.person_id == actor.id and part.slot == step.by:
            part.acted_at, part.action = now, step.action
            if step.turn:
                part.turn, part.turn_since = False, None


def moves(process: Process, step: Step, actor: Person | None, parts: list[Participant]) -> bool:
    """False while others of a slot in which all must act have not acted yet."""
    if actor is None or not step.turn or step.at_once or process.slot(step.by).policy is not Policy.ALL:
        return True
    return not any(p.turn for p in seated(parts, step.by))


@dataclass(frozen=True)
class Passed:
    """Who is to be told, and who was relieved of a turn because somebody else acted."""

    told: list[Participant]
    relieved: list[Participant]


def pass_on(
    process: Process, case: Case, step: Step, actor: Person | None, parts: list[Participant], left: str, now: datetime
) -> Passed:
    """Ends and begins turns after a step that moved the case out of the state it ``left``."""
    had = [p for p in parts if p.turn]
    begun: set[tuple[str, int]] = set()
    if case.state != left or step.turn:
        begun = _begin_turns(process, case, parts, now, entered=case.state != left)
    told = [p for p in parts if p.left_at is None and ((p.slot, p.person_id) in begun or p.slot in step.tells)]
    for part in told:
        part.told_at = now
    relieved = [p for p in had if not p.turn and not (actor is not None and p.person_id == actor.id)]
    return Passed(told, relieved)


def _begin_turns(
    process: Process, case: Case, parts: list[Participant], now: datetime, *, entered: bool
) -> set[tuple[str, int]]:
    """Gives back the seats whose turn begins; one that goes on in the same state keeps its beginning."""
    slots, begun = process.turn_slots(case.state), set()
    for part in parts:
        due = part.left_at is None and part.slot in slots
        due = due and not barred(process, case, part.slot, part.person_id, parts)
        if due and (entered or not part.turn):
            part.turn_since, part.action = now, ""
            begun.add((part.slot, part.person_id))
        part.turn = due
        part.turn_since = part.turn_since if due else None
    return begun


async def whose_turn(case: Case) -> str:
    """在谁手上 (BY-10): who must act and for how long already; empty for a closed record."""
    return (await whose_turns([case]))[case.id]


async def whose_turns(cases: Iterable[Case]) -> dict[int, str]:
    """``whose_turn`` of each case by its id."""
    ids = [case.id for case in cases]
    waiting = await rows.waiting(ids)
    return {one: _in_whose_hands([w for w in waiting if w.case_id == one]) for one in ids}


def _in_whose_hands(waiting: list[rows.Waiting]) -> str:
    if not waiting:
        return ""
    who = "、".join(dict.fromkeys(w.name for w in waiting))
    return f"在 {who} 手上，{clock.waiting(min(w.since for w in waiting))}"
