from datetime import timedelta
from urllib.parse import parse_qsl

import pytest

from tests.wecom.story import CRYPTO, NOW, VECTORS, crypto_of, moment_of, query_of, signed
from wecom import callback
from wecom.crypto import Refused


def echoed(name: str, echostr: str | None = None) -> str:
    vector = VECTORS[name]
    query = query_of(vector) | {"echostr": vector["encrypt"] if echostr is None else echostr}
    return callback.verify_url(crypto_of(vector), query, moment_of(vector))


@pytest.mark.parametrize("name", ["A1", "B1", "C1", "S4", "S5"])
def test_the_console_is_answered_with_the_echo_alone(name: str) -> None:
    assert echoed(name) == VECTORS[name]["msg"]


@pytest.mark.parametrize("spelling", ["query_quoted", "query_bare"])
def test_both_spellings_of_a_plus_in_the_query_are_understood(spelling: str) -> None:
    decoded = dict(parse_qsl(VECTORS["S5"][spelling]))
    assert echoed("S5", decoded["echostr"]) == VECTORS["S5"]["msg"]


def test_an_old_check_is_refused() -> None:
    vector = VECTORS["A1"]
    query = query_of(vector) | {"echostr": vector["encrypt"]}
    with pytest.raises(Refused, match="too far from now"):
        callback.verify_url(crypto_of(vector), query, moment_of(vector) + timedelta(minutes=11))


def test_a_recorded_message_is_not_decrypted_for_whoever_asks() -> None:
    encrypt = CRYPTO.encrypt(b"<xml><Content>secret</Content></xml>")
    with pytest.raises(Refused, match="the echo is a message"):
        callback.verify_url(CRYPTO, signed(encrypt) | {"echostr": encrypt}, NOW)


def test_an_echo_that_is_not_text_is_refused() -> None:
    encrypt = CRYPTO.encrypt(b"\xff\xfe")
    with pytest.raises(Refused, match="the echo is not text"):
        callback.verify_url(CRYPTO, signed(encrypt) | {"echostr": encrypt}, NOW)


@pytest.mark.parametrize("missing", ["msg_signature", "timestamp", "nonce", "echostr"])
def test_a_query_with_a_part_missing_is_refused(missing: str) -> None:
    query = query_of(VECTORS["A1"]) | {"echostr": VECTORS["A1"]["encrypt"]}
    del query[missing]
    with pytest.raises(Refused) as caught:
        callback.verify_url(crypto_of(VECTORS["A1"]), query, moment_of(VECTORS["A1"]))
    assert caught.value.code == -40001
