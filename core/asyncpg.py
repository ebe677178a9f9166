"""Tortoise's PostgreSQL backend with transactions that always give their connection back to the pool."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError, ValidationError

_PARAMETER = re.compile(r"\$(\d+)")
_ENDED = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)


Statement = tuple[str, Sequence[object]]
Rows = list[dict[str, Any]]


class _Translating(AsyncpgDBClient):
    """What a column does not take is a ValidationError, as it is where Tortoise sees it first: tried again, it would
    fail again."""

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super()._translate_exceptions(func, *args, **kwargs)
        except OperationalError as error:
            if isinstance(error.__cause__, asyncpg.DataError):
                raise ValidationError(error) from error.__cause__
            raise


class _Transaction(_Translating, TransactionWrapper):
    """Every statement costs a round trip, so those that nobody needs an answer of wait and are sent as one."""

    def __init__(self, connection: AsyncpgDBClient, waiting: list[Statement] | None = None) -> None:
        super().__init__(connection)
        self.waiting: list[Statement] = [] if waiting is None else waiting  # a savepoint shares its transaction's

    async def run(self, *statements: Statement) -> list[Rows]:
        """The rows of each statement."""
        await self.flush()
        return [await self._fetched(text, values) for text, values in statements]

    async def flush(self) -> None:
        while self.waiting:
            await self._fetched(*_joined(_next_round(self.waiting)))

    @translate_exceptions
    async def _fetched(self, text: str, values: Sequence[object]) -> Rows:
        async with self._lock:
            return [dict(row) for row in await self._connection.fetch(text, *values)]

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        return _InOrder(self._lock, self)

    async def commit(self) -> None:
        try:
            await self.flush()
        except BaseException:
            await self.rollback()
            raise
        await super().commit()

    async def savepoint(self) -> None:
        await self.flush()
        await super().begin()

    async def savepoint_rollback(self) -> None:
        self.waiting.clear()
        await super().rollback()

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_Transaction(self, self.waiting))


class _InOrder(ConnectionWrapper[Any]):
    """What Tortoise sends by itself comes after what waits."""

    async def __aenter__(self) -> Any:
        await self.client.flush()  # type: ignore[attr-defined]
        return await super().__aenter__()


def _next_round(waiting: list[Statement]) -> list[Statement]:
    """Takes out what may be sent as one statement, which sees nothing of what it writes and must write no row twice:
    each table is written once in it, but for an UPDATE of other rows before an INSERT."""
    taken: list[Statement] = []
    updated: set[str] = set()
    inserted: set[str] = set()
    while waiting:
        updates, table = _writes(waiting[0][0])
        if table in inserted or (updates and table in updated):
            break
        (updated if updates else inserted).add(table)
        taken.append(waiting.pop(0))
    return taken


@lru_cache(maxsize=512)
def _writes(text: str) -> tuple[bool, str]:
    """Whether it is an UPDATE, and the table's name."""
    verb, second, third, *_ = text.split(maxsplit=3)
    return verb == "UPDATE", second if verb == "UPDATE" else third


def _joined(statements: list[Statement]) -> Statement:
    if len(statements) == 1:
        return statements[0]
    return _as_one(tuple(text for text, _ in statements)), [v for _, values in statements for v in values]


@lru_cache(maxsize=64)
def _as_one(texts: tuple[str, ...]) -> str:
    """All of them run, whether anything looks at what they return or not; the parameters are numbered on."""
    numbered, used = [], 0
    for text in texts:
        mine = max(map(int, _PARAMETER.findall(text)), default=0)
        numbered.append(_PARAMETER.sub(lambda found, before=used: f"${int(found[1]) + before}", text))  # type: ignore[misc]
        used += mine
    first = ", ".join(f"w{n} AS ({text})" for n, text in enumerate(numbered[:-1]))
    return f"WITH {first} {numbered[-1]}"


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


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """Nothing here changes a session's settings, listens, or locks beyond a transaction: a connection that goes back to
    the pool has nothing to be reset but a transaction that was left open, which asyncpg ends by itself."""

    def get_reset_query(self) -> str:
        return ""


class SafeAsyncpgClient(_Translating):
    """Used through ``engine: core.asyncpg``; the migrations know a PostgreSQL of asyncpg by the module's name."""

    connection_class = _Connection

    def _in_transaction(self) -> TransactionContext:
        return _Pooled(_Transaction(self), self._pool_init_lock)

    async def aside(self, text: str, values: Sequence[object]) -> None:
        place: dict[str, Any] = {"host": self.host, "port": self.port, "user": self.user, "database": self.database}
        connection = await asyncpg.connect(**place, password=self.password)
        try:
            await connection.execute(text, *values)
        finally:
            connection.terminate()


client_class = SafeAsyncpgClient
