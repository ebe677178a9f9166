"""How the service is doing, as the database and this process know it: for /readyz, /metrics and ``zhian doctor``."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from core import clock, database, metrics
from core.cases.models import ClockRow
from core.cases.outbox import PER_HOUR, PER_MINUTE

log = structlog.get_logger()

_CLAIMED_AHEAD = timedelta(minutes=1)  # a sweeper that works on a deadline moves it ahead for as long as its lease
_OUTBOX_SECONDS = 600
_SWEEPER_SECONDS = 60
_PAPERS_SECONDS = 1800  # longer than all attempts at one: nobody makes any
_FORGOTTEN_AFTER = timedelta(minutes=5)
_AT_LIMIT_LOOKED_AT = 1000
_NONE: dict[str, Any] = {"n": 0, "since": None}


@dataclass(frozen=True)
class Facts:
    """Ages in seconds. ``outbox_age``: since a message first could have left; ``paused``: for how long WeCom's block
    still holds everything back; ``forgotten``: deadlines that no sweeper has taken for five minutes; ``papers_age``:
    since the oldest paper that is wanted was promised."""

    waiting: int
    sending: int
    failed: int
    uncertain: int
    outbox_age: float
    paused: float
    inbox_waiting: int
    inbox_age: float
    sweeper_lag: float
    forgotten: int
    papers_wanted: int
    papers_failed: int
    papers_age: float


async def look() -> Facts:
    """A few reads by index. Raises what the database raises while it is away."""
    now = clock.now()
    rows = await database.rows(
        "SELECT state, count(*) AS n FROM outbox WHERE state IN ('pending', 'sending', 'failed', 'uncertain') "
        "GROUP BY state"
    )
    states = {row["state"]: row["n"] for row in rows}
    inbox = await _row("SELECT count(*) AS n, min(received_at) AS since FROM inbox WHERE waiting = true")
    outbox = await _row(
        "SELECT min(coalesce(first_attempt_at, not_before)) AS since FROM outbox "
        "WHERE state IN ('pending', 'sending') AND (attempts > 0 OR not_before <= $1)",
        now,
    )
    pause = await _row("SELECT max(until) AS until FROM outbox_pause")
    due = await _row("SELECT min(next_step_at) AS since FROM case_clock WHERE next_step_at <= $1", now)
    papers = await database.rows(
        "SELECT state, count(*) AS n, min(issued_at) AS since FROM paper WHERE state IN ('wanted', 'failed') "
        "GROUP BY state"
    )
    unmade = {row["state"]: row for row in papers}
    forgotten = await _row(
        "SELECT count(*) AS n FROM case_clock WHERE next_step_at <= $1 AND stopped_at IS NULL AND due_at < $2",
        now + _CLAIMED_AHEAD,
        now - _FORGOTTEN_AFTER,
    )
    return Facts(
        waiting=states.get("pending", 0),
        sending=states.get("sending", 0),
        failed=states.get("failed", 0),
        uncertain=states.get("uncertain", 0),
        outbox_age=_age(outbox["since"], now),
        paused=max(0.0, -_signed_age(pause["until"], now)),
        inbox_waiting=inbox["n"],
        inbox_age=_age(inbox["since"], now),
        sweeper_lag=_age(due["since"], now),
        forgotten=forgotten["n"],
        papers_wanted=unmade.get("wanted", _NONE)["n"],
        papers_failed=unmade.get("failed", _NONE)["n"],
        papers_age=_age(unmade.get("wanted", _NONE)["since"], now),
    )


def troubles(facts: Facts, sweeper_age: float) -> list[str]:
    """What is wrong, by name; ``sweeper_age`` in seconds since this process swept last."""
    found = {
        "outbox": facts.outbox_age > _OUTBOX_SECONDS,
        "sweeper": sweeper_age > _SWEEPER_SECONDS,
        "deadlines": facts.forgotten > 0,
        "papers": facts.papers_age > _PAPERS_SECONDS,
    }
    return [name for name, wrong in found.items() if wrong]


async def members_at_limit() -> int:
    """Members who have something waiting and were sent as much as WeCom shows them in a minute or an hour (path/90312);
    capped at a thousand."""
    now = clock.now()
    row = await _row(
        "SELECT count(*) AS n FROM (SELECT DISTINCT recipient FROM outbox WHERE state = 'pending' AND not_before <= $1 "
        "LIMIT $2) w WHERE (SELECT count(*) FROM outbox s WHERE s.recipient = w.recipient AND s.sent_at > $3) >= $5 "
        "OR (SELECT count(*) FROM outbox s WHERE s.recipient = w.recipient AND s.sent_at > $4) >= $6",
        now,
        _AT_LIMIT_LOOKED_AT,
        now - timedelta(minutes=1),
        now - timedelta(hours=1),
        PER_MINUTE,
        PER_HOUR,
    )
    return int(row["n"])


async def next_step() -> datetime | None:
    """When a reminder or a deadline comes next, as long as any clock runs."""
    row = await ClockRow.filter(next_step_at__not_isnull=True).order_by("next_step_at").first()
    return row.next_step_at if row else None


async def measure() -> None:
    """Brings the gauges of ``core.metrics`` up to date."""
    facts = await look()
    for state in ("waiting", "sending", "failed", "uncertain"):
        metrics.outbox_rows.labels(state).set(getattr(facts, state))
    metrics.outbox_age.set(facts.outbox_age)
    metrics.outbox_paused.set(facts.paused)
    metrics.outbox_held.set(await members_at_limit())
    metrics.inbox_rows.set(facts.inbox_waiting)
    metrics.inbox_age.set(facts.inbox_age)
    metrics.sweeper_lag.set(facts.sweeper_lag)
    metrics.forgotten.set(facts.forgotten)
    upcoming = await next_step()
    metrics.next_step.set(upcoming.timestamp() if upcoming else 0)
    metrics.papers.labels("wanted").set(facts.papers_wanted)
    metrics.papers.labels("failed").set(facts.papers_failed)
    metrics.papers_age.set(facts.papers_age)


async def audit() -> int:
    """A second pair of eyes on the sweeper: says how many deadlines it should have taken and has not."""
    facts = await look()
    if facts.forgotten:
        log.error("audit.deadlines_forgotten", count=facts.forgotten, lag_seconds=int(facts.sweeper_lag))
    return facts.forgotten


class Pulse:
    """When each scheduled job of this process last ended well."""

    def __init__(self) -> None:
        self._beats: dict[str, float] = {}

    def beat(self, job: str) -> None:
        self._beats[job] = asyncio.get_running_loop().time()
        metrics.job_done.labels(job).set(clock.now().timestamp())

    def age(self, job: str) -> float:
        """In seconds; 0 before the first beat."""
        now = asyncio.get_running_loop().time()
        return now - self._beats.get(job, now)


async def _row(statement: str, *values: object) -> dict[str, Any]:
    return (await database.rows(statement, *values))[0]


def _age(since: datetime | str | None, now: datetime) -> float:
    return max(0.0, _signed_age(since, now))


def _signed_age(since: datetime | str | None, now: datetime) -> float:
    """SQLite gives moments back as text."""
    if since is None:
        return 0.0
    moment = datetime.fromisoformat(since) if isinstance(since, str) else since
    return (now - moment).total_seconds()
