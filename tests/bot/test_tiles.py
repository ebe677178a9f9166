"""The app's tile on the workbench counts what waits for each member, and is told only what has changed."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from core.sharing.models import Credential
from simulator import workbench
from tests.bot.test_review import report
from tests.town import Town

NEVER = datetime(2100, 1, 1, tzinfo=UTC)


def _calls(place: Town, since: int) -> list[list[str]]:
    """Whom WeCom was told about, call by call."""
    asked = (entry for entry in place.world.traffic.after(since) if entry.path.endswith("batch_set_workbench_data"))
    return [entry.request["body"]["userid_list"] for entry in asked]


@pytest.fixture(autouse=True)
async def _only_when_told(small_place: Town) -> None:
    """No round comes by itself while a story runs."""
    await Credential.create(key="round:tiles", lease_until=NEVER)


async def _round(place: Town) -> list[list[str]]:
    """Lets a round pass."""
    before = _last(place)
    await Credential.filter(key="round:tiles").update(lease_until=None)
    await place.house.tiles.once()
    await Credential.filter(key="round:tiles").update(lease_until=NEVER)
    return _calls(place, before)


def _last(place: Town) -> int:
    return max((entry.n for entry in place.world.traffic.after(0)), default=0)


def _tile(place: Town, userid: str) -> str:
    tile: Any = workbench.shown(place.world.state.app, userid)
    return " ".join(f"{item['key']}{item['data']}" for item in tile["keydata"]["items"])


async def test_only_whoever_has_more_or_less_to_do_is_told(small_place: Town) -> None:
    place = small_place
    assert (_tile(place, "luo"), await _round(place)) == ("待办0 超期0", [])
    await report(place)
    assert (await _round(place), _tile(place, "luo")) == ([["luo", "qin"]], "待办1 超期0")
    assert await _round(place) == []
    await report(place, reviewers="罗敬川")
    assert (await _round(place), _tile(place, "luo"), _tile(place, "qin")) == ([["luo"]], "待办2 超期0", "待办1 超期0")
    await place.phone("luo").taps("通过")
    await place.phone("qin").taps("通过")
    assert (await _round(place), _tile(place, "luo"), _tile(place, "qin")) == (
        [["luo", "qin"]],
        "待办0 超期0",
        "待办0 超期0",
    )
    tile: Any = workbench.shown(place.world.state.app, "qin")
    assert {item["jump_url"] for item in tile["keydata"]["items"]} == {"http://localhost:8080/h5/"}


async def test_two_processes_tell_it_once(small_place: Town) -> None:
    await report(small_place)
    tiles, before = small_place.house.tiles, _last(small_place)
    await Credential.filter(key="round:tiles").update(lease_until=None)
    await asyncio.gather(tiles.once(), tiles.once())
    assert len(_calls(small_place, before)) == 1


async def test_one_who_is_out_of_range_keeps_nothing_from_the_others(small_place: Town) -> None:
    await report(small_place)
    small_place.world.state.persons["luo"].visible = False
    told = await _round(small_place)
    assert (told, _tile(small_place, "qin")) == ([["luo", "qin"], ["luo"], ["qin"]], "待办1 超期0")
    assert await _round(small_place) == []


async def test_what_wecom_did_not_take_is_told_in_the_next_round(small_place: Town) -> None:
    await report(small_place)
    small_place.world.faults.set("-1", "agent/batch_set_workbench_data")
    await _round(small_place)
    small_place.world.faults.clear()
    assert _tile(small_place, "luo") == "待办0 超期0"
    await _round(small_place)
    assert _tile(small_place, "luo") == "待办1 超期0"


async def test_where_the_console_does_not_allow_it_the_service_asks_again_after_a_while(small_place: Town) -> None:
    await report(small_place)
    small_place.world.knobs.custom_workbench = False
    assert (await _round(small_place), await _round(small_place)) == ([["luo", "qin"]], [])
    small_place.world.knobs.custom_workbench = True
    small_place.pass_time(minutes=31)
    await _round(small_place)
    assert _tile(small_place, "luo") == "待办1 超期0"
