"""Callbacks wrapped for the way to the service, and its replies unwrapped."""

import secrets
from dataclasses import dataclass

from simulator import xml
from simulator.config import Config
from wecom.crypto import Crypto, Refused

_OTHER_CORP = "ww0000000000000000"


class BadReply(Exception):
    """A reply that the real WeCom would ignore without a word."""


@dataclass(frozen=True, slots=True)
class Sealed:
    query: dict[str, str]
    body: bytes
    encrypt: str


class Envelope:
    def __init__(self, config: Config) -> None:
        self._config = config
        self._own = Crypto(config.callback_token, config.callback_aes_key, config.corp_id)
        self._other = Crypto(config.callback_token, config.callback_aes_key, _OTHER_CORP)

    def seal(self, message: str, at: float, *, wrong_receiver: bool = False, bad_signature: bool = False) -> Sealed:
        """`encrypt` alone is also the echostr of a URL check."""
        crypto = self._other if wrong_receiver else self._own
        encrypt = crypto.encrypt(message.encode())
        timestamp, nonce = str(int(at)), str(secrets.randbelow(10**10))
        signature = crypto.signature(timestamp, nonce, encrypt)
        if bad_signature:
            signature = signature[::-1]
        query = {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}
        outer = {"ToUserName": self._config.corp_id, "AgentID": str(self._config.agent_id), "Encrypt": encrypt}
        return Sealed(query, xml.document(outer).encode(), encrypt)

    def open_reply(self, body: bytes) -> bytes:
        """The plain reply. Raises BadReply."""
        try:
            outer = xml.parse(body)
            parts = (xml.child(outer, name) for name in ("MsgSignature", "TimeStamp", "Nonce", "Encrypt"))
            return self._own.decrypt(*parts)
        except ValueError:
            raise BadReply("应答不是 XML") from None
        except Refused as refused:
            raise BadReply(f"应答解不开：{refused.code}") from refused
