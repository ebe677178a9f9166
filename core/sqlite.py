"""Tortoise's SQLite backend with transactions that take the write lock at once.

A deferred BEGIN that reads first and writes later fails at once ("database is locked") when another process
wrote in between; BEGIN IMMEDIATE waits for its turn instead.
"""

from typing import Any

from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper


class _ImmediateTransaction(SqliteTransactionWrapper):
    async def begin(self) -> None:
        await self._connection.execute("BEGIN IMMEDIATE")


class ImmediateSqliteClient(SqliteClient):
    """Used through ``engine: core.sqlite``."""

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(_ImmediateTransaction(self), self._lock)


client_class = ImmediateSqliteClient


def get_client_class(_db_info: dict[str, Any]) -> type[SqliteClient]:
    return ImmediateSqliteClient
