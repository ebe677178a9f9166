"""Envelopes that are not WeCom's: one public word and no effect; what came before is answered as before."""

import asyncio
import base64
import random
import secrets
from collections import Counter

import structlog

from core import clock
from core.cases.models import Delivery, InboxRow, OutboxRow
from simulator.config import Config
from tests.bot.letterbox import Letterbox, Sender
from tests.bot.test_callback_door import FORBIDDEN, SERVED, UNREADABLE, untouched
from tests.reliability.figures import Figures, many
from tests.town import PATIENCE_SECONDS, Town
from tests.wecom.hostile import scramble
from wecom import callback
from wecom.crypto import Crypto, Refused
from wecom.events import Common

BLOCK = 32
ELSEWHERE = "wwsomebodyelse00001"


def resigned(letterbox: Letterbox, encrypt: str, **changes: str) -> tuple[dict[str, str], bytes]:
    """Any ciphertext at all under a right signature: whoever has the token but not the key."""
    query = {"timestamp": str(int(clock.now().timestamp())), "nonce": secrets.token_hex(8)} | changes
    query["msg_signature"] = letterbox.crypto.signature(query["timestamp"], query["nonce"], encrypt)
    return query, f"<xml><Encrypt>{encrypt}</Encrypt></xml>".encode()


def unsealed(letterbox: Letterbox) -> dict[str, tuple[dict[str, str], bytes]]:
    query, body = letterbox.sealed(letterbox.text("lin", "上报", 1))
    sealed = letterbox.crypto.encrypt(letterbox.text("lin", "上报", 2).encode())
    token, key = letterbox.town.world.config.callback_token, letterbox.town.world.config.callback_aes_key
    foreign = Crypto(token, key, ELSEWHERE).encrypt(letterbox.text("lin", "上报", 3).encode())
    other_key = Crypto(token, "a" * 43, letterbox.corp_id).encrypt(b"<xml/>")
    return {
        "wrong signature": (query | {"msg_signature": "0" * 40}, body),
        "empty signature": (query | {"msg_signature": ""}, body),
        "upper-case signature": (query | {"msg_signature": query["msg_signature"].upper()}, body),
        "signature cut": (query | {"msg_signature": query["msg_signature"][:39]}, body),
        "signature not of letters": (query | {"msg_signature": "签" * 40}, body),
        "changed nonce": (query | {"nonce": "another"}, body),
        "changed time": (query | {"timestamp": str(int(query["timestamp"]) + 1)}, body),
        "no time": ({name: value for name, value in query.items() if name != "timestamp"}, body),
        "no query": ({}, body),
        "6 KB nonce": resigned(letterbox, sealed, nonce="9" * 6144),
        "bad base64": resigned(letterbox, "§" + sealed[1:]),
        "base64 without its end": resigned(letterbox, sealed[:-1]),
        "half a block": resigned(letterbox, base64.b64encode(base64.b64decode(sealed)[:-16]).decode()),
        "eight bytes": resigned(letterbox, base64.b64encode(bytes(8)).decode()),
        "other company's id": resigned(letterbox, foreign),
        "another key": resigned(letterbox, other_key),
        "older than ten minutes": letterbox.sealed(letterbox.text("lin", "上报", 4), at=int(query["timestamp"]) - 601),
        "from the future": letterbox.sealed(letterbox.text("lin", "上报", 5), at=int(query["timestamp"]) + 660),
        "a time that is none": resigned(letterbox, sealed, timestamp="９９"),
    }


async def test_what_is_not_wecoms_is_refused_with_one_word(small_place: Town, figures: Figures) -> None:
    async with Letterbox(small_place) as letterbox:
        with structlog.testing.capture_logs() as log:
            for name, (query, body) in unsealed(letterbox).items():
                answers = {await letterbox.raw(query, body), await letterbox.get(query | {"echostr": "MTIz"})}
                assert answers <= {FORBIDDEN, UNREADABLE}, name
                figures.add(envelopes=2)
        assert {(entry["event"], entry["log_level"]) for entry in log} == {("callback.refused", "warning")}
    assert await untouched()


async def test_random_blocks_under_our_signature(small_place: Town, figures: Figures) -> None:
    dice = figures.dice()
    async with Letterbox(small_place) as letterbox:
        for _ in range(many(500, 50_000)):
            blocks = dice.randbytes(BLOCK * dice.randint(1, 40))
            answer = await letterbox.raw(*resigned(letterbox, base64.b64encode(blocks).decode()))
            assert answer in {FORBIDDEN, UNREADABLE}
            figures.add(envelopes=1)
    assert await untouched()


async def test_a_replay_is_answered_as_before_and_does_nothing(small_place: Town, figures: Figures) -> None:
    async with Letterbox(small_place) as letterbox:
        query, body = letterbox.sealed(letterbox.text("lin", "上报", 1))
        assert [await letterbox.raw(query, body) for _ in range(20)] == [SERVED] * 20
        small_place.pass_time(minutes=9, seconds=50)
        assert await letterbox.raw(query, body) == SERVED
        small_place.pass_time(seconds=20)
        assert [await letterbox.raw(query, body) for _ in range(20)] == [FORBIDDEN] * 20
        await small_place.settle()
    assert (await InboxRow.all().count(), len(small_place.phone("lin").messages)) == (1, 1)
    figures.add(replays=40, effects=1)


