"""What the app sends, and what the members see of it."""

from simulator.world import World
from tests.simulator.conftest import Caller

CARD = {
    "card_type": "button_interaction",
    "task_id": "check-1",
    "main_title": {"title": "检查告知单"},
    "button_list": [{"text": "通过", "key": "pass"}, {"text": "不通过", "style": 2, "key": "reject"}],
}


def contents(world: World, userid: str) -> list[str]:
    return [m.body["content"] for m in world.chat(userid) if not m.dropped]


async def test_a_text_reaches_the_members_it_names(api: Caller, world: World) -> None:
    answer = await api.send("linyue|zhaoning")

    assert (answer["errcode"], set(answer)) == (0, {"errcode", "errmsg", "msgid"})
    assert contents(world, "LinYue") == ["你好"]
    assert contents(world, "zhaoning") == ["你好"]
    assert contents(world, "hebo") == []


async def test_a_message_to_a_member_out_of_range_names_him_in_lower_case(api: Caller, world: World) -> None:
    answer = await api.send("LinYue|Outsider|Nobody")

    assert (answer["errcode"], answer["invaliduser"]) == (0, "outsider|nobody")
    assert contents(world, "LinYue") == ["你好"]


async def test_a_message_that_reaches_nobody_is_refused(api: Caller) -> None:
    answer = await api.send("Outsider")

    assert (answer["errcode"], answer["invaliduser"]) == (81013, "outsider")


async def test_a_message_to_nobody_at_all_is_refused(api: Caller) -> None:
    assert (await api.send(""))["errcode"] == 81012


async def test_everybody_means_everybody_in_range(api: Caller, world: World) -> None:
    assert (await api.send("@all"))["errcode"] == 0

    assert [len(world.chat(p)) for p in ("LinYue", "zhaoning", "hebo", "outsider")] == [1, 1, 1, 0]


async def test_a_long_text_is_cut_at_a_character(api: Caller, world: World) -> None:
    await api.send("LinYue", text={"content": "安" * 700})

    assert contents(world, "LinYue") == ["安" * 682]


async def test_the_31st_message_in_a_minute_vanishes_silently(api: Caller, world: World) -> None:
    answers = [await api.send("LinYue", text={"content": f"第{n}条"}) for n in range(1, 32)]

    assert {answer["errcode"] for answer in answers} == {0}
    assert len(contents(world, "LinYue")) == 30
    assert [m.body["content"] for m in world.chat("LinYue") if m.dropped] == ["第31条"]


async def test_a_minute_later_messages_arrive_again(api: Caller, world: World) -> None:
    for _ in range(31):
        await api.send("LinYue")
    world.clock.advance(61)

    await api.send("LinYue", text={"content": "又来了"})

    assert contents(world, "LinYue")[-1] == "又来了"


async def test_the_same_request_twice_is_shown_once(api: Caller, world: World) -> None:
    body = {"text": {"content": "一次"}, "enable_duplicate_check": 1, "duplicate_check_interval": 600}

    answers = [await api.send("LinYue", **body), await api.send("LinYue", **body)]

    assert [answer["errcode"] for answer in answers] == [0, 0]
    assert contents(world, "LinYue") == ["一次"]


async def test_after_the_interval_the_same_request_is_shown_again(api: Caller, world: World) -> None:
    body = {"text": {"content": "提醒"}, "enable_duplicate_check": 1, "duplicate_check_interval": 600}
    await api.send("LinYue", **body)
    world.clock.advance(601)

    await api.send("LinYue", **body)

    assert contents(world, "LinYue") == ["提醒", "提醒"]


async def test_only_a_card_that_calls_back_gets_a_response_code(api: Caller) -> None:
    plain = {"card_type": "text_notice", "main_title": {"title": "提醒"}}
    plain |= {"card_action": {"type": 1, "url": "https://h5.example/"}}  # type: ignore[dict-item]

    assert "response_code" in await api.send("LinYue", "template_card", template_card=CARD)
    assert "response_code" not in await api.send("LinYue", "template_card", template_card=plain)


async def test_a_task_id_is_never_taken_twice(api: Caller) -> None:
    await api.send("LinYue", "template_card", template_card=CARD)

    assert (await api.send("zhaoning", "template_card", template_card=CARD))["errcode"] == 42014


async def test_a_name_is_put_in_where_asked_for(api: Caller, world: World) -> None:
    await api.send("LinYue", text={"content": "请找$userName=hebo$或$userName=x$"}, enable_id_trans=1)

    assert contents(world, "LinYue") == ["请找何波或$userName=x$"]


async def test_a_recalled_message_is_marked(api: Caller, world: World) -> None:
    msgid = (await api.send("LinYue"))["msgid"]

    assert (await api.post("message/recall", {"msgid": msgid}))["errcode"] == 0
    assert world.chat("LinYue")[0].recalled


async def test_a_day_later_nothing_can_be_recalled(api: Caller, world: World) -> None:
    msgid = (await api.send("LinYue"))["msgid"]
    world.clock.advance(24 * 3600)
    await api.get_token()

    assert (await api.post("message/recall", {"msgid": msgid}))["errcode"] == 40058
