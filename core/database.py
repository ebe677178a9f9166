"""One database for the process: opening, migrating, and the only safe way to run a transaction."""

import asyncio
import fcntl
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
import structlog
from tortoise import Tortoise
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError
from tortoise.fields import DatetimeField
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.models import Model
from tortoise.transactions import in_transaction

from core.errors import Misconfigured
from core.moments import Moment

log = structlog.get_logger()

MODELS = [
    "core.calendar.models",
    "core.cases.models",
    "core.evidence.models",
    "core.papers.models",
    "core.people.models",
    "core.projects.models",
    "core.sharing.models",
]
APP = "zhian"
STOPPED_SECONDS = 30  # a process that stops inside a transaction holds its rows, and whoever needs them, no longer
_MIGRATION_LOCK = 7_214_001
_TRIES = 4
_LOST_RACES = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_inside: ContextVar["_Open | None"] = ContextVar("zhian_transaction", default=None)
_running: set[asyncio.Task[Any]] = set()  # the event loop itself keeps no strong reference
T = TypeVar("T")
M = TypeVar("M", bound=Model)
Statement = tuple[str, Sequence[object]]
Rows = list[dict[str, Any]]


@dataclass
class _Open:
    """The running transaction; ``client`` is core.sqlite's or core.asyncpg's."""

    client: Any
    afterwards: list[Callable[[], None]] = field(default_factory=list)


def configuration(url: str) -> dict[str, Any]:
    """Tortoise's configuration for a ``ZHIAN_DATABASE_URL``; raises Misconfigured for an unknown scheme."""
    return {
        "connections": {"default": _connection(url)},
        "apps": {APP: {"models": MODELS, "migrations": "core.migrations", "default_connection": "default"}},
        "use_tz": True,
        "timezone": "UTC",
    }


def _connection(url: str) -> dict[str, Any]:
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        return {"engine": "core.sqlite", "credentials": _sqlite(url)}
    if scheme in {"postgresql", "postgres"}:
        return {"engine": "core.asyncpg", "credentials": _postgresql(url)}
    raise Misconfigured("ZHIAN_DATABASE_URL must start with sqlite:// or postgresql://")


def _sqlite(url: str) -> dict[str, Any]:
    path = url.removeprefix("sqlite://")
    if path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    # The log is used again from its beginning, not cut off and written anew: a file that grows is slow to be synced.
    log_of = {"wal_autocheckpoint": 4_000, "journal_size_limit": 64 * 1024 * 1024}  # pages, bytes
    return {"file_path": path, "journal_mode": "WAL", "synchronous": "FULL", "busy_timeout": 10_000, **log_of}


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    host = query.get("host", [parts.hostname or "localhost"])[0]
    return {
        "host": host,
        "port": parts.port or int(query.get("port", ["5432"])[0]),
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password or "") or None,
        "database": parts.path.lstrip("/"),
        "minsize": 1,
        "maxsize": 12,
        "application_name": "zhian",
        "server_settings": {
            "idle_in_transaction_session_timeout": f"{STOPPED_SECONDS}s",
            # Every statement has its index. PostgreSQL would read a young table whole, since it is small, and remember
            # that way for as long as nobody analyzes it; one such statement waits behind every message of a busy hour.
            "enable_seqscan": "off",
            "jit": "off",  # what it still reads whole looks so costly then that each statement would be compiled
            "max_parallel_workers_per_gather": "0",  # or shared among processes, which take longer to start
        },
    }


async def open_database(url: str) -> None:
    EXECUTOR_CACHE.clear()  # it outlives a connection, and with it the other database's SQL
    await Tortoise.init(config=configuration(url), _enable_global_fallback=True)
    # Connects now: later a caller who goes away could leave a connection half made.
    await get_connection("default").execute_query("SELECT 1")


async def close_database() -> None:
    """Lets what is under way end whose callers are gone, then closes."""
    if _running:
        await asyncio.wait(_running)
    await Tortoise.close_connections()


async def migrate(url: str, last: str | None = None) -> None:
    """Brings an empty or older database to the shipped schema; replicas that start together wait for one.

    ``last`` stops at an older schema, for a backup that was made under it.
    All steps and the note of them are one transaction: a migration that is killed leaves nothing behind.
    """
    config = configuration(url)
    async with _migrating_alone(url):
        await Tortoise.init(config=config, init_connections=False)
        try:
            async with in_transaction("default") as connection:
                executor = MigrationExecutor(connection, config["apps"])
                await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
                await executor.migrate([MigrationTarget(app_label=APP, name=last)] if last else None)
        finally:
            await close_database()


@asynccontextmanager
async def _migrating_alone(url: str) -> AsyncIterator[None]:
    if url.startswith("sqlite"):
        async with _file_lock(_sqlite(url)["file_path"] + ".migrating"):
            yield
        return
    parts = _postgresql(url)
    keeper = await asyncpg.connect(**{k: parts[k] for k in ("host", "port", "user", "password", "database")})
    try:
        await keeper.execute(f"SELECT pg_advisory_lock({_MIGRATION_LOCK})")
        yield
    finally:
        await keeper.close()


@asynccontextmanager
async def _file_lock(path: str) -> AsyncIterator[None]:
    file = await asyncio.to_thread(Path(path).open, "w")
    with file:
        await asyncio.to_thread(fcntl.flock, file, fcntl.LOCK_EX)
        yield


def is_postgresql() -> bool:
    return get_connection("default").capabilities.dialect == "postgres"


