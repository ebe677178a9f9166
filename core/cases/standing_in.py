"""Deputies (BY-09): what waits for a person who is away goes to somebody else too, and comes back.

A deputy gets a seat beside the one he stands for, for as long as it is the turn of both. Coming and going are sealed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from core import clock
from core.cases import history, outbox, rows, turns
from core.cases.declaration import SYSTEM, Process, Step, view_of
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
        seats = [_beside(held, part, deputy, until) for part in waiting if not _is_there(held, part.slot, deputy)]
        parts = held.parts + [seat for seat in seats if seat not in held.parts]
        process = self._processes[held.case.process]
        fitting = [s for s in seats if turns.may_sit(process, held.case, s, parts, now)]
        if not fitting or deputy.id == held.case.author_id:
            return False
        for seat in fitting:
            seat.turn, seat.told_at, seat.action = True, now, ""
        said = {"principal": principal.id, "deputy": deputy.id, "until": until.isoformat()}
        note = ("stand_in", f"委托{deputy.name}代{principal.name}办理", "转交代办")
        await self._seal(held, fitting, [], note, said)
        return True

    async def give_back(self, principal: Person, deputy: Person) -> None:
        """All that still waits; in the order in which steps take locks, a child case before its parent."""
        standing = Participant.filter(person_id=deputy.id, turn=True, stands_for=principal.id)
        for case_id in sorted({part.case_id for part in await standing}, reverse=True):
            held, now = await rows.hold_case(case_id), clock.now()
            mine = (p for p in held.parts if p.person_id == deputy.id and p.stands_for == principal.id)
            left = [p for p in mine if p.turn]
            for seat in left:
                seat.turn, seat.turn_since, seat.left_at = False, None, now
            said = {"principal": principal.id, "deputy": deputy.id}
            note = ("stand_down", f"委托结束，交还{principal.name}", f"交还{principal.name}")
            await self._seal(held, [], left, note, said)

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
        until = self._quiet(now) if told and not (process.urgent is not None and process.urgent(view)) else None
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


def _beside(held: Held, part: Participant, deputy: Person, until: datetime) -> Participant:
    """The deputy's seat, also where he sat there before. It has been waiting as long as the other."""
    there = (p for p in held.parts if p.person_id == deputy.id and p.slot == part.slot)
    seat = next(there, None) or Participant(
        case_id=part.case_id, person_id=deputy.id, slot=part.slot, process=part.process
    )
    seat.left_at, seat.stands_for, seat.stands_until = None, part.person_id, until
    seat.turn_since = part.turn_since
    return seat
