"""Which schema changes a database has seen, and which ones ship with the code."""

from pathlib import Path

from core import database, migrations

MIGRATIONS = "tortoise_migrations"


def shipped() -> list[str]:
    """In the order in which they apply."""
    assert migrations.__file__ is not None  # noqa: S101  # a package with a file of its own
    return sorted(file.stem for file in Path(migrations.__file__).parent.glob("[0-9]*.py"))


async def applied() -> list[str]:
    """Empty for a database that was never migrated."""
    if MIGRATIONS not in await tables():
        return []
    rows = await database.rows(f"SELECT name FROM {MIGRATIONS} WHERE app = $1 ORDER BY name", database.APP)  # noqa: S608
    return [row["name"] for row in rows]


async def tables() -> list[str]:
    """Every table of ours, in alphabetical order."""
    if database.is_postgresql():
        text = "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    else:
        text = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
    return [row["name"] for row in await database.rows(text)]
