"""What waits in the inbox is worked on by one worker at a time, for as long as it lives."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from core import database
from core.cases import inbox
from core.cases.inbox import Arrival
from core.cases.models import InboxRow
from tests.core.cases.story import House

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("house")


async def _arrive(*keys: str) -> None:
    for key in keys:
        await database.transaction(partial(_store, Arrival(key, "luo", "ImageMessage", "<xml/>")))


async def _store(arrival: Arrival) -> None:
    assert await inbox.store(arrival)
    inbox.let_wait(arrival)


async def _claimed() -> list[str]:
    return [row.repeat_key for row in await inbox.claim(8)]


async def test_what_one_worker_holds_no_other_takes_whatever_the_clock_says(house: House) -> None:
    await _arrive("1", "2")
    assert [await _claimed(), await _claimed()] == [["1"], []]
    house.clock.pass_time(hours=5)
    assert await _claimed() == []


async def test_what_a_dead_worker_held_is_taken_over_and_its_late_end_refused() -> None:
    await _arrive("1")
    (late,) = await inbox.claim(8)
    await InboxRow.all().update(lease_until=LONG_AGO)
    (mine,) = await inbox.claim(8)
    assert (await inbox.end(late), mine.attempts, await inbox.end(mine)) == (False, 2, True)


async def test_long_work_keeps_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    await _arrive("1")
    monkeypatch.setattr(inbox, "LEASE_SECONDS", 1)
    (row,) = await inbox.claim(8)
    first = (await InboxRow.get()).lease_until
    async with inbox.held(row), asyncio.timeout(10):
        while (now := (await InboxRow.get()).lease_until) == first:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert first is not None
    assert now is not None
    assert now > first


async def test_what_was_put_off_is_free_when_its_time_comes(house: House) -> None:
    await _arrive("1")
    (row,) = await inbox.claim(8)
    await inbox.put_off(row, timedelta(seconds=4), "away")
    assert await _claimed() == []
    house.clock.pass_time(seconds=4)
    assert await _claimed() == ["1"]
