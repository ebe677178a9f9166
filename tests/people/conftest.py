"""The invented province of the demo: every story below is about its people."""

from collections.abc import AsyncIterator

import pytest
from tortoise.backends.base import executor

from bot.demo import loading
from core import database


@pytest.fixture(autouse=True)
async def province(migrated_url: str) -> AsyncIterator[None]:
    executor.EXECUTOR_CACHE.clear()  # statements prepared for the other kind of database do not fit this one
    await database.open_database(migrated_url)
    await loading.load()
    yield
    await database.close_database()
