"""A database in trouble: whoever asks gets an answer or a clean 503, nothing is half done, and it goes on by itself."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError

from core import clock, database
from core.cases import history
from core.cases.models import Case, Draft, HistoryRow, InboxRow, OutboxRow
from tests.bot.letterbox import Answer, Letterbox
from tests.bot.test_review import report
from tests.databases import PostgresServer
from tests.reliability.figures import Figures, many
from tests.town import PATIENCE_SECONDS, Town, town

SERVED, BUSY = Answer(200, ""), Answer(503, "try again")

# As the server itself says it: at the statement, or only at the COMMIT.
FAIL = """
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'trouble' USING ERRCODE = '{code}'; END $$;
    CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON inbox DEFERRABLE INITIALLY {when}
    FOR EACH ROW EXECUTE FUNCTION fail()
"""
OVER = "DROP TRIGGER fail ON inbox; DROP FUNCTION fail()"
CODES = {"disk full": "53100", "out of memory": "53200", "read-only": "25006", "shutting down": "57P01"}


@asynccontextmanager
async def server(town: Town) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(town.house.settings.database_url)
    try:
        yield connection
    finally:
        await connection.close()


async def effects() -> list[int]:
    return [await model.all().count() for model in (InboxRow, OutboxRow, HistoryRow, Case, Draft)]


async def refuses_and_recovers(town: Town, figures: Figures, trouble: Callable[[], Awaitable[object]]) -> None:
    """``trouble`` has begun; calling it ends it."""
    async with Letterbox(town) as letterbox:
        before = await effects()
        words = [letterbox.text("lin", "待办", 900 + number) for number in range(5)]
        assert [await letterbox.post(word) for word in words] == [BUSY] * 5
        assert await effects() == before
        await trouble()
        assert [await letterbox.post(word) for word in words] == [SERVED] * 5
    await town.settle()
    assert await InboxRow.all().count() == before[0] + 5
    figures.add(refused=5, served=5, half_done=0)
    await idle()


async def idle() -> None:
    """No connection is held by anybody."""
    pool = getattr(get_connection("default"), "_pool", None)
    if pool is not None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while pool.get_idle_size() != pool.get_size():  # noqa: ASYNC110  # workers ask once a second
                await asyncio.sleep(0.01)


async def taken() -> list[Any]:
    """Every connection that the service may have."""
    pool = get_connection("default")._pool  # type: ignore[attr-defined]
    return [await pool.acquire() for _ in range(pool.get_max_size())]


@pytest.fixture
async def on_postgresql(postgres_server: PostgresServer, postgres_template: str, tmp_path: Path) -> AsyncIterator[Town]:
    name = await asyncio.to_thread(postgres_server.create, postgres_template)
    async with town(postgres_server.url(name), tmp_path) as made:
        yield made


@pytest.mark.parametrize("when", ["IMMEDIATE", "DEFERRED"])
@pytest.mark.parametrize("trouble", CODES)
async def test_postgresql_in_trouble(on_postgresql: Town, figures: Figures, trouble: str, when: str) -> None:
    async with server(on_postgresql) as admin:
        for _ in range(many(1, 20)):
            await admin.execute(FAIL.format(code=CODES[trouble], when=when))
            await refuses_and_recovers(on_postgresql, figures, lambda: admin.execute(OVER))
            await InboxRow.all().delete()


async def test_a_statement_that_takes_too_long(on_postgresql: Town, figures: Figures) -> None:
    """Somebody holds the member's row; the server ends whoever waits for it too long."""
    await server_waits("1s")  # the service waits longer, and everything else takes less
    async with server(on_postgresql) as other:
        held = other.transaction()
        await held.start()
        await other.execute("SELECT * FROM person FOR UPDATE")

        async def let_go() -> None:
            await held.rollback()
            await server_waits("0")  # a busy machine may take longer than somebody who holds a row

        await refuses_and_recovers(on_postgresql, figures, let_go)


async def server_waits(most: str) -> None:
    """For one statement of the service; 0 is for ever."""
    for connection in await taken():
        await connection.execute(f"SET statement_timeout = '{most}'")
        await get_connection("default")._pool.release(connection)  # type: ignore[attr-defined]


