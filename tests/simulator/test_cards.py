"""Clicks on cards and the updates that follow: each code works once, for 72 hours."""

from typing import Any

import pytest

from simulator.members import Refused
from simulator.state import CardState
from simulator.world import World
from tests.simulator.conftest import Caller, Service

CARD = {
    "card_type": "button_interaction",
    "task_id": "check-1",
    "main_title": {"title": "检查告知单"},
    "button_selection": {
        "question_key": "grade",
        "title": "等级",
        "selected_id": "b",
        "option_list": [{"id": "a", "text": "合格"}, {"id": "b", "text": "基本合格"}],
    },
    "action_menu": {"desc": "更多", "action_list": [{"text": "转发", "key": "forward"}]},
    "button_list": [{"text": "通过", "key": "pass"}, {"text": "不通过", "style": 2, "key": "reject"}],
}
NOTICE = {
    "card_type": "text_notice",
    "main_title": {"title": "已通过"},
    "card_action": {"type": 1, "url": "https://h5.example/"},
}


async def send_card(api: Caller, touser: str = "LinYue|zhaoning") -> str:
    code: str = (await api.send(touser, "template_card", template_card=CARD))["response_code"]
    return code


async def update(api: Caller, world: World, code: str, **change: Any) -> int:
    body = {"agentid": world.config.agent_id, "response_code": code, **change}
    errcode: int = (await api.post("message/update_template_card", body))["errcode"]
    return errcode


def state(world: World, userid: str) -> CardState:
    card_state = world.chat(userid)[0].card_state
    assert card_state
    return card_state


async def test_a_click_tells_key_task_and_choice(api: Caller, world: World, service: Service) -> None:
    await send_card(api)
    world.click_card("LinYue", world.chat("LinYue")[0].id, "pass", {"grade": ["a"]})
    await world.settled()

    heard = service.heard[-1]
    told = [heard[name] for name in ("Event", "EventKey", "TaskId", "CardType", "QuestionKey", "OptionId")]
    assert told == ["template_card_event", "pass", "check-1", "button_interaction", "grade", "a"]


async def test_a_click_gives_a_code_that_works_once(api: Caller, world: World, service: Service) -> None:
    await send_card(api)
    world.click_card("LinYue", world.chat("LinYue")[0].id, "pass")
    await world.settled()
    code = service.heard[-1]["ResponseCode"]
    done = {"button": {"replace_name": "已通过"}}

    assert await update(api, world, code, userids=["LinYue"], **done) == 0
    assert await update(api, world, code, userids=["LinYue"], **done) == 60140
    assert (state(world, "LinYue").inert_text, state(world, "zhaoning").inert_text) == ("已通过", None)


async def test_a_clicks_code_changes_no_other_copy(api: Caller, world: World, service: Service) -> None:
    await send_card(api)
    world.click_card("LinYue", world.chat("LinYue")[0].id, "pass")
    await world.settled()

    await update(api, world, service.heard[-1]["ResponseCode"], atall=1, button={"replace_name": "已通过"})
    assert (state(world, "LinYue").inert_text, state(world, "zhaoning").inert_text) == ("已通过", None)


async def test_the_sent_cards_code_changes_everybodys_copy(api: Caller, world: World) -> None:
    code = await send_card(api)

    assert await update(api, world, code, atall=1, template_card=NOTICE) == 0
    assert [state(world, p).replaced for p in ("LinYue", "zhaoning")] == [NOTICE, NOTICE]


async def test_after_72_hours_a_code_is_dead(api: Caller, world: World) -> None:
    code = await send_card(api)
    world.clock.advance(72 * 3600)
    await api.get_token()

    assert await update(api, world, code, atall=1, button={"replace_name": "已通过"}) == 60140


async def test_an_update_names_those_who_never_had_the_card(api: Caller, world: World) -> None:
    body = {
        "agentid": world.config.agent_id,
        "response_code": await send_card(api),
        "userids": ["LinYue", "Hebo", "Nobody"],
        "button": {"replace_name": "已通过"},
    }
    answer = await api.post("message/update_template_card", body)

    assert (answer["errcode"], answer["invaliduser"]) == (0, ["nobody", "hebo"])


async def test_receivers_of_an_update_come_as_a_list(api: Caller, world: World) -> None:
    code = await send_card(api)

    assert await update(api, world, code, userids="LinYue|zhaoning", button={"replace_name": "好"}) == 40058
    assert await update(api, world, code, userids=["LinYue"], button={"replace_name": "好"}) == 0


