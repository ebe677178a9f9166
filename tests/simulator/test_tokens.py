"""Who may call the API, and how WeCom says no."""

import pytest
from aiohttp import ClientSession

from simulator.config import Config
from simulator.world import World
from tests.simulator.conftest import Caller


async def test_the_same_token_comes_back_while_it_is_valid(api: Caller, world: World) -> None:
    first = api.token
    await api.get_token()
    assert api.token == first

    world.clock.advance(7200)
    await api.get_token()
    assert api.token != first


async def test_a_new_token_may_end_the_old_one(api: Caller, world: World) -> None:
    world.knobs.same_token_while_valid = False
    old = api.token
    await api.get_token()
    assert api.token != old

    api.token = old
    assert (await api.get("user/get", userid="LinYue"))["errcode"] == 40014


async def test_a_token_ends_after_two_hours(api: Caller, world: World) -> None:
    world.clock.advance(7200)

    assert (await api.get("user/get", userid="LinYue"))["errcode"] == 42001


@pytest.mark.parametrize(("action", "errcode"), [("expire", 42001), ("invalidate", 40014)])
async def test_tokens_can_be_ended_over_http(api: Caller, action: str, errcode: int) -> None:
    await api.sim("/tokens", {"action": action})

    assert (await api.get("user/get", userid="LinYue"))["errcode"] == errcode


async def test_a_token_belongs_into_the_query(world: World) -> None:
    async with ClientSession() as http:
        url = f"{world.base_url}/cgi-bin/user/get"
        async with http.get(url, headers={"Authorization": "Bearer x"}) as response:
            told = await response.json()

    assert (response.status, response.headers["Error-Code"], told["errcode"]) == (200, "41001", 41001)
    assert told["errmsg"].startswith("access_token missing, hint: [")
    assert told["errmsg"].endswith(
        ", from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=41001"
    )


@pytest.mark.parametrize(
    ("query", "errcode"),
    [
        ({"corpid": Config().corp_id}, 41004),
        ({"corpsecret": Config().secret}, 41002),
        ({"corpid": "wwother", "corpsecret": Config().secret}, 40013),
        ({"corpid": Config().corp_id, "corpsecret": "guess"}, 40001),
    ],
)
async def test_a_wrong_credential_is_named(api: Caller, query: dict[str, str], errcode: int) -> None:
    assert (await api.get("gettoken", **query))["errcode"] == errcode


async def test_who_guesses_secrets_is_shut_out_for_an_hour(api: Caller, world: World) -> None:
    right = {"corpid": Config().corp_id, "corpsecret": Config().secret}
    for _ in range(10):
        await api.get("gettoken", corpid=Config().corp_id, corpsecret="guess")

    assert (await api.get("gettoken", **right))["errcode"] == 45009
    world.clock.advance(3600)
    assert (await api.get("gettoken", **right))["errcode"] == 0


async def test_another_apps_message_is_refused(api: Caller) -> None:
    body = {"touser": "LinYue", "msgtype": "text", "text": {"content": "好"}}

    assert (await api.post("message/send", {**body, "agentid": 1000003}))["errcode"] == 301002
    assert (await api.post("message/send", {**body, "agentid": "1000002"}))["errcode"] == 40056
    assert (await api.post("message/send", body))["errcode"] == 41011


async def test_broken_json_is_said_to_be_broken(api: Caller) -> None:
    answer = await api.post("message/send", b"{broken")

    assert answer["errcode"] == 40058
    assert "Warning: wrong json format." in answer["errmsg"]


async def test_an_unknown_path_is_a_page_and_no_json(api: Caller, world: World) -> None:
    async with api.http.get(f"{world.base_url}/cgi-bin/message/shout") as response:
        assert (response.status, response.content_type) == (404, "text/html")


async def test_an_untrusted_address_is_named(api: Caller, world: World) -> None:
    world.knobs.trusted_ips = ["192.0.2.1"]

    answer = await api.get("getcallbackip")

    assert answer["errcode"] == 60020
    assert "from ip: 127.0.0.1" in answer["errmsg"]


async def test_beyond_ten_thousand_calls_a_minute_an_api_is_closed_for_a_minute(api: Caller, world: World) -> None:
    rates, now = world.api.rates, world.clock.now()
    for _ in range(10_000):
        rates.count("user/get", now)

    assert (await api.get("user/get", userid="LinYue"))["errcode"] == 45009
    assert (await api.get("menu/get", agentid="1000002"))["errcode"] == 46003
    world.clock.advance(61)
    assert (await api.get("user/get", userid="LinYue"))["errcode"] == 0


async def test_the_apps_ticket_is_asked_for_sparingly(api: Caller, world: World) -> None:
    tickets = [await api.get("ticket/get", type="agent_config") for _ in range(101)]

    assert {ticket.get("ticket") for ticket in tickets[:100]} == {tickets[0]["ticket"]}
    assert tickets[100]["errcode"] == 45009
    assert (await api.get("get_jsapi_ticket"))["ticket"] != tickets[0]["ticket"]
