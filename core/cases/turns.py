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


def by_slot(parts: Iterable[Participant]) -> dict[str, list[int]]:
    """Everybody who sits there now, as the history seals it."""
    slots: dict[str, list[int]] = {}
    for part in parts:
        if part.left_at is None:
            slots.setdefault(part.slot, []).append(part.person_id)
    return slots


def holders(parts: Iterable[Participant]) -> dict[str, list[int]]:
    """Those whose part it is, without their deputies: what conditions and rules look at."""
    return by_slot(part for part in parts if part.stands_for is None)


def seated(parts: list[Participant], slot: str) -> list[Participant]:
    return [p for p in parts if p.slot == slot and p.left_at is None]


def seat(case: Case, chosen: Mapping[str, list[int]], present: list[Participant], now: datetime) -> list[Participant]:
    """Everybody who ever sat in a slot. Who is not among a slot's chosen leaves it; the caller saves them."""
    for part in present:
        if part.slot in chosen and part.person_id in chosen[part.slot]:
            part.left_at, part.stands_for, part.stands_until = None, None, None
        elif part.slot in chosen:
            part.left_at = part.left_at or now
    there = {(p.slot, p.person_id) for p in present}
    new = [
        Participant(case_id=case.id, person_id=person, slot=slot, process=case.process)
        for slot, people in chosen.items()
        for person in people
        if (slot, person) not in there
    ]
    return present + new


def barred(process: Process, case: Case, slot: str, person_id: int, parts: Iterable[Participant]) -> bool:
    """Nobody reviews his own record: neither who began it nor who has acted on it without being its judge, himself or
    by a deputy."""
    judging = {s.name: s for s in process.slots if s.judges}
    if slot not in judging:
        return False
    his = [p for p in parts if person_id in (p.person_id, p.stands_for)]
    acted = any(p.acted_at is not None and p.slot not in judging for p in his)
    return person_id == case.author_id or acted or any(p.slot in judging[slot].excludes for p in his)


def may_sit(process: Process, case: Case, part: Participant, parts: Iterable[Participant], now: datetime) -> bool:
    """Whether it may be this seat's turn: a deputy needs that the time has not run out, and that whom he stands for
    might decide as well."""
    if not part.sits(now):
        return False
    people = [one for one in (part.person_id, part.stands_for) if one is not None]
    return not any(barred(process, case, part.slot, one, parts) for one in people)


def act(step: Step, actor: Person | None, parts: list[Participant], now: datetime) -> list[Participant]:
    """Notes who acted; a step that is nobody's duty leaves the actor's own duty as it is, and one that only marks a
    moment is no answer. Gives back whose turn ended with his: the one in whose place he acted, or his deputy."""
    mine = [p for p in parts if actor is not None and p.person_id == actor.id and p.slot == step.by and not step.marks]
    for part in mine:
        part.acted_at, part.action = now, step.action
    if not step.turn:
        return []
    freed = [p for p in parts for m in mine if p.turn and p.slot == m.slot and _pair(p, m)]
    for part in (*mine, *freed):
        _end_turn(part, now)
    return freed


def _pair(one: Participant, other: Participant) -> bool:
    return bool(one.person_id == other.stands_for or one.stands_for == other.person_id)


def _end_turn(part: Participant, now: datetime) -> None:
    """A deputy sits there only while it is his turn."""
    part.turn, part.turn_since = False, None
    if part.stands_for is not None:
        part.left_at = part.left_at or now


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
    process: Process, case: Case, step: Step, actor: Person | None, parts: list[Participant], now: datetime
) -> Passed:
    """Ends and begins turns for a step that moves the case out of the state in which it still is."""
    had = [p for p in parts if p.turn]
    begun: set[tuple[str, int]] = set()
    if step.to != case.state or step.turn:
        begun = _begin_turns(process, case, step.to, parts, now)
    told = [p for p in parts if p.left_at is None and ((p.slot, p.person_id) in begun or p.slot in step.tells)]
    for part in told:
        part.told_at = now
    relieved = [p for p in had if not p.turn and not (actor is not None and p.person_id == actor.id)]
    return Passed(told, relieved)


def _begin_turns(
    process: Process, case: Case, to: str, parts: list[Participant], now: datetime
) -> set[tuple[str, int]]:
    """Gives back the seats whose turn begins; one that goes on in the same state keeps its beginning."""
    slots, begun, entered = process.turn_slots(to), set(), to != case.state
    for part in parts:
        due = part.slot in slots and may_sit(process, case, part, parts, now)
        if due and (entered or not part.turn):
            part.turn_since, part.action = now, ""
            begun.add((part.slot, part.person_id))
        part.turn = due
        if not due:
            _end_turn(part, now)
    return begun


async def whose_turn(case: Case) -> str:
    """在谁手上 (BY-10): who must act and for how long already; empty for a closed record."""
    return (await whose_turns([case]))[case.id]


async def whose_turns(cases: Iterable[Case]) -> dict[int, str]:
    """``whose_turn`` of each case by its id."""
    ids = [case.id for case in cases]
    waiting = await rows.waiting(ids)
    return {one: _in_whose_hands([w for w in waiting if w.case_id == one]) for one in ids}


def standing(name: str, principal: str | None) -> str:
    """``秦若岩（代罗敬川）`` for a deputy."""
    return f"{name}（代{principal}）" if principal else name


def _in_whose_hands(waiting: list[rows.Waiting]) -> str:
    if not waiting:
        return ""
    who = "、".join(dict.fromkeys(standing(w.name, w.stands_for) for w in waiting))
    return f"在 {who} 手上，{clock.waiting(min(w.since for w in waiting))}"
