"""The SQLite database of a backup: one file, copied at one moment while others go on writing."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot.backup.folder import Unusable
from core.schema import MIGRATIONS

_INDEX = "case_gram"  # the tables of the full-text search, never without rows: they follow from case_text
_KEYS = "SELECT original_key, sha256, shown_key, thumb_key FROM evidence"


def copy(source: Path, target: Path) -> dict[str, int]:
    """How many rows each table has. One step of the online backup holds no writer up: the database is in WAL mode."""
    if not source.exists():
        raise Unusable(f"There is no database at {source} yet, so there is nothing to back up.")
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)
        there.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        broken = there.execute("PRAGMA quick_check").fetchone()[0]
        if broken != "ok":
            raise Unusable(f"The database itself is damaged ({broken}). Keep it, and restore the last good backup.")
        return {name: _count(there, name) for name in _tables(there)}


def schema(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return [row[0] for row in database.execute(f"SELECT name FROM {MIGRATIONS} ORDER BY name")]  # noqa: S608


def evidence(file: Path) -> Iterator[tuple[str, str]]:
    """Keys in the store, each with its SHA-256 where it is an original and an empty text where it is a copy."""
    with closing(sqlite3.connect(file)) as database:
        for original, sha256, *copies in database.execute(_KEYS):
            yield original, sha256
            yield from ((key, "") for key in copies if key and key != original)


def is_empty(file: Path) -> bool:
    if not file.exists():
        return True
    with closing(sqlite3.connect(file)) as database:
        return all(_count(database, name) == 0 for name in _tables(database))


def put_back(copied: Path, target: Path, statements: list[str]) -> None:
    """A file appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(target.name + ".restoring")
    shutil.copyfile(copied, fresh)
    with closing(sqlite3.connect(fresh)) as database, database:
        for statement in statements:
            database.execute(statement)
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    for leftover in ("-wal", "-shm"):
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    fresh.replace(target)


def _tables(database: sqlite3.Connection) -> list[str]:
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return sorted(row[0] for row in rows if row[0] != MIGRATIONS and not row[0].startswith(_INDEX))


def _count(database: sqlite3.Connection, table: str) -> int:
    return int(database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])  # noqa: S608  # our own tables
