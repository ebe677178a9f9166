"""(b) ``perform`` a second: state, history, participants and outbox in one commit, beside the same rows written by the
raw driver without reading or checking anything."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import aiosqlite
import asyncpg

from benchmarks import corp, figures, filling
from benchmarks.filling import SEATS, Filled
from benchmarks.places import Places
from benchmarks.scale import Scale
from bot.processes import PROCESSES
from bot.telling import CardTeller
from core import clock, database
from core.cases.engine import Engine
from core.cases.models import OutboxRow
from core.people.models import Person

_WARM = 10
_WRITERS = (1, 8)
_HASH = "0" * 64
Act = Callable[[int], Awaitable[object]]

_CASE = "UPDATE case_record SET state = $2, version = 2, head = $3, changed_at = $4, closed_at = $4 WHERE id = $1"
_HISTORY = (
    "INSERT INTO case_history (case_id, seq, at, actor_id, action, from_state, to_state, content, request_key, "
    "previous, hash) VALUES ($1, 2, $2, $3, 'pass', 'pending', 'passed', $4, $5, $6, $6)"
)
_SEAT = (
    "UPDATE case_participant SET turn = $2, turn_since = $3, told_at = $4, acted_at = $5, action = $6, left_at = NULL "
    "WHERE id = $1"
)
_LETTER = (
    "INSERT INTO outbox (dedupe_key, person_id, recipient, kind, body, frozen, case_id, slot, task_id, state, "
    "not_before, attempts, unknown, fence, message_id, error, created_at) "
    "VALUES ($1, $2, $3, $4, $5, true, $6, '', $7, 'pending', $8, 0, false, 0, '', '', $8)"
)


@dataclass(frozen=True)
class Sample:
    """What one real step wrote, for the driver to write as much."""

    letters: list[tuple[str, str]]
    content: str


@dataclass
class Stock:
    """Cases that wait for their reviewer, each used once."""

    filled: Filled
    waiting: Iterator[int]

    @classmethod
    def of(cls, filled: Filled) -> "Stock":
        return cls(filled, iter(filled.pending_cases()))

    def take(self, count: int) -> list[int]:
        return [next(self.waiting) for _ in range(count)]


def measure(places: Places, scale: Scale) -> None:
    for kind in places.kinds:
        needed = scale.rounds * len(_WRITERS) * 2 * (scale.steps + _WARM) + 1
        stock = Stock.of(filling.fill(places.migrated(kind, "b"), scale.members, needed, needed))
        sample = asyncio.run(_sample(stock))
        contestants: dict[str, figures.Measure] = {}
        for writers in _WRITERS:
            contestants[f"raw driver, {writers}"] = partial(by_driver, stock, sample, scale.steps, writers)
            contestants[f"zhian, {writers}"] = partial(by_engine, stock, scale.steps, writers)
        found = figures.interleave(scale.rounds, contestants)
        rows = []
        for writers in _WRITERS:
            ours, raw = f"zhian, {writers}", f"raw driver, {writers}"
            share = f"{figures.ratio(found, ours, raw):.2f}"
            rows.append([str(writers), figures.spread(found[ours]), figures.spread(found[raw]), share])
        title = (
            f"(b) {kind}: steps a second, {scale.rounds} rounds of {scale.steps}, {len(sample.letters)} letters each"
        )
        figures.table(title, ["writers", "zhian perform", "the same rows, raw driver", "ratio"], rows)


def by_engine(stock: Stock, steps: int, writers: int) -> float:
    return asyncio.run(_by_engine(stock, steps, writers))


def by_driver(stock: Stock, sample: Sample, steps: int, writers: int) -> float:
    on = _on_postgresql if stock.filled.url.startswith("postgresql") else _on_sqlite
    return asyncio.run(on(stock, sample, steps, writers))


async def _timed(act: Act, stock: Stock, steps: int, writers: int) -> float:
    """Steps a second, after a few to warm up."""
    for case in stock.take(_WARM):
        await act(case)
    waiting = iter(stock.take(steps))

    async def work() -> None:
        for case in waiting:
            await act(case)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(writers)))
    return steps / (time.perf_counter() - began)


# ── the engine ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def _by_engine(stock: Stock, steps: int, writers: int) -> float:
    await database.open_database(stock.filled.url)
    try:
        return await _timed(await _performing(stock.filled), stock, steps, writers)
    finally:
        await database.close_database()


async def _performing(filled: Filled) -> Act:
    engine = Engine(PROCESSES, CardTeller(corp.AGENT_ID, "http://localhost:8080"))
    people = await Person.filter(id__gt=filled.members, id__lte=filled.members + filling.REVIEWERS)
    reviewers = {p.id: p for p in people}

    async def act(case: int) -> None:
        await engine.perform(case, "pass", reviewers[filled.reviewer(case)], key=f"tap:{case:032}")

    return act


async def _sample(stock: Stock) -> Sample:
    await database.open_database(stock.filled.url)
    try:
        (case,) = stock.take(1)
        await (await _performing(stock.filled))(case)
        letters = await OutboxRow.filter(case_id=case, state="pending").order_by("id")
        written = await database.rows("SELECT content FROM case_history WHERE case_id = $1 AND seq = 2", case)
        return Sample([(letter.kind, letter.body) for letter in letters], written[0]["content"])
    finally:
        await database.close_database()


# ── the driver ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _rows(filled: Filled, sample: Sample, case: int, now: Any) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """The statements of one step and their rows."""
    reviewer, seat = filled.reviewer(case), SEATS * (case - 1)
    people = [filled.author(case), reviewer, *filled.readers(case)]
    told = [(seat + 1, False, None, now, now, "submit"), (seat + 2, False, None, now, now, "pass")]
    told += [(seat + n, False, None, now, None, "") for n in (3, 4)]
    letters = [
        (f"raw:{case}:{n}", person, f"m{person}", kind, body, case, f"k{case}", now)
        for n, (person, (kind, body)) in enumerate(zip(people, sample.letters, strict=False))
    ]
    return [
        (_CASE, [(case, "passed", _HASH, now)]),
        (_HISTORY, [(case, now, reviewer, sample.content, f"tap:{case:032}", _HASH)]),
        (_SEAT, told),
        (_LETTER, letters),
    ]


async def _on_postgresql(stock: Stock, sample: Sample, steps: int, writers: int) -> float:
    async with asyncpg.create_pool(stock.filled.url, min_size=writers, max_size=writers) as pool:

        async def act(case: int) -> None:
            async with pool.acquire() as connection, connection.transaction():
                for statement, rows in _rows(stock.filled, sample, case, clock.now()):
                    if len(rows) == 1:
                        await connection.execute(statement, *rows[0])
                    else:
                        await connection.executemany(statement, rows)

        return await _timed(act, stock, steps, writers)


async def _on_sqlite(stock: Stock, sample: Sample, steps: int, writers: int) -> float:
    async with aiosqlite.connect(stock.filled.url.removeprefix("sqlite://"), isolation_level=None) as connection:
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            await connection.execute(f"PRAGMA {pragma}")
        alone = asyncio.Lock()

        async def act(case: int) -> None:
            async with alone:
                await connection.execute("BEGIN IMMEDIATE")
                for statement, rows in _rows(stock.filled, sample, case, _text(clock.now())):
                    if len(rows) == 1:
                        await connection.execute(statement.replace("$", "?"), rows[0])
                    else:
                        await connection.executemany(statement.replace("$", "?"), rows)
                await connection.execute("COMMIT")

        return await _timed(act, stock, steps, writers)


def _text(at: datetime) -> str:
    return at.isoformat(" ")
