"""The station for stories of the pages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tortoise.backends.base import executor

from core import clock, database
from tests.h5.story import MovedClock, Station, settled_station


@pytest.fixture
async def station(migrated_url: str, tmp_path: Path) -> AsyncIterator[Station]:
    executor.EXECUTOR_CACHE.clear()  # statements prepared for the other kind of database do not fit this one
    moved = MovedClock()
    clock.use(moved)
    await database.open_database(migrated_url)
    made = await settled_station(tmp_path, moved)
    yield made
    await made.close()
    await database.close_database()
    clock.use(clock.Clock())
