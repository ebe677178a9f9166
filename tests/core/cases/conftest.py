"""The house in which the engine's stories take place."""

from collections.abc import AsyncIterator

import pytest

from tests.core.cases import story
from tests.core.cases.story import House


@pytest.fixture
async def house(migrated_url: str) -> AsyncIterator[House]:
    async with story.house(migrated_url) as made:
        yield made
