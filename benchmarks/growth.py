"""(d) The same work in a small and in a large database: nothing may grow with what has been kept."""

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable
from unittest import mock

from benchmarks import callbacks, corp, figures, queues, steps
from benchmarks.figures import Measure
from benchmarks.filling import Filled
from benchmarks.places import Places
from benchmarks.scale import Scale
from benchmarks.steps import Stock
from bot import app
from core import clock, database, settings
from core.cases.models import Participant
from wecom.events import TextMessage

_WORKS: dict[str, str] = {
    "callbacks": "callbacks a second",
    "perform": "steps a second, 1 writer",
    "query": "待办, the query, a second",
    "word": "待办 asked in chat, a second",
    "outbox": "outbox rows claimed and finished a second",
}


def measure(places: Places, scale: Scale) -> None:
    for kind in places.kinds:
        _compare(places, scale, kind)


def _compare(places: Places, scale: Scale, kind: str) -> None:
    with contextlib.ExitStack() as stack:
        contestants: dict[str, Measure] = {}
        for cases in scale.cases:
            figures.say(f"  filling {kind} with {cases:,} cases")
            served = stack.enter_context(callbacks.answering(places, scale, kind, f"d_{cases}", cases))
            filled = Filled(served.url, scale.members, cases, min(cases, scale.pending))
            contestants |= {f"{work} {cases}": act for work, act in _works(places, scale, served, filled).items()}
        by_work = {name: act for work in _WORKS for name, act in contestants.items() if name.startswith(f"{work} ")}
        found = figures.interleave(scale.rounds, by_work)
    few, many = scale.cases
    rows = [
        [
            words,
            figures.spread(found[f"{work} {few}"]),
            figures.spread(found[f"{work} {many}"]),
            f"{figures.ratio(found, f'{work} {few}', f'{work} {many}'):.2f}",
        ]
        for work, words in _WORKS.items()
    ]
    title = f"(d) {kind}: the same work with {few:,} and with {many:,} cases, {scale.rounds} rounds"
    figures.table(title, ["", f"{few:,}", f"{many:,}", "cost of one, times"], rows)


def _works(places: Places, scale: Scale, served: callbacks.Answering, filled: Filled) -> dict[str, Measure]:
    stock = Stock.of(filled)
    count = min(scale.steps, scale.pending // (2 * scale.rounds))
    return {
        "callbacks": lambda: served.closed(scale.closed_seconds / 2).rate,
        "perform": lambda: steps.by_engine(stock, max(1, count - 10), 1),
        "query": lambda: asyncio.run(_query(filled, scale.looks)),
        "word": lambda: asyncio.run(_word(places, filled, scale.looks)),
        "outbox": lambda: queues.claim_and_finish(filled.url, min(scale.jobs, 1_000) + 16),
    }


async def _query(filled: Filled, looks: int) -> float:
    await database.open_database(filled.url)
    try:
        return await _rate(looks, lambda n: _look(filled.reviewer(n)))
    finally:
        await database.close_database()


async def _look(person: int) -> None:
    await Participant.filter(person_id=person, turn=True).order_by("turn_since").limit(9)


async def _word(places: Places, filled: Filled, looks: int) -> float:
    """A reviewer says 待办: stored, answered, and the answer put into the outbox."""
    with mock.patch.dict(os.environ, corp.environment(filled.url, "http://127.0.0.1:9", places)):
        chosen = settings.load()
    async with app.house(chosen) as parts:
        return await _rate(looks, lambda n: parts.receiver.receive(_asks(filled.reviewer(n))))


def _asks(person: int) -> TextMessage:
    now = clock.now()
    key = f"word:{person}:{now.isoformat()}"
    return TextMessage(
        to_corp=corp.CORP_ID,
        from_user=f"m{person}",
        at=now,
        agent_id=corp.AGENT_ID,
        repeat_key=key,
        raw="<xml/>",
        content="待办",
    )


async def _rate(looks: int, look: Callable[[int], Awaitable[None]]) -> float:
    for number in range(5):
        await look(number)
    began = time.perf_counter()
    for number in range(looks):
        await look(number)
    return looks / (time.perf_counter() - began)
