"""Statements that wait are sent with the next, and transactions that wait for one another are kept by one COMMIT:
nothing tells but the time it takes."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError, OperationalError, ValidationError

from core import database, sqlite
from core.cases.models import Series

_ADD = "INSERT INTO number_series (key, given) VALUES ($1, $2)"
_SET = "UPDATE number_series SET given = $2 WHERE key = $1"
_RAISE = "UPDATE number_series SET given = given + 1 WHERE key = $1 AND given < $2"


@pytest.fixture
async def opened(migrated_url: str) -> AsyncIterator[str]:
    await database.open_database(migrated_url)
    yield migrated_url
    await database.close_database()


async def _given() -> dict[str, int]:
    return {row.key: row.given for row in await Series.all().order_by("key")}


def _add(key: str, *, fail: bool = False) -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        database.later(_ADD, key, 1)
        await database.rows("SELECT 1")
        if fail:
            raise ZeroDivisionError

    return work


async def _turns_until(reached: Callable[[], bool]) -> None:
    while not reached():  # noqa: ASYNC110  # each turn of the event loop counts
        await asyncio.sleep(0)


# ── statements that wait ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_waits_is_there_for_whatever_is_asked_next(opened: str) -> None:
    async def work() -> list[dict[str, int]]:
        seen = []
        database.later(_ADD, "a", 1)
        seen.append(await _given())
        database.later(_SET, "a", 2)
        seen.append({r["key"]: r["given"] for r in await database.rows("SELECT key, given FROM number_series")})
        database.later(_SET, "a", 3)
        return seen

    assert await database.transaction(work) == [{"a": 1}, {"a": 2}]
    assert await _given() == {"a": 3}


async def test_the_same_text_twice_keeps_its_order(opened: str) -> None:
    await Series.create(key="a", given=0)
    await Series.create(key="b", given=0)

    async def work() -> None:
        database.later(_SET, "a", 1)
        database.later(_RAISE, "b", 9)
        database.later(_SET, "a", 2)
        database.later(_SET, "a", 3)

    await database.transaction(work)
    assert await _given() == {"a": 3, "b": 1}


async def test_an_update_behind_an_insert_finds_its_row(opened: str) -> None:
    """PostgreSQL shows a statement nothing of what the same statement writes."""

    async def work() -> None:
        database.later(_ADD, "a", 1)
        database.later(_RAISE, "a", 9)
        database.later("DELETE FROM number_series WHERE key = $1", "a")
        database.later(_ADD, "a", 5)
        database.later(_SET, "a", 6)

    await database.transaction(work)
    assert await _given() == {"a": 6}


async def test_inner_work_that_is_refused_at_its_end_leaves_nothing(opened: str) -> None:
    await Series.create(key="there", given=1)

    async def inner() -> None:
        await Series.create(key="inner", given=1)
        database.later(_ADD, "there", 2)

    async def outer() -> None:
        with pytest.raises(IntegrityError):
            await database.transaction(inner)
        database.later(_ADD, "after", 1)

    await database.transaction(outer)
    assert await _given() == {"after": 1, "there": 1}


async def test_what_inner_work_left_waiting_falls_with_it(opened: str) -> None:
    async def inner() -> None:
        database.later(_ADD, "inner", 1)
        raise ZeroDivisionError

    async def outer() -> None:
        database.later(_ADD, "before", 1)
        with pytest.raises(ZeroDivisionError):
            await database.transaction(inner)
        database.later(_ADD, "after", 1)

    await database.transaction(outer)
    assert await _given() == {"after": 1, "before": 1}


async def test_what_waits_may_be_refused_at_the_end(opened: str, caplog: pytest.LogCaptureFixture) -> None:
    await Series.create(key="there", given=1)

    async def work() -> None:
        database.later(_ADD, "new", 1)
        await database.rows("SELECT 1")
        database.later(_ADD, "there", 2)

    with pytest.raises(IntegrityError):
        await database.transaction(work)
    assert await _given() == {"there": 1}
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []  # a connection in disorder


async def test_what_a_column_does_not_take_is_told_apart_from_trouble(opened: str, database_kind: str) -> None:
    if database_kind == "sqlite":
        pytest.skip("SQLite takes everything")
    with pytest.raises(ValidationError):
        await database.transaction(lambda: database.rows("UPDATE number_series SET key = $1 RETURNING key", "x" * 999))
    with pytest.raises(ValidationError):
        await database.rows("INSERT INTO number_series (key, given) VALUES ($1, 1) RETURNING key", "x" * 999)


async def test_nothing_waits_outside_of_a_transaction(opened: str) -> None:
    with pytest.raises(RuntimeError, match="there is no transaction"):
        database.later(_ADD, "a", 1)


async def test_aside_of_a_transaction_that_goes_on(opened: str) -> None:
    """On SQLite it waits for the writer before; it is kept whatever becomes of the transaction it was beside."""
    go = asyncio.Event()

    async def work() -> None:
        await database.rows("SELECT 1")
        await go.wait()
        raise ZeroDivisionError

    beside = asyncio.create_task(database.transaction(work))
    aside = asyncio.create_task(database.aside(_ADD, "aside", 1))
    if database.is_postgresql():
        await aside
        assert await _given() == {"aside": 1}
    go.set()
    with pytest.raises(ZeroDivisionError):
        await beside
    await aside
    assert await _given() == {"aside": 1}


# ── transactions that wait ───────────────────────────────────────────────────────────────────────────────────────────


async def test_of_many_at_once_those_that_fail_leave_nothing_and_the_others_stay(opened: str) -> None:
    for _ in range(3):
        works = [_add(f"{n:03}", fail=n % 3 == 0) for n in range(100)]
        ends = await asyncio.gather(*map(database.transaction, works), return_exceptions=True)
        assert [type(end) for end in ends] == [ZeroDivisionError if n % 3 == 0 else type(None) for n in range(100)]
        assert await _given() == {f"{n:03}": 1 for n in range(100) if n % 3}
        await Series.all().delete()


async def test_who_reads_in_between_sees_only_what_is_kept(opened: str) -> None:
    done: list[str] = []

    async def adding(key: str) -> None:
        await database.transaction(_add(key))
        done.append(key)

    async def reading() -> None:
        before = set(done)
        assert before <= set(await _given())

    await asyncio.gather(*(adding(f"{n}") if n % 4 else reading() for n in range(80)))
    assert len(await _given()) == 60


async def test_a_reader_that_goes_away_leaves_nobody_waiting(opened: str, database_kind: str) -> None:
    """What was done before it read is kept by its turn, and those who did it must hear so."""
    if database_kind == "postgresql":
        pytest.skip("PostgreSQL keeps each by itself")
    client = cast(sqlite.SafeSqliteClient, get_connection("default"))
    go = asyncio.Event()

    async def slow() -> None:
        database.later(_ADD, "first", 1)
        await go.wait()

    first = asyncio.create_task(database.transaction(slow))
    await _turns_until(client._lock.locked)
    reader = asyncio.create_task(_given())
    await asyncio.sleep(0)
    second = asyncio.create_task(database.transaction(_add("second")))
    await _turns_until(lambda: client.queueing == 1)
    go.set()
    await _turns_until(lambda: client.group is not None)
    await _turns_until(lambda: client.group is None)
    reader.cancel()
    async with asyncio.timeout(10):
        await asyncio.gather(first, second)
    assert reader.cancelled()
    assert await _given() == {"first": 1, "second": 1}


async def test_a_refusal_for_what_another_did_waits_until_that_is_kept(
    opened: str, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That somebody was faster is not said of a step that the disk may still refuse."""
    if database_kind == "postgresql":
        pytest.skip("PostgreSQL shows nobody what is not kept")
    seen: list[dict[str, int]] = []

    async def refuse() -> None:
        seen.append(await _given())
        raise ZeroDivisionError

    def full(connection: sqlite3.Connection) -> None:
        connection.rollback()
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(sqlite, "_commit", full)
        works = [database.transaction(_add("a")), database.transaction(refuse)]
        ends = await asyncio.gather(*works, return_exceptions=True)
    assert seen == [{"a": 1}]
    assert [type(end) for end in ends] == [OperationalError, OperationalError]
    assert await _given() == {}


async def test_a_commit_that_fails_is_told_to_everybody_in_it(
    opened: str, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_kind == "postgresql":
        pytest.skip("PostgreSQL keeps each by itself and syncs for several at once")
    run = sqlite._run

    def full(connection: sqlite3.Connection, statements: list[sqlite.Statement]) -> Any:
        answers = run(connection, [each for each in statements if each != sqlite._COMMIT])
        if sqlite._COMMIT in statements:
            raise sqlite3.OperationalError("database or disk is full")
        return answers

    with monkeypatch.context() as patched:
        patched.setattr(sqlite, "_run", full)
        works = [database.transaction(_add(f"{n}")) for n in range(8)]
        ends = await asyncio.gather(*works, return_exceptions=True)
    assert [type(end) for end in ends] == [OperationalError] * 8
    assert {str(end) for end in ends} == {"database or disk is full"}
    assert await _given() == {}
    await database.transaction(_add("afterwards"))
    assert await _given() == {"afterwards": 1}