# ── mutated ──────────────────────────────────────────────────────────────────────────────────────────────────────────


HOSTILE: tuple[object, ...] = (
    *(
        "",
        " ",
        "0",
        "-1",
        "9" * 30,
        "1e999",
        "nan",
        "None",
        "\x00",
        "\x1b[2J",
        "\ud800",
        "\ufffe",
        "\u202e帮助",
        "İ" * 64,
    ),
    *(
        "]]>",
        "<xml>",
        "&amp;&#0;",
        "%_",
        "'; --",
        "../../etc",
        "word:",
        "act:",
        "{}",
        "帮助",
        "上报",
        "取消",
        "立即提交",
    ),
    *("a" * 65, "字" * 700, "x" * 20_000, "a\nb\tc", "👷🏽‍♀️" * 50, "LIN", "lin ", "sys"),
)
EVENTS = (
    *("subscribe", "unsubscribe", "enter_agent", "LOCATION", "click", "view", "scancode_push", "pic_sysphoto"),
    *("location_select", "template_card_event", "template_card_menu_event", "change_contact", "batch_job_result", ""),
)
KINDS = ("text", "image", "voice", "video", "location", "link", "event", "file", "")


def document(dice: random.Random, number: int, agent_id: int) -> dict[str, object]:
    """Something that members bring about, as far as its fields go."""
    sender: dict[str, object] = {"FromUserName": "lin", "AgentID": agent_id}
    message, event = sender | {"MsgId": number}, sender | {"MsgType": "event"}
    code = {"ResponseCode": f"code-{number}", "TaskId": "help-1", "CardType": "button_interaction"}
    return dice.choice(
        [
            message | {"MsgType": "text", "Content": "工程 %_]]>"},
            message | {"MsgType": "image", "MediaId": "m1", "PicUrl": "http://p.example/1"},
            message | {"MsgType": "location", "Location_X": 20.02, "Location_Y": 110.35, "Scale": 15, "Label": "海澄"},
            message | {"MsgType": "link", "Title": "a", "Description": "b", "Url": "http://l.example"},
            event | {"Event": "template_card_event", "EventKey": "word:待办"} | code,
            event | {"Event": "click", "EventKey": "word:帮助"},
            event | {"Event": "enter_agent"},
        ]
    )


def changed(dice: random.Random, fields: dict[str, object]) -> dict[str, object]:
    """One to three fields say something else, are missing, or belong to another kind of message."""
    for _ in range(dice.randint(1, 3)):
        name = dice.choice([*fields, "MsgType", "Event", "CreateTime"])
        given = {"MsgType": KINDS, "Event": EVENTS}.get(name, HOSTILE)
        fields[name] = dice.choice(HOSTILE if dice.random() < 0.3 else given)
        if dice.random() < 0.1:
            del fields[name]
    return fields


def mutated(sender: Sender, dice: random.Random, number: int) -> tuple[dict[str, str], bytes]:
    """Changed before sealing, so that it passes, and some of them once more after."""
    fields = changed(dice, document(dice, number, sender.agent_id))
    plain = bytearray(sender.document(fields).encode("utf-8", "surrogatepass"))
    if dice.random() < 0.2:
        scramble(dice, plain)
    query, sealed = sender.sealed(bytes(plain))
    body = bytearray(sealed)
    if dice.random() < 0.2:
        scramble(dice, body)
    if dice.random() < 0.1:
        query[dice.choice(list(query))] = dice.randbytes(8).decode("latin1")
    return query, bytes(body)


async def test_mutated_callbacks_are_read_or_refused(figures: Figures) -> None:
    """By the door's own reader, without a network and without what stands behind it."""
    dice = figures.dice()
    async with Sender("", Config()) as sender:
        for number in range(many(20_000, 1_000_000)):
            query, body = mutated(sender, dice, number)
            try:
                read = callback.read(sender.crypto, query, body, clock.now())
            except Refused as refused:
                assert refused.status in {400, 403, 413}
                figures.add(callbacks=1, refused=1)
            else:
                assert isinstance(read, Common)
                figures.add(callbacks=1)
    assert 0.2 < figures.counted["refused"] / figures.counted["callbacks"] < 0.8


async def calm(town: Town) -> None:
    """Until everybody has had everything; some wait a few minutes under the limit of messages."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await waiting():
            town.pass_time(minutes=1)
            await asyncio.sleep(0.02)


async def waiting() -> bool:
    on_the_way = OutboxRow.filter(state__in=[Delivery.PENDING, Delivery.SENDING])
    return await InboxRow.filter(waiting=True).exists() or await on_the_way.exists()


async def test_mutated_callbacks_to_the_whole_service(place: Town, figures: Figures) -> None:
    """Over HTTP, into the database, through router, dialogue and cards; nothing of it may break anything."""
    dice, statuses = figures.dice(), Counter[int]()
    async with Letterbox(place) as letterbox:
        with structlog.testing.capture_logs() as log:
            for number in range(many(500, 20_000)):
                query, body = mutated(letterbox, dice, number)
                answer = await letterbox.raw(query, body)
                assert answer.status in {200, 400, 403, 413}, (number, body, log[-1])
                statuses[answer.status] += 1
                place.pass_time(seconds=5)
            await calm(place)
        assert [entry for entry in log if entry["log_level"] == "error"] == []
    figures.add(callbacks=statuses.total(), served=statuses[200])
    assert (await place.phone("luo").says("帮助")) != ""
