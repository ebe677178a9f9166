"""wechatpy, an independent implementation, agrees with ours in both directions."""

from typing import Any

import pytest
from wechatpy.enterprise import parse_message
from wechatpy.enterprise.crypto import WeChatCrypto

from tests.wecom.story import CORP, CRYPTO, INSPECTOR, NOW, SECONDS, envelope, event, message, received, signed
from wecom import callback, reply
from wecom.tree import read

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@pytest.fixture
def oracle() -> Any:
    return WeChatCrypto("stationToken", KEY, CORP)


@pytest.mark.parametrize("text", ["帮助", "🚧" * 100, "x", "a\nb", "行" * 682])
def test_it_reads_what_we_seal(oracle: Any, text: str) -> None:
    sealed = reply.envelope(CRYPTO, text, SECONDS, "n")
    root = read(sealed.encode())
    opened = oracle.decrypt_message(sealed, root.value("MsgSignature"), SECONDS, "n")
    assert opened == text


@pytest.mark.parametrize("text", ["帮助", "🚧" * 100, "x", "行" * 682])
def test_we_read_what_it_seals(oracle: Any, text: str) -> None:
    sealed = oracle.encrypt_message(message("text", f"<Content>{text}</Content>"), "n", SECONDS)
    root = read(sealed.encode())
    query = {"msg_signature": root.value("MsgSignature"), "timestamp": SECONDS, "nonce": "n"}
    told = callback.read(CRYPTO, query, sealed.encode(), NOW)
    assert getattr(told, "content", None) == text


def test_it_answers_the_console_as_we_do(oracle: Any) -> None:
    echo = CRYPTO.encrypt(b"1234567890")
    query = signed(echo) | {"echostr": echo}
    theirs = oracle.check_signature(query["msg_signature"], SECONDS, "n1", echo)
    assert theirs == callback.verify_url(CRYPTO, query, NOW)


DOCUMENTS = {
    "text": message("text", "<Content><![CDATA[你好]]></Content>"),
    "voice": message("voice", "<MediaId>M</MediaId><Format>amr</Format>"),
    "location": message(
        "location", "<Location_X>20.5</Location_X><Location_Y>110.5</Location_Y><Scale>9</Scale><Label>海口</Label>"
    ),
    "click": event("click", "<EventKey>TODO</EventKey>"),
    "subscribe": event("subscribe"),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_it_sees_the_same_sender_app_and_time(kind: str) -> None:
    theirs, ours = parse_message(DOCUMENTS[kind]), received(DOCUMENTS[kind])
    assert (theirs.source, theirs.target, theirs.agent) == (ours.from_user, ours.to_corp, ours.agent_id)
    assert theirs.time == int(ours.at.timestamp())
    assert ours.from_user == INSPECTOR


def test_it_opens_an_envelope_as_wecom_posts_it(oracle: Any) -> None:
    encrypt = CRYPTO.encrypt(DOCUMENTS["text"].encode())
    query = signed(encrypt)
    opened = oracle.decrypt_message(envelope(encrypt), query["msg_signature"], SECONDS, "n1")
    assert opened == DOCUMENTS["text"]
