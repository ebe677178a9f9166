from pathlib import Path

import pytest

from core.evidence.store import Store
from tests.core.evidence import material


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
def store(folder: Path) -> Store:
    return Store.open(str(folder))


@pytest.fixture(scope="session")
def phone_photo() -> bytes:
    return material.phone_photo()
