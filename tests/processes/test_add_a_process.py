"""docs/add-a-process.md is executed as it stands: the form, the declaration, the story; then its deadline passes."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.cases.models import Case
from tests.town import Town, town

PAGE = Path(__file__).parents[2] / "docs" / "add-a-process.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "leave_request"}
    for block in BLOCKS:
        exec(compile(block, str(PAGE), "exec"), names)
    return names


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path, told: dict[str, Any]) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path, [told["LEAVE_REQUEST"]]) as made:
        yield made


async def test_the_story_of_the_page_holds(place: Town, told: dict[str, Any]) -> None:
    await told["story"](place)


async def test_a_request_that_nobody_decides_lapses(place: Town) -> None:
    chen, fang = place.phone("chen"), place.phone("fang")
    await chen.says("请假")
    await chen.chooses("滨江花园一期")
    await chen.says("12月5日")
    await chen.says("家中有事")
    await chen.taps("提交")

    place.pass_time(days=2, seconds=1)
    await place.house.engine.sweep()
    await place.settle()

    assert (await Case.get()).state == "lapsed"
    assert "逾期未办，已失效" in chen.text
    assert "逾期未办，已失效" in fang.text
