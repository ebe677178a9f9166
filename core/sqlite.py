"""Tortoise's SQLite backend with transactions that take the write lock at once and always give it back.

A deferred BEGIN that reads first and writes later fails at once ("database is locked") when another process
wrote in between; BEGIN IMMEDIATE waits for its turn instead.
"""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
)
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections

_ASIDE_SECONDS = 1.0
_running: set[asyncio.Task[None]] = set()  # the event loop itself keeps no strong reference


Statement = tuple[str, Sequence[object]]
Rows = list[dict[str, Any]]


class _Transaction(SqliteTransactionWrapper):
    """Every run on the database's thread costs as much as several statements, so what may wait (BEGIN, what nobody
    needs an answer of, COMMIT) goes along with the next one."""

    def __init__(self, connection: SqliteClient, waiting: list[Statement] | None = None) -> None:
        super().__init__(connection)
        self.waiting: list[Statement] = [] if waiting is None else waiting  # a savepoint shares its transaction's

    async def begin(self) -> None:
        self.waiting.append(("BEGIN IMMEDIATE", ()))

    async def run(self, *statements: Statement) -> list[Rows]:
        """The rows of each statement; they are sent in one run, after all that waits."""
        before, sent = len(self.waiting), [*self.waiting, *statements]
        self.waiting.clear()
        answers: list[Rows] = await self._sent(sent)
        return answers[before:]

    @translate_exceptions
    async def _sent(self, statements: list[Statement]) -> Any:
        return await self._connection._execute(_run, self._connection._conn, statements)  # type: ignore[no-untyped-call]

    async def flush(self) -> None:
        if self.waiting:
            await self.run()

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        return _InOrder(self._lock, self)

    async def commit(self) -> None:
        if self.waiting and not self._finalized:
            await self.run(("COMMIT", ()))
            self._finalized = True
        else:
            await super().commit()

    async def savepoint(self) -> None:
        await self.flush()
        await super().savepoint()

    async def savepoint_rollback(self) -> None:
        self.waiting.clear()
        await super().savepoint_rollback()

    async def release_savepoint(self) -> None:
        await self.flush()
        await super().release_savepoint()

    async def execute_script(self, query: str) -> None:
        """Python's own ``executescript`` would commit what came before."""
        await self.run(*((statement, ()) for statement in _statements(query)))

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_Transaction(self, self.waiting))


class _InOrder(ConnectionWrapper[Any]):
    """What Tortoise sends by itself comes after what waits."""

    async def __aenter__(self) -> Any:
        connection = await super().__aenter__()
        try:
            await self.client.flush()  # type: ignore[attr-defined]
        except BaseException:
            self._lock.release()
            raise
        return connection


def _run(connection: sqlite3.Connection, statements: list[Statement]) -> list[Rows]:
    return [[dict(row) for row in connection.execute(text, values)] for text, values in statements]


class _Exclusive(SqliteTransactionContext):
    """Tortoise's own keeps the lock for ever when BEGIN fails, and an open transaction when COMMIT does."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        transaction: TransactionalDBClient = self.connection
        return transaction

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            await self._end(well=kind is None)
        finally:
            get_connections().reset(self.token)
            self._trxlock.release()

    async def _end(self, *, well: bool) -> None:
        try:
            if well:
                await self.connection.commit()
        finally:
            if not self.connection._finalized:
                await self.connection.rollback()


class SafeSqliteClient(SqliteClient):
    """Used through ``engine: core.sqlite``."""

    def _in_transaction(self) -> TransactionContext:
        return _Exclusive(_Transaction(self), self._lock)

    async def aside(self, text: str, values: Sequence[object]) -> None:
        await asyncio.to_thread(_alone, self.filename, text, values)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """In a task of its own: Tortoise's leaves its transaction open when the caller is cancelled."""
        task = asyncio.create_task(self._many(query, values))
        _running.add(task)
        task.add_done_callback(_running.discard)
        await asyncio.shield(task)

    async def _many(self, query: str, values: list[list[Any]]) -> None:
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)


def _alone(path: str, text: str, values: Sequence[object]) -> None:
    with closing(sqlite3.connect(path, timeout=_ASIDE_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(text, values)


def _statements(script: str) -> Iterator[str]:
    begun = ""
    for piece in script.split(";"):
        begun += f"{piece};"
        if sqlite3.complete_statement(begun):
            if begun.strip(" \n;"):
                yield begun
            begun = ""
    if begun.strip(" \n;"):
        yield begun


client_class = SafeSqliteClient


def get_client_class(_db_info: dict[str, Any]) -> type[SqliteClient]:
    return SafeSqliteClient
