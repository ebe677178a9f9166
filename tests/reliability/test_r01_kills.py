"""R1: three processes are killed (kill -9) over and over, 50 to 400 ms after their start, while WeCom fails in all its
fourteen ways; every answer is shown once, or stands with the administrator as failed or uncertain."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.reliability.askers import Askers
from tests.reliability.crew import Crew, crew
from tests.reliability.draining import DRAINED_SECONDS, drained, passing_blocks
from tests.reliability.figures import SOAK, Figures, many

KILLS = many(60, 1_000)
QUESTIONS = many(10, 20)  # at each start
PROCESSES = ("serve", "serve", "work")
LIVES_SECONDS = (0.05, 0.4)
FAULTY = 0.4


@pytest.fixture
async def ships(migrated_url: str, tmp_path: Path) -> AsyncIterator[Crew]:
    async with crew(migrated_url, tmp_path, lease_seconds=None if SOAK else 2) as made:
        yield made


async def test_kills_at_random_moments(ships: Crew, figures: Figures) -> None:
    askers = Askers(ships.world, figures.dice("askers"), members=max(60, KILLS * QUESTIONS // 10))
    await askers.settle()
    ships.world.faults.seed(figures.dice("faults").randrange(2**32))
    ships.world.faults.set("mixed", "message/", FAULTY)
    async with passing_blocks(ships.world):
        await asyncio.gather(*(_short_lives(command, n, ships, askers, figures) for n, command in enumerate(PROCESSES)))
    ships.world.faults.clear()
    for command in PROCESSES:
        await ships.another(command)
    seconds = await drained(ships.world)
    balance = await askers.balance()
    figures.add(**asdict(balance), drained_in=seconds)
    assert balance.wrong == (0, 0, 0, 0)
    assert seconds <= DRAINED_SECONDS


async def _short_lives(command: str, n: int, ships: Crew, askers: Askers, figures: Figures) -> None:
    dice = figures.dice(f"killer {n}")
    for _ in range(KILLS // len(PROCESSES)):
        replica = await ships.another(command)
        askers.ask(QUESTIONS)
        await asyncio.sleep(dice.uniform(*LIVES_SECONDS))
        await ships.lost(replica)
        figures.add(kills=1)