async def test_an_inert_card_cannot_be_clicked(api: Caller, world: World) -> None:
    await update(api, world, await send_card(api), atall=1, button={"replace_name": "已通过"})

    with pytest.raises(Refused, match="按钮已失效：已通过"):
        world.click_card("LinYue", world.chat("LinYue")[0].id, "pass")


async def test_an_untouched_choice_answers_with_its_default(api: Caller, world: World, service: Service) -> None:
    await send_card(api)
    world.click_card("LinYue", world.chat("LinYue")[0].id, "pass")
    await world.settled()

    assert service.heard[-1]["OptionId"] == "b"


async def test_the_corner_menu_has_its_own_event(api: Caller, world: World, service: Service) -> None:
    await send_card(api)
    world.click_card_menu("LinYue", world.chat("LinYue")[0].id, "forward")
    await world.settled()

    assert (service.heard[-1]["Event"], service.heard[-1]["EventKey"]) == ("template_card_menu_event", "forward")


async def test_a_reply_can_make_the_clicked_card_inert(api: Caller, world: World, service: Service) -> None:
    await send_card(api)
    common = {"ToUserName": "LinYue", "FromUserName": world.config.corp_id, "CreateTime": 1700000000}
    service.answers = [service.reply(**common, MsgType="update_button", Button={"ReplaceName": "处理中"})]
    world.click_card("LinYue", world.chat("LinYue")[0].id, "pass")
    await world.settled()

    assert (state(world, "LinYue").inert_text, state(world, "zhaoning").inert_text) == ("处理中", None)


async def test_a_reply_can_replace_the_clicked_card(api: Caller, world: World, service: Service) -> None:
    await send_card(api)
    common = {"ToUserName": "LinYue", "FromUserName": world.config.corp_id, "CreateTime": 1700000000}
    card = {
        "CardType": "button_interaction",
        "MainTitle": {"Title": "检查告知单"},
        "ButtonList": [{"Text": "通过", "Style": 1, "Key": "pass"}],
        "HorizontalContentList": [{"KeyName": "项目", "Value": "滨江花园"}],
        "ReplaceText": "已通过",
    }
    service.answers = [service.reply(**common, MsgType="update_template_card", TemplateCard=card)]
    world.click_card("LinYue", world.chat("LinYue")[0].id, "pass")
    await world.settled()

    assert state(world, "LinYue").replaced == {
        "card_type": "button_interaction",
        "main_title": {"title": "检查告知单"},
        "button_list": [{"text": "通过", "style": 1, "key": "pass"}],
        "horizontal_content_list": [{"keyname": "项目", "value": "滨江花园"}],
        "replace_text": "已通过",
    }
    assert state(world, "LinYue").inert_text == "已通过"


def without(part: str) -> dict[str, Any]:
    return {name: value for name, value in CARD.items() if name != part}


@pytest.mark.parametrize(
    ("card", "errcode"),
    [
        ({**CARD, "card_type": "poster"}, 40058),
        (without("main_title"), 41033),
        (without("task_id"), 42014),
        ({**CARD, "task_id": "检查"}, 42014),
        (without("button_list"), 40058),
        ({**CARD, "button_list": [{"text": "一", "key": "k"}] * 2}, 40058),
        ({**CARD, "button_list": [{"text": "一"}]}, 42017),
        ({**CARD, "button_list": [{"text": "一", "key": str(n)} for n in range(7)]}, 40058),
        ({**CARD, "horizontal_content_list": [{"keyname": "k"}] * 7}, 40058),
        ({**CARD, "quote_area": {"type": 1, "url": "h5.example"}}, 40094),
        ({**NOTICE, "card_action": {"type": 0}}, 40058),
        ({**NOTICE, "main_title": {}}, 41033),
        ({**NOTICE, "jump_list": [{"type": 1, "title": "看", "url": "https://h5.example/" + "a" * 2048}]}, 40039),
        ({"card_type": "news_notice", "main_title": {"title": "报"}, "card_action": NOTICE["card_action"]}, 40058),
        ({"card_type": "vote_interaction", "task_id": "v", "main_title": {"title": "票"}}, 40058),
    ],
)
async def test_a_card_that_wecom_would_refuse_is_refused(api: Caller, card: dict[str, Any], errcode: int) -> None:
    assert (await api.send("LinYue", "template_card", template_card=card))["errcode"] == errcode
