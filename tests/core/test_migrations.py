"""The shipped migrations give the declared schema, are applied once however many start, and all or not at all."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.exceptions import IntegrityError

from core import database, schema
from core.cases import drafts
from core.cases.models import Draft, Series
from core.search import tables
from tests.reliability.figures import SOAK
from tests.source import ROOT

Migrate = Callable[..., Awaitable[list[int]]]

COLUMNS = """
    SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = 'public'
"""
EVERY = 1 if SOAK else 5  # statement, at which a migration is killed
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
CONSTRAINTS = """
    SELECT conrelid::regclass::text AS "table", conname, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""


async def _schema() -> dict[str, Any]:
    """Every table, column, index and constraint of the open database, by name and definition."""
    found = await (_postgresql_schema() if database.is_postgresql() else _sqlite_schema())
    return {name: part for name, part in found.items() if "tortoise_migrations" not in name}


async def _postgresql_schema() -> dict[str, Any]:
    found = {}
    for kind, query in (("column", COLUMNS), ("index", INDEXES), ("constraint", CONSTRAINTS)):
        for row in await database.rows(query):
            values = list(row.values())
            found[f"{kind} {values[0]}.{values[1]}"] = values[2:]
    return found


async def _sqlite_schema() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for table in await database.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"):
        name = table["name"]
        for column in await database.rows(f"PRAGMA table_info({name})"):
            found[f"column {name}.{column['name']}"] = [v for k, v in column.items() if k not in ("cid", "name")]
        for index in await database.rows(f"PRAGMA index_list({name})"):
            columns = [c["name"] for c in await database.rows(f"PRAGMA index_info({index['name']})")]
            found[f"index {name}.{index['name']}"] = (columns, index["unique"], index["origin"], index["partial"])
    return found


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[None]:
    await database.open_database(url)
    try:
        yield
    finally:
        await database.close_database()


async def _schema_at(url: str) -> dict[str, Any]:
    async with _opened(url):
        return await _schema()


async def _applied(url: str) -> list[str]:
    async with _opened(url):
        return [row["name"] for row in await database.rows("SELECT name FROM tortoise_migrations")]


async def _emptied(url: str) -> None:
    if url.startswith("sqlite"):
        await asyncio.to_thread(Path(url.removeprefix("sqlite://")).unlink)
        return
    async with _opened(url):
        await database.rows("DROP SCHEMA public CASCADE")
        await database.rows("CREATE SCHEMA public")


@pytest.fixture
async def migrate(database_url: str) -> AsyncIterator[Migrate]:
    """Migrates in processes of their own and says how they ended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.core.migrating"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    said, heard = process.stdin, process.stdout

    async def run(processes: int = 1, killed_after: int = 0) -> list[int]:
        task = {"url": database_url, "processes": processes, "killed_after": killed_after}
        said.write(json.dumps(task).encode() + b"\n")
        ended: list[int] = json.loads(await heard.readline())
        return ended

    yield run
    said.close()
    await process.wait()


def test_each_follows_the_one_before() -> None:
    """A backup comes back under the last that it knows of, which must have brought all others with it."""
    names = schema.shipped()
    follows = [import_module(f"core.migrations.{name}").Migration.dependencies for name in names]
    assert follows == [[], *([(database.APP, name)] for name in names[:-1])]


async def test_the_migrated_schema_is_the_declared_one(database_url: str) -> None:
    async with _opened(database_url):
        await Tortoise.generate_schemas(safe=False)
        await tables.create(database.rows, postgresql=database.is_postgresql())
        declared = await _schema()
    await _emptied(database_url)
    await database.migrate(database_url)
    migrated = await _schema_at(database_url)
    assert len(declared) > 100
    assert migrated == declared


async def test_of_four_that_start_at_once_one_applies_and_the_others_wait(database_url: str, migrate: Migrate) -> None:
    assert await migrate(processes=4) == [0, 0, 0, 0]
    assert await _applied(database_url) == schema.shipped()


async def test_migrating_again_changes_nothing(migrated_url: str) -> None:
    before = await _schema_at(migrated_url), await _applied(migrated_url)
    async with _opened(migrated_url):
        await Series.create(key="kept", given=7)
    await database.migrate(migrated_url)
    assert (await _schema_at(migrated_url), await _applied(migrated_url)) == before
    async with _opened(migrated_url):
        assert await Series.all().values_list("key", "given") == [("kept", 7)]


TAKEN = "已由秦若岩办理（通过），无需再处理。"


async def test_drafts_that_were_closed_by_their_action_are_closed_by_their_column(database_url: str) -> None:
    """One that was closed, one that has been begun after it, and one that its owner has thrown away."""
    await database.migrate(database_url, last="0011_search")
    async with _opened(database_url):
        former = (("fail", True), ("fail", False), ("pass", False))
        ids = [await _draft_of_before(action, closed=closed) for action, closed in former]
        await database.rows("DELETE FROM draft WHERE id = 3 RETURNING id")
    await database.migrate(database_url)
    async with _opened(database_url):
        kept, begun = await Draft.all().order_by("id")
        told = [(one.id, one.action, one.closed_id, drafts.closed(one)) for one in (kept, begun)]
        assert (ids, told) == ([1, 2, 3], [(1, "fail", 1, TAKEN), (2, "fail", 0, "")])
        assert (await drafts.find(7, "check_report", "fail", 5), await drafts.current(7)) == (begun, begun)
        assert await drafts.of_case(7, 5) == [begun]
        with pytest.raises(IntegrityError):
            await drafts.begin(7, "check_report", "fail", 5)
        await drafts.close(begun, "又一次办理。")
        assert await drafts.find(7, "check_report", "fail", 5) is None
        assert (await drafts.begin(7, "check_report", "fail", 5)).id > 3  # no id was ever given twice
        assert [drafts.closed(one) for one in await Draft.all().order_by("id")] == [TAKEN, "又一次办理。", ""]


async def _draft_of_before(action: str, *, closed: bool) -> int:
    said = json.dumps({"answers": {"opinion": "看不清楼层"}} | ({"closed": TAKEN} if closed else {}))
    at = "'2026-11-20 09:00:00+00:00'"
    (made,) = await database.rows(
        "INSERT INTO draft (person_id, process, action, case_id, data, begun_at, touched_at) "
        f"VALUES (7, 'check_report', '{action}', 5, '{said}', {at}, {at}) RETURNING id"
    )
    if closed:
        await database.rows("UPDATE draft SET action = action || '#' || id WHERE id = $1 RETURNING id", made["id"])
    return int(made["id"])


async def test_a_migration_that_is_killed_leaves_nothing_and_the_next_succeeds(
    database_url: str, migrate: Migrate
) -> None:
    statements = 1
    while (ended := await migrate(killed_after=statements)) == [-signal.SIGKILL]:
        left = await _schema_at(database_url)
        if left:  # the COMMIT itself was the last statement that was answered
            assert await _applied(database_url) == schema.shipped()
        statements += EVERY
    assert ended == [0]
    assert statements > 20
    assert await _applied(database_url) == schema.shipped()
