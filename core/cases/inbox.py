"""The inbox: every callback once, stored with its effect; those that need WeCom first wait here for a worker."""

from dataclasses import dataclass
from datetime import timedelta

from core import clock, database
from core.cases.models import InboxRow
from core.people.models import Person

_LEASE = timedelta(seconds=60)
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
    now = clock.now()
    skip = "FOR UPDATE SKIP LOCKED" if database.is_postgresql() else ""
    taken = await database.rows(
        # Materialized: PostgreSQL may run a subquery once per row, and LIMIT would bind none of them.
        "WITH due AS MATERIALIZED (SELECT i.id FROM inbox i WHERE i.waiting AND i.not_before <= $1 "  # noqa: S608  # our constants
        "AND NOT EXISTS (SELECT 1 FROM inbox e WHERE e.sender = i.sender AND e.waiting AND e.id < i.id) "
        f"ORDER BY i.id LIMIT $3 {skip}) UPDATE inbox SET fence = fence + 1, attempts = attempts + 1, not_before = $2 "
        "WHERE waiting AND not_before <= $1 AND id IN (SELECT id FROM due) RETURNING id",
        now,
        now + _LEASE,
        limit,
    )
    return await InboxRow.filter(id__in=[row["id"] for row in taken]).order_by("id")


async def put_off(row: InboxRow, pause: timedelta, error: str) -> None:
    await InboxRow.filter(id=row.id, fence=row.fence).update(not_before=clock.now() + pause, error=error[:300])


async def end(row: InboxRow, error: str = "") -> bool:
    """False when another worker has the row now."""
    held = InboxRow.filter(id=row.id, fence=row.fence, waiting=True)
    return bool(await held.update(waiting=False, error=error))
