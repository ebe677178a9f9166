"""One invented province for all stories, and a desk with its phones."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.e2e.desk import Desk, sitting_at
from tests.e2e.rehearsal import Rehearsal, rehearsal


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """On SQLite. Each story has a site of its own, and may find the clock ahead."""
    folder = tmp_path_factory.mktemp("rehearsal")
    with rehearsal(folder) as running:
        yield running
    assert list(folder.glob("var/*.pid")) == []  # whoever has the number next must not be killed for it


@pytest.fixture
async def desk(town: Rehearsal, chromium: Browser, tmp_path: Path) -> AsyncIterator[Desk]:
    async with sitting_at(chromium, town.address, tmp_path) as made:
        yield made
