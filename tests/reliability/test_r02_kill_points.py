"""R2: the service is killed (kill -9) exactly where it matters, at each of the five moments of `core.moments`."""

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from random import Random

import pytest

from core.moments import Moment
from tests.reliability.askers import Askers
from tests.reliability.crew import Crew, crew
from tests.reliability.draining import DRAINED_SECONDS, drained
from tests.reliability.figures import Figures, many
from tests.town import PATIENCE_SECONDS

TIMES = many(20, 200)
SIDE_BY_SIDE = 3
LOOK_SECONDS = 0.05
MEMBERS = 600  # one who got 25 answers within a minute waits for it to be over, and a moment may never come


@pytest.fixture
async def ships(migrated_url: str, tmp_path: Path) -> AsyncIterator[Crew]:
    async with crew(migrated_url, tmp_path, lease_seconds=2) as made:
        yield made


async def test_kills_at_named_moments(ships: Crew, figures: Figures) -> None:
    dice = figures.dice()
    moments = [moment for moment in Moment for _ in range(TIMES)]
    dice.shuffle(moments)
    askers = Askers(ships.world, figures.dice("askers"), members=MEMBERS, records=2)
    await askers.settle()
    await asyncio.gather(*(_die_by_turns(ships, askers, moments, dice, figures) for _ in range(SIDE_BY_SIDE)))
    await ships.another("serve")
    seconds = await drained(ships.world)
    balance = await askers.balance()
    figures.add(**asdict(balance), drained_in=seconds)
    assert balance.wrong == (0, 0, 0, 0)
    assert seconds <= DRAINED_SECONDS


async def _die_by_turns(ships: Crew, askers: Askers, moments: list[Moment], dice: Random, figures: Figures) -> None:
    while moments:
        doomed = await ships.another("serve", moment=moments.pop(), nth=dice.randint(1, 3))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while doomed.process.returncode is None:
                askers.ask()
                await asyncio.sleep(LOOK_SECONDS)
        assert doomed.process.returncode == -signal.SIGKILL
        ships.closed(doomed)
        figures.add(kills=1)
