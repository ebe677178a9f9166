"""R11: clocks that are wrong, jump, or come to days that nobody planned for: no reminder early, twice or never."""

import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from core import clock
from core.calendar import counting
from core.calendar.counting import Counting
from core.calendar.days import Calendar, UnknownYear, YearPlan
from core.calendar.deadlines import Rule, in_workdays
from core.cases.models import Case, HistoryRow
from tests.core.cases.story import actions, state
from tests.notices import story
from tests.notices.story import Station, reply_of
from tests.reliability.figures import Figures, many

TIMES = many(1, 20)
SOON = datetime(2026, 10, 16, 9, 0, tzinfo=clock.ZONE)  # three working days before the 21st
ENDS = datetime(2026, 10, 22, 0, 0, tzinfo=clock.ZONE)
FIVE, HOUR, DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
LADDER = ["hand_out", "soon", "tomorrow", "expire", "late", "late_3", "late_7"]


@pytest.fixture
async def station(migrated_url: str) -> AsyncIterator[Station]:
    async with story.station(migrated_url) as made:
        yield made


@pytest.fixture(autouse=True)
def usual_counting() -> Iterator[None]:
    yield
    counting.use(Counting())


async def owed(station: Station, **more: object) -> Case:
    return await reply_of(await station.notice(station.cast.chen, **more), station.cast.chen)


async def sweep_at(station: Station, moment: datetime) -> None:
    station.clock.moment = moment
    await station.engine.sweep_all()


async def given(reply: Case) -> dict[str, str]:
    rows = await HistoryRow.filter(case_id=reply.id).order_by("seq")
    return {row.action: f"{clock.local(row.at):%Y-%m-%d %H}" for row in rows}


@pytest.mark.parametrize("jump", [HOUR, -HOUR, DAY, -DAY])
async def test_a_clock_that_jumps_and_comes_back(station: Station, figures: Figures, jump: timedelta) -> None:
    replies = [await owed(station) for _ in range(TIMES)]
    for at in (SOON, ENDS):
        for moment in (at - FIVE, at - FIVE + jump, at - FIVE, at + FIVE, at + FIVE + jump, at + FIVE):
            await sweep_at(station, moment)
    await station.until(31, month=10)
    for reply in replies:
        assert await actions(reply) == LADDER
    figures.add(replies=TIMES, sweeps=12, twice=0, missing=0)


async def test_a_replica_whose_clock_is_wrong_waits_for_the_database(
    station: Station, figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five minutes late, another replica is there. Five minutes early, the database says so; on SQLite all of them have
    the clock of one machine."""
    reply = await owed(station)
    await sweep_at(station, SOON - FIVE - FIVE)
    monkeypatch.setattr(clock, "host", lambda: datetime.now(UTC) + FIVE)
    await sweep_at(station, SOON)
    early = await actions(reply)
    await sweep_at(station, SOON + FIVE)
    figures.add(early=len(early) - 1 if story.database.is_postgresql() else 0)
    assert early == (LADDER[:1] if story.database.is_postgresql() else LADDER[:2])
    assert await actions(reply) == LADDER[:2]


async def test_the_last_day_of_february(station: Station) -> None:
    counting.use(Counting(Calendar((YearPlan(2028, {}, {}),))))
    station.clock.moment = datetime(2028, 2, 21, 9, 0, tzinfo=clock.ZONE)
    reply = await owed(station, deadline="2028-02-29")
    assert reply.data["due_why"].endswith("截止2月29日（周二）24时。")
    for day in range(1, 12):
        await sweep_at(station, datetime(2028, 2, 21, 9, 0, tzinfo=clock.ZONE) + day * DAY)
    assert await given(reply) == {
        "hand_out": "2028-02-21 09",
        "soon": "2028-02-24 09",
        "tomorrow": "2028-02-28 09",
        "expire": "2028-03-01 09",
        "late": "2028-03-01 09",
        "late_3": "2028-03-03 09",
    }


async def test_new_year_without_holidays(station: Station) -> None:
    """Nobody guesses: a count of working days is refused, a day that was named stands and says what was not checked."""
    station.clock.moment = datetime(2026, 12, 28, 9, 0, tzinfo=clock.ZONE)
    with pytest.raises(UnknownYear) as refused:
        in_workdays(counting.calendar(), date(2026, 12, 28), 5, Rule())
    assert refused.value.sentence == (
        "2027年的放假安排还没有录入，不能推算工作日。请直接选定截止日期，或请管理员录入放假安排后再试。"
    )
    reply = await owed(station, deadline="2027-01-05")
    assert reply.data["due_why"] == "截止2027年1月5日24时，共8天；2027年的放假安排还没有录入，未核对工作日。"
    for day in range(1, 20):
        await sweep_at(station, datetime(2026, 12, 28, 9, 0, tzinfo=clock.ZONE) + day * DAY)
    assert await given(reply) == {
        "hand_out": "2026-12-28 09",
        "soon": "2027-01-02 09",
        "tomorrow": "2027-01-04 09",
        "expire": "2027-01-06 09",
        "late": "2027-01-06 09",
        "late_3": "2027-01-08 09",
        "late_7": "2027-01-12 09",
    }


@pytest.mark.parametrize("zone", ["UTC", "America/Lima"])
async def test_midnight_is_that_of_shanghai(station: Station, monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        reply = await owed(station)
        await sweep_at(station, datetime(2026, 10, 21, 15, 59, 59, tzinfo=UTC))
        before = await state(reply)
        await sweep_at(station, datetime(2026, 10, 21, 16, 0, tzinfo=UTC))
        assert (before, await state(reply)) == ("waiting", "overdue")
    finally:
        monkeypatch.undo()
        time.tzset()
