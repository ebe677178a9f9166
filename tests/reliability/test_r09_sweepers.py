"""R9: two and four replicas sweep notices that are due in the same second; each level of each is given once. A claim
takes a few and leaves the rest to whoever comes; with large figures, on PostgreSQL no replica does more than twice the
work of another (SQLite lets whoever is writing go on)."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from bot import auditing
from core import clock, database
from core.cases import clocks
from core.cases.models import Case
from tests.notices import story
from tests.notices.story import Station
from tests.reliability.figures import Figures, many
from tests.reliability.hands import Hands, Task
from tests.reliability.owing import Owing, owing

REPLIES = many(60, 10_000)
LIMIT = 5 if REPLIES < 1_000 else 100  # of one claim
ROUNDS = (("soon", 16, 9), ("tomorrow", 20, 9), ("expire", 22, 0), ("late", 22, 9))  # level, day and hour of October
FAIR = REPLIES >= 1_000  # of a few claims one replica may get as many as it is given processor time
MOST_SPREAD = 2.0


@pytest.fixture
async def crowd(migrated_url: str) -> AsyncIterator[Owing]:
    async with story.station(migrated_url) as made:
        yield await owing(made, REPLIES)


@pytest.mark.parametrize("replicas", [2, 4])
async def test_each_level_is_given_once(
    crowd: Owing, migrated_url: str, hands: Hands, figures: Figures, replicas: int
) -> None:
    done = [0] * replicas
    for level, day, hour in ROUNDS:
        at = datetime(2026, 10, day, hour, 1, tzinfo=clock.ZONE)
        task = Task(migrated_url, at.isoformat(), limit=LIMIT, starts=time.monotonic() + 0.3)
        taken = [int(said) for said in await asyncio.to_thread(hands.do, *[task] * replicas)]
        balance = await crowd.ends(level)
        figures.add(levels=balance.steps, missing=balance.missing, twice=balance.twice)
        assert (sum(taken) >= REPLIES, balance.wrong) == (True, (0, 0))
        done = [before + now for before, now in zip(done, taken, strict=True)]
    spread = max(done) / max(1, min(done))
    figures.add(replicas=replicas, spread=spread)
    await _sound(crowd.station, at)
    assert await Case.filter(process="overdue_matter").count() == REPLIES
    assert spread <= MOST_SPREAD or not (FAIR and database.is_postgresql())


async def test_those_who_claim_at_once_leave_each_other_something(crowd: Owing) -> None:
    _, day, hour = ROUNDS[0]
    crowd.station.clock.moment = datetime(2026, 10, day, hour, 1, tzinfo=clock.ZONE)
    claims = await asyncio.gather(*(clocks.claim_due(LIMIT) for _ in range(4)))
    assert [len(claim) for claim in claims] == [LIMIT] * 4
    assert len({row.id for claim in claims for row in claim}) == 4 * LIMIT


async def _sound(station: Station, at: datetime) -> None:
    station.clock.moment = at
    assert [fault async for fault in auditing.faults()] == []
