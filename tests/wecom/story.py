"""The corporation of these tests, its clock, and the platform's pen: sealing callbacks as WeCom does."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wecom import callback
from wecom.crypto import Crypto
from wecom.events import Callback

VECTORS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
SECONDS = str(int(NOW.timestamp()))
CORP = "wwquality"
INSPECTOR = "lin.jian"
CRYPTO = Crypto("stationToken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", CORP)


def crypto_of(vector: dict[str, Any]) -> Crypto:
    return Crypto(vector["token"], vector["aes_key"], vector["receiveid"])


def moment_of(vector: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(vector["timestamp"]), UTC)


def query_of(vector: dict[str, Any]) -> dict[str, str]:
    return {name: vector[name] for name in ("msg_signature", "timestamp", "nonce")}


def envelope(encrypt: str) -> bytes:
    return f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>".encode()


def signed(encrypt: str, *, timestamp: str = SECONDS, nonce: str = "n1") -> dict[str, str]:
    signature = CRYPTO.signature(timestamp, nonce, encrypt)
    return {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}


def received(document: str | bytes) -> Callback:
    """What the service makes of a document the platform encrypts and posts."""
    encrypt = CRYPTO.encrypt(document.encode() if isinstance(document, str) else document)
    return callback.read(CRYPTO, signed(encrypt), envelope(encrypt), NOW)


def document(inner: str, *, sender: str = INSPECTOR, seconds: str = SECONDS) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{seconds}</CreateTime>{inner}<AgentID>1000002</AgentID></xml>"
    )


def message(kind: str, inner: str, *, msg_id: str = "7001", **rest: str) -> str:
    return document(f"<MsgType><![CDATA[{kind}]]></MsgType>{inner}<MsgId>{msg_id}</MsgId>", **rest)


def event(name: str, inner: str = "", **rest: str) -> str:
    return document(f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{name}]]></Event>{inner}", **rest)


def click(*, response_code: str, seconds: str = SECONDS, selected: str = "") -> str:
    inner = (
        "<EventKey><![CDATA[approve]]></EventKey><TaskId><![CDATA[check-12]]></TaskId>"
        "<CardType><![CDATA[button_interaction]]></CardType>"
        f"<ResponseCode><![CDATA[{response_code}]]></ResponseCode>{selected}"
    )
    return event("template_card_event", inner, seconds=seconds)
