"""The town for stories of the conversation."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.town import Town, town


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path) as made:
        yield made


@pytest.fixture
async def small_place(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Town]:
    """On SQLite alone, for stories in which the database plays no part."""
    database = shutil.copyfile(sqlite_template, tmp_path / "zhian.sqlite3")
    async with town(f"sqlite://{database}", tmp_path) as made:
        yield made
