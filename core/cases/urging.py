"""催办 (BY-10): whoever sent a record reminds those whose turn it is, each of them at most once a day."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from core import clock, database
from core.cases import history, outbox, rows, turns
from core.cases.declaration import Process, view_of
from core.cases.letters import Reminder, Teller
from core.cases.models import Case, HistoryRow, Participant
from core.cases.rows import Held
from core.errors import Refusal
from core.naming import number_of
from core.people.models import Person, Role

ACTION = "urge"


@dataclass(frozen=True)
class Urged:
    """By name: who was urged now, who had been today, and until when quiet hours hold it."""

    now: tuple[str, ...]
    today: tuple[str, ...] = ()
    held_until: datetime | None = None

    @property
    def sentence(self) -> str:
        said = [f"已催办{'、'.join(self.now)}。"] if self.now else []
        if self.now and self.held_until is not None:
            said.append(f"现在是免打扰时间，对方将在 {clock.spoken(self.held_until)} 收到。")
        if self.today:
            said.append(f"{'、'.join(self.today)}今天已经催办过，明天可以再催。")
        return "".join(said)


class Urging:
    def __init__(
        self, processes: Mapping[str, Process], teller: Teller, quiet: Callable[[datetime], datetime | None]
    ) -> None:
        """``quiet``: until when a message of this moment is held."""
        self._processes = processes
        self._teller = teller
        self._quiet = quiet

    async def offered(self, case: Case, person: Person) -> bool:
        """Whether this person may urge somebody about this record now."""
        if not await self._may(case, person):
            return False
        return any([await self._fresh(one, person) for one in await self._waiting(case, person)])

    async def urge(self, case: Case, person: Person, key: str) -> Urged:
        """About a record that waits for its children, those whose turn these are. Raises Refusal where nobody is to be
        urged, or everybody has been today."""
        if not await self._may(case, person):
            raise Refusal(f"《{case.title}》由提交人、审核人或站长催办，您不能催办。")
        if case.closed_at is not None:
            raise Refusal(f"《{case.title}》已经办结，不需要催办。")
        found = await database.transaction(lambda: self._urge_all(case, person, key))
        if found.now:
            return found
        if found.today:
            raise Refusal(f"《{case.title}》：{found.sentence}")
        raise Refusal(f"《{case.title}》现在没有在等别人办理，不需要催办；轮到您的请直接办理。")

    async def _urge_all(self, case: Case, person: Person, key: str) -> Urged:
        all_of_them = [await self._urge(one, person, f"{key}:{one.id}") for one in await self._waiting(case, person)]
        named = (tuple(dict.fromkeys(name for one in all_of_them for name in one.now)),)
        before = tuple(dict.fromkeys(name for one in all_of_them for name in one.today if name not in named[0]))
        return Urged(*named, before, next((one.held_until for one in all_of_them if one.held_until), None))

    async def _urge(self, case: Case, person: Person, key: str) -> Urged:
        held, now = await rows.hold_case(case.id, key), clock.now()
        before = await _urged_today(case.id, now)
        waiting = [p for p in held.parts if _may_hear(held, p, person)]
        fresh = waiting if held.done else [p for p in waiting if p.person_id not in before]
        names, others = _names(held, fresh), _names(held, [p for p in waiting if p not in fresh])
        if held.done or not fresh:
            return Urged(names, others)
        until = self._quiet(now)
        await self._tell(held, person, fresh, names, until, key)
        return Urged(names, others, until)

    async def _tell(
        self,
        held: Held,
        person: Person,
        told: list[Participant],
        names: tuple[str, ...],
        until: datetime | None,
        key: str,
    ) -> None:
        case, now, seats = held.case, clock.now(), turns.by_slot(held.parts)
        since = min(p.turn_since for p in told if p.turn_since)
        record, waited = f"《{case.title}》{number_of(case)}", clock.lasting(since)
        text = f"{person.name}催办：{record}在您手上，已等 {waited}，请尽快办理。"
        said = {"told": sorted(p.person_id for p in told), "since": since.isoformat()}
        caption = f"催办{'、'.join(names)}"
        sealed = history.note(case, now, ACTION, caption, said, seats, key, by=person.id, held=until)
        view = view_of(case, held.project_name, turns.holders(held.parts))
        reminder = Reminder(self._processes[case.process], case, sealed.seq, ACTION, text, view, told, until)
        letters = await self._teller.reminders(reminder)
        rows.add_history(sealed)
        rows.keep_case(case)
        await outbox.promise(letters)

    async def _may(self, case: Case, person: Person) -> bool:
        """Who sent the record or the one that it answers to, who judges it, and the station's chief."""
        if person.id == case.author_id or (person.role is Role.CHIEF and person.org_id == case.station_id):
            return True
        judging = [slot.name for slot in self._processes[case.process].slots if slot.judges]
        mine = await Participant.filter(case_id=case.id, person_id=person.id, slot__in=judging)
        if any(part.sits(clock.now()) for part in mine):
            return True
        return case.parent_id is not None and await Case.exists(id=case.parent_id, author_id=person.id)

    async def _waiting(self, case: Case, person: Person) -> list[Case]:
        """The case itself, or its children where it waits for them; none where this person can act himself."""
        turns_here = {part.person_id for part in await Participant.filter(case_id=case.id, turn=True)}
        if turns_here:
            return [] if person.id in turns_here else [case]
        children = self._processes[case.process].children
        born = Case.filter(parent_id=case.id, process=children.process if children else "", closed_at=None)
        return await born.order_by("id")

    async def _fresh(self, case: Case, person: Person) -> bool:
        seats = Participant.filter(case_id=case.id, turn=True).exclude(person_id=person.id)
        there = await Person.filter(id__in=[seat.person_id for seat in await seats], active=True)
        return bool({one.id for one in there} - await _urged_today(case.id, clock.now()))


async def _urged_today(case_id: int, now: datetime) -> set[int]:
    morning = datetime.combine(clock.local(now).date(), time(), clock.ZONE)
    urges = await HistoryRow.filter(case_id=case_id, action=ACTION, at__gte=morning)
    return {one for row in urges for one in json.loads(row.content)["data"].get("told", [])}


def _may_hear(held: Held, part: Participant, person: Person) -> bool:
    return part.turn and part.person_id != person.id and held.people[part.person_id].person.active


def _names(held: Held, parts: list[Participant]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(held.people[p.person_id].person.name for p in parts))
