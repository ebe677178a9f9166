"""Every published and self-made vector, and the refusals derived from them."""

import base64

import pytest

from tests.wecom.story import CRYPTO, VECTORS, crypto_of, query_of
from wecom.crypto import Crypto, Refused

SEALED = [name for name in VECTORS if name[0] in "ABCS" and name != "S6"]
A1, A2, S6 = VECTORS["A1"], VECTORS["A2"], VECTORS["S6"]


def refusal(crypto: Crypto, *parts: str) -> int:
    with pytest.raises(Refused) as caught:
        crypto.decrypt(*parts)
    return caught.value.code


def opened(name: str) -> bytes:
    vector = VECTORS[name]
    query = query_of(vector)
    return crypto_of(vector).decrypt(query["msg_signature"], query["timestamp"], query["nonce"], vector["encrypt"])


@pytest.mark.parametrize("name", SEALED)
def test_a_vector_decrypts_to_its_message(name: str) -> None:
    assert opened(name) == VECTORS[name]["msg"].encode()


@pytest.mark.parametrize("name", SEALED)
def test_a_vector_encrypts_to_the_same_bytes(name: str) -> None:
    vector = VECTORS[name]
    random16 = bytes.fromhex(vector["random16_hex"])
    assert crypto_of(vector).encrypt(vector["msg"].encode(), random16=random16) == vector["encrypt"]


@pytest.mark.parametrize("name", [*SEALED, "S6"])
def test_a_vector_signs_to_its_signature(name: str) -> None:
    vector = VECTORS[name]
    signature = crypto_of(vector).signature(vector["timestamp"], vector["nonce"], vector["encrypt"])
    assert signature == vector["msg_signature"]


def test_a_message_for_another_corporation_is_refused() -> None:
    ours = Crypto(S6["token"], S6["aes_key"], A1["receiveid"])
    assert refusal(ours, S6["msg_signature"], S6["timestamp"], S6["nonce"], S6["encrypt"]) == -40005


@pytest.mark.parametrize(
    "changed",
    [
        {"msg_signature": "6" + A1["msg_signature"][1:]},
        {"msg_signature": A1["msg_signature"].upper()},
        {"msg_signature": ""},
        {"msg_signature": "署名"},
        {"msg_signature": "\udc80"},
        {"timestamp": "1409659590"},
        {"nonce": "263014781"},
        {"encrypt": A2["encrypt"]},
    ],
)
def test_anything_changed_under_the_signature_is_refused(changed: dict[str, str]) -> None:
    v = A1 | changed
    assert refusal(crypto_of(A1), v["msg_signature"], v["timestamp"], v["nonce"], v["encrypt"]) == -40001


def resigned(encrypt: str) -> int:
    """The refusal of a ciphertext that carries our own valid signature."""
    crypto = crypto_of(A2)
    return refusal(crypto, crypto.signature("1", "n", encrypt), "1", "n", encrypt)


def test_a_ciphertext_cut_by_four_characters_is_no_whole_block() -> None:
    assert resigned(A2["encrypt"][:-4]) == -40007


def test_a_byte_changed_in_the_last_block_spoils_the_padding() -> None:
    sealed = bytearray(base64.b64decode(A2["encrypt"]))
    sealed[-1] ^= 1
    assert resigned(base64.b64encode(sealed).decode()) == -40008


@pytest.mark.parametrize("nonsense", ["$$$$", "密文", "\udc80", "A", "QUJD QUJD", "QUJD\n"])
def test_what_is_not_base64_is_refused_as_such(nonsense: str) -> None:
    assert resigned(nonsense) == -40010


def test_an_empty_ciphertext_is_refused() -> None:
    assert resigned("") == -40007


def test_random_blocks_under_our_signature_are_refused() -> None:
    codes = {resigned(base64.b64encode(bytes([seed]) * 64).decode()) for seed in range(256)}
    assert codes <= {-40008, -40005}


def test_a_stated_length_beyond_the_plaintext_is_refused() -> None:
    overlong = _sealed_plain(b"r" * 16 + (1000).to_bytes(4, "big") + b"short")
    assert resigned(overlong) == -40008


def _sealed_plain(plain: bytes) -> str:
    crypto = crypto_of(A2)
    encryptor = crypto._cipher.encryptor()  # there is no public way to seal a wrong length
    count = 32 - len(plain) % 32
    return base64.b64encode(encryptor.update(plain + bytes([count]) * count) + encryptor.finalize()).decode()


@pytest.mark.parametrize("key", ["a" * 42, "a" * 44, "", "a" * 42 + "=", "a" * 42 + "+", "键" * 43])
def test_a_malformed_aes_key_is_refused_at_construction(key: str) -> None:
    with pytest.raises(Refused) as caught:
        Crypto("token", key, "corp")
    assert caught.value.code == -40004


def test_the_random_part_differs_each_time() -> None:
    assert CRYPTO.encrypt(b"same") != CRYPTO.encrypt(b"same")


def test_a_refusal_says_what_status_to_answer_with() -> None:
    assert [Refused(code, "").status for code in (-40001, -40002, -40005, -40008)] == [403, 400, 403, 403]
