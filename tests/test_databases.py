"""The test databases themselves: each test gets an empty one of its own."""

import sqlite3

import asyncpg
import pytest


@pytest.mark.parametrize("turn", [1, 2])
async def test_every_test_starts_with_an_empty_database(database_url: str, turn: int) -> None:
    assert await _tables(database_url) == []
    await _run(database_url, "CREATE TABLE left_behind (id integer)")


async def test_a_migrated_database_has_tables_and_is_a_copy(migrated_url: str) -> None:
    assert "left_behind" not in await _tables(migrated_url)
    assert len(await _tables(migrated_url)) > 1


async def _tables(url: str) -> list[str]:
    if url.startswith("sqlite"):
        return await _run(url, "SELECT name FROM sqlite_master WHERE type = 'table'")
    return await _run(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")


async def _run(url: str, statement: str) -> list[str]:
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite://")) as file:
            return [row[0] for row in file.execute(statement)]
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(statement)]
    finally:
        await connection.close()
