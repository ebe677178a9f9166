"""Tortoise's SQLite backend with transactions that take the write lock at once and always give it back.

A deferred BEGIN that reads first and writes later fails at once ("database is locked") when another process
wrote in between; BEGIN IMMEDIATE waits for its turn instead.
"""

import asyncio
import sqlite3
from collections.abc import Coroutine, Iterator, Sequence
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
from tortoise.exceptions import OperationalError

Statement = tuple[str, Sequence[object]]
Rows = list[dict[str, Any]]

_BEGIN: Statement = ("BEGIN IMMEDIATE", ())
_COMMIT: Statement = ("COMMIT", ())
_JOIN: Statement = ("SAVEPOINT member", ())
_LEAVE: Statement = ("RELEASE member", ())
_UNDO: Statement = ("ROLLBACK TO member", ())
_MOST_MEMBERS = 32
_ASIDE_SECONDS = 1.0
_running: set[asyncio.Task[None]] = set()  # the event loop itself keeps no strong reference


class _Transaction(SqliteTransactionWrapper):
    """Every run on the database's thread costs as much as several statements, so what may wait (BEGIN, what nobody
    needs an answer of, COMMIT) goes along with the next one."""

    def __init__(self, connection: SqliteClient, waiting: list[Statement] | None = None) -> None:
        super().__init__(connection)
        self._parent: SafeSqliteClient
        self.waiting: list[Statement] = [] if waiting is None else waiting  # a savepoint shares its transaction's

    async def begin(self) -> None:
        self.waiting.append(_BEGIN if self._parent.group is None else _JOIN)

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
        await self.run(_COMMIT)
        self._finalized = True

    async def leave(self) -> "_Group | None":
        """Ends well: with a COMMIT where nobody waits, otherwise in a group that is kept a little later."""
        client, group = self._parent, self._parent.group
        last = not client.queueing or (group is not None and group.members >= _MOST_MEMBERS)
        if group is None and last:
            await self.commit()
            return None
        await self.run(*(_LEAVE,) * (group is not None), *(_COMMIT,) * last)
        self._finalized = True
        if group is None:
            return client.open_group()
        group.members += 1
        if last:
            client.group = None
            group.end(None)
        return group

    async def undo(self, why: BaseException) -> None:
        """Only what is ours. A full disk may have undone the whole group, and a COMMIT that fails does: then nobody in
        it goes on as if kept."""
        group, sent = self._parent.group, self.waiting[:1] != [_JOIN]
        self.waiting.clear()
        self._finalized = True
        if group is None:
            await self._connection.rollback()
        elif sent:
            try:
                await self.run(_UNDO, _LEAVE)
            except OperationalError:
                self._parent.group = None
                group.end(why)
                await self._connection.rollback()

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


def _commit(connection: sqlite3.Connection) -> None:
    """All of it in one run: whoever asked may be gone, and what somebody else sends next must not come in between."""
    try:
        connection.execute("COMMIT")
    except sqlite3.Error:
        connection.rollback()
        raise


class _Group:
    """Transactions that waited for one another are kept by one COMMIT: waiting for the disk takes longer than all that
    they do. Each but the first is a savepoint of its own, and none goes on before it is kept."""

    def __init__(self) -> None:
        self.members = 1
        self.kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end(self, why: BaseException | None) -> None:
        if why is None:
            self.kept.set_result(None)
        else:
            self.kept.set_exception(OperationalError(why))


class _Exclusive(SqliteTransactionContext):
    """Tortoise's own keeps the lock for ever when BEGIN fails, and an open transaction when COMMIT does."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._turn()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        transaction: TransactionalDBClient = self.connection
        return transaction

    async def _turn(self) -> None:
        client: SafeSqliteClient = self.connection._parent
        client.queueing += 1
        try:
            await self._trxlock.acquire()
        finally:
            client.queueing -= 1

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        group: _Group | None = None
        try:
            group = await self._end(error)
        finally:
            get_connections().reset(self.token)
            self._trxlock.release()
        if group is not None:
            await asyncio.shield(group.kept)

    async def _end(self, error: BaseException | None) -> _Group | None:
        """The group that has to be kept before anybody hears how this ended: also who refuses may have read in it why.
        Nobody waits who is only told to stop."""
        transaction: _Transaction = self.connection
        group = transaction._parent.group
        if error is not None:
            await transaction.undo(error)
            return group if isinstance(error, Exception) else None
        try:
            return await transaction.leave()
        except BaseException as failure:
            await transaction.undo(failure)
            raise


class SafeSqliteClient(SqliteClient):
    """Used through ``engine: core.sqlite``."""

    def __init__(self, file_path: str, **more: Any) -> None:
        super().__init__(file_path, **more)
        self.queueing = 0  # transactions that wait for the connection
        self.group: _Group | None = None  # what has been done and is not kept yet

    def _in_transaction(self) -> TransactionContext:
        return _Exclusive(_Transaction(self), self._lock)

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        return _InOrder(self._lock, self)

    async def flush(self) -> None:
        """Keeps what is open; the connection is ours. It is done before anything else, also if the caller goes away."""
        group, self.group = self.group, None
        if group is not None:
            await asyncio.shield(_begun(self._keep(group)))

    async def _keep(self, group: _Group) -> None:
        connection: Any = self._connection
        try:
            await connection._execute(_commit, connection._conn)
        except Exception as error:
            group.end(error)
        else:
            group.end(None)

    def open_group(self) -> _Group:
        """It ends behind those who wait already, or when it is large."""
        self.group = group = _Group()
        _begun(self._end_in_turn(group))
        return group

    async def _end_in_turn(self, group: _Group) -> None:
        async with self._lock:
            if self.group is group:
                await self.flush()

    async def aside(self, text: str, values: Sequence[object]) -> None:
        await asyncio.to_thread(_alone, self.filename, text, values)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """In a task of its own: Tortoise's leaves its transaction open when the caller is cancelled."""
        await asyncio.shield(_begun(self._many(query, values)))

    async def _many(self, query: str, values: list[list[Any]]) -> None:
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)


def _begun(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    task = asyncio.create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
    return task


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