async def test_a_deadlock_and_a_lost_race_are_tried_again(on_postgresql: Town, figures: Figures) -> None:
    """The server ends the first two tries as it ends one of two that wait for each other."""
    async with server(on_postgresql) as admin, Letterbox(on_postgresql) as letterbox:
        for number, code in enumerate(("40P01", "40001")):
            await admin.execute("CREATE SEQUENCE tries")
            await admin.execute(
                "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('tries') < 3 THEN "
                f"RAISE EXCEPTION 'lost' USING ERRCODE = '{code}'; END IF; RETURN NULL; END $$;"
                "CREATE TRIGGER lose AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION lose()"
            )
            assert await letterbox.post(letterbox.text("lin", "待办", number)) == SERVED
            assert await admin.fetchval("SELECT last_value FROM tries") == 3
            await admin.execute("DROP TRIGGER lose ON inbox; DROP FUNCTION lose(); DROP SEQUENCE tries")
            figures.add(lost_races=2, served=1)
    assert await InboxRow.all().count() == 2
    await idle()


async def test_no_connection_is_left(on_postgresql: Town, figures: Figures) -> None:
    """All are taken by something slow; whoever comes waits, and is answered when they are free again."""
    async with Letterbox(on_postgresql) as letterbox:
        held = await taken()
        asking = [asyncio.create_task(letterbox.post(letterbox.text("lin", "待办", n))) for n in range(10)]
        await asyncio.wait(asking, timeout=0.5)
        for connection in held:
            await get_connection("default")._pool.release(connection)  # type: ignore[attr-defined]
        assert await asyncio.gather(*asking) == [SERVED] * 10
    assert await InboxRow.all().count() == 10
    figures.add(waited=10, lost=0)
    await on_postgresql.settle()
    await idle()


async def pragma(text: str) -> None:
    await database.rows(f"PRAGMA {text}")


async def test_a_full_disk_under_sqlite(small_place: Town, figures: Figures) -> None:
    for _ in range(many(1, 20)):
        (size,) = await database.rows("PRAGMA page_count")
        await pragma(f"max_page_count = {size['page_count']}")
        await _fill()
        await refuses_and_recovers(small_place, figures, lambda: pragma("max_page_count = 4294967294"))
        await InboxRow.all().delete()


async def _fill() -> None:
    """Until not one row more fits anywhere."""
    row = "VALUES (lower(hex(randomblob(9))), 'x', 'x', hex(zeroblob($1)), '', false, 0, $2, 0, '', $2) RETURNING id"
    columns = "repeat_key, sender, kind, body, reply, waiting, attempts, not_before, fence, error, received_at"
    for size in (3000, 30, 0):
        with pytest.raises(OperationalError, match="full"):
            while True:
                await database.rows(f"INSERT INTO inbox ({columns}) {row}", size, clock.now())


async def test_a_file_that_nobody_may_write(small_place: Town, figures: Figures) -> None:
    for _ in range(many(1, 20)):
        await pragma("query_only = 1")
        await refuses_and_recovers(small_place, figures, lambda: pragma("query_only = 0"))
        await InboxRow.all().delete()


async def test_a_submission_into_a_full_disk_is_made_later_and_once(small_place: Town, figures: Figures) -> None:
    """The tap comes again, as WeCom brings it again."""
    await report(small_place)
    small_place.world.state.knobs.callback_retry_spacing_seconds = 0.01
    await pragma("query_only = 1")
    card = small_place.phone("luo").last
    small_place.world.click_card("luo", card.id, card.live_card["button_list"][1]["key"], {})
    await small_place.world.settled()
    assert (await Case.get()).state == "pending"
    await pragma("query_only = 0")
    await small_place.phone("luo").taps("通过", card=card)
    assert [row.action for row in await HistoryRow.all().order_by("id")] == ["submit", "pass"]
    assert [broken async for _, broken in history.verify_all()] == [None]
    figures.add(steps=1, twice=0)
