from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.wecom.stub import Platform, Stub


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    stub = Stub()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", stub.answer)
    async with TestServer(app, host="127.0.0.1") as server, aiohttp.ClientSession() as session:
        yield Platform(stub, server, session)
