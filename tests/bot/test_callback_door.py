"""What comes to the callback's door: served once, answered in time, or refused without a trace."""

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import structlog

from bot.talk import Talk
from core import clock
from core.cases import drafts
from core.cases.engine import Engine
from core.cases.models import Draft, HistoryRow, InboxRow, OutboxRow
from tests.bot.letterbox import Answer, Letterbox
from tests.bot.test_review import report
from tests.town import Town
from webhooks import callback as door
from wecom.events import Callback

SERVED = Answer(200, "")
FORBIDDEN, UNREADABLE, TOO_LARGE = Answer(403, "refused"), Answer(400, "refused"), Answer(413, "refused")


@pytest.fixture
async def letterbox(small_place: Town) -> AsyncIterator[Letterbox]:
    async with Letterbox(small_place) as made:
        yield made


async def untouched() -> bool:
    return not (await InboxRow.exists() or await Draft.exists() or await OutboxRow.exists())


# ── refused ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_console_checks_the_address(letterbox: Letterbox) -> None:
    encrypt = letterbox.crypto.encrypt(b"1234567890")
    query, _ = letterbox.sealed("<xml/>")
    query["msg_signature"] = letterbox.crypto.signature(query["timestamp"], query["nonce"], encrypt)
    assert await letterbox.get(query | {"echostr": encrypt}) == Answer(200, "1234567890")
    assert await letterbox.get(query | {"echostr": encrypt, "nonce": "other"}) == FORBIDDEN
    assert await letterbox.get({}) == FORBIDDEN


async def test_forged_and_stale_callbacks(letterbox: Letterbox) -> None:
    query, body = letterbox.sealed(letterbox.text("lin", "上报", 1))
    old, old_body = letterbox.sealed(letterbox.text("lin", "上报", 2), at=int(query["timestamp"]) - 700)
    forged = [
        (query | {"msg_signature": "0" * 40}, body),
        (query | {"nonce": "another"}, body),
        (query | {"timestamp": str(int(query["timestamp"]) + 1)}, body),
        ({}, body),
        (query | {"nonce": "9" * 6000}, body),
        (query, body.replace(b"<Encrypt>", b"<Encrypt>A")),
        (old, old_body),
    ]
    with structlog.testing.capture_logs() as log:
        assert [await letterbox.raw(*each) for each in forged] == [FORBIDDEN] * len(forged)
    assert await untouched()
    assert {entry["event"] for entry in log} == {"callback.refused"}
    said = json.dumps(log)
    secrets = (letterbox.town.house.settings.wecom_callback_token, query["msg_signature"], "上报", "lin")
    assert [secret for secret in secrets if secret in said] == []


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<xml><Encrypt>&b;</Encrypt></xml>"
)
OUTSIDE = b'<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><Encrypt>&x;</Encrypt></xml>'


@pytest.mark.parametrize(
    "body", [BOMB, OUTSIDE, b"", b"<xml>", b"\xff\xfe", b"[1, 2]", b"<xml><Encrypt/></xml>", b"a=1&b=2"]
)
async def test_bodies_that_are_none(letterbox: Letterbox, body: bytes) -> None:
    query, _ = letterbox.sealed("<xml/>")
    assert await letterbox.raw(query, body) == UNREADABLE
    assert await untouched()


async def test_a_body_of_two_megabytes(letterbox: Letterbox) -> None:
    query, body = letterbox.sealed(letterbox.text("lin", "上报", 1))
    assert await letterbox.raw(query, body + b" " * 2_000_000) == TOO_LARGE
    assert await untouched()


async def test_an_encoded_body(letterbox: Letterbox) -> None:
    query, body = letterbox.sealed(letterbox.text("lin", "上报", 1))
    for encoding in ("gzip", "br", "nonsense"):
        assert (await letterbox.raw(query, body, {"Content-Encoding": encoding})).status == 400
    assert await untouched()


async def test_a_sender_that_never_ends(letterbox: Letterbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "BODY_SECONDS", 0.05)
    address = urlsplit(letterbox.town.service)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"POST /wecom/callback HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n<xml>")
    assert await reader.readline() == b"HTTP/1.1 400 Bad Request\r\n"
    writer.close()
    assert await untouched()


