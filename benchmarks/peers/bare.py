"""A bare aiohttp server with the service's own cryptography: ``nothing``, one durable insert by the ORM (``orm``),
or one by the raw driver (``driver``) before the same empty answer."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiosqlite
import asyncpg
from aiohttp import web
from tortoise.connection import get_connection

from benchmarks import corp
from benchmarks.peers import listening
from core import clock, database
from core.cases.models import InboxRow
from wecom import callback
from wecom.crypto import Crypto
from wecom.events import Callback

Commit = Callable[[Callback], Awaitable[object]]
_INSERT = (
    "INSERT INTO inbox (repeat_key, sender, kind, body, reply, waiting, attempts, not_before, fence, error, "
    "received_at) VALUES ($1, $2, $3, $4, '', false, 0, $5, 0, '', $5)"
)


@asynccontextmanager
async def nothing(_url: str) -> AsyncIterator[Commit]:
    yield _nothing


async def _nothing(_event: Callback) -> None:
    return


@asynccontextmanager
async def orm(url: str) -> AsyncIterator[Commit]:
    await database.open_database(url)
    try:
        await get_connection("default").execute_query("SELECT 1")
        yield _insert_by_orm
    finally:
        await database.close_database()


async def _insert_by_orm(event: Callback) -> None:
    now = clock.now()
    await InboxRow.create(
        repeat_key=event.repeat_key,
        sender=event.from_user,
        kind=type(event).__name__,
        body=event.raw,
        not_before=now,
        received_at=now,
    )


@asynccontextmanager
async def driver(url: str) -> AsyncIterator[Commit]:
    async with _asyncpg(url) if url.startswith("postgresql") else _aiosqlite(url) as commit:
        yield commit


@asynccontextmanager
async def _asyncpg(url: str) -> AsyncIterator[Commit]:
    async with asyncpg.create_pool(url, min_size=1, max_size=12) as pool:

        async def commit(event: Callback) -> None:
            values = (event.repeat_key, event.from_user, type(event).__name__, event.raw, clock.now())
            await pool.execute(_INSERT, *values)

        yield commit


@asynccontextmanager
async def _aiosqlite(url: str) -> AsyncIterator[Commit]:
    async with aiosqlite.connect(url.removeprefix("sqlite://"), isolation_level=None) as connection:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 10000"):
            await connection.execute(f"PRAGMA {pragma}")
        insert = _INSERT.replace("$", "?")

        async def commit(event: Callback) -> None:
            now = clock.now().isoformat(" ")
            values = (event.repeat_key, event.from_user, type(event).__name__, event.raw, now)
            await connection.execute(insert, values)

        yield commit


async def main(way: str, url: str) -> None:
    crypto = Crypto(corp.TOKEN, corp.AES_KEY, corp.CORP_ID)
    async with {"nothing": nothing, "orm": orm, "driver": driver}[way](url) as commit:

        async def post(request: web.Request) -> web.Response:
            await commit(callback.read(crypto, request.query, await request.read(), clock.now()))
            return web.Response()

        app = web.Application()
        app.add_routes([web.post(corp.PATH, post)])
        await listening.until_told(app)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("way")
    parser.add_argument("url")
    asked = parser.parse_args()
    asyncio.run(main(asked.way, asked.url))
