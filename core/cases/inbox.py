"""The inbox: every callback once, stored with its effect; those that need WeCom first wait here for a worker."""

import asyncio
import contextvars
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

from core import clock, database
from core.cases.models import InboxRow
from core.people.models import Person

log = structlog.get_logger()

LEASE_SECONDS = 12
_KEPT = "kept:"
_KEPT_FOR = timedelta(seconds=10)  # by then the transaction that was too slow has ended, or its process has
_COLUMNS = "repeat_key, sender, kind, body, reply, waiting, attempts, not_before, fence, error, received_at"
_STORE = (
    f"INSERT INTO inbox ({_COLUMNS}) VALUES ($1, $2, $3, $4, '', false, 0, $5, 0, '', $5) "  # noqa: S608  # our own names
    "ON CONFLICT (repeat_key) DO NOTHING RETURNING id"
)
_HOLD = "UPDATE person SET seen_at = $5 WHERE userid = $2 AND active"
_HELD = f"RETURNING {database.columns(Person)}"
# In one round trip; the row comes before the lock, so that two deliveries of one callback never deadlock.
_BOTH = (
    f"WITH stored AS ({_STORE}), held AS ({_HOLD} AND EXISTS (SELECT 1 FROM stored) {_HELD}) "  # noqa: S608  # our own names
    "SELECT held.*, (SELECT count(*) FROM stored) AS stored FROM (SELECT 1) AS one LEFT JOIN held ON true"
)


@dataclass(frozen=True)
class Arrival:
    """A callback as it is stored; ``sender`` is the user id in lower case."""

    repeat_key: str
    sender: str
    kind: str
    body: str


@dataclass(frozen=True)
class Stored:
    """Who sent it, when admitted; it is this person's turn until the transaction ends."""

    sender: Person | None


async def store(arrival: Arrival) -> Stored | None:
    """None for a repeat. The row and its effects live and die together."""
    values = (arrival.repeat_key, arrival.sender, arrival.kind, arrival.body, clock.now())
    if database.is_postgresql():
        (row,) = await database.rows(_BOTH, *values)
        stored, held = row["stored"], [row] if row["id"] is not None else []
    else:
        stored, held = await database.together((_STORE, values), (f"{_HOLD} {_HELD}", values))
    return Stored(database.instance(Person, held[0]) if held else None) if stored else None


def let_wait(arrival: Arrival) -> None:
    """A worker has to go on with it."""
    database.later("UPDATE inbox SET waiting = true WHERE repeat_key = $1", arrival.repeat_key)


async def keep(arrival: Arrival) -> None:
    """Keeps a callback whose transaction takes too long, beside that transaction: whatever becomes of it, a worker
    hands this one in again a little later, which does nothing where the transaction was committed."""
    now, key = clock.now(), _KEPT + arrival.repeat_key
    await database.aside(
        f"INSERT INTO inbox ({_COLUMNS}) VALUES ($1, $2, $3, $4, '', true, 0, $5, 0, '', $6) "  # noqa: S608  # our own names
        "ON CONFLICT (repeat_key) DO NOTHING",
        *(key, arrival.sender, arrival.kind, arrival.body, now + _KEPT_FOR, now),
    )


def was_kept(row: InboxRow) -> bool:
    return row.repeat_key.startswith(_KEPT)


async def claim(limit: int) -> list[InboxRow]:
    """The oldest waiting row of each sender, so that what one member sends is worked on in order."""
    skip = "FOR UPDATE SKIP LOCKED" if database.is_postgresql() else ""
    free = f"not_before <= $1 AND (lease_until IS NULL OR lease_until < {database.real_time(0)})"
    claimed = await database.instances(
        InboxRow,
        # Materialized: PostgreSQL may run a subquery once per row, and LIMIT would bind none of them.
        # SQLite takes no index for a bare ``waiting``.
        f"WITH due AS MATERIALIZED (SELECT i.id FROM inbox i WHERE i.waiting = true AND {free} "  # noqa: S608  # our constants
        "AND NOT EXISTS (SELECT 1 FROM inbox e WHERE e.sender = i.sender AND e.waiting = true AND e.id < i.id) "
        f"ORDER BY i.id LIMIT $2 {skip}) UPDATE inbox SET fence = fence + 1, attempts = attempts + 1, "
        f"lease_until = {database.real_time(LEASE_SECONDS)} "
        f"WHERE id IN (SELECT id FROM due) RETURNING {database.columns(InboxRow)}",
        clock.now(),
        limit,
    )
    return sorted(claimed, key=lambda row: row.id)


@asynccontextmanager
async def held(row: InboxRow) -> AsyncIterator[None]:
    """Renews the lease for as long as the work takes: it may be long, and nobody should wait long for a dead worker."""
    done = asyncio.Event()
    renewing = asyncio.create_task(_renew(row, done), context=contextvars.Context())
    try:
        yield
    finally:
        done.set()  # never cancelled: it may be talking to the database
        await renewing


async def _renew(row: InboxRow, done: asyncio.Event) -> None:
    while not await _is_set_within(LEASE_SECONDS / 3, done):
        try:
            await database.rows(
                f"UPDATE inbox SET lease_until = {database.real_time(LEASE_SECONDS)} "  # noqa: S608  # our own constant
                "WHERE id = $1 AND fence = $2 AND waiting RETURNING id",
                row.id,
                row.fence,
            )
        except Exception:
            log.warning("inbox.not_renewed", row=row.id, exc_info=True)  # the next time may still be early enough


async def _is_set_within(seconds: float, event: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


async def put_off(row: InboxRow, pause: timedelta, error: str) -> None:
    await InboxRow.filter(id=row.id, fence=row.fence).update(
        not_before=clock.now() + pause, lease_until=None, error=error[:300]
    )


async def end(row: InboxRow, error: str = "") -> bool:
    """False when another worker has the row now."""
    held = InboxRow.filter(id=row.id, fence=row.fence, waiting=True)
    return bool(await held.update(waiting=False, error=error))
