"""Deadlines explain themselves: what counted, what did not, and why (BY-02)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar.days import Calendar, UnknownYear, YearPlan
from core.calendar.deadlines import Deadline, Rule, in_days, in_workdays, on_day
from core.errors import BadInput

CHINA = Calendar()
NEXT_DAY, SAME_DAY = Rule(), Rule(same_day=True)
NEW_YEAR_2027 = YearPlan(
    2027,
    holidays={date(2027, 1, 1): "元旦", date(2027, 1, 2): "元旦", date(2027, 1, 3): "元旦"},
    workdays={date(2027, 1, 9): "元旦"},
)
days = st.dates(date(2005, 1, 1), date(2025, 12, 31))


def test_national_day_and_the_saturday_worked_for_it() -> None:
    assert in_workdays(CHINA, date(2026, 9, 28), 5, NEXT_DAY) == Deadline(
        date(2026, 10, 10),
        "自9月28日的次日起算5个工作日：9月29日至30日、10月8日至9日、10月10日（周六，国庆节调休上班）；"
        "10月1日至7日（国庆节放假）不计。截止10月10日（周六，国庆节调休上班）24时。",
    )


def test_a_station_that_counts_the_day_of_issue() -> None:
    assert in_workdays(CHINA, date(2026, 11, 20), 3, SAME_DAY).explanation == (
        "自11月20日当天起算3个工作日：11月20日、11月23日至24日；11月21日至22日（周末）不计。截止11月24日（周二）24时。"
    )


def test_calendar_days_that_end_on_a_holiday_end_with_the_next_working_day() -> None:
    assert in_days(CHINA, date(2026, 9, 24), 7, NEXT_DAY).explanation == (
        "自9月24日的次日起算7天，到10月1日（周四，国庆节放假）；最后一天休息，顺延到下一个工作日。截止10月8日（周四）24时。"
    )


def test_a_station_may_let_them_end_on_the_holiday() -> None:
    stays = in_days(CHINA, date(2026, 9, 24), 7, Rule(rolls=False))
    assert stays == Deadline(
        date(2026, 10, 1),
        "自9月24日的次日起算7天，到10月1日（周四，国庆节放假）。截止10月1日（周四，国庆节放假）24时。",
    )


def test_a_chosen_day_says_what_lies_between() -> None:
    assert on_day(CHINA, date(2026, 9, 24), date(2026, 10, 4), NEXT_DAY).explanation == (
        "自9月24日的次日起算10天，其中工作日3天，9月25日至27日（中秋放假）、10月1日至4日（国庆节放假）休息；"
        "最后一天休息，下一个工作日是10月8日（周四）。截止10月4日（周日，国庆节放假）24时。"
    )


def test_it_is_over_at_midnight_in_china() -> None:
    assert Deadline(date(2026, 10, 10), "").due == datetime(2026, 10, 10, 16, tzinfo=UTC)


def test_a_year_nobody_has_published_is_not_guessed() -> None:
    with pytest.raises(UnknownYear) as refused:
        in_workdays(CHINA, date(2026, 12, 30), 5, NEXT_DAY)
    assert refused.value.sentence == (
        "2027年的放假安排还没有录入，不能推算工作日。请直接选定截止日期，或请管理员录入放假安排后再试。"
    )


def test_a_day_chosen_in_such_a_year_stands_and_says_so() -> None:
    assert on_day(CHINA, date(2026, 12, 24), date(2027, 1, 4), NEXT_DAY) == Deadline(
        date(2027, 1, 4), "截止2027年1月4日24时，共11天；2027年的放假安排还没有录入，未核对工作日。"
    )


def test_a_year_that_was_entered_counts_like_any_other() -> None:
    entered = Calendar((NEW_YEAR_2027,))
    assert in_workdays(entered, date(2026, 12, 30), 7, NEXT_DAY).explanation == (
        "自12月30日的次日起算7个工作日：12月31日、1月4日至8日、1月9日（周六，元旦调休上班）；"
        "1月1日至3日（元旦放假）不计。截止1月9日（周六，元旦调休上班）24时。"
    )


@pytest.mark.parametrize("count", [0, -3, 367])
def test_a_slip_of_the_finger(count: int) -> None:
    for reckon in (in_workdays, in_days):
        with pytest.raises(BadInput, match="期限要在1到366天之间，请重新填写。"):
            reckon(CHINA, date(2026, 3, 2), count, NEXT_DAY)


def test_a_day_that_is_over() -> None:
    with pytest.raises(BadInput, match="截止日期不能早于3月3日，请重新选择。"):
        on_day(CHINA, date(2026, 3, 2), date(2026, 3, 2), NEXT_DAY)


@given(days, st.integers(1, 60), st.booleans())
def test_as_many_working_days_as_were_given(issued: date, count: int, same_day: bool) -> None:
    last = in_workdays(CHINA, issued, count, Rule(same_day)).last_day
    first = issued if same_day else issued + timedelta(days=1)
    between = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert sum(CHINA.day(one).works for one in between) == count
    assert CHINA.day(last).works


@given(days, st.integers(1, 90))
def test_calendar_days_never_end_early_nor_on_a_day_off(issued: date, count: int) -> None:
    last = in_days(CHINA, issued, count, NEXT_DAY).last_day
    assert last >= issued + timedelta(days=count)
    assert CHINA.day(last).works
    assert not any(CHINA.day(issued + timedelta(days=n)).works for n in range(count, (last - issued).days))
