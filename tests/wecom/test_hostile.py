"""Whatever is posted, the answer is a callback or a refusal, and soon."""

import contextlib
import json
import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wecom import hostile
from tests.wecom.story import (
    CRYPTO,
    NOW,
    SECONDS,
    VECTORS,
    click,
    crypto_of,
    envelope,
    message,
    moment_of,
    query_of,
    signed,
)
from wecom import callback, tree
from wecom.crypto import Refused, TooLarge
from wecom.events import Common

PLAIN_ENCRYPT = CRYPTO.encrypt(b"<xml/>")
BODIES = hostile.bodies(PLAIN_ENCRYPT)


def refused(body: bytes, query: dict[str, str]) -> Refused:
    with pytest.raises(Refused) as caught:
        callback.read(CRYPTO, query, body, NOW)
    return caught.value


def spent(body: bytes, query: dict[str, str]) -> float:
    """Processor seconds of the best of three readings, whatever comes of them."""
    times = []
    for _ in range(3):
        began = time.thread_time()
        with contextlib.suppress(Refused):
            callback.read(CRYPTO, query, body, NOW)
        times.append(time.thread_time() - began)
    return min(times)


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_within_20_milliseconds(name: str) -> None:
    body = BODIES[name]
    assert refused(body, signed(PLAIN_ENCRYPT)).status == (413 if len(body) > callback.BODY_LIMIT else 400)
    assert spent(body, signed(PLAIN_ENCRYPT)) < 0.02


OVERGROWN = {
    "4,001 elements": "<xml>" + "<a/>" * 4000 + "</xml>",
    "33 levels": "<xml>" + "<a>" * 32 + "</a>" * 32 + "</xml>",
    "JSON of 1,001 objects": '{"a":[' + ",".join(["{}"] * 1000) + "]}",
    "JSON of 34 levels": '{"a":' * 33 + "{}" + "}" * 33,
}


@pytest.mark.parametrize("name", OVERGROWN)
def test_a_sealed_document_that_no_platform_would_write_is_refused(name: str) -> None:
    encrypt = CRYPTO.encrypt(OVERGROWN[name].encode())
    assert refused(envelope(encrypt), signed(encrypt)).code == -40002


@pytest.mark.parametrize("name", BODIES)
def test_the_same_inside_a_sealed_document_takes_no_longer(name: str) -> None:
    encrypt = CRYPTO.encrypt(BODIES[name][:40_000])
    assert spent(envelope(encrypt), signed(encrypt)) < 0.02


def test_a_body_over_64_kilobytes_is_too_large() -> None:
    refusal = refused(b"<xml>" + b" " * 64 * 1024, {})
    assert (type(refusal), refusal.status) == (TooLarge, 413)


QUERIES = {
    "none": {},
    "empty signature": {"msg_signature": ""},
    "upper-case signature": {"msg_signature": signed(PLAIN_ENCRYPT)["msg_signature"].upper()},
    "changed nonce": {"nonce": "n2"},
    "changed time": {"timestamp": str(int(SECONDS) + 1)},
    "6 KB nonce": signed(PLAIN_ENCRYPT, nonce="9" * 6144),
    "lone surrogate": {"nonce": "\udc80"},
}


@pytest.mark.parametrize("name", QUERIES)
def test_an_unproven_query_is_forbidden(name: str) -> None:
    query = {} if name == "none" else signed(PLAIN_ENCRYPT) | QUERIES[name]
    refusal = refused(envelope(PLAIN_ENCRYPT), query)
    assert (refusal.code, refusal.status) == (-40001, 403)


@pytest.mark.parametrize("timestamp", ["", "soon", "-1", "１７", "1e9", "9" * 100, "0"])
def test_a_signed_timestamp_that_is_no_moment_near_now_is_forbidden(timestamp: str) -> None:
    assert refused(envelope(PLAIN_ENCRYPT), signed(PLAIN_ENCRYPT, timestamp=timestamp)).status == 403


@pytest.mark.parametrize(("minutes", "served"), [(-11, False), (-9, True), (9, True), (11, False)])
def test_a_callback_is_fresh_for_ten_minutes_either_way(minutes: int, served: bool) -> None:
    encrypt = CRYPTO.encrypt(message("text", "<Content>x</Content>").encode())
    now = NOW + timedelta(minutes=minutes)
    try:
        callback.read(CRYPTO, signed(encrypt), envelope(encrypt), now)
    except Refused as refusal:
        assert (served, refusal.status) == (False, 403)
    else:
        assert served


def test_a_message_for_another_corporation_is_forbidden() -> None:
    vector = VECTORS["S6"]
    with pytest.raises(Refused) as caught:
        callback.read(CRYPTO, query_of(vector), envelope(vector["encrypt"]), moment_of(vector))
    assert caught.value.status == 403


def test_a_refusal_never_repeats_the_input() -> None:
    refusal = refused(b"<xml><Encrypt>secret</Encrypt>", signed("secret"))
    assert "secret" not in str(refusal) + repr(refusal.__cause__)


EXAMPLE = envelope(VECTORS["A2"]["encrypt"])
FUZZ = settings(max_examples=400)


@FUZZ
@given(st.binary(max_size=2000), st.dictionaries(st.sampled_from(["msg_signature", "timestamp", "nonce"]), st.text()))
def test_random_bytes_are_refused(body: bytes, query: dict[str, str]) -> None:
    assert refused(body, query).code < -40000


@FUZZ
@given(st.data())
def test_a_mutated_envelope_is_refused_or_still_the_same_message(data: st.DataObject) -> None:
    vector = VECTORS["A2"]
    body = _mutated(data, EXAMPLE)
    try:
        told = callback.read(crypto_of(vector), query_of(vector), body, moment_of(vector))
    except Refused:
        return
    assert told.raw == vector["msg"]


@FUZZ
@given(st.data())
def test_a_mutated_document_under_our_seal_is_refused_or_read(data: st.DataObject) -> None:
    document = data.draw(st.sampled_from([click(response_code="rc"), message("text", "<Content>帮助</Content>")]))
    encrypt = CRYPTO.encrypt(_mutated(data, document.encode()))
    try:
        told = callback.read(CRYPTO, signed(encrypt), envelope(encrypt), NOW)
    except Refused as refusal:
        assert refusal.status == 400
    else:
        assert isinstance(told, Common)


def _mutated(data: st.DataObject, original: bytes) -> bytes:
    changed = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed) - 1))
        until = min(len(changed), at + data.draw(st.integers(0, 30)))
        changed[at:until] = data.draw(
            st.binary(max_size=8) | st.sampled_from([b"<xml>", b"]]>", b"&lt;", b"<![CDATA["])
        )
    return bytes(changed) or b" "


LEAVES = st.none() | st.integers() | st.text(max_size=5)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@FUZZ
@given(JSON)
def test_any_json_is_refused_or_read(value: object) -> None:
    try:
        root = tree.read(json.dumps({"a": value}).encode())
    except Refused:
        return
    assert root.name == "json"
