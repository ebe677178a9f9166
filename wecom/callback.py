"""From the bytes of a callback to a typed message or event, without any I/O (path/90930, 90238, 90239, 90240)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from wecom import parsing, tree
from wecom.crypto import BAD_BODY, BAD_PLAINTEXT, BAD_SIGNATURE, Crypto, Refused, TooLarge
from wecom.events import Callback
from wecom.tree import Node

BODY_LIMIT = 64 * 1024
FRESH = timedelta(minutes=10)  # wide enough for WeCom's retries and a clock that is a little off

_SIGNED_LENGTH = 128  # of timestamp and nonce; real ones have 10 to 20 characters


def verify_url(crypto: Crypto, query: Mapping[str, str], now: datetime, *, window: timedelta = FRESH) -> str:
    """The text to answer the console's check with, exactly as returned; raises Refused.

    A bare + in echostr has become a space by form decoding and is turned back.
    """
    encrypt = query.get("echostr", "").replace(" ", "+")
    plain = _opened(crypto, query, encrypt, now, window)
    if plain.lstrip()[:1] in (b"<", b"{"):
        # Somebody hands in a recorded message to have it decrypted. A real echo is a row of digits.
        raise Refused(BAD_PLAINTEXT, "the echo is a message")
    try:
        return plain.decode()
    except UnicodeDecodeError:
        raise Refused(BAD_PLAINTEXT, "the echo is not text") from None


def read(
    crypto: Crypto,
    query: Mapping[str, str],
    body: bytes,
    now: datetime,
    *,
    window: timedelta = FRESH,
    limit: int = BODY_LIMIT,
) -> Callback:
    """Raises Refused (or its kind TooLarge) and nothing else, whatever the query and body hold."""
    if len(body) > limit:
        raise TooLarge(BAD_BODY, "the body is too large")
    encrypt = encrypted_part(body)
    return parse(_opened(crypto, query, encrypt, now, window), now)


def parse(plain: bytes, received: datetime) -> Callback:
    """A decrypted document, fresh or from the store; `received` stands in for a missing CreateTime."""
    return parsing.callback(tree.read(plain), plain, received)


def encrypted_part(body: bytes) -> str:
    """The Encrypt text of an XML or JSON envelope."""
    found = tree.read(body).every("Encrypt")
    if len(found) != 1 or not _plain(found[0]):
        raise Refused(BAD_BODY, "the body needs exactly one Encrypt")
    return found[0].text.strip()


def _plain(node: Node) -> bool:
    return bool(node.text.strip()) and not node.children


def _opened(crypto: Crypto, query: Mapping[str, str], encrypt: str, now: datetime, window: timedelta) -> bytes:
    signature, timestamp, nonce = (query.get(name, "") for name in ("msg_signature", "timestamp", "nonce"))
    if not signature or max(len(timestamp), len(nonce)) > _SIGNED_LENGTH:
        raise Refused(BAD_SIGNATURE, "the query is not a signed one")
    plain = crypto.decrypt(signature, timestamp, nonce, encrypt)
    if not _fresh(timestamp, now, window):
        raise Refused(BAD_SIGNATURE, "the timestamp is too far from now")
    return plain


def _fresh(timestamp: str, now: datetime, window: timedelta) -> bool:
    return (
        timestamp.isascii() and timestamp.isdigit() and abs(now.timestamp() - int(timestamp)) <= window.total_seconds()
    )