async def test_sealed_callbacks_that_make_no_sense(letterbox: Letterbox) -> None:
    """Under the right seal: received, so that WeCom does not bring them again, and nothing is done."""
    documents = [
        letterbox.document({"FromUserName": "lin", "MsgType": "event", "Event": "something_new"}),
        letterbox.document({"FromUserName": "lin", "MsgType": "event", "Event": ""}),
        letterbox.document({"FromUserName": "", "MsgType": "text", "Content": "上报", "MsgId": 5}),
        letterbox.document({"FromUserName": "x" * 5000, "MsgType": "text", "Content": "上报", "MsgId": 6}),
        letterbox.document({"FromUserName": "sys", "MsgType": "event", "Event": "batch_job_result"}),
    ]
    assert [await letterbox.post(document) for document in documents] == [SERVED] * len(documents)
    await letterbox.town.settle()
    assert await OutboxRow.all().count() == 0


async def test_a_null_in_json_does_no_harm(letterbox: Letterbox) -> None:
    fields = {"ToUserName": letterbox.corp_id, "FromUserName": "lin", "MsgType": "text", "MsgId": "7"}
    assert await letterbox.post(json.dumps(fields | {"Content": "上\u0000报"})) == SERVED
    await letterbox.town.settle()
    assert letterbox.town.phone("lin").text.splitlines()[0] == "请选择工程名称"


# ── repeated ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_callback_that_comes_ten_times_at_once_acts_once(place: Town) -> None:
    async with Letterbox(place) as letterbox:
        document = letterbox.text("lin", "上报", 4711)
        answers = await asyncio.gather(*(letterbox.post(document) for _ in range(10)))
        assert answers == [SERVED] * 10
        await place.settle()
        assert [m.kind for m in place.phone("lin").messages] == ["template_card"]
        assert await InboxRow.all().count() == 1


async def test_the_very_same_bytes_again_act_once(letterbox: Letterbox) -> None:
    query, body = letterbox.sealed(letterbox.text("lin", "上报", 4712))
    assert [await letterbox.raw(query, body) for _ in range(3)] == [SERVED] * 3
    await letterbox.town.settle()
    assert len(letterbox.town.phone("lin").messages) == 1


async def test_two_taps_in_one_second_both_count(place: Town) -> None:
    """Same member, same second: told apart by all that they say."""
    async with Letterbox(place) as letterbox:
        await letterbox.post(letterbox.text("lin", "帮助", 1))
        taps = [
            letterbox.document(
                {
                    "FromUserName": "lin", "MsgType": "event", "Event": "template_card_event", "EventKey": "word:待办",
                    "TaskId": "help-1", "CardType": "button_interaction", "ResponseCode": f"code-{number}",
                }
            )
            for number in range(2)
        ]  # fmt: skip
        assert await asyncio.gather(*map(letterbox.post, taps)) == [SERVED] * 2
        await place.settle()
        assert await InboxRow.filter(kind="CardClick").count() == 2


async def test_one_tap_that_comes_on_two_connections_decides_once(place: Town) -> None:
    await report(place)
    luo = place.phone("luo")
    card = luo.last.live_card
    async with Letterbox(place) as letterbox:
        tap = letterbox.document(
            {
                "FromUserName": "luo", "MsgType": "event", "Event": "template_card_event",
                "EventKey": card["button_list"][1]["key"], "TaskId": card["task_id"], "CardType": card["card_type"],
                "ResponseCode": "one-and-the-same", "AgentID": letterbox.agent_id,
            }
        )  # fmt: skip
        assert await asyncio.gather(*(letterbox.post(tap) for _ in range(4))) == [SERVED] * 4
    await place.settle()
    assert [row.action for row in await HistoryRow.all().order_by("id")] == ["submit", "pass"]
    assert [m.kind for m in luo.messages] == ["template_card", "text"]


async def test_wecom_repeats_what_it_thinks_unanswered(place: Town) -> None:
    place.world.faults.set("duplicate")
    lin = place.phone("lin")
    for said in ("上报", "滨江花园", "安全检查"):
        await lin.says(said)
    assert [message.kind for message in lin.messages] == ["template_card", "template_card", "text"]


