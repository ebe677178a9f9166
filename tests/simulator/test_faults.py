"""Every way in which WeCom can fail, switched on over HTTP."""

import asyncio

import aiohttp
import pytest

from simulator.faults import CALLBACK_KINDS, KINDS
from simulator.world import World
from tests.simulator.conftest import Caller, Service


async def raw(api: Caller, world: World) -> tuple[int, str]:
    """A send as it comes back, whatever it is."""
    body = {"touser": "LinYue", "msgtype": "text", "agentid": world.config.agent_id, "text": {"content": "好"}}
    url = f"{world.base_url}/cgi-bin/message/send"
    async with api.http.post(url, params={"access_token": api.token}, json=body) as response:
        return response.status, await response.text()


def arrived(world: World) -> int:
    return len(world.chat("LinYue"))


@pytest.mark.parametrize("code", [-1, 40014, 42001, 45009, 81013])
async def test_an_error_code_without_effect(api: Caller, world: World, code: int) -> None:
    await api.sim("/faults", {"name": str(code), "path": "message/send"})

    assert (await api.send("LinYue"))["errcode"] == code
    assert arrived(world) == 0
    assert (await api.get("user/get", userid="LinYue"))["errcode"] == 0


@pytest.mark.parametrize(
    ("name", "status", "text", "effect"),
    [
        ("500", 500, "<html><body><h1>500 Bad Gateway</h1></body></html>", 0),
        ("502", 502, "<html><body><h1>502 Bad Gateway</h1></body></html>", 1),
        ("empty", 200, "", 1),
        ("broken_json", 200, '{"errcode":0,"errmsg":"ok","msgid":"br', 1),
        ("html", 200, "<html><body>网络认证</body></html>", 0),
    ],
)
async def test_an_answer_that_is_none(
    api: Caller, world: World, name: str, status: int, text: str, effect: int
) -> None:
    await api.sim("/faults", {"name": name, "path": "message/send"})

    assert await raw(api, world) == (status, text)
    assert arrived(world) == effect


@pytest.mark.parametrize(("name", "effect"), [("reset_before", 0), ("reset_after", 1)])
async def test_a_connection_that_breaks(api: Caller, world: World, name: str, effect: int) -> None:
    await api.sim("/faults", {"name": name, "path": "message/send"})

    with pytest.raises(aiohttp.ClientConnectionError):
        await raw(api, world)
    assert arrived(world) == effect


async def test_an_answer_that_never_comes_although_the_message_does(api: Caller, world: World) -> None:
    await api.sim("/faults", {"name": "timeout", "path": "message/send"})

    asking = asyncio.create_task(raw(api, world))
    async with asyncio.timeout(10):
        while not arrived(world):  # noqa: ASYNC110  # the simulator takes it in
            await asyncio.sleep(0.01)
    await asyncio.wait({asking}, timeout=0.2)
    assert asking.cancel()
    assert arrived(world) == 1


async def test_a_slow_answer_is_a_right_one(api: Caller, world: World) -> None:
    await api.sim("/faults", {"name": "slow", "path": "message/send", "seconds": 0.05})

    assert (await api.send("LinYue"))["errcode"] == 0


async def test_whether_the_effect_comes_first_can_be_chosen(api: Caller, world: World) -> None:
    await api.sim("/faults", {"name": "-1", "path": "message/send", "after": True})

    assert (await api.send("LinYue"))["errcode"] == -1
    assert arrived(world) == 1


async def test_a_wecom_that_is_down_refuses_everything_but_its_own_panel(api: Caller, world: World) -> None:
    await api.sim("/faults", {"name": "down"})

    with pytest.raises(aiohttp.ClientConnectionError):
        await api.get("getcallbackip")
    assert (await api.sim("/state"))["faults"]["active"][0]["name"] == "down"

    await api.sim("/faults", {"clear": True})
    assert (await api.get("getcallbackip"))["errcode"] == 0


async def test_a_fault_ends_with_probability_nothing(api: Caller) -> None:
    await api.sim("/faults", {"name": "500", "path": "user/"})
    shown = await api.sim("/faults", {"name": "500", "path": "user/", "probability": 0})

    assert shown["active"] == []
    assert (await api.get("user/get", userid="LinYue"))["errcode"] == 0


async def test_a_fault_that_does_not_exist_is_a_sentence(api: Caller) -> None:
    assert await api.sim("/faults", {"name": "earthquake"}) == {"error": "没有“earthquake”这种故障"}


async def test_all_fourteen_kinds_can_be_mixed(world: World) -> None:
    world.faults.seed(7)
    world.faults.set("mixed", "message/send")

    met = {fault.name for _ in range(300) if (fault := world.faults.pick("message/send"))}

    assert met == set(KINDS)
    assert len(KINDS) == 14


async def test_a_fault_is_written_into_the_traffic(api: Caller, world: World) -> None:
    await api.sim("/faults", {"name": "-1"})
    await api.send("LinYue")

    entry = world.traffic.after(0)[-1]
    assert (entry.path, entry.errcode, entry.fault) == ("/cgi-bin/message/send", -1, "-1")


async def test_a_callback_comes_twice(world: World, service: Service) -> None:
    world.faults.set("duplicate")
    world.type_text("LinYue", "一次")
    await world.settled()

    assert len(service.heard) == 2
    assert len({heard["MsgId"] for heard in service.heard}) == 1


async def test_callbacks_change_places(world: World, service: Service) -> None:
    world.faults.set("out_of_order")
    world.type_text("LinYue", "一")
    world.type_text("LinYue", "二")
    await world.settled()

    assert [heard["Content"] for heard in service.heard] == ["二", "一"]


async def test_a_callback_is_lost(world: World, service: Service) -> None:
    world.faults.set("drop")
    world.type_text("LinYue", "一")
    await world.settled()

    assert service.heard == []
    assert world.traffic.after(0)[-1].response == "回调被丢弃（故障开关）"


@pytest.mark.parametrize("name", ["wrong_receiveid", "bad_signature"])
async def test_a_callback_that_is_not_genuine(world: World, service: Service, name: str) -> None:
    world.faults.set(name)
    world.type_text("LinYue", "一")
    await world.settled()

    assert service.heard == []
    assert name in CALLBACK_KINDS
