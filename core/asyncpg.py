"""Tortoise's PostgreSQL backend with transactions that always give their connection back to the pool."""

from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled
from tortoise.connection import get_connections


class _Pooled(TransactionContextPooled):
    """Tortoise's own loses the connection when BEGIN fails, as it does on each one that a restarted server closed."""

    async def __aenter__(self) -> TransactionalDBClient:
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