# ── in time ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """To keep what is not waited for may take a busy machine longer."""
    monkeypatch.setattr(door, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(door, "KEEPING_SECONDS", 30)


async def test_a_slow_answer_says_that_it_is_being_worked_on(small_place: Town, impatient: None) -> None:
    go_on, receive = asyncio.Event(), small_place.house.door.receive

    async def slowly(event: Callback) -> None:
        await go_on.wait()
        await receive(event)

    small_place.house.door.receive = slowly
    lin = small_place.phone("lin")
    small_place.world.type_text("lin", "上报")
    await small_place.world.settled()
    assert lin.text == "正在处理，请稍候。"
    go_on.set()
    await small_place.house.door.finish(5)
    await small_place.settle()
    assert lin.text.splitlines()[0] == "请选择工程名称"
    assert len(lin.messages) == 2


async def test_a_slow_answer_is_kept_before_wecom_is_told_so(
    place: Town, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the process is killed then: the transaction is gone, and a worker hands the callback in again."""

    async def never(_event: Callback) -> None:
        await asyncio.Event().wait()

    with monkeypatch.context() as stuck:
        stuck.setattr(place.house.door, "receive", never)
        async with Letterbox(place) as letterbox:
            answer = await letterbox.post(letterbox.text("lin", "上报", 4713))
    assert (answer.status, answer.body != "") == (200, True)
    assert [(row.waiting, row.sender) for row in await InboxRow.all()] == [(True, "lin")]
    await InboxRow.all().update(not_before=clock.now())
    await place.settle()
    assert [message.kind for message in place.phone("lin").messages] == ["template_card"]
    assert [row.waiting for row in await InboxRow.all()] == [False, False]


async def test_what_is_kept_and_done_after_all_is_done_once(
    place: Town, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, receive = asyncio.Event(), place.house.door.receive

    async def slowly(event: Callback) -> None:
        await go_on.wait()
        await receive(event)

    monkeypatch.setattr(place.house.door, "receive", slowly)
    async with Letterbox(place) as letterbox:
        assert (await letterbox.post(letterbox.text("lin", "上报", 4714))).status == 200
    go_on.set()
    await place.house.door.finish(5)
    await InboxRow.all().update(not_before=clock.now())
    await place.settle()
    assert [message.kind for message in place.phone("lin").messages] == ["template_card"]


async def test_a_slow_answer_that_cannot_be_kept_is_refused(small_place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(door, "KEEPING_SECONDS", 0.05)

    async def never(_event: Callback) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(small_place.house.door, "receive", never)
    monkeypatch.setattr(small_place.house.door, "keep", never)
    async with Letterbox(small_place) as letterbox:
        assert (await letterbox.post(letterbox.text("lin", "上报", 4715))).status == 503
    assert await untouched()


async def test_what_could_not_be_stored_is_brought_again(small_place: Town) -> None:
    receive, tries = small_place.house.door.receive, []

    async def second_time(event: Callback) -> None:
        tries.append(event)
        if len(tries) == 1:
            raise ConnectionError("the database is away")
        await receive(event)

    small_place.house.door.receive = second_time
    small_place.world.state.knobs.callback_retry_spacing_seconds = 0.01
    lin = small_place.phone("lin")
    assert (await lin.says("上报")).splitlines()[0] == "请选择工程名称"
    assert (len(tries), len(lin.messages)) == (2, 1)


async def test_a_mistake_of_ours_is_admitted_and_leaves_nothing_half_done(place: Town) -> None:
    async def broken(talk: Talk, engine: Engine) -> None:
        await drafts.begin(talk.person.id, "check_report", "submit")
        talk.say("half an answer")
        raise KeyError("a mistake")

    lin = place.phone("lin")
    place.house.receiver._parts.router._words["帮助"] = broken
    with structlog.testing.capture_logs() as log:
        assert await lin.says("帮助") == "这一步没有办成，请再试一次；如仍不成功，请联系管理员。已填的内容都在。"
    assert [entry["event"] for entry in log if entry["log_level"] == "error"] == ["answer.broken"]
    assert (len(lin.messages), await Draft.all().count()) == (1, 0)
    assert (await lin.says("上报")).splitlines()[0] == "请选择工程名称"
