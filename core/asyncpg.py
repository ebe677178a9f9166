"""Tortoise's PostgreSQL backend with transactions that always give their connection back to the pool."""

from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled
from tortoise.connection import get_connections

_ENDED = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)


class _Pooled(TransactionContextPooled):
    """Tortoise's own loses the connection when BEGIN fails, as it does on each one that a restarted server closed."""

    async def __aenter__(self) -> TransactionalDBClient:
        """Nothing has been done before BEGIN: one that finds its connection ended is tried on another."""
        pool: Any = self.client._parent
        for _ in range(pool.pool_maxsize):
            try:
                return await self._begin()
            except _ENDED:
                if self.client._connection is None:  # there is no server to connect to
                    raise
                self.client._connection = None
        return await self._begin()

    async def _begin(self) -> TransactionalDBClient:
        try:
            return await super().__aenter__()
        except BaseException:
            await self._give_back()
            raise

    async def _give_back(self) -> None:
        taken: Any = self.client._connection
        if taken is not None:
            get_connections().reset(self.token)
            await self.client._parent._pool.release(taken)


class SafeAsyncpgClient(AsyncpgDBClient):
    """Used through ``engine: core.asyncpg``; the migrations know a PostgreSQL of asyncpg by the module's name."""

    def _in_transaction(self) -> TransactionContext:
        return _Pooled(TransactionWrapper(self), self._pool_init_lock)


client_class = SafeAsyncpgClient
