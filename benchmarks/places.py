"""Databases to measure on: SQLite files, and a PostgreSQL server of its own that keeps what it has said to keep."""

import asyncio
import contextlib
import ctypes
import functools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from core import database

KINDS = ("sqlite", "postgresql")
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=512MB", "max_wal_size=4GB")
_PROGRAMS = (*map(Path, os.get_exec_path()), *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))
_START_SECONDS = 30
_PR_SET_PDEATHSIG = 1


@dataclass
class Places:
    """One folder for all databases of a run."""

    folder: Path
    socket: Path | None
    made: set[str] = field(default_factory=set)

    @property
    def kinds(self) -> tuple[str, ...]:
        return KINDS if self.socket else KINDS[:1]

    def url(self, kind: str, name: str) -> str:
        """ZHIAN_DATABASE_URL of the database with this name; empty when it is asked for the first time."""
        if kind == "sqlite":
            return f"sqlite://{self.folder / name}.sqlite3"
        if name not in self.made:
            self.made.add(name)
            asyncio.run(_create(f"{self._server}/postgres{self._where}", name))
        return f"{self._server}/{name}{self._where}"

    def migrated(self, kind: str, name: str) -> str:
        url = self.url(kind, name)
        asyncio.run(database.migrate(url))
        return url

    @property
    def _server(self) -> str:
        return "postgresql://postgres@"

    @property
    def _where(self) -> str:
        return f"?host={self.socket}"


async def _create(admin: str, name: str) -> None:
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()


@contextlib.contextmanager
def places() -> Iterator[Places]:
    """Without PostgreSQL's programs only SQLite is measured; ZHIAN_BENCH_FOLDER names another disk."""
    folder = Path(tempfile.mkdtemp(prefix="zhian-bench-", dir=os.environ.get("ZHIAN_BENCH_FOLDER")))
    try:
        with _cluster(folder) as socket:
            yield Places(folder, socket)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _cluster(folder: Path) -> Iterator[Path | None]:
    initdb, postgres = program("initdb"), program("postgres")
    if not (initdb and postgres):
        yield None
        return
    home = folder / "postgres"
    home.mkdir()
    account = _unprivileged_account()
    if account:
        folder.chmod(0o755)
        os.chown(home, account.pw_uid, account.pw_gid)
    with (home / "log").open("wb") as log:
        start = functools.partial(
            subprocess.Popen,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=home,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=_end_with_parent,
        )
        start([initdb, "-D", home / "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]).wait()
        options = [part for setting in ("listen_addresses=", *DURABLE) for part in ("-c", setting)]
        server = start([postgres, "-D", home / "data", "-k", home, *options])
        try:
            _wait(server, home)
            yield home
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()


def _wait(server: "subprocess.Popen[str]", home: Path) -> None:
    """The eighth line of postmaster.pid is the server's own word on its state."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        with contextlib.suppress(FileNotFoundError):
            if (home / "data" / "postmaster.pid").read_text().splitlines()[7:8] == ["ready   "]:
                return
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{(home / 'log').read_text()}")
        time.sleep(0.05)


def _end_with_parent() -> None:
    """So that a run that is killed leaves no server behind (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def program(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join(map(str, _PROGRAMS)))


def _unprivileged_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    return pwd.getpwnam("postgres")
