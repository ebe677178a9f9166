"""The app's tile on the workbench: its template, what it tells each member, and WeCom's limits on telling it."""

from typing import Any

from simulator.world import World
from tests.simulator.conftest import Caller

TILE: dict[str, Any] = {"type": "keydata", "keydata": {"items": [{"key": "待整改", "data": "3"}]}}
EMPTY: dict[str, Any] = {"type": "keydata", "keydata": {"items": [{"key": "待整改", "data": "0"}]}}


async def _call(api: Caller, name: str, **body: Any) -> dict[str, Any]:
    return await api.post(f"agent/{name}", {"agentid": 1000002, **body})


async def test_the_tile_shows_figures_to_one_and_the_template_to_others(api: Caller) -> None:
    assert (await _call(api, "get_workbench_template"))["errcode"] == 94008
    assert (await _call(api, "set_workbench_data", userid="LinYue", **TILE))["errcode"] == 94008
    assert (await _call(api, "set_workbench_template", **EMPTY))["errcode"] == 0
    assert (await _call(api, "set_workbench_data", userid="linyue", **TILE))["errcode"] == 0
    assert (await _call(api, "get_workbench_data", userid="LinYue"))["data"] == TILE
    shown = [(await api.sim(f"/persons/{userid}/chat"))["tile"] for userid in ("LinYue", "zhaoning")]
    assert shown == [TILE, EMPTY]


async def test_a_list_with_somebody_out_of_range_tells_nobody(api: Caller) -> None:
    await _call(api, "set_workbench_template", **EMPTY)
    assert (await _call(api, "batch_set_workbench_data", userid_list=["hebo", "outsider"], data=TILE))[
        "errcode"
    ] == 60011
    assert (await _call(api, "get_workbench_data", userid="hebo"))["data"] == EMPTY
    assert (await _call(api, "batch_set_workbench_data", userid_list=["hebo"], data=TILE))["errcode"] == 0
    assert (await _call(api, "get_workbench_data", userid="hebo"))["data"] == TILE


async def test_one_member_is_told_ten_times_a_minute(api: Caller, world: World) -> None:
    await _call(api, "set_workbench_template", **EMPTY)
    codes = [(await _call(api, "set_workbench_data", userid="hebo", **TILE))["errcode"] for _ in range(11)]
    assert codes == [0] * 10 + [45009]
    assert (await _call(api, "set_workbench_data", userid="zhaoning", **TILE))["errcode"] == 0
    world.clock.advance(60)
    assert (await _call(api, "set_workbench_data", userid="hebo", **TILE))["errcode"] == 0


async def test_the_console_may_have_it_switched_off(api: Caller, world: World) -> None:
    world.knobs.custom_workbench = False
    assert (await _call(api, "set_workbench_template", **EMPTY))["errcode"] == 94000
