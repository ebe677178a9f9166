"""What members do arrives at the service encrypted, in order, and again when it was not answered."""

import asyncio

import pytest
from aiohttp import web

from simulator.members import Refused
from simulator.recordings import to_amr
from simulator.world import World
from tests.simulator.conftest import PEOPLE, Service
from tests.simulator.recorded import beep, jpeg, mp4


def kinds(service: Service) -> list[str]:
    return [heard.get("Event") or heard["MsgType"] for heard in service.heard]


async def test_a_text_arrives_with_who_and_what(world: World, service: Service) -> None:
    world.type_text("linyue", "3号楼 ]]> 临边防护缺失")
    await world.settled()

    (heard,) = service.heard
    assert heard["FromUserName"] == "LinYue"
    assert heard["Content"] == "3号楼 ]]> 临边防护缺失"
    assert heard["AgentID"] == str(world.config.agent_id)


async def test_picture_voice_video_and_place_arrive_in_the_order_they_were_sent(world: World, service: Service) -> None:
    world.send_image("LinYue", jpeg())
    world.send_voice("LinYue", to_amr(beep()))
    world.send_video("LinYue", mp4())
    world.send_location("LinYue", 20.0231, 110.3492, "望海路 18 号")
    world.send_link("LinYue", "规范", "https://code.example/1")
    await world.settled()

    assert kinds(service) == ["image", "voice", "video", "location", "link"]
    assert service.heard[1]["Format"] == "amr"
    assert (service.heard[3]["Location_X"], service.heard[3]["Location_Y"]) == ("20.0231", "110.3492")


async def test_a_service_that_fails_gets_the_callback_again(world: World, service: Service) -> None:
    service.answers = [500, 502]
    world.type_text("LinYue", "在吗")
    await world.settled()

    assert [heard["Content"] for heard in service.heard] == ["在吗"] * 3
    assert len({heard["MsgId"] for heard in service.heard}) == 1
    assert len({request.query["nonce"] for request in service.raw}) == 3


async def test_a_retry_may_be_the_same_bytes_again(world: World, service: Service) -> None:
    world.knobs.fresh_nonce_per_retry = False
    service.answers = [500]
    world.type_text("LinYue", "在吗")
    await world.settled()

    assert len({request.query["msg_signature"] for request in service.raw}) == 1


async def test_after_three_retries_the_callback_is_given_up(world: World, service: Service) -> None:
    service.answers = [500] * 4
    world.type_text("LinYue", "在吗")
    world.type_text("LinYue", "下一条")
    await world.settled()

    assert [heard["Content"] for heard in service.heard] == ["在吗"] * 4 + ["下一条"]
    assert "林越：在吗：重试 3 次后放弃" in [entry.summary for entry in world.traffic.after(0)]


async def test_the_other_documented_policy_repeats_no_answered_callback(world: World, service: Service) -> None:
    world.knobs.retry_on_non_200 = False
    service.answers = [500]
    world.type_text("LinYue", "在吗")
    await world.settled()

    assert len(service.heard) == 1


async def test_a_patient_wecom_waits_for_a_service_that_is_down(world: World, service: Service) -> None:
    world.knobs.patient = True
    service.answers = [503] * 10
    world.type_text("LinYue", "在吗")
    await world.settled()

    assert len(service.heard) == 11


async def test_a_service_that_is_too_slow_gets_the_callback_again(world: World, service: Service) -> None:
    world.knobs.callback_timeout_seconds = 0.1
    released = asyncio.Event()

    async def sleepy(_: web.Request) -> web.Response:
        world.knobs.callback_timeout_seconds = 5  # from the next one on: a busy machine may take its time
        await released.wait()
        return web.Response()

    service.answers = [sleepy]
    world.type_text("LinYue", "在吗")
    await world.settled()
    released.set()

    assert [heard["Content"] for heard in service.heard] == ["在吗", "在吗"]


async def test_one_members_trouble_does_not_hold_up_another(world: World, service: Service) -> None:
    other_was_heard = asyncio.Event()

    async def wait_for_the_other(_: web.Request) -> web.Response:
        world.type_text("zhaoning", "快")
        await other_was_heard.wait()
        return web.Response()

    async def the_other(_: web.Request) -> web.Response:
        other_was_heard.set()
        return web.Response()

    service.answers = [wait_for_the_other, the_other]
    world.type_text("LinYue", "慢")
    await world.settled()

    assert [heard["FromUserName"] for heard in service.heard] == ["LinYue", "zhaoning"]


async def test_a_reply_stands_in_the_chat(world: World, service: Service) -> None:
    corp = world.config.corp_id
    reply = {"ToUserName": "LinYue", "FromUserName": corp, "CreateTime": 1700000000, "MsgType": "text"}
    service.answers = [service.reply(**reply, Content="收到")]
    world.type_text("LinYue", "在吗")
    await world.settled()

    assert [(m.sender, m.body["content"]) for m in world.chat("LinYue")] == [("member", "在吗"), ("app", "收到")]


async def test_a_reply_to_somebody_else_is_not_shown_but_told(world: World, service: Service) -> None:
    corp = world.config.corp_id
    reply = {"ToUserName": "zhaoning", "FromUserName": corp, "CreateTime": 1700000000, "MsgType": "text"}
    service.answers = [service.reply(**reply, Content="收到")]
    world.type_text("LinYue", "在吗")
    await world.settled()

    assert len(world.chat("LinYue")) == 1
    told = world.traffic.after(0)[-1].response
    assert told == "应答无效（真实的企业微信会不声不响地忽略）：应答的 ToUserName 不是发送者"


async def test_nonsense_for_a_reply_is_told_too(world: World, service: Service) -> None:
    service.answers = [b"ok"]
    world.type_text("LinYue", "在吗")
    await world.settled()

    assert world.traffic.after(0)[-1].response.endswith("应答不是 XML")


async def test_the_callback_address_is_verified(world: World, service: Service) -> None:
    assert await world.courier.verify_url()
    assert [request.method for request in service.raw] == ["GET"]


async def test_somebody_out_of_range_cannot_write(world: World) -> None:
    with pytest.raises(Refused, match="范围外不在应用的可见范围内，看不到这个应用"):
        world.type_text("outsider", "你好")


async def test_a_member_who_leaves_is_unsubscribed_and_deleted(world: World, service: Service) -> None:
    world.leave("hebo")
    await world.settled()

    told = {(h["FromUserName"], h["Event"], h.get("ChangeType"), h.get("UserID")) for h in service.heard}
    assert told == {("hebo", "unsubscribe", None, None), ("sys", "change_contact", "delete_user", "hebo")}


async def test_a_member_who_comes_into_range_subscribes(world: World, service: Service) -> None:
    world.admit(PEOPLE[3].model_copy(update={"visible": True}), announce=True)
    await world.settled()

    assert sorted(kinds(service)) == ["change_contact", "subscribe"]


async def test_opening_the_app_is_reported(world: World, service: Service) -> None:
    world.enter("LinYue")
    await world.settled()

    assert kinds(service) == ["enter_agent"]
