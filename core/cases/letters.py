"""What a step promises to tell, before it is delivered. The engine knows who; the doors know how it looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from core import clock
from core.cases.declaration import Process, Step, View
from core.cases.ladders import Planned
from core.cases.models import Case, Participant
from core.cases.rows import Shown
from core.people.models import Person


@dataclass(frozen=True)
class Letter:
    """A message for the outbox; ``body`` is what the door's sender understands.

    Unless it is ``frozen`` already, the sender completes and freezes it just before the first attempt. Two letters with
    one ``dedupe_key`` are the same letter; a newer letter of a ``merge_key`` replaces one that has not left yet.
    ``not_before`` is a short wait, and what is said later to the same person waits behind it; ``held_until`` are quiet
    hours, which hold up nothing else.
    """

    person_id: int
    recipient: str
    kind: str
    body: str
    dedupe_key: str
    merge_key: str | None = None
    case_id: int | None = None
    slot: str = ""
    task_id: str | None = None
    not_before: datetime | None = None
    held_until: datetime | None = None
    frozen: bool = False


@dataclass(frozen=True)
class Change:
    """A committed-to step. ``told`` are participants to be told (turn or tells); ``relieved`` had the turn and lost it
    because somebody else acted, both not written yet; ``remark`` is what was said beside the decision;
    ``around`` knows those who had a seat before the step; ``acted_for`` is the name of whose deputy the actor was;
    ``held_until``: quiet hours hold what others are told."""

    process: Process
    case: Case
    step: Step
    seq: int
    actor: Person | None
    at: datetime
    remark: dict[str, Any]
    view: View
    told: list[Participant]
    relieved: list[Participant]
    around: Mapping[int, Shown]
    acted_for: str = ""
    held_until: datetime | None = None


@dataclass(frozen=True)
class Reminder:
    """Something is said again to those whose turn it is, and to others. A newer one of this ``kind`` takes the place of
    one that has not left. ``held_until``: quiet hours hold it until then."""

    process: Process
    case: Case
    seq: int
    kind: str
    text: str
    view: View
    told: list[Participant]
    held_until: datetime | None


def rung_text(rung: Planned, case: Case, view: View, due: datetime) -> str:
    """What the ladder says, with the names of this case filled in."""
    return rung.says.format(title=case.title, number=case.number or "", project=view.project_name, due=clock.ends(due))


class Teller(Protocol):
    """Turns what happened into letters, inside the transaction, without leaving the database."""

    async def letters(self, change: Change) -> list[Letter]: ...

    async def reminders(self, reminder: Reminder) -> list[Letter]: ...
