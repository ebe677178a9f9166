"""R7 for notices: PostgreSQL is restarted, and stopped without any order, while replicas sweep. Whatever was due is
done once, at the latest a lease after the database is there again."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import pytest

from bot import auditing
from core import clock, database
from tests.databases import Cluster, throw_away_cluster
from tests.notices import story
from tests.reliability.figures import Figures, many
from tests.reliability.hands import Hands, Task
from tests.reliability.owing import Owing, owing
from tests.reliability.test_r07_database_restart import STOPS

REPLIES = many(120, 2_000)
TIMES = many(3, 50)
REPLICAS = 3
AT = datetime(2026, 10, 22, 9, 1, tzinfo=clock.ZONE)
PACE = 30  # a lease of half a minute is over after a second


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with throw_away_cluster("-c", "synchronous_commit=on") as made:
        yield made


@pytest.fixture
async def crowd(cluster: Cluster) -> AsyncIterator[Owing]:
    await database.migrate(cluster.url)
    async with story.station(cluster.url, damaged=True) as made:
        yield await owing(made, REPLIES)


@pytest.mark.parametrize("how", STOPS)
async def test_sweepers_go_on_after_the_database(
    crowd: Owing, cluster: Cluster, hands: Hands, figures: Figures, how: str
) -> None:
    task = Task(cluster.url, AT.isoformat(), limit=5, pace=PACE, until_idle=True)
    sweeping = asyncio.create_task(asyncio.to_thread(hands.do, *[task] * REPLICAS))
    for _ in range(TIMES):
        await asyncio.sleep(figures.dice(how).uniform(0.3, 0.6))
        await asyncio.to_thread(cluster.stop, STOPS[how])
        cluster.start()
        await asyncio.to_thread(cluster.wait_until_ready)
        figures.add(stops=1)
    began = time.monotonic()
    assert [said.isdecimal() for said in await sweeping] == [True] * REPLICAS  # which it took is left to chance
    balance = await crowd.ends("expire", "late")
    figures.add(steps=balance.steps, missing=balance.missing, twice=balance.twice, seconds=time.monotonic() - began)
    crowd.station.clock.moment = AT
    await crowd.station.comes_to_rest()
    assert balance.wrong == (0, 0)
    assert [fault async for fault in auditing.faults()] == []
