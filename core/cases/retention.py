"""What is over is removed from the inbox and the outbox, so that they hold weeks and not years.

Never removed: what waits, what failed or is uncertain (a person has to see it), and letters of cases that are still
open, since later steps change their cards. Letters of closed cases leave a line behind: ``PastDelivery``.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from core import clock, database, metrics

log = structlog.get_logger()

_BATCH = 500
_BETWEEN_SECONDS = 0.05  # for everybody else: a batch holds the database for some hundredths of a second
_LONGEST_SECONDS = 1200  # the rest is removed by the next run
_FACTS = "id, dedupe_key, case_id, person_id, recipient, kind, slot, state, sent_at, message_id, created_at"


@dataclass(frozen=True)
class _Table:
    """Rows are looked at in the order of their ids. SQL: when one was made, and whether it is over."""

    name: str
    made_at: str
    over: str


_OUTBOX = _Table(
    "outbox",
    "created_at",
    "state IN ('sent', 'merged', 'replaced') AND (sent_at IS NULL OR sent_at < $3) "
    "AND NOT EXISTS (SELECT 1 FROM case_record c WHERE c.id = outbox.case_id AND c.closed_at IS NULL)",
)
_TABLES = (_Table("inbox", "received_at", "NOT waiting"), _Table("update_code", "issued_at", "true"), _OUTBOX)


async def remove(keep_days: int) -> int:
    """Says how many rows older than that were removed."""
    before, removed = clock.now() - timedelta(days=keep_days), 0
    ends = asyncio.get_running_loop().time() + _LONGEST_SECONDS
    for table in _TABLES:
        gone = await _remove_from(table, before, ends)
        metrics.removed.labels(table.name).inc(gone)
        log.info("retention.removed", table=table.name, rows=gone)
        removed += gone
    return removed


async def _remove_from(table: _Table, before: datetime, ends: float) -> int:
    last, removed = 0, 0
    while asyncio.get_running_loop().time() < ends:
        old = await _old(table, last, before)
        if old:
            removed += await database.transaction(partial(_remove_batch, table, last, old[-1], before))
            last = old[-1]
        if len(old) < _BATCH:
            break
        await asyncio.sleep(_BETWEEN_SECONDS)
    return removed


async def _old(table: _Table, last: int, before: datetime) -> list[int]:
    """The next ids; fewer than a batch at the end of what is old, since ids grow with time."""
    found = await database.rows(
        f"SELECT id, {table.made_at} < $2 AS old FROM {table.name} WHERE id > $1 ORDER BY id LIMIT {_BATCH}",  # noqa: S608  # our own names
        last,
        before,
    )
    return [row["id"] for row in found if row["old"]]


async def _remove_batch(table: _Table, after: int, last: int, before: datetime) -> int:
    these = f"id > $1 AND id <= $2 AND {table.made_at} < $3 AND {table.over}"
    if table is _OUTBOX:
        await database.rows(
            f"INSERT INTO past_delivery ({_FACTS}) SELECT {_FACTS} FROM outbox WHERE {these} AND case_id IS NOT NULL "  # noqa: S608  # our own names
            "ON CONFLICT (id) DO NOTHING RETURNING id",
            *(after, last, before),
        )
        # PostgreSQL looks anew: what is over only since a moment ago has left no line yet.
        these += " AND (case_id IS NULL OR EXISTS (SELECT 1 FROM past_delivery p WHERE p.id = outbox.id))"
    gone = await database.rows(f"DELETE FROM {table.name} WHERE {these} RETURNING id", after, last, before)  # noqa: S608  # our own names
    return len(gone)
