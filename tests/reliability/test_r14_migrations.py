"""An old database with 10,000 rows comes to the newest schema with every row, and two replicas may bring it there."""

from datetime import UTC, datetime
from typing import Any

import pytest

from core import database, schema
from core.cases.models import OutboxRow, Series
from tests.core.test_migrations import Migrate, _applied, _emptied, _opened, _schema_at, migrate
from tests.reliability.figures import Figures

__all__ = ["migrate"]
FRESH: dict[str, dict[str, Any]] = {}
AT = datetime(2026, 11, 20, tzinfo=UTC)


def rows(count: int) -> list[OutboxRow]:
    return [
        OutboxRow(
            dedupe_key=f"old:{n}",
            person_id=1,
            recipient=f"r{n}",
            kind="text",
            body="字" * 40,
            not_before=AT,
            created_at=AT,
        )
        for n in range(count)
    ]


async def kept(url: str) -> list[Any]:
    async with _opened(url):
        return await OutboxRow.all().order_by("id").values_list("id", "dedupe_key", "recipient", "body", "not_before")


async def fresh(url: str) -> dict[str, Any]:
    """The schema of a new database of this kind, made once; empties the one that is there."""
    kind = url.partition(":")[0]
    if kind not in FRESH:
        await _emptied(url)
        await database.migrate(url)
        FRESH[kind] = await _schema_at(url)
    return FRESH[kind]


@pytest.mark.parametrize("version", schema.shipped())
async def test_rows_of_every_version_are_kept(
    database_url: str, migrate: Migrate, figures: Figures, version: str
) -> None:
    await database.migrate(database_url, version)
    async with _opened(database_url):
        await OutboxRow.bulk_create(rows(10_000), batch_size=1000)
        await Series.create(key="kept", given=7)
    before = await kept(database_url)
    assert await migrate(processes=2) == [0, 0]
    assert await _applied(database_url) == schema.shipped()
    assert await kept(database_url) == before
    grown = await _schema_at(database_url)
    assert await fresh(database_url) == grown
    figures.add(rows=len(before), lost=0, replicas=2, names_compared=len(grown))
