"""Who has to do with a case, how far each of them is, and whose turn it is (BY-10)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.cases.declaration import Process
from core.cases.models import Case, Participant
from core.cases.turns import standing
from core.people.models import ROLE_CAPTIONS, Organisation, Person, Role


@dataclass(frozen=True)
class Known:
    """People and their organisations, by id."""

    people: Mapping[int, Person]
    organisations: Mapping[int, Organisation]

    def name(self, person_id: int) -> str:
        return self.people[person_id].name

    def acting(self, person_id: int, principal_id: int | None) -> str:
        """``秦若岩（代罗敬川）``; whom a deputy stands for always has a seat himself."""
        return standing(self.name(person_id), self.name(principal_id) if principal_id else None)

    def seated(self, part: Participant) -> str:
        return self.acting(part.person_id, part.stands_for)

    def post(self, person_id: int) -> str:
        """``桂海市质监站 站长``"""
        person = self.people[person_id]
        organisation = self.organisations.get(person.org_id)
        role = "" if person.role is Role.PARTICIPANT else ROLE_CAPTIONS[person.role]
        return " ".join(
            part for part in (organisation.short_name if organisation else "", person.title or role) if part
        )


async def known(ids: Iterable[int]) -> Known:
    people = await Person.in_bulk(set(ids), "id")
    organisations = await Organisation.in_bulk({p.org_id for p in people.values()}, "id")
    return Known(people, organisations)


@dataclass(frozen=True)
class Turn:
    """``mine``: the reader's own turn; ``who`` are the others."""

    mine: bool
    who: list[str]
    since: datetime | None


def turn(parts: list[Participant], person: Person, everybody: Known) -> Turn:
    acting = [p for p in parts if p.turn]
    others = [everybody.seated(p) for p in acting if p.person_id != person.id]
    since = min((p.turn_since for p in acting if p.turn_since), default=None)
    return Turn(any(p.person_id == person.id for p in acting), list(dict.fromkeys(others)), since)


@dataclass(frozen=True)
class Seat:
    name: str
    post: str
    status: str
    done: bool


@dataclass(frozen=True)
class Slot:
    caption: str
    seats: list[Seat]


def slots(process: Process, case: Case, parts: list[Participant], everybody: Known, *, discreet: bool) -> list[Slot]:
    """Without those who were replaced before they did anything. ``discreet`` leaves out who opened it and when: that is
    the station's own business."""
    found = []
    for slot in process.slots:
        here = [p for p in parts if p.slot == slot.name and (p.left_at is None or p.acted_at)]
        seats = [_seat(process, case, p, everybody, discreet) for p in here]
        if seats:
            found.append(Slot(slot.caption, seats))
    return found


def _seat(process: Process, case: Case, part: Participant, everybody: Known, discreet: bool) -> Seat:
    status = _status(process, case, part, discreet)
    return Seat(everybody.seated(part), everybody.post(part.person_id), status, part.acted_at is not None)


def _status(process: Process, case: Case, part: Participant, discreet: bool) -> str:
    if part.acted_at:
        caption = next((s.caption for s in process.table if s.action == part.action), "已办理")
        return f"{caption} · {clock.spoken(part.acted_at)}"
    if discreet:
        return "待办理" if part.turn else ""
    if part.opened_at:
        return f"{clock.spoken(part.opened_at)} 已打开"
    if part.told_at:
        return f"{clock.spoken(part.told_at)} 已通知，尚未打开"
    return "尚未通知" if case.closed_at is None else "未通知"
