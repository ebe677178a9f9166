"""The service's own client and reader against the simulated WeCom: neither was written from the other."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession

from simulator.recordings import to_amr
from simulator.world import World
from tests.simulator.conftest import Service
from tests.simulator.recorded import beep, jpeg
from wecom import callback, cards, messages
from wecom.client import Client
from wecom.errors import Action, WeComError
from wecom.menu import KeyButton, Menu
from wecom.tokens import MemoryTokens

CARDS = [
    cards.TextNotice(
        main_title=cards.MainTitle(title="整改通知"), card_action=cards.CardAction(type=1, url="https://h5.example/")
    ),
    cards.NewsNotice(
        main_title=cards.RequiredTitle(title="巡检日报"),
        card_image=cards.CardImage(url="https://h5.example/1.jpg", aspect_ratio=1.6),
        card_action=cards.CardAction(type=1, url="https://h5.example/"),
    ),
    cards.ButtonInteraction(
        task_id="b",
        main_title=cards.RequiredTitle(title="检查告知单"),
        button_list=[cards.Button(text="通过", key="pass")],
    ),
    cards.VoteInteraction(
        task_id="v",
        main_title=cards.RequiredTitle(title="隐患类别"),
        checkbox=cards.Checkbox(question_key="q", option_list=[cards.CheckboxOption(id="1", text="高处坠落")]),
        submit_button=cards.SubmitButton(key="submit"),
    ),
    cards.MultipleInteraction(
        task_id="m",
        main_title=cards.RequiredTitle(title="派单"),
        select_list=[cards.Selection(question_key="q", title="班组", option_list=[cards.Option(id="1", text="一班")])],
        submit_button=cards.SubmitButton(key="submit"),
    ),
]


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    async with ClientSession() as session:
        config = world.config
        yield Client(
            world.base_url,
            config.corp_id,
            config.secret,
            config.agent_id,
            MemoryTokens(),
            session,
            lambda: datetime.fromtimestamp(world.clock.now(), UTC),
        )


async def send(client: Client, message: messages.AnyMessage) -> str:
    sent = await client.send(messages.freeze(message.body(["LinYue"], client.agent_id)))
    return sent.response_code


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.card_type)
async def test_every_type_of_card_is_accepted(client: Client, world: World, card: cards.Card) -> None:
    response_code = await send(client, messages.TemplateCard(card=card))

    assert world.chat("LinYue")[0].card == json.loads(json.dumps(card.to_json()))
    assert bool(response_code) == card.comes_back


async def test_a_card_is_updated(client: Client, world: World) -> None:
    code = await send(client, messages.TemplateCard(card=CARDS[2]))
    change = messages.CardUpdate(response_code=code, replace_name="已通过", everybody=True)
    await client.update_card(change.body(client.agent_id))

    with pytest.raises(WeComError) as refused:
        await client.update_card(change.body(client.agent_id))
    assert (refused.value.code, refused.value.action) == (60140, Action.DROP)


async def test_media_go_both_ways(client: Client, world: World) -> None:
    media_id = await client.upload_media("file", b"%PDF-1.7 notice", "整改通知.pdf")
    await send(client, messages.File(media_id=media_id))
    photo = world.send_image("LinYue", jpeg()).body["media_id"]

    assert world.chat("LinYue")[0].body["filename"] == "整改通知.pdf"
    assert (await client.get_media(photo)).content == jpeg()


async def test_an_expired_token_is_renewed_once(client: Client, world: World) -> None:
    await client.user_get("LinYue")
    world.api.tokens.expire()

    assert (await client.user_get("LinYue")).name == "林越"
    assert [entry.path for entry in world.traffic.after(0)].count("/cgi-bin/gettoken") == 2


async def test_the_menu_comes_back(client: Client) -> None:
    assert await client.get_menu() is None
    menu = Menu(button=[KeyButton(name="待办", key="TODO")])
    await client.create_menu(menu)

    assert Menu.model_validate(await client.get_menu()) == menu


async def test_every_callback_is_read(world: World, service: Service) -> None:
    world.type_text("LinYue", "3号楼 ]]> 临边")
    world.send_image("LinYue", jpeg())
    world.send_voice("LinYue", to_amr(beep()))
    world.send_location("LinYue", 20.0231, 110.3492, "望海路")
    world.enter("LinYue")
    world.leave("hebo")
    await world.settled()

    now = datetime.fromtimestamp(world.clock.now(), UTC)
    read = [callback.read(service.crypto, query, body, now) for query, body in service.envelopes]
    assert sorted(type(one).__name__ for one in read) == [
        "ContactChange",
        "EnterAgent",
        "ImageMessage",
        "LocationMessage",
        "TextMessage",
        "Unsubscribe",
        "VoiceMessage",
    ]
