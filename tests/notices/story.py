"""The house in which notices live: the engine with their processes, a project with a check of five findings."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

from bot import auditing
from checks.report import CHECK_REPORT
from core import clock, database
from core.cases.engine import Engine
from core.cases.models import Case, ClockRow
from core.people.models import Person
from notices import practice
from notices.practice import Practice
from notices.processes import NOTICES
from tests.core.cases import story
from tests.core.cases.story import HandClock, House, PlainTeller
from tests.town import Cast, settle_down

WORDINGS = ["临边无防护", "配电箱未上锁", "脚手架缺连墙件", "基坑积水", "安全通道堵塞"]
DUE = "2026-10-21"  # seven working days after the Monday on which everything begins


class Station(House):
    """The same people; ``Station.engine`` knows checks and notices."""

    def __init__(self, cast: Cast, hands: HandClock) -> None:
        self.cast = cast
        self.clock = hands
        self.engine = Engine((CHECK_REPORT, *NOTICES), PlainTeller())
        self._keys = 0

    def key(self) -> str:
        self._keys += 1
        return f"request:{self._keys}"

    async def checked(self, findings: Sequence[str | dict[str, Any]] = WORDINGS, **more: Any) -> Case:
        """A check that has passed."""
        seen = [{"note": one} if isinstance(one, str) else one for one in findings]
        return await self.check(key=self.key(), findings=seen, **more)

    async def draft(self, check: Case, *repliers: Person, **more: Any) -> dict[str, Any]:
        units = {str(p.org_id): None for p in repliers}
        data = {
            "kind": "rectification",
            "project": self.cast.project.id,
            "addressee_units": list(units),
            "cited_check": str(check.id),
            "deadline": DUE,
            "repliers": [p.id for p in repliers],
        }
        return {name: value for name, value in (data | more).items() if value is not None}

    async def notice(self, *repliers: Person, check: Case | None = None, by: Person | None = None, **more: Any) -> Case:
        data = await self.draft(check or await self.checked(), *(repliers or (self.cast.chen,)), **more)
        return (await self.engine.open("notice", by or self.cast.lin, data, key=self.key())).case

    async def does(self, person: Person | None, case: Case, action: str, **data: Any) -> Case:
        await self.engine.perform(case.id, action, person, data, key=self.key())
        return await now(case)

    async def replies(self, person: Person, case: Case, *findings: int) -> Case:
        return await self.does(person, case, "reply", answers=[answer(n) for n in findings])

    async def judges(self, person: Person, case: Case, returned: list[int], accepted: list[int]) -> Case:
        verdicts = [verdict(n, accepted=n in accepted) for n in sorted([*returned, *accepted])]
        return await self.does(person, case, "judge", verdicts=verdicts)

    async def until(self, day: int, hour: int = 0, month: int = 10) -> list[tuple[str, str]]:
        """What is told, to whom, while the clocks run until this local time of 2026; swept each step at its time."""
        before = {row["id"] for row in await database.rows("SELECT id FROM outbox")}
        end = datetime(2026, month, day, hour, 0, tzinfo=clock.ZONE)
        while (at := await _next_moment()) is not None and at <= end:
            self.clock.moment = max(at, self.clock.moment)
            await self.engine.sweep()
        self.clock.moment = end
        await self.engine.sweep()
        found = await database.rows("SELECT id, recipient, body FROM outbox ORDER BY id")
        return [(row["recipient"], row["body"]) for row in found if row["id"] not in before]

    async def comes_to_rest(self) -> None:
        """The sweepers have had all the time they need."""
        self.clock.pass_time(minutes=10)
        while await self.engine.sweep():
            pass


async def _next_moment() -> datetime | None:
    row = await ClockRow.filter(next_step_at__not_isnull=True).order_by("next_step_at").first()
    return row.next_step_at if row else None


def answer(finding: int, statement: str = "已整改", done_on: date = date(2026, 10, 12), **more: Any) -> dict[str, Any]:
    return {"finding": finding, "statement": statement, "done_on": done_on.isoformat()} | more


def verdict(finding: int, *, accepted: bool = True) -> dict[str, Any]:
    return {"finding": finding, "accepted": accepted, "reason": "" if accepted else "仍不符合要求"}


async def now(case: Case) -> Case:
    return await Case.get(id=case.id)


async def reply_of(notice: Case, person: Person) -> Case:
    return await Case.get(parent_id=notice.id, process="notice_reply", author_id=person.id)


async def everything_is_sound() -> None:
    """The auditor finds nothing."""
    assert [fault async for fault in auditing.faults()] == []


@asynccontextmanager
async def station(url: str, *, damaged: bool = False) -> AsyncIterator[Station]:
    hands = HandClock()
    clock.use(hands)
    practice.use(Practice())
    await database.open_database(url)
    try:
        made = Station(await settle_down(), hands)
        yield made
        if not damaged:
            await made.comes_to_rest()
            await everything_is_sound()
    finally:
        await database.close_database()
        clock.use(clock.Clock())


__all__ = [
    "DUE",
    "WORDINGS",
    "Station",
    "answer",
    "everything_is_sound",
    "now",
    "reply_of",
    "station",
    "story",
    "verdict",
]
