"""Replicas for stories of operation: clients with nothing in common but the database."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from bot.pacing import SharedGate, SharedTokens
from core import clock, database
from core.sharing.credentials import Credentials
from tests.wecom.stub import SECRET, Stub
from wecom.client import Client

SECRET_KEY = "a key for stories that protects nothing"


class Replicas:
    """WeCom as a stub that says what it was told to, and as many replicas as a story needs."""

    def __init__(self, stub: Stub, server: BaseTestServer, session: aiohttp.ClientSession) -> None:
        self.stub = stub
        self._server = server
        self._session = session

    def another(self, secret_key: str = SECRET_KEY) -> Client:
        tokens, gate = SharedTokens(Credentials(secret_key)), SharedGate()
        url = str(self._server.make_url("/"))
        return Client(url, "wwquality", SECRET, 1000002, tokens, self._session, clock.now, gate)

    def calls(self, path: str) -> int:
        return self.stub.paths().count(path)


@pytest.fixture
async def replicas(migrated_url: str) -> AsyncIterator[Replicas]:
    stub = Stub()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/cgi-bin/{path:.*}", stub.answer)
    await database.open_database(migrated_url)
    try:
        async with TestServer(app) as server, aiohttp.ClientSession() as session:
            yield Replicas(stub, server, session)
    finally:
        await database.close_database()
