"""The watchman outside hears from us while deadlines and messages are looked after, and only then (BY-20)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.doctor import platform
from bot.lifesign import Lifesign
from core import clock, database
from core.cases import outbox
from core.cases.letters import Letter
from core.health import Pulse
from core.settings import Settings


@dataclass
class Watchman:
    """``asleep``: he answers with a failure."""

    address: str = ""
    heard: list[str] = field(default_factory=list)
    asleep: bool = False

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(request.method)
        return web.Response(status=500 if self.asleep else 200)


@asynccontextmanager
async def watching() -> AsyncIterator[Watchman]:
    watchman, app = Watchman(), web.Application()
    app.router.add_get("/ping/station", watchman.hear)
    async with TestServer(app) as server:
        watchman.address = str(server.make_url("/ping/station"))
        yield watchman


@pytest.fixture
async def watchman(migrated_url: str) -> AsyncIterator[Watchman]:
    await database.open_database(migrated_url)
    try:
        async with watching() as made:
            yield made
    finally:
        await database.close_database()


async def gives(address: str, pulse: Pulse | None = None) -> bool:
    async with aiohttp.ClientSession() as session:
        return await Lifesign(address, pulse or Pulse(), session).give()


async def test_he_hears_us_while_all_is_well(watchman: Watchman) -> None:
    assert await gives(watchman.address)
    assert watchman.heard == ["GET"]


async def test_he_hears_nothing_while_a_message_stands_still(watchman: Watchman) -> None:
    letter = Letter(1, "chen", "text", "您好", "one", not_before=clock.now() - timedelta(minutes=11))
    await database.transaction(lambda: outbox.promise([letter]))
    assert (await gives(watchman.address), watchman.heard) == (False, [])


async def test_he_hears_nothing_while_the_sweeper_stands_still(
    watchman: Watchman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pulse, "age", lambda self, job: 61.0)
    assert (await gives(watchman.address), watchman.heard) == (False, [])


async def test_a_watchman_who_is_asleep_or_gone_harms_nobody(watchman: Watchman) -> None:
    watchman.asleep = True
    assert [await gives(watchman.address), await gives("http://127.0.0.1:1/ping"), await gives("")] == [False] * 3


async def test_the_doctor_asks_whether_anybody_watches_and_does_not_pretend_to_be_us(watchman: Watchman) -> None:
    found = [
        (await platform.watchman(settings(address)))[0] for address in ("", watchman.address, "http://127.0.0.1:1/x")
    ]
    assert [str(one).splitlines()[0] for one in found] == [
        "！ 守护哨：没有设置，服务停了没有人知道。",
        "✓ 守护哨：127.0.0.1 能连上。",
        "✗ 守护哨：127.0.0.1 连不上（ConnectionRefusedError）。",
    ]
    assert watchman.heard == []


def settings(address: str) -> Settings:
    given = {"secret_key": "x" * 32, "wecom_corp_id": "ww1", "wecom_agent_id": 1, "wecom_secret": "s"}
    given |= {"wecom_callback_token": "t", "wecom_callback_aes_key": "a" * 43, "lifesign_url": address}
    return Settings.model_validate(given)
