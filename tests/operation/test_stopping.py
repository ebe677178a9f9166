"""SIGTERM: nothing new is taken, what is under way ends, ten seconds later nothing runs, and nothing is lost."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from core import database
from core.cases import outbox
from core.cases.models import Delivery, OutboxRow
from tests.operation.fleet import Fleet, fleet, inhabited

MOST_SECONDS = 10
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
CALLBACK_WAITS = (  # the inbox worker, who waits as well, is told to end and does
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' "
    "AND query LIKE '%INSERT INTO inbox%'"
)


@pytest.fixture
async def ships(migrated_url: str, tmp_path: Path) -> AsyncIterator[Fleet]:
    async with fleet(migrated_url, tmp_path) as made:
        yield made


async def test_a_wecom_that_hangs_does_not_hold_it_up(ships: Fleet) -> None:
    replica = await ships.serve()
    async with inhabited(ships) as town:
        ships.world.faults.set("timeout", "message/send")
        town.world.type_text("lin", "帮助")
        while not await OutboxRow.exists(state=Delivery.SENDING):
            await town.world.settled()
        seconds = await replica.stop()
        assert (seconds < MOST_SECONDS, replica.process.returncode) == (True, 0)
        ships.world.faults.clear()
        assert (await OutboxRow.get()).state in (Delivery.SENDING, Delivery.PENDING)  # a slow machine has given it up
        await OutboxRow.filter(state=Delivery.SENDING).update(lease_until=LONG_AGO)
        await outbox.take_over()
        await ships.serve()
        await town.settle()
        assert len(town.phone("lin").messages) == 1


async def test_with_nothing_to_do_it_ends_at_once(ships: Fleet) -> None:
    for begin in (ships.serve, ships.work):
        began = time.monotonic()
        replica = await begin()
        start = time.monotonic() - began
        assert await replica.stop() < max(3, start)  # a slow machine is slow at both
        assert (replica.process.returncode, replica.errors()) == (0, [])


async def test_a_process_that_does_not_end_is_ended(postgres_url: str, tmp_path: Path) -> None:
    """Somebody holds the table that a callback needs."""
    async with fleet(postgres_url, tmp_path) as ships:
        replica = await ships.serve()
        async with inhabited(ships) as town:
            keeper = await asyncpg.connect(postgres_url)
            await keeper.execute("BEGIN; LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
            town.world.type_text("lin", "帮助")
            while not await database.rows(CALLBACK_WAITS):  # noqa: ASYNC110  # another process
                await asyncio.sleep(0.01)
            assert await replica.stop() < MOST_SECONDS
            await keeper.close()
    assert (replica.process.returncode, "stop.too_slow" in replica.log.read_text()) == (1, True)
