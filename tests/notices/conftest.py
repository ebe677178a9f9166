"""The station in which the stories of notices take place; whatever happens in one, every history fits at its end."""

from collections.abc import AsyncIterator

import pytest

from tests.notices import story
from tests.notices.story import Station


@pytest.fixture
async def station(migrated_url: str) -> AsyncIterator[Station]:
    async with story.station(migrated_url) as made:
        yield made
