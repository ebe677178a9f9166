"""Databases for tests: SQLite files and a throw-away PostgreSQL server, each test with one of its own.

`database_url` is an empty database, `migrated_url` one with the shipped schema; a test that asks for either runs once
on each kind. ZHIAN_TEST_DATABASES=sqlite (or postgresql) narrows the run on purpose, and ZHIAN_TEST_POSTGRES_URL names
a server to use instead of a throw-away one (its user must be allowed to create databases).
"""

import asyncio
import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

KINDS = ("sqlite", "postgresql")
WANTED = tuple(kind for kind in os.environ.get("ZHIAN_TEST_DATABASES", ",".join(KINDS)).split(",") if kind)
PROGRAMS = (*map(Path, os.get_exec_path()), *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))
INITDB = ("-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
POSTGRES = (
    *("-c", "listen_addresses="),
    *("-c", "fsync=off"),
    *("-c", "synchronous_commit=off"),
    *("-c", "full_page_writes=off"),
    *("-c", "max_connections=200"),
)
START_SECONDS = 120
PR_SET_PDEATHSIG = 1

NO_POSTGRES = (
    "PostgreSQL is missing, and every database test runs on SQLite and on PostgreSQL. Install it (on Debian: apt-get "
    "install postgresql), name a server in ZHIAN_TEST_POSTGRES_URL, or leave it out on purpose with "
    "ZHIAN_TEST_DATABASES=sqlite."
)


class PostgresServer:
    """One server for the whole run; hands out databases that nobody else uses."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._admin = self._runner.run(asyncpg.connect(url))
        self._made = 0

    def create(self, template: str = "template0") -> str:
        """Returns the new database's name; `template` must have no open connections."""
        self._made += 1
        name = f"zhian_test_{os.getpid()}_{self._made}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def url(self, name: str) -> str:
        return urlunsplit(self._url._replace(path=f"/{name}"))

    def close(self) -> None:
        self._runner.run(self._admin.close())
        self._runner.close()

    def _execute(self, statement: str) -> None:
        self._runner.run(self._admin.execute(statement))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Stops before the first test when what the tests ask for cannot be had."""
    wanted = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    if "database_kind" in wanted and not set(WANTED) <= set(KINDS):
        raise pytest.UsageError(f"ZHIAN_TEST_DATABASES knows {' and '.join(KINDS)}, not {','.join(WANTED)}.")
    needs_postgres = "postgres_server" in wanted or ("database_kind" in wanted and "postgresql" in WANTED)
    if needs_postgres and not (os.environ.get("ZHIAN_TEST_POSTGRES_URL") or _program("initdb")):
        raise pytest.UsageError(NO_POSTGRES)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with contextlib.ExitStack() as stack:
        url = os.environ.get("ZHIAN_TEST_POSTGRES_URL") or stack.enter_context(throw_away_cluster()).url
        server = PostgresServer(url)
        stack.callback(server.close)
        yield server


@pytest.fixture(params=WANTED)
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """ZHIAN_DATABASE_URL of an empty database."""
    if database_kind == "sqlite":
        yield _sqlite_url(tmp_path / "zhian.sqlite3")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    yield from _lend(server, server.create())


@pytest.fixture
def migrated_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """ZHIAN_DATABASE_URL of a database with the shipped schema and no rows; copied, so it costs milliseconds."""
    if database_kind == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        yield _sqlite_url(Path(shutil.copyfile(template, tmp_path / "zhian.sqlite3")))
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    yield from _lend(server, server.create(request.getfixturevalue("postgres_template")))


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """The same on PostgreSQL only, where several processes on one database are the point."""
    yield from _lend(postgres_server, postgres_server.create(postgres_template))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "zhian.sqlite3"
    _migrate(_sqlite_url(path))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the copy takes the main file alone
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> Iterator[str]:
    name = postgres_server.create()
    _migrate(postgres_server.url(name))
    yield name
    postgres_server.drop(name)


def _lend(server: PostgresServer, name: str) -> Iterator[str]:
    yield server.url(name)
    server.drop(name)


def _sqlite_url(path: Path) -> str:
    return f"sqlite://{path}"


def _migrate(url: str) -> None:
    """In a loop and a context of its own, so that nothing it opens leaks into a test."""
    from core import database

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(database.migrate(url))


@dataclass
class Cluster:
    """A server of its own, reached by a Unix socket in its folder: no port to be taken by somebody else."""

    folder: Path
    options: Sequence[str]
    _account: pwd.struct_passwd | None
    _server: subprocess.Popen[bytes] = field(init=False)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def make(self) -> None:
        if self._started("initdb", "-D", self._data, *INITDB).wait() != 0:
            pytest.fail(f"PostgreSQL could not make a database cluster:\n{self._log.read_text()}", pytrace=False)

    def start(self) -> None:
        """Only from the main thread, see _end_with_parent."""
        self._server = self._started("postgres", "-D", self._data, "-k", self.folder, *self.options)

    def wait_until_ready(self) -> None:
        _wait_until_ready(self._server, self._data, self._log)

    def stop(self, how: int = signal.SIGQUIT) -> None:
        """At once, without a clean shutdown, unless ``how`` asks for one (SIGINT)."""
        self._server.send_signal(how)
        self._server.wait()
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _started(self, program: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
        found = _program(program)
        if not found:
            pytest.fail(NO_POSTGRES, pytrace=False)
        with self._log.open("ab") as output:
            return subprocess.Popen(
                [found, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                user=self._account.pw_uid if self._account else None,
                group=self._account.pw_gid if self._account else None,
                extra_groups=[] if self._account else None,
                preexec_fn=_end_with_parent,  # noqa: PLW1509  # forked from the main thread, and short
            )


@contextlib.contextmanager
def throw_away_cluster(*more: str) -> Iterator[Cluster]:
    """It runs; ``more`` are options of the server beside POSTGRES."""
    account = _unprivileged_account()
    folder = Path(tempfile.mkdtemp(prefix="zhian-postgres-"))
    made = Cluster(folder, (*POSTGRES, *more), account)
    try:
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        made.make()
        made.start()
        try:
            made.wait_until_ready()
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(server: subprocess.Popen[bytes], data: Path, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(data):
        if server.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"PostgreSQL did not start within {START_SECONDS} s:\n{log.read_text()}", pytrace=False)
        time.sleep(0.02)


def _is_ready(data: Path) -> bool:
    """The eighth line of postmaster.pid is the server's own word on its state."""
    with contextlib.suppress(FileNotFoundError):
        return (data / "postmaster.pid").read_text().splitlines()[7:8] == ["ready   "]
    return False


def _end_with_parent() -> None:
    """So that a killed test run leaves no server behind (Linux only; elsewhere it does nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join(map(str, PROGRAMS)))


def _unprivileged_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    pytest.fail("PostgreSQL does not run as root, and there is no user postgres or nobody here.", pytrace=False)
