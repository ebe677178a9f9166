"""Every suite here may ask for `figures`; the lines stand at the end of the run (see tests/side_by_side.py)."""

from collections.abc import Iterator

import pytest

from tests.bot.conftest import place, small_place  # noqa: F401  # the same town
from tests.reliability import figures as kept
from tests.reliability.figures import Figures
from tests.reliability.hands import Hands


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Iterator[Figures]:
    made = Figures(f"{request.path.stem.removeprefix('test_')} {request.node.name.removeprefix('test_')}")
    yield made
    kept.lines.append(made.line())


@pytest.fixture
def hands() -> Iterator[Hands]:
    made = Hands()
    yield made
    made.close()
