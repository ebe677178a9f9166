"""When a message may leave, and when a rung of a ladder is due."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core import clock
from core.calendar.days import Calendar
from core.calendar.deadlines import Deadline
from core.calendar.hours import Quiet
from core.calendar.offsets import Offset

CHINA, QUIET = Calendar(), Quiet()


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=clock.ZONE)


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        (at(2026, 11, 20, 8, 30), None),
        (at(2026, 11, 20, 19, 59), None),
        (at(2026, 11, 19, 20), at(2026, 11, 20, 8, 30)),
        (at(2026, 11, 20, 3), at(2026, 11, 20, 8, 30)),
        (at(2026, 11, 20, 21), at(2026, 11, 23, 8, 30)),  # Friday evening
        (at(2026, 11, 21, 10), at(2026, 11, 23, 8, 30)),  # Saturday
        (at(2026, 9, 30, 22), at(2026, 10, 8, 8, 30)),  # before National Day
        (at(2026, 10, 10, 10), None),  # a Saturday that is worked
        (at(2026, 12, 31, 23), at(2027, 1, 1, 8, 30)),  # nobody knows the holidays of 2027: a Friday
    ],
)
def test_when_an_ordinary_message_leaves(moment: datetime, leaves: datetime | None) -> None:
    assert QUIET.until(CHINA, moment) == leaves


def test_quiet_hours_may_begin_after_midnight_or_not_at_all() -> None:
    late = Quiet.of("00:00-07:00")
    assert late is not None
    assert [late.until(CHINA, at(2026, 11, 20, hour)) for hour in (23, 3, 7)] == [None, at(2026, 11, 20, 7), None]
    assert Quiet.of("") is None


@given(st.dates(date(2020, 1, 1), date(2026, 12, 20)), st.times())
def test_it_leaves_on_a_working_morning_and_never_before_it_was_written(day: date, hour: time) -> None:
    moment = datetime.combine(day, hour, clock.ZONE)
    leaves = QUIET.until(CHINA, moment)
    if leaves is not None:
        assert leaves > moment
        assert clock.local(leaves).time() == QUIET.morning
        assert CHINA.day(clock.local(leaves).date()).works


@pytest.mark.parametrize(
    ("offset", "moment", "said"),
    [
        (Offset(days=-3), at(2026, 9, 29, 9), "截止前3个工作日"),
        (Offset(days=-1, at=time(14, 30)), at(2026, 10, 8, 14, 30), "截止前1个工作日"),
        (Offset(days=-3, working=False), at(2026, 10, 6, 9), "截止前3天"),
        (Offset(days=0), at(2026, 10, 10, 0), "到期时"),
        (Offset(days=1), at(2026, 10, 10, 9), "超期后1个工作日"),
        (Offset(days=2, working=False), at(2026, 10, 11, 9), "超期后2天"),
    ],
)
def test_rungs_around_a_deadline_of_the_ninth_of_october(offset: Offset, moment: datetime, said: str) -> None:
    assert offset.moment(CHINA, Deadline(date(2026, 10, 9), "").due) == moment
    assert str(offset) == said


def test_a_rung_in_a_year_without_holidays_counts_calendar_days() -> None:
    assert Offset(days=3).moment(CHINA, Deadline(date(2026, 12, 31), "").due) == at(2027, 1, 3, 9)


def test_an_offset_nobody_means_is_refused() -> None:
    with pytest.raises(ValidationError):
        Offset(days=1000)
