"""R7: PostgreSQL is restarted, and stopped without any order, while callbacks come in. What was acknowledged is kept,
five seconds after the database every process answers again, and none of their workers is broken."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from core import database
from core.cases.models import Delivery, InboxRow, OutboxRow
from tests.bot.letterbox import Sender
from tests.databases import Cluster, throw_away_cluster
from tests.operation.fleet import KEPT_ASIDE, Load, Replica, missing_and_doubled
from tests.reliability.askers import Askers
from tests.reliability.crew import Crew, crew
from tests.reliability.draining import drained
from tests.reliability.figures import Figures, many
from tests.town import PATIENCE_SECONDS

TIMES = many(3, 50)
PROCESSES = 3
MOST_SECONDS = 5
STOPS = {"restart": signal.SIGINT, "immediate stop": signal.SIGQUIT}


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """One that keeps what it has committed, as a real one does."""
    with throw_away_cluster("-c", "synchronous_commit=on") as made:
        yield made


@pytest.fixture
async def ships(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Crew]:
    await database.migrate(cluster.url)
    async with crew(cluster.url, tmp_path, lease_seconds=2) as made:
        yield made


class Knocking:
    """Says 帮助 at one process's own door; each time with an id of its own."""

    def __init__(self, ships: Crew, load: Load) -> None:
        self._ships = ships
        self._load = load
        self._said = 8_000_000_000

    async def seconds_until_answered(self, replica: Replica) -> float:
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE_SECONDS), Sender(replica.address, self._ships.world.config) as sender:
            while await self._answered(sender) != 200:  # noqa: ASYNC110  # another process answers
                await asyncio.sleep(0.05)
        return time.monotonic() - began

    async def _answered(self, sender: Sender) -> int:
        self._said += 1
        userid = self._load.members[self._said % len(self._load.members)]
        answer = await sender.post(sender.text(userid, "帮助", self._said))
        if answer.status == 200:
            self._load.acknowledged.add(str(self._said))
        return answer.status

    async def works_alone(self, replica: Replica) -> None:
        """While the others are frozen, it takes a question and delivers the answer."""
        others = [other for other in self._ships.replicas if other is not replica]
        for other in others:
            other.freeze()
        try:
            await self.seconds_until_answered(replica)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await OutboxRow.filter(state__in=[Delivery.PENDING, Delivery.SENDING]).exists():  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        finally:
            for other in others:
                other.thaw()


async def refused(load: Load, count: int) -> None:
    """Until so many more found no database."""
    wanted = load.refused + count
    async with asyncio.timeout(PATIENCE_SECONDS):
        while load.refused < wanted:  # noqa: ASYNC110  # other tasks count
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("how", STOPS)
async def test_goes_on_after_the_database(cluster: Cluster, ships: Crew, figures: Figures, how: str) -> None:
    askers = Askers(ships.world, figures.dice(), members=120 * TIMES)
    await askers.settle()
    for _ in range(PROCESSES):
        await ships.another("serve")
    load, longest = Load(ships, [f"m{n}" for n in range(askers.members)], per_second=100), 0.0
    knocking = Knocking(ships, load)
    async with load.running():
        for _ in range(TIMES):
            await load.until(60)
            await asyncio.to_thread(cluster.stop, STOPS[how])
            await refused(load, 30)
            cluster.start()
            await asyncio.to_thread(cluster.wait_until_ready)
            back = await asyncio.gather(*map(knocking.seconds_until_answered, ships.replicas))
            longest = max(longest, *back)
            figures.add(stops=1)
    assert longest <= MOST_SECONDS
    await drained(ships.world)
    for replica in ships.replicas:
        await knocking.works_alone(replica)
    await drained(ships.world)
    missing, doubled, unanswered = await missing_and_doubled(load)
    askers.said = await InboxRow.exclude(repeat_key__startswith=KEPT_ASIDE).count()
    balance = await askers.balance()
    figures.add(acknowledged=len(load.acknowledged), refused=load.refused, missing=len(missing), **asdict(balance))
    figures.add(longest_seconds=longest)
    assert (missing, doubled, unanswered, balance.wrong) == (set(), 0, 0, (0, 0, 0, 0))
