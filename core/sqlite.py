"""Tortoise's SQLite backend with transactions that take the write lock at once and always give it back.

A deferred BEGIN that reads first and writes later fails at once ("database is locked") when another process
wrote in between; BEGIN IMMEDIATE waits for its turn instead.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from typing import Any

from tortoise.backends.base.client import NestedTransactionContext, TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections

_running: set[asyncio.Task[None]] = set()  # the event loop itself keeps no strong reference


class _Transaction(SqliteTransactionWrapper):
    @translate_exceptions
    async def _run(self, statement: str) -> None:
        await self._connection.execute(statement)

    async def begin(self) -> None:
        await self._run("BEGIN IMMEDIATE")

    async def execute_script(self, query: str) -> None:
        """Python's own ``executescript`` would commit what came before."""
        for statement in _statements(query):
            await self._connection.execute(statement)

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_Transaction(self))


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

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """In a task of its own: Tortoise's leaves its transaction open when the caller is cancelled."""
        task = asyncio.create_task(self._many(query, values))
        _running.add(task)
        task.add_done_callback(_running.discard)
        await asyncio.shield(task)

    async def _many(self, query: str, values: list[list[Any]]) -> None:
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)


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
