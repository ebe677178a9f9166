"""One simulated WeCom on a free port, three known people in it, and a service that only listens and answers."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from simulator import xml
from simulator.app import running
from simulator.config import Config
from simulator.state import Person
from simulator.world import World
from wecom.crypto import Crypto

PEOPLE = [
    Person(userid="LinYue", name="林越", mobile="10000000001", title="监督员", org="椰城监督站"),
    Person(userid="zhaoning", name="赵宁", mobile="10000000002", title="站长", org="椰城监督站"),
    Person(userid="hebo", name="何波", mobile="10000000003", title="项目经理", org="远山建设"),
    Person(userid="outsider", name="范围外", mobile="10000000004", visible=False),
]

Answer = Callable[[web.Request], Any]


@dataclass(slots=True)
class Service:
    """What the app's service heard. `answers` are used up in turn: a status, bytes, or a coroutine function."""

    heard: list[dict[str, str]] = field(default_factory=list)
    raw: list[web.Request] = field(default_factory=list)
    envelopes: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    crypto: Crypto = field(
        default_factory=lambda: Crypto(Config().callback_token, Config().callback_aes_key, Config().corp_id)
    )
    pages: dict[str, Answer] = field(default_factory=dict)

    async def callback(self, request: web.Request) -> web.StreamResponse:
        self.raw.append(request)
        query = request.query
        if request.method == "GET":
            return web.Response(body=self._open(query, query["echostr"]))
        body = await request.read()
        self.envelopes.append((query, body))
        outer = xml.parse(body)
        inner = xml.parse(self._open(query, xml.child(outer, "Encrypt")))
        self.heard.append({leaf.tag: (leaf.text or "") for leaf in inner.iter() if len(leaf) == 0})
        answer = self.answers.pop(0) if self.answers else b""
        if isinstance(answer, int):
            return web.Response(status=answer)
        return web.Response(body=answer) if isinstance(answer, bytes) else await answer(request)

    async def page(self, request: web.Request) -> web.StreamResponse:
        made: web.StreamResponse = await self.pages[request.path](request)
        return made

    def reply(self, **fields: Any) -> bytes:
        """An encrypted passive reply."""
        encrypt = self.crypto.encrypt(xml.document(fields).encode())
        signature = self.crypto.signature("1700000000", "n", encrypt)
        outer = {"Encrypt": encrypt, "MsgSignature": signature, "TimeStamp": "1700000000", "Nonce": "n"}
        return xml.document(outer).encode()

    def _open(self, query: Any, encrypt: str) -> bytes:
        return self.crypto.decrypt(query["msg_signature"], query["timestamp"], query["nonce"], encrypt)


@dataclass(slots=True)
class Caller:
    """The service's side of the API, with a token already in hand."""

    http: ClientSession
    base: str
    token: str = ""

    async def get_token(self) -> None:
        config = Config()
        self.token = (await self.get("gettoken", corpid=config.corp_id, corpsecret=config.secret))["access_token"]

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        return await self._json(self.http.get(f"{self.base}/cgi-bin/{path}", params=self._query(query)))

    async def post(self, path: str, body: Any, **query: str) -> dict[str, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return await self._json(self.http.post(f"{self.base}/cgi-bin/{path}", params=self._query(query), data=data))

    async def send(self, touser: str, msgtype: str = "text", **body: Any) -> dict[str, Any]:
        common = {"touser": touser, "msgtype": msgtype, "agentid": Config().agent_id}
        return await self.post("message/send", common | (body or {"text": {"content": "你好"}}))

    async def sim(self, path: str, body: Any = None) -> Any:
        """The control API: GET without a body."""
        asking = (
            self.http.get(f"{self.base}/sim{path}")
            if body is None
            else self.http.post(f"{self.base}/sim{path}", json=body)
        )
        return await self._json(asking)

    def _query(self, query: dict[str, str]) -> dict[str, str]:
        return {"access_token": self.token, **query} if self.token else query

    @staticmethod
    async def _json(asking: Any) -> Any:
        async with asking as response:
            return json.loads(await response.text())


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    heard = Service()
    app = web.Application()
    app.router.add_route("*", "/wecom/callback", heard.callback)
    app.router.add_route("*", "/{path:.*}", heard.page)
    async with TestServer(app, host="127.0.0.1") as server:
        heard_at = str(server.make_url("")).rstrip("/")
        heard.pages["url"] = lambda _: heard_at
        yield heard


@pytest.fixture
async def world(service: Service) -> AsyncIterator[World]:
    config = Config(port=0, service_url=service.pages["url"](None))  # type: ignore[arg-type]
    async with running(config) as world:
        world.knobs.callback_retry_spacing_seconds = 0.0
        for person in PEOPLE:
            world.put_person(person.model_copy())
        yield world


@pytest.fixture
async def api(world: World) -> AsyncIterator[Caller]:
    async with ClientSession() as http:
        caller = Caller(http, world.base_url)
        await caller.get_token()
        yield caller