async def transaction(work: Callable[[], Awaitable[T]]) -> T:
    """Runs ``work`` in one transaction, or in a savepoint of the one that is already open.

    The work runs as a task of its own, so a caller that is cancelled (a client that hangs up, a time-out) never
    interrupts BEGIN, COMMIT or ROLLBACK, which would leave the connection locked for ever. Deadlocks and
    serialization failures are tried again, so ``work`` must do nothing but talk to the database. Work that raises
    leaves no trace, also where the caller goes on in its own transaction.
    """
    outer = _inside.get()
    if outer is not None:
        return await _joined(work, outer)
    return await asyncio.shield(begun(_retrying(work)))


def begun(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """A task of its own, which closing the database waits for. Whoever waits for it must shield it from being cancelled
    together with himself."""
    task = asyncio.create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
    return task


async def _joined(work: Callable[[], Awaitable[T]], outer: _Open) -> T:
    before = len(outer.afterwards)
    try:
        async with in_transaction("default"):
            result = await work()
            await outer.client.flush()  # what is refused now is undone with the rest of this work
            return result
    except BaseException:
        del outer.afterwards[before:]
        raise


async def _retrying(work: Callable[[], Awaitable[T]]) -> T:
    for attempt in range(1, _TRIES):
        try:
            return await _once(work)
        except _LOST_RACES as error:
            log.info("transaction.again", attempt=attempt, error=type(error).__name__)
        except OperationalError as error:
            if "locked" not in str(error):
                raise
            log.info("transaction.again", attempt=attempt, error="database is locked")
    return await _once(work)


async def _once(work: Callable[[], Awaitable[T]]) -> T:
    async with in_transaction("default") as client:
        opened = _Open(client)
        token = _inside.set(opened)
        try:
            result = await work()
            Moment.BEFORE_COMMIT.reached()
        finally:
            _inside.reset(token)
    for call in dict.fromkeys(opened.afterwards):
        call()
    return result


def after_commit(call: Callable[[], None]) -> None:
    """Calls once the running transaction has been committed (at once when there is none)."""
    opened = _inside.get()
    if opened is None:
        call()
    else:
        opened.afterwards.append(call)


def real_time(seconds_ahead: int) -> str:
    """SQL for the database's own clock: the only one that leases may trust."""
    if is_postgresql():
        return f"clock_timestamp() + interval '{seconds_ahead} seconds'"
    return f"strftime('%Y-%m-%d %H:%M:%f+00:00', 'now', '+{seconds_ahead} seconds')"


# ── statements as fixed text ─────────────────────────────────────────────────────────────────────────────────────────
# Both drivers keep prepared what has the same text, and nothing is built: what every callback needs is asked this way.


async def rows(text: str, *values: object) -> Rows:
    """Runs one statement with ``$1``-style parameters on both databases and returns its rows (use RETURNING)."""
    opened = _inside.get()
    client: Any = get_connection("default") if opened is None else opened.client
    statement = _spelled(client, text, values)
    if opened is not None:
        answers: list[Rows] = await client.run(statement)
        return answers[0]
    found: Rows = await client.execute_query_dict(*statement)
    return found


async def instances(model: type[M], text: str, *values: object) -> list[M]:
    """As ``rows``, for statements that return all columns of a model (``columns``)."""
    return [instance(model, row) for row in await rows(text, *values)]


def instance(model: type[M], row: dict[str, Any]) -> M:
    """Reads SQLite's moments before Tortoise does, which takes ten times as long for it."""
    for name in _moments(model):
        if isinstance(row.get(name), str):
            row[name] = datetime.fromisoformat(row[name])
    return model._init_from_db(**row)


@lru_cache(maxsize=64)
def _moments(model: type[Model]) -> list[str]:
    return [name for name, field in model._meta.fields_map.items() if isinstance(field, DatetimeField)]


async def together(*statements: Statement) -> list[Rows]:
    """Runs several statements in their order in the running transaction: on SQLite in one go."""
    client = _transaction().client
    answers: list[Rows] = await client.run(*(_spelled(client, text, values) for text, values in statements))
    return answers


def later(text: str, *values: object) -> None:
    """Writes in the running transaction, before its next statement or its COMMIT, together with all else that waits.

    PostgreSQL gets what writes to different tables as one statement, and so an UPDATE before an INSERT into the same
    table, which must be about other rows. All else keeps its order.
    """
    client = _transaction().client
    client.waiting.append(_spelled(client, text, values))


async def aside(text: str, *values: object) -> None:
    """Runs and commits one statement on a connection of its own, whatever the others wait for. A caller may give up
    waiting: it has been done then, or not."""
    client: Any = get_connection("default")
    await client.aside(*_spelled(client, text, values))


def _transaction() -> _Open:
    opened = _inside.get()
    if opened is None:
        raise RuntimeError("there is no transaction")
    return opened


def columns(model: type[Model]) -> str:
    return ", ".join(model._meta.fields_db_projection.values())


def _spelled(client: Any, text: str, values: Sequence[object]) -> Statement:
    if client.capabilities.dialect == "postgres":
        return text, values
    return _question_marks(text), [plain(v) for v in values]


@lru_cache(maxsize=512)
def _question_marks(text: str) -> str:
    return re.sub(r"\$(\d+)", r"?\1", text)


def plain(value: object) -> object:
    """SQLite keeps moments as text in UTC, the way Tortoise writes them, and days as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value
