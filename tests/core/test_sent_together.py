"""Statements that wait are sent with the next, and transactions that wait for one another are kept by one COMMIT:
nothing tells but the time it takes."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError, OperationalError

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


async def test_what_waits_may_be_refused_at_the_end(opened: str) -> None:
    await Series.create(key="there", given=1)

    async def work() -> None:
        database.later(_ADD, "new", 1)
        await database.rows("SELECT 1")
        database.later(_ADD, "there", 2)

    with pytest.raises(IntegrityError):
        await database.transaction(work)
    assert await _given() == {"there": 1}


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
    assert await _given() == {}
    await database.transaction(_add("afterwards"))
    assert await _given() == {"afterwards": 1}
