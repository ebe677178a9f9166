"""The pace of calls to WeCom, kept by all replicas together (path/90312).

Each API has one row that says up to which moment its calls are reserved. A reservation is one statement: it moves that
moment ahead and thereby gives each call the earliest moment at which it may leave, so that in no minute more than
10,000 and in no hour more than 150,000 calls arrive, however many replicas there are. Moments are seconds of the
database's clock: replicas need not agree about the time.

A call that WeCom refused for its frequency (45009) blocks the API for all. Refusals that were already on their way when
the block began belong to it; the next one after it is a further block in a row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock, database
from core.sharing.models import CallPace


@dataclass(frozen=True)
class Limit:
    """``burst`` calls at once, then ``every`` so many seconds one."""

    burst: int
    every: float


# A little under WeCom's figures, since calls leave evenly but may arrive bunched by half a second.
MINUTE = Limit(burst=60, every=60 / 9_840)
# The hour's limit is six times lower in the long run: a short rush may spend a third of it.
HOUR = Limit(burst=50_000, every=3600 / 98_000)
# Sending counts against no hour (path/90312), and the minute's pace keeps it under the 600,000 of one address.
HOURS = {"message/send": MINUTE}
PATIENCE_SECONDS = 8.0


@dataclass(frozen=True)
class Reserved:
    """Seconds from now for each call; ``blocks`` in a row before it, which its success ends."""

    waits: list[float]
    blocks: int


@dataclass(frozen=True)
class Blocked:
    """WeCom refused this API for its frequency; nobody calls it for so long."""

    remaining: timedelta


class TooMany(Exception):
    """The calls before these fill more time than a caller should wait."""


async def reserve(api: str, count: int, minute: Limit = MINUTE, hour: Limit | None = None) -> Reserved | Blocked:
    """Places for ``count`` calls, which must be used when their moment comes. Raises TooMany, with nothing taken."""
    hour = hour or HOURS.get(api, HOUR)
    now, greatest = _now(), "greatest" if database.is_postgresql() else "max"
    ahead = {"minute_at": (minute, "$2"), "hour_at": (hour, "$3")}
    new = {name: f"{greatest}(p.{name}, {now}) + {span}" for name, (_, span) in ahead.items()}
    in_time = " AND ".join(f"{new[name]} - {now} <= {b}" for name, b in (("minute_at", "$4"), ("hour_at", "$5")))
    taken = await database.rows(
        "INSERT INTO call_pace AS p (api, minute_at, hour_at, blocks) "  # noqa: S608  # our own constants
        f"VALUES ($1, {now} + $2, {now} + $3, 0) "
        f"ON CONFLICT (api) DO UPDATE SET minute_at = {new['minute_at']}, hour_at = {new['hour_at']} "
        f"WHERE (p.blocked_until IS NULL OR p.blocked_until <= $6) AND {in_time} "
        f"RETURNING minute_at - {now} AS minute_ahead, hour_at - {now} AS hour_ahead, blocks",
        api,
        count * minute.every,
        count * hour.every,
        minute.burst * minute.every + PATIENCE_SECONDS,
        hour.burst * hour.every + PATIENCE_SECONDS,
        clock.now(),
    )
    if not taken:
        return Blocked(await _rest_of_block(api))
    row = taken[0]
    return Reserved(_waits(count, (minute, row["minute_ahead"]), (hour, row["hour_ahead"])), row["blocks"])


def _waits(count: int, *limits: tuple[Limit, float]) -> list[float]:
    """The last place lies ``ahead`` of now less the burst, the others one step earlier each."""
    return [
        max(0.0, *(ahead - (limit.burst + count - 1 - place) * limit.every for limit, ahead in limits))
        for place in range(count)
    ]


async def _rest_of_block(api: str) -> timedelta:
    row = await CallPace.get(api=api)
    if row.blocked_until is None or row.blocked_until <= clock.now():
        raise TooMany
    return row.blocked_until - clock.now()


async def look(api: str) -> Reserved | Blocked:
    """For an API without a base frequency: only whether it is blocked."""
    row = await CallPace.get_or_none(api=api)
    if row is not None and row.blocked_until is not None and row.blocked_until > clock.now():
        return Blocked(row.blocked_until - clock.now())
    return Reserved([0.0], row.blocks if row else 0)


async def block(api: str, length: Callable[[int, datetime], int]) -> timedelta:
    """WeCom said 45009. ``length`` gives the seconds of a block that follows so many others in a row."""

    async def work() -> timedelta:
        now = clock.now()
        await database.rows(
            "INSERT INTO call_pace (api, minute_at, hour_at, blocks) VALUES ($1, 0, 0, 0) "
            "ON CONFLICT (api) DO UPDATE SET blocks = call_pace.blocks RETURNING api",
            api,
        )
        row = await CallPace.get(api=api)
        if row.blocked_until is None or row.blocked_until <= now:
            row.blocked_until = now + timedelta(seconds=length(row.blocks, now))
            await CallPace.filter(api=api).update(blocks=row.blocks + 1, blocked_until=row.blocked_until)
        return row.blocked_until - now

    return await database.transaction(work)


async def passed(api: str) -> None:
    """A call went through after a block: the next one is the first again."""
    await CallPace.filter(api=api, blocked_until__lte=clock.now()).update(blocks=0, blocked_until=None)


def _now() -> str:
    if database.is_postgresql():
        return "extract(epoch FROM statement_timestamp())::float8"
    return "((julianday('now') - 2440587.5) * 86400.0)"
