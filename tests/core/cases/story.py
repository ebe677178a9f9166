"""The engine without its doors: known people, small processes, letters that say who was told what."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from checks.report import CHECK_REPORT
from core import clock, database
from core.calendar.hours import Quiet
from core.cases.engine import Engine
from core.cases.letters import Change, Letter, Reminder
from core.cases.models import Case, HistoryRow, OutboxRow, Participant
from core.evidence.models import Evidence
from core.people.models import Person
from tests.core.cases import processes
from tests.town import Cast, settle_down

MONDAY = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)  # nine in the morning in Hainan


class HandClock(clock.Clock):
    """Stands still until a story lets time pass."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = MONDAY

    def now(self) -> datetime:
        return self.moment

    def pass_time(self, **time: float) -> None:
        self.moment += timedelta(**time)


class PlainTeller:
    """One plain text per person told or relieved: ``told 通过`` or ``relieved 通过``."""

    async def letters(self, change: Change) -> list[Letter]:
        kinds = (("told", change.told), ("relieved", change.relieved))
        concerned = [(kind, part) for kind, parts in kinds for part in parts]
        known = {p.id: p for p in await Person.filter(id__in=[part.person_id for _, part in concerned])}
        return [
            Letter(
                part.person_id,
                known[part.person_id].userid or "",
                "text",
                f"{kind} {change.step.caption}",
                f"{kind}:{change.case.id}:{change.seq}:{part.slot}:{part.person_id}",
                case_id=change.case.id,
                held_until=change.held_until,
            )
            for kind, part in concerned
        ]

    async def reminders(self, reminder: Reminder) -> list[Letter]:
        known = {p.id: p for p in await Person.filter(id__in=[part.person_id for part in reminder.told])}
        return [
            Letter(
                part.person_id,
                known[part.person_id].userid or "",
                "text",
                reminder.text,
                f"reminder:{reminder.case.id}:{reminder.seq}:{part.person_id}",
                case_id=reminder.case.id,
                held_until=reminder.held_until,
            )
            for part in reminder.told
        ]


class House:
    """The engine and its people."""

    def __init__(self, cast: Cast, hands: HandClock) -> None:
        self.cast = cast
        self.clock = hands
        self.engine = Engine((CHECK_REPORT, *processes.ALL), PlainTeller(), quiet=Quiet())

    async def check(
        self, *reviewers: Person, readers: tuple[Person, ...] = (), key: str = "first", **more: Any
    ) -> Case:
        data = {
            "project": self.cast.project.id,
            "check_type": "safety",
            "checked_location": "3号楼 5层",
            "reviewers": [p.id for p in reviewers],
            "recipients": [p.id for p in readers],
        }
        return (await self.engine.open("check_report", self.cast.lin, data | more, key=key)).case

    async def plan(self, *judges: Person, key: str = "plan", **more: Any) -> Case:
        data = {"project": self.cast.project.id, "topic": "深基坑", "judges": [p.id for p in judges]}
        return (await self.engine.open("plan", self.cast.chen, data | more, key=key)).case

    async def order(self, key: str = "order", **more: Any) -> Case:
        data = {"project": self.cast.project.id, "wanted": "补齐临边防护"}
        return (await self.engine.open("order", self.cast.lin, data | more, key=key)).case

    async def demand(self, key: str = "demand") -> Case:
        data = {"project": self.cast.project.id, "wanted": "补齐临边防护"}
        return (await self.engine.open("demand", self.cast.lin, data, key=key)).case

    async def roll_call(self, *called: Person, key: str = "call") -> Case:
        data = {"project": self.cast.project.id, "called": [p.id for p in called]}
        return (await self.engine.open("roll_call", self.cast.lin, data, key=key)).case


@asynccontextmanager
async def house(url: str) -> AsyncIterator[House]:
    hands = HandClock()
    clock.use(hands)
    await database.open_database(url)
    try:
        yield House(await settle_down(), hands)
    finally:
        await database.close_database()
        clock.use(clock.Clock())


async def state(case: Case) -> str:
    return (await Case.get(id=case.id)).state


async def waiting(case: Case) -> list[str]:
    """Who has the turn, by WeCom id."""
    parts = await Participant.filter(case_id=case.id, turn=True).order_by("id")
    known = {p.id: p.userid for p in await Person.filter(id__in=[p.person_id for p in parts])}
    return [str(known[p.person_id]) for p in parts]


async def told(case: Case) -> list[tuple[str, str]]:
    """To whom and what, in the order it was promised."""
    return [(r.recipient, r.body) for r in await OutboxRow.filter(case_id=case.id).order_by("id")]


async def actions(case: Case) -> list[str]:
    return [row.action for row in await HistoryRow.filter(case_id=case.id).order_by("seq")]


async def content(case: Case, seq: int) -> dict[str, Any]:
    row = await HistoryRow.get(case_id=case.id, seq=seq)
    held: dict[str, Any] = json.loads(row.content)
    return held


async def picture(by: Person, name: str = "a") -> Evidence:
    return await Evidence.create(
        sha256=(name * 64)[:64],
        kind="photo",
        mime="image/jpeg",
        size=1,
        original_key=f"{name}/o",
        shown_key=f"{name}/s",
        name=name,
        source="chat",
        taken_by_id=by.id,
        created_at=clock.now(),
    )


async def rows() -> dict[str, list[Any]]:
    """Everything that a step could have written, for stories in which nothing may change."""
    tables = {}
    for table in ("case_record", "case_participant", "case_history", "case_clock", "outbox", "number_series"):
        tables[table] = [dict(row) for row in await database.rows(f"SELECT * FROM {table} ORDER BY 1")]
    return tables
