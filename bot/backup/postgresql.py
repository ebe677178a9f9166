"""The PostgreSQL database of a backup: one CSV file for each table, all of one moment.

COPY needs no client programs, whose version would have to fit the server's, and anything can read what it writes.
"""

import csv
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

from bot.backup.folder import TABLES, Folder
from core import database
from core.schema import MIGRATIONS

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> $1 ORDER BY 1"
_SEQUENCES = (
    "SELECT c.table_name, c.column_name, pg_get_serial_sequence(quote_ident(c.table_name), c.column_name) AS sequence "
    "FROM information_schema.columns c WHERE c.table_schema = current_schema() "
    "AND pg_get_serial_sequence(quote_ident(c.table_name), c.column_name) IS NOT NULL"
)
csv.field_size_limit(1024 * 1024 * 1024)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    parts = database.configuration(url)["connections"]["default"]["credentials"]
    connection = await asyncpg.connect(**{k: parts[k] for k in ("host", "port", "user", "password", "database")})
    try:
        yield connection
    finally:
        await connection.close()


async def copy(url: str, folder: Folder) -> tuple[list[str], dict[str, int]]:
    """The schema, and how many rows each table has."""
    async with connected(url) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        schema = [row["name"] for row in await connection.fetch(f"SELECT name FROM {MIGRATIONS} ORDER BY name")]  # noqa: S608
        rows = {table: await _copy(connection, table, folder) for table in await _tables(connection)}
        return schema, rows


async def _copy(connection: Any, table: str, folder: Folder) -> int:
    file = folder.file(f"{TABLES}/{table}.csv")
    done = await connection.copy_from_table(table, output=file, format="csv", header=True)
    return int(done.removeprefix("COPY "))


def evidence(folder: Folder) -> Iterator[tuple[str, str]]:
    """Keys in the store, each with its SHA-256 where it is an original and an empty text where it is a copy."""
    with folder.file(f"{TABLES}/evidence.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            original = row["original_key"]
            yield original, row["sha256"]
            copies = (row["shown_key"], row["thumb_key"])
            yield from ((key, "") for key in copies if key and key != original)


async def is_empty(url: str) -> bool:
    async with connected(url) as connection:
        for table in await _tables(connection):
            if await connection.fetchval(f'SELECT EXISTS (SELECT 1 FROM "{table}")'):  # noqa: S608  # our own tables
                return False
        return True


async def put_back(url: str, folder: Folder, rows: dict[str, int], statements: list[str]) -> None:
    """All tables in one transaction; the schema is there already."""
    async with connected(url) as connection, connection.transaction():
        for table in rows:
            file = folder.file(f"{TABLES}/{table}.csv")
            columns = _header(file)
            await connection.copy_to_table(table, source=file, columns=columns, format="csv", header=True)
        for row in await connection.fetch(_SEQUENCES):
            await _go_on_after(connection, row["sequence"], row["table_name"], row["column_name"])
        for statement in statements:
            await connection.execute(statement)


async def _go_on_after(connection: Any, sequence: str, table: str, column: str) -> None:
    last = await connection.fetchval(f'SELECT max("{column}") FROM "{table}"')  # noqa: S608  # our own tables
    if last is not None:
        await connection.execute("SELECT setval($1, $2)", sequence, last)


def _header(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as lines:
        return next(csv.reader(lines))


async def _tables(connection: Any) -> list[str]:
    return [row["tablename"] for row in await connection.fetch(_TABLES, MIGRATIONS)]
