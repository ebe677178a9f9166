"""R10: a process is stopped (SIGSTOP) while it delivers, longer than its lease, and goes on as if nothing had happened.

Another one has taken its messages over meanwhile: the fence refuses what the late one has to say about them.
"""

import asyncio
import contextlib
import signal
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from core.cases.models import OutboxRow, UpdateCode
from core.moments import Moment
from tests.operation.fleet import Replica
from tests.reliability.askers import Askers
from tests.reliability.crew import Crew, crew
from tests.reliability.draining import drained
from tests.reliability.figures import Figures, many
from tests.town import PATIENCE_SECONDS

TIMES = many(10, 200)
TOGETHER = 5
LONGER_THAN_THE_LEASE = 2.5
WHILE_DELIVERING = (Moment.CLAIMED, Moment.ACCEPTED, Moment.BEFORE_FINISH)


@pytest.fixture
async def ships(migrated_url: str, tmp_path: Path) -> AsyncIterator[Crew]:
    async with crew(migrated_url, tmp_path, lease_seconds=1) as made:
        made.world.state.knobs.callback_timeout_seconds = 1
        yield made


async def test_whoever_was_stopped_for_longer_than_the_lease_comes_too_late(ships: Crew, figures: Figures) -> None:
    dice = figures.dice()
    askers = Askers(ships.world, dice)
    await askers.settle()
    await ships.another("serve")
    for _ in range(TIMES // TOGETHER):
        frozen = [await _frozen_while_delivering(ships, askers, dice.choice(WHILE_DELIVERING)) for _ in range(TOGETHER)]
        await drained(ships.world)
        before = await _outbox()
        for replica in frozen:
            replica.thaw()
            await replica.stop()
            assert (replica.process.returncode, await _outbox()) == (0, before)
            figures.add(freezes=1)
    balance = await askers.balance()
    again = await OutboxRow.filter(fence__gt=1)  # a text that was joined with another is never claimed and has 0
    taken_over = sum(row.fence - 1 for row in again)
    figures.add(taken_over=taken_over, **asdict(balance))
    assert balance.wrong == (0, 0, 0, 0)
    assert taken_over >= TIMES // TOGETHER * TOGETHER


async def test_stopped_at_any_moment_under_load(ships: Crew, figures: Figures) -> None:
    dice = figures.dice()
    askers = Askers(ships.world, dice, members=max(60, 5 * TIMES))
    await askers.settle()
    everybody = [await ships.another("serve") for _ in range(3)]
    async with askers.asking(per_second=40):
        for _ in range(TIMES // TOGETHER):
            await asyncio.sleep(dice.uniform(0.05, 0.4))
            frozen = dice.choice(everybody)
            frozen.freeze()
            await asyncio.sleep(LONGER_THAN_THE_LEASE)
            frozen.thaw()
            figures.add(freezes=1)
    await drained(ships.world)
    balance = await askers.balance()
    figures.add(**asdict(balance))
    assert balance.wrong == (0, 0, 0, 0)


async def test_stopped_in_the_middle_of_a_step_it_holds_nobody_up(
    postgres_url: str, tmp_path: Path, figures: Figures
) -> None:
    """Only on PostgreSQL: SQLite's file stays locked by whoever is stopped in the middle of writing it."""
    async with crew(postgres_url, tmp_path, lease_seconds=1) as ships:
        askers = Askers(ships.world, figures.dice())
        await askers.settle()
        frozen = await ships.another("serve", moment=Moment.BEFORE_COMMIT, strikes=signal.SIGSTOP)
        ships.world.state.knobs.callback_timeout_seconds = 1
        askers.ask()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not frozen.process.frozen:  # noqa: ASYNC110  # another process
                await asyncio.sleep(0.01)
        ships.closed(frozen)
        await ships.another("serve")
        await drained(ships.world)
        assert askers.shown().total() == 1
        frozen.thaw()
        await frozen.stop()
        assert frozen.process.returncode == 0
        balance = await askers.balance()
        figures.add(freezes=1, **asdict(balance))
        assert balance.wrong == (0, 0, 0, 0)


async def _frozen_while_delivering(ships: Crew, askers: Askers, moment: Moment) -> Replica:
    """Asked one by one, so that it holds nothing but the message it delivers."""
    made = await ships.another("serve", moment=moment, strikes=signal.SIGSTOP)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not made.process.frozen:
            askers.ask()
            await _answered_or(made, ships)
    ships.closed(made)
    if _holds_the_file(ships.environment["ZHIAN_DATABASE_URL"]):
        await made.kill()
        return await _frozen_while_delivering(ships, askers, moment)
    await ships.world.settled()  # what it had not answered is brought again, to another
    return made


def _holds_the_file(url: str) -> bool:
    """Whoever is stopped in the middle of a write stops everybody on SQLite: nothing that a lease could help."""
    if not url.startswith("sqlite"):
        return False
    with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite://"), timeout=0.5)) as file:
        try:
            file.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False


async def _answered_or(frozen: Replica, ships: Crew) -> None:
    """Who is stopped before it has answered never answers."""
    answered = asyncio.create_task(ships.world.settled())
    while not (answered.done() or frozen.process.frozen):  # noqa: ASYNC110  # another process
        await asyncio.sleep(0.01)
    answered.cancel()
    await asyncio.sleep(0.05)


async def _outbox() -> list[dict[str, Any]]:
    return [*await OutboxRow.all().order_by("id").values(), *await UpdateCode.all().order_by("id").values()]
