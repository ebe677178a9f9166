"""R13: SIGTERM under load. It ends within ten seconds and in order, and keeps what it acknowledged; nobody sees
anything twice, and nothing that was kept stays unanswered."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import pytest

from core.cases.models import InboxRow
from tests.operation.fleet import KEPT_ASIDE, Load, missing_and_doubled
from tests.reliability.askers import Askers
from tests.reliability.crew import Crew, crew
from tests.reliability.draining import drained
from tests.reliability.figures import Figures, many

TIMES = many(5, 100)
MOST_SECONDS = 10


@pytest.fixture
async def ships(migrated_url: str, tmp_path: Path) -> AsyncIterator[Crew]:
    async with crew(migrated_url, tmp_path, lease_seconds=2) as made:
        yield made


async def test_stops_under_load(ships: Crew, figures: Figures) -> None:
    askers = Askers(ships.world, figures.dice(), members=60 * TIMES)
    await askers.settle()
    ships.world.faults.set("slow", "message/", 0.1, seconds=1)
    load, slowest = Load(ships, [f"m{n}" for n in range(askers.members)], per_second=100), 0.0
    async with load.running():
        for _ in range(TIMES):
            replica = await ships.another("serve")
            await load.until(40)
            seconds = await replica.stop()
            ships.closed(replica)
            figures.add(stops=1)
            slowest = max(slowest, seconds)
            assert (seconds < MOST_SECONDS, replica.process.returncode) == (True, 0)
    ships.world.faults.clear()
    await ships.another("serve")
    await drained(ships.world)
    missing, doubled, unanswered = await missing_and_doubled(load)
    askers.said = await InboxRow.exclude(repeat_key__startswith=KEPT_ASIDE).count()
    balance = await askers.balance()
    figures.add(acknowledged=len(load.acknowledged), missing=len(missing), **asdict(balance), slowest=slowest)
    assert (missing, doubled, unanswered, balance.wrong) == (set(), 0, 0, (0, 0, 0, 0))
