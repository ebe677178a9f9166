"""The one safe way to run a transaction: nothing that happens to its caller or its server leaves it half done."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from core import database
from core.cases.models import Series
from core.errors import Misconfigured
from tests.reliability.cancelling import interrupted, nothing_is_held

CANCELLATIONS = 40
PATIENCE = 20


@pytest.fixture
async def opened(migrated_url: str) -> AsyncIterator[str]:
    await database.open_database(migrated_url)
    yield migrated_url
    await database.close_database()


async def _given() -> dict[str, int]:
    return {row.key: row.given for row in await Series.all().order_by("key")}


def _put(*keys: str, fail: Exception | None = None) -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        for key in keys:
            await Series.create(key=key, given=1)
        if fail:
            raise fail

    return work


# ── all or nothing ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_work_that_fails_leaves_nothing(opened: str) -> None:
    with pytest.raises(ZeroDivisionError):
        await database.transaction(_put("a", fail=ZeroDivisionError()))
    assert await _given() == {}


async def test_work_inside_work_that_fails_leaves_nothing_of_its_own(opened: str) -> None:
    async def outer() -> None:
        await Series.create(key="before", given=1)
        with pytest.raises(ZeroDivisionError):
            await database.transaction(_put("inner", fail=ZeroDivisionError()))
        await Series.create(key="after", given=1)

    await database.transaction(outer)
    assert await _given() == {"before": 1, "after": 1}


async def test_work_inside_work_falls_with_it(opened: str) -> None:
    async def outer() -> None:
        await database.transaction(_put("inner"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.transaction(outer)
    assert await _given() == {}


async def test_a_row_that_is_there_already_does_not_spoil_the_transaction_around(opened: str) -> None:
    """On PostgreSQL a failed statement kills its transaction, unless it happened in a savepoint."""
    await Series.create(key="there", given=1)

    async def outer() -> None:
        with pytest.raises(IntegrityError):
            await database.transaction(_put("there"))
        await Series.create(key="after", given=1)

    await database.transaction(outer)
    assert await _given() == {"there": 1, "after": 1}


async def test_calls_wait_for_the_commit_and_are_made_once(opened: str) -> None:
    heard: list[dict[str, int]] = []

    def bell() -> None:
        heard.append({})

    async def work() -> None:
        await Series.create(key="a", given=1)
        database.after_commit(bell)
        database.after_commit(bell)
        assert heard == []

    await database.transaction(work)
    assert heard == [{}]
    database.after_commit(bell)
    assert heard == [{}, {}]


@pytest.mark.parametrize("inner", [False, True])
async def test_work_that_fails_calls_nobody(opened: str, inner: bool) -> None:
    heard: list[str] = []

    async def failing() -> None:
        database.after_commit(lambda: heard.append("failed"))
        raise ZeroDivisionError

    async def outer() -> None:
        with contextlib.suppress(ZeroDivisionError):
            await database.transaction(failing)

    with contextlib.suppress(ZeroDivisionError):
        await database.transaction(outer if inner else failing)
    assert heard == []


async def test_what_is_begun_by_a_call_runs_outside(opened: str) -> None:
    """A task inherits what it is made in; one that a bell starts must not believe itself inside the transaction."""
    tasks: list[asyncio.Task[None]] = []

    async def background() -> None:
        await database.transaction(_put("background"))

    async def work() -> None:
        database.after_commit(lambda: tasks.append(asyncio.create_task(background())))

    await database.transaction(work)
    await asyncio.gather(*tasks)
    assert await _given() == {"background": 1}


# ── callers that go away ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_transaction_whose_caller_goes_away_is_whole_and_lets_go(opened: str) -> None:
    for moment in range(1, CANCELLATIONS + 1):
        work = _put(f"{moment}:a", f"{moment}:b", f"{moment}:c")
        await interrupted(partial(database.transaction, work), moment)
        await nothing_is_held()
    parts = [key.split(":")[0] for key in await _given()]
    assert {parts.count(number) for number in parts} == {3}


async def test_a_bulk_statement_whose_caller_goes_away_lets_go(opened: str) -> None:
    """Tortoise wraps these in a transaction of its own, which a cancelled caller leaves open on SQLite."""
    for moment in range(1, CANCELLATIONS + 1):
        rows = [Series(key=f"{moment}:{n}", given=1) for n in range(3)]
        await interrupted(partial(Series.bulk_create, rows), moment)
        await nothing_is_held()
    await database.transaction(_put("afterwards"))
    assert (await _given())["afterwards"] == 1


async def test_closing_waits_for_work_whose_caller_is_gone(migrated_url: str) -> None:
    await database.open_database(migrated_url)
    begun, go = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await Series.create(key="a", given=1)
        begun.set()
        await go.wait()

    caller = asyncio.create_task(database.transaction(work))
    await begun.wait()
    caller.cancel()
    closing = asyncio.create_task(database.close_database())
    await asyncio.sleep(0)
    go.set()
    await closing
    await database.open_database(migrated_url)
    assert await _given() == {"a": 1}
    await database.close_database()


# ── many at once ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_more_transactions_at_once_than_connections(opened: str) -> None:
    await asyncio.gather(*(database.transaction(_put(f"{n}")) for n in range(60)))
    assert len(await _given()) == 60


async def test_two_that_wait_for_each_other_both_succeed(opened: str) -> None:
    """A deadlock: PostgreSQL ends one of them, which is tried again; SQLite lets one wait from the beginning."""
    await Series.bulk_create([Series(key="a", given=0), Series(key="b", given=0)])

    async def add(first: str, second: str) -> None:
        async def work() -> None:
            for key in (first, second):
                await database.rows("UPDATE number_series SET given = given + 1 WHERE key = $1 RETURNING given", key)
                await asyncio.sleep(0.02)

        await database.transaction(work)

    await asyncio.gather(add("a", "b"), add("b", "a"))
    assert await _given() == {"a": 2, "b": 2}


# ── faults of the database ───────────────────────────────────────────────────────────────────────────────────────────


async def test_connections_that_the_server_ended_are_replaced(opened: str, database_kind: str) -> None:
    """As after a restart of PostgreSQL: no worker stays broken and no place in the pool is lost."""
    if database_kind == "sqlite":
        pytest.skip("a file has no server that could be restarted")
    await asyncio.gather(*(database.transaction(_put(f"before:{n}")) for n in range(12)))
    server = await asyncpg.connect(opened)
    await server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await server.close()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(database.transaction(_put(f"after:{n}")) for n in range(24)))
    assert len(await _given()) == 36
    await nothing_is_held()


async def test_a_file_that_another_process_holds_too_long_is_let_go(opened: str, database_kind: str) -> None:
    if database_kind == "postgresql":
        pytest.skip("PostgreSQL locks rows, not the database")
    await database.rows("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(opened.removeprefix("sqlite://"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        await database.transaction(_put("a"))
    other.execute("ROLLBACK")
    other.close()
    async with asyncio.timeout(PATIENCE):
        await database.transaction(_put("a"))
    assert await _given() == {"a": 1}


async def test_a_commit_that_fails_leaves_nothing_open(opened: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_space(_self: Any) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as full:
        full.setattr("core.sqlite._COMMIT", ("SELECT no_space()", ()))
        full.setattr("asyncpg.transaction.Transaction.commit", no_space)
        with pytest.raises((OSError, OperationalError), match=r"no[ _]space"):
            await database.transaction(_put("a"))
    await database.transaction(_put("b"))
    assert await _given() == {"b": 1}
    await nothing_is_held()


# ── small things ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_same_statement_runs_on_both(opened: str) -> None:
    made = await database.rows("INSERT INTO number_series (key, given) VALUES ($2, $1) RETURNING key, given", 7, "a")
    assert made == [{"key": "a", "given": 7}]


async def test_the_databases_own_clock_runs(opened: str) -> None:
    ahead = f"SELECT {database.real_time(5)} > {database.real_time(0)} AS later"
    assert [bool(row["later"]) for row in await database.rows(ahead)] == [True]


@pytest.mark.parametrize("url", ["mysql://localhost/zhian", "zhian.sqlite3", ""])
def test_an_unknown_kind_of_database_is_named(url: str) -> None:
    with pytest.raises(Misconfigured, match="ZHIAN_DATABASE_URL must start with sqlite:// or postgresql://"):
        database.configuration(url)


def test_an_address_may_hold_everything_that_postgresql_needs() -> None:
    url = "postgresql://zhi%40an:p%2Fw@db.example:5433/supervision"
    credentials = database.configuration(url)["connections"]["default"]["credentials"]
    wanted = {"host": "db.example", "port": 5433, "user": "zhi@an", "password": "p/w", "database": "supervision"}
    assert {name: credentials[name] for name in wanted} == wanted
