"""Deputies (BY-09): what waits for a person who is away goes to somebody else too, and comes back. Heirs: what waits
for a person who has left goes to somebody who is there.

A deputy gets a seat beside the one he stands for, for as long as it is the turn of both. Coming and going are sealed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from core import clock
from core.cases import history, outbox, rows, turns
from core.cases.declaration import AUTHOR, SYSTEM, Process, Step, view_of
from core.cases.letters import Change, Teller
from core.cases.models import Participant
from core.cases.rows import Held
from core.people.models import Person

Quiet = Callable[[datetime], datetime | None]


class StandingIn:
    """Works in the running transaction."""

    def __init__(self, processes: Mapping[str, Process], teller: Teller, quiet: Quiet) -> None:
        """``quiet``: until when a message of this moment is held."""
        self._processes = processes
        self._teller = teller
        self._quiet = quiet

    async def hand_over(self, case_id: int, principal: Person, deputy: Person, until: datetime) -> bool:
        """False when the deputy must not stand in here, or when nothing waits any more."""
        held, now = await rows.hold_case(case_id), clock.now()
        waiting = [p for p in held.parts if p.person_id == principal.id and p.turn and p.stands_for is None]
        fitting = [p for p in waiting if not _is_there(held, p.slot, deputy) and self._may_sit(held, p.slot, deputy.id)]
        if not fitting or deputy.id == held.case.author_id:
            return False
        seats = [_beside(held, part, deputy, until) for part in fitting]
        for seat in seats:
            seat.turn, seat.told_at, seat.action = True, now, ""
        said = {"principal": principal.id, "deputy": deputy.id, "until": until.isoformat()}
        note = ("stand_in", f"委托{deputy.name}代{principal.name}办理", "转交代办")
        await self._seal(held, seats, [], note, said)
        return True

    async def give_back(self, principal: Person, deputy: Person) -> None:
        """All that still waits; in the order in which steps take locks, a child case before its parent."""
        standing = Participant.filter(person_id=deputy.id, turn=True, stands_for=principal.id)
        for case_id in sorted({part.case_id for part in await standing}, reverse=True):
            held, now = await rows.hold_case(case_id), clock.now()
            mine = (p for p in held.parts if p.person_id == deputy.id and p.stands_for == principal.id)
            left = [p for p in mine if p.turn]
            if not left:  # he has acted meanwhile
                continue
            for seat in left:
                seat.turn, seat.turn_since, seat.left_at = False, None, now
            said = {"principal": principal.id, "deputy": deputy.id}
            note = ("stand_down", f"委托结束，交还{principal.name}", f"交还{principal.name}")
            await self._seal(held, [], left, note, said)

    async def succeed(self, case_id: int) -> bool:
        """Those who have left lose the turn to the heirs of their slot."""
        held, now = await rows.hold_case(case_id), clock.now()
        gone = [p for p in held.parts if p.turn and not held.people[p.person_id].person.active]
        left = [p for p in gone if all(o in gone for o in held.parts if o.turn and o.slot == p.slot)]
        told = [seat for slot in dict.fromkeys(p.slot for p in left) for seat in await self._heirs(held, slot, now)]
        if not told:
            return False
        taken_over = [p for p in left if p.slot in {seat.slot for seat in told}]
        for seat in taken_over:
            seat.turn, seat.turn_since, seat.left_at = False, None, now
        names = "、".join(held.people[p.person_id].person.name for p in taken_over)
        said = {"gone": [p.person_id for p in taken_over], "heirs": [p.person_id for p in told]}
        await self._seal(held, told, taken_over, ("succeed", f"{names}已离开，转由在岗人员办理", "转由您办理"), said)
        return True

    async def _heirs(self, held: Held, slot: str, now: datetime) -> list[Participant]:
        declared = self._processes[held.case.process].slot(slot)
        rule = declared.heirs or (None if slot == AUTHOR else declared.who)
        if rule is None:
            return []
        view = view_of(held.case, held.project_name, turns.holders(held.parts))
        there = Person.filter(id__in=await rule.find(view), active=True, userid__not_isnull=True).order_by("id")
        heirs = [_seat(held, slot, one.id) for one in await there if self._may_sit(held, slot, one.id)]
        for seat in heirs:
            seat.left_at, seat.stands_for, seat.stands_until = None, None, None
            seat.turn, seat.turn_since, seat.told_at, seat.action = True, now, now, ""
        return heirs

    def _may_sit(self, held: Held, slot: str, person_id: int) -> bool:
        process = self._processes[held.case.process]
        return not turns.barred(process, held.case, slot, person_id, held.parts)

    async def _seal(
        self,
        held: Held,
        told: list[Participant],
        relieved: list[Participant],
        note: tuple[str, str, str],
        said: Mapping[str, object],
    ) -> None:
        """``note``: the action, how members read of it in the history, and on a card."""
        case, now = held.case, clock.now()
        action, caption, shown = note
        parts, process = held.parts + [seat for seat in told if seat not in held.parts], self._processes[case.process]
        view = view_of(case, held.project_name, turns.holders(parts))
        until = None if process.urgent is not None and process.urgent(view) else self._quiet(now)
        sealed = history.note(case, now, action, caption, said, turns.by_slot(parts), None, held=until)
        step = Step(case.state, action, shown, by=SYSTEM, to=case.state)
        change = Change(
            process, case, step, sealed.seq, None, now, {}, view, told, relieved, held.people, held_until=until
        )
        letters = await self._teller.letters(change)
        rows.add_history(sealed)
        rows.keep_case(case)
        rows.keep_seats([*told, *relieved])
        await outbox.promise(letters)


def _is_there(held: Held, slot: str, person: Person) -> bool:
    """Whoever sits there in his own right has one voice, and not two."""
    return any(p.person_id == person.id and p.slot == slot and p.left_at is None for p in held.parts)


def _seat(held: Held, slot: str, person_id: int) -> Participant:
    there = (p for p in held.parts if p.person_id == person_id and p.slot == slot)
    new = Participant(case_id=held.case.id, person_id=person_id, slot=slot, process=held.case.process)
    return next(there, new)


def _beside(held: Held, part: Participant, deputy: Person, until: datetime) -> Participant:
    """The deputy's seat, which has been waiting as long as the other."""
    seat = _seat(held, part.slot, deputy.id)
    seat.left_at, seat.stands_for, seat.stands_until = None, part.person_id, until
    seat.turn_since = part.turn_since
    return seat
