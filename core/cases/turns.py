"""Whose turn it is: seating people in slots, passing the turn on, and the locks that keep two people apart."""

from collections.abc import Mapping
from datetime import datetime

from tortoise.expressions import Q

from core import clock, database
from core.cases.declaration import Policy, Process, Step
from core.cases.models import Case, Participant
from core.errors import NotYours
from core.people.models import Person


async def hold_case(case_id: int) -> Case:
    """Locks the case until the transaction ends: a write first, so that both databases serialize here."""
    held = await database.rows("UPDATE case_record SET version = version WHERE id = $1 RETURNING id", case_id)
    if not held:
        raise NotYours
    return await Case.get(id=case_id)


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
        slots.setdefault(part.slot, []).append(part.person_id)
    return slots


async def seat(
    case: Case, slots: Mapping[str, list[int]], present: list[Participant] | None = None
) -> list[Participant]:
    """Adds the people who do not sit in their slot yet."""
    there = {(p.slot, p.person_id) for p in present or []}
    new = [
        Participant(case_id=case.id, person_id=person, slot=slot, process=case.process)
        for slot, people in slots.items()
        for person in people
        if (slot, person) not in there
    ]
    if new:
        await Participant.bulk_create(new)
    found = await Participant.filter(case_id=case.id).order_by("id")
    return [p for p in found if (p.slot, p.person_id) not in there]


def moves(process: Process, step: Step, actor: Person | None, parts: list[Participant]) -> bool:
    """False while others of a slot in which all must act have not acted yet."""
    if actor is None or not step.turn or step.at_once or process.slot(step.by).policy is not Policy.ALL:
        return True
    others = [p for p in parts if p.slot == step.by and p.person_id != actor.id]
    return all(p.action == step.action for p in others)


async def pass_on(
    process: Process,
    case: Case,
    step: Step,
    actor: Person | None,
    parts: list[Participant],
    moved: bool,
    now: datetime,
) -> tuple[list[Participant], list[Participant]]:
    """Ends and begins turns; gives back who is to be told and who was relieved of a turn by somebody else."""
    had = [p for p in parts if p.turn]
    for part in parts:
        if actor is not None and part.person_id == actor.id and part.slot == step.by:
            part.turn, part.turn_since, part.acted_at, part.action = False, None, now, step.action
    if moved:
        _begin_turns(process.turn_slots(case.state), parts, now)
    told = _told(step, parts, moved)
    for part in told:
        part.told_at = now
    relieved = [p for p in had if not p.turn and not (actor is not None and p.person_id == actor.id)]
    await Participant.bulk_update(parts, fields=["turn", "turn_since", "told_at", "acted_at", "action"], batch_size=500)
    return told, relieved


def _begin_turns(slots: set[str], parts: list[Participant], now: datetime) -> None:
    for part in parts:
        part.turn = part.slot in slots
        part.turn_since = now if part.turn else None
        if part.turn:
            part.action = ""


def _told(step: Step, parts: list[Participant], moved: bool) -> list[Participant]:
    if not moved:
        return []
    return [p for p in parts if p.turn or p.slot in step.tells]


async def whose_turn(case: Case) -> str:
    """在谁手上 (BY-10): who must act and for how long already; empty for a closed record."""
    waiting = await Participant.filter(case_id=case.id, turn=True).order_by("id")
    if not waiting:
        return ""
    people = {p.id: p.name for p in await Person.filter(id__in=[w.person_id for w in waiting])}
    who = "、".join(dict.fromkeys(people[w.person_id] for w in waiting))
    since = min(w.turn_since for w in waiting if w.turn_since)
    return f"在 {who} 手上，{clock.waiting(since)}"
