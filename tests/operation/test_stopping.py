"""SIGTERM: nothing new is taken, what is under way ends, ten seconds later nothing runs, and nothing is lost."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from core import database
from core.cases import outbox
from core.cases.models import Delivery, InboxRow, OutboxRow
from tests.operation.fleet import Fleet, Load, fleet, inhabited

MOST_SECONDS = 10


@pytest.fixture
async def ships(migrated_url: str, tmp_path: Path) -> AsyncIterator[Fleet]:
    async with fleet(migrated_url, tmp_path) as made:
        yield made


async def missing_and_doubled(load: Load) -> tuple[set[str], int, int]:
    """Acknowledged callbacks that are not kept, callbacks kept twice, and answers too few or too many."""
    bodies = await InboxRow.all().values_list("body", flat=True)
    kept = [identity for body in bodies for identity in re.findall(r"<MsgId>(?:<!\[CDATA\[)?(\d+)", str(body))]
    promised = await OutboxRow.all().count()
    return load.acknowledged - set(kept), len(kept) - len(set(kept)), promised - len(kept)


async def test_under_load_it_ends_in_time_and_keeps_what_it_acknowledged(ships: Fleet) -> None:
    replica = await ships.serve()
    async with inhabited(ships):
        load = Load(ships, ["lin", "luo", "qin", "chen", "fang"], per_second=100)
        async with load.running():
            await load.until(60)
            seconds = await replica.stop()
    assert (seconds < MOST_SECONDS, replica.process.returncode) == (True, 0)
    assert await missing_and_doubled(load) == (set(), 0, 0)


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
        await database.rows(f"UPDATE outbox SET lease_until = {database.real_time(0)} RETURNING id")
        await outbox.take_over()
        await ships.serve()
        await town.settle()
        assert len(town.phone("lin").messages) == 1


async def test_with_nothing_to_do_it_ends_at_once(ships: Fleet) -> None:
    for replica in (await ships.serve(), await ships.work()):
        assert await replica.stop() < 3
        assert (replica.process.returncode, '"error"' in replica.log.read_text()) == (0, False)


async def test_a_process_that_does_not_end_is_ended(postgres_url: str, tmp_path: Path) -> None:
    """Somebody holds the table that a callback needs."""
    async with fleet(postgres_url, tmp_path) as ships:
        replica = await ships.serve()
        async with inhabited(ships) as town:
            keeper = await asyncpg.connect(postgres_url)
            await keeper.execute("BEGIN; LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
            town.world.type_text("lin", "帮助")
            while not await keeper.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            assert await replica.stop() < MOST_SECONDS
            await keeper.close()
    assert (replica.process.returncode, "stop.too_slow" in replica.log.read_text()) == (1, True)
