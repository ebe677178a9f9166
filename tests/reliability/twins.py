"""Two replicas of the service in this process, on one database, working only when told to, and a clock moved by hand.

Nothing happens by itself, so a minute of WeCom's trouble takes as long as its calls.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot import app, pacing
from bot.app import House
from bot.processes import PROCESSES
from core import clock, database
from core.cases import outbox
from core.cases.letters import Letter
from core.cases.models import Delivery, InboxRow, OutboxRow
from core.people.models import Organisation, OrgKind, Person, Role
from simulator.app import running
from simulator.config import Config
from simulator.state import Person as Member
from simulator.world import World
from tests import town
from tests.town import MovedClock


class StillClock(MovedClock):
    """Only what a story lets pass: the seconds of a busy machine would end a block, and allow one call more."""

    def __init__(self) -> None:
        super().__init__()
        self._began = clock.host()

    def now(self) -> datetime:
        return self._began + self.moved


@dataclass
class Twins:
    world: World
    replicas: list[House]
    clock: StillClock

    async def work(self) -> None:
        """Both at once, until neither finds anything to do at this moment."""
        await self.world.settled()
        while sum(await asyncio.gather(*(each() for house in self.replicas for each in _rounds(house)))):
            pass

    async def pass_time(self, seconds: float, step: float = 1.0) -> None:
        """Second by second, with the work of each."""
        for _ in range(round(seconds / step)):
            self.clock.moved += town.timedelta(seconds=step)
            self.world.clock.advance(step)
            await self.work()

    async def until_quiet(self, most: float, step: float = 1.0) -> float:
        """How many seconds pass until nothing waits any more."""
        passed = 0.0
        await self.work()
        while await self.waiting():
            assert passed < most, f"still waiting after {most:.0f} s: {await self.waiting()}"
            await self.pass_time(step, step)
            passed += step
        return passed

    async def waiting(self) -> list[tuple[str, str]]:
        """Whoever still waits, and what went wrong last."""
        on_the_way = OutboxRow.filter(state__in=[Delivery.PENDING, Delivery.SENDING])
        return [(row.recipient, row.error) for row in await on_the_way] + [
            (row.sender, row.error) for row in await InboxRow.filter(waiting=True)
        ]

    def shown(self, userid: str) -> list[str]:
        return [town.read(m) for m in self.world.chat(userid) if m.sender == "app" and not m.dropped]

    def admit(self, userid: str, name: str, mobile: str = "") -> None:
        self.world.put_person(Member(userid=userid, name=name, mobile=mobile))


def _rounds(house: House) -> list[Callable[[], object]]:
    return [house.sender.once, house.receiver.once]


async def promise(letters: list[Letter]) -> None:
    """As a step's transaction does it."""
    await database.transaction(lambda: outbox.promise(letters))


async def inspectors(twins: Twins, count: int) -> list[str]:
    """So many more members, by their ids."""
    station = await Organisation.create(
        name="海澄市质安监督站", short_name="海澄站", kind=OrgKind.STATION, code="海澄", level="city"
    )
    members = [f"lin{n}" for n in range(count)]
    await Person.bulk_create(
        [
            Person(userid=userid, name=f"林小舟{n}", org_id=station.id, role=Role.SUPERVISOR, admitted_at=clock.now())
            for n, userid in enumerate(members)
        ]
    )
    for n, userid in enumerate(members):
        twins.admit(userid, f"林小舟{n}")
    return members


@asynccontextmanager
async def twins(database_url: str, folder: Path) -> AsyncIterator[Twins]:
    still = StillClock()
    before = clock.use(still)
    try:
        with pytest.MonkeyPatch.context() as patience:
            patience.setattr(pacing, "_LATE_SECONDS", float("inf"))  # a busy machine stops this process, too
            async with running(Config(port=0, service_url="http://localhost:1")) as world:
                world.clock.advance(still.moved.total_seconds())
                settings = town._settings(database_url, folder, world)
                async with app.house(settings) as first, aiohttp.ClientSession() as session:
                    second = app._wire(settings, PROCESSES, session, first.printer.press)
                    async with TestServer(app.web_application(first)) as door:
                        world.config = town.replace(world.config, service_url=str(door.make_url("")).rstrip("/"))
                        yield Twins(world, [first, second], still)
    finally:
        clock.use(before)
