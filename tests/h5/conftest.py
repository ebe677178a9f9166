"""The station for stories of the pages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.h5.story import Station, station_on


@pytest.fixture
async def station(migrated_url: str, tmp_path: Path) -> AsyncIterator[Station]:
    async with station_on(migrated_url, tmp_path) as made:
        yield made
