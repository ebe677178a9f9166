"""The invented province of the demo: every story below is about its people."""

from collections.abc import AsyncIterator

import pytest

from bot.demo import loading
from core import database


@pytest.fixture(autouse=True)
async def province(migrated_url: str) -> AsyncIterator[None]:
    await database.open_database(migrated_url)
    await loading.load()
    yield
    await database.close_database()
