"""A server that says what it was told to say, and remembers what it was asked."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.wecom.story import NOW
from wecom.client import Client
from wecom.tokens import MemoryTokens, TokenStore

OK: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}
SECRET = "s3cr3t-of-the-app"
Answer = dict[str, Any] | Callable[[web.Request], Awaitable[web.StreamResponse]]


def failing(code: int) -> dict[str, Any]:
    return {"errcode": code, "errmsg": f"refused, hint: [1_2_3], from ip: 203.0.113.7, access_token={SECRET}"}


class Stub:
    """`answers` maps a path to a list used up one by one; the last one stays."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.bodies: list[bytes] = []
        self.tokens = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/cgi-bin/")
        self.asked.append((request.method, path, dict(request.query)))
        self.bodies.append(await request.read())
        planned = self.answers.get(path)
        if planned:
            now = planned.pop(0) if len(planned) > 1 else planned[0]
            return await now(request) if callable(now) else web.json_response(now)
        return web.json_response(self.new_token() if path == "gettoken" else OK)

    def new_token(self) -> dict[str, Any]:
        self.tokens += 1
        return OK | {"access_token": f"token-{self.tokens}", "expires_in": 7200}

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked]

    def body(self) -> Any:
        return json.loads(self.bodies[-1])


class Clock:
    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **spell: float) -> None:
        self.moment += timedelta(**spell)


class Platform:
    """The stub behind a port, and clients that speak to it."""

    def __init__(self, stub: Stub, server: TestServer, session: aiohttp.ClientSession) -> None:
        self.stub = stub
        self.server = server
        self.session = session
        self.clock = Clock()
        self.tokens = MemoryTokens()
        self.client = self.another_process(self.tokens)

    def another_process(self, tokens: TokenStore, agent_id: int = 1000002, url: str = "") -> Client:
        """A client with nothing in its own memory."""
        api_url = url or str(self.server.make_url("/"))
        return Client(api_url, "wwquality", SECRET, agent_id, tokens, self.session, self.clock)
