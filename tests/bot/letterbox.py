"""Callbacks posted by hand: right ones, repeated ones, and every kind of wrong one."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape

import aiohttp

from core import clock
from simulator.config import Config
from tests.town import Town
from wecom.crypto import Crypto

PATH = "/wecom/callback"


@dataclass(frozen=True)
class Answer:
    status: int
    body: str


class Sender:
    """Posts to the service at this address with the callback's own keys."""

    def __init__(self, service: str, config: Config) -> None:
        self.service = service
        self.agent_id = config.agent_id
        self.corp_id = config.corp_id
        self.crypto = Crypto(config.callback_token, config.callback_aes_key, self.corp_id)
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    def text(self, userid: str, said: str, msg_id: int) -> str:
        """A member's text message as WeCom writes it."""
        return self.document(
            {"FromUserName": userid, "MsgType": "text", "Content": said, "MsgId": msg_id, "AgentID": self.agent_id}
        )

    def document(self, fields: Mapping[str, object]) -> str:
        told = {"ToUserName": self.corp_id, "CreateTime": int(clock.now().timestamp())} | dict(fields)
        return "<xml>" + "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in told.items()) + "</xml>"

    def sealed(self, document: str | bytes, *, at: int | None = None) -> tuple[dict[str, str], bytes]:
        """Query and body, signed now or ``at`` a second since 1970."""
        plain = document if isinstance(document, bytes) else document.encode()
        encrypt = self.crypto.encrypt(plain)
        timestamp, nonce = str(at or int(clock.now().timestamp())), secrets.token_hex(8)
        query = {"timestamp": timestamp, "nonce": nonce}
        query["msg_signature"] = self.crypto.signature(timestamp, nonce, encrypt)
        return query, f"<xml><ToUserName>{self.corp_id}</ToUserName><Encrypt>{encrypt}</Encrypt></xml>".encode()

    async def post(self, document: str | bytes) -> Answer:
        return await self.raw(*self.sealed(document))

    async def raw(self, query: Mapping[str, str], body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        url = self.service + PATH
        async with self._session.post(url, params=query, data=body, headers=headers) as answer:
            return Answer(answer.status, await answer.text())

    async def get(self, query: Mapping[str, str]) -> Answer:
        async with self._session.get(self.service + PATH, params=query) as answer:
            return Answer(answer.status, await answer.text())


class Letterbox(Sender):
    """Posts to the town's service."""

    def __init__(self, town: Town) -> None:
        super().__init__(town.service, town.world.config)
        self.town = town
