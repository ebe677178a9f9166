"""Ladders as data: what is announced is what is done, each rung once, and no burst after an outage."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core import clock
from core.calendar.days import Calendar
from core.calendar.deadlines import Deadline
from core.cases.ladders import TERM, Ladder, Planned, announced, due_at, plan

CHINA = Calendar()
LADDER = Ladder.model_validate(
    {
        "rungs": [
            {"name": "soon", "when": {"days": -3}, "tells": ["repliers"], "says": "《{title}》{due}到期，请尽快回复。"},
            {"name": "tomorrow", "when": {"days": -1}, "tells": ["repliers"], "says": "《{title}》明天到期。"},
            {"name": "late", "when": {"days": 1}, "tells": ["author", "chief"], "says": "《{title}》已超期。"},
            {"name": "very_late", "when": {"days": 5}, "tells": ["chief"], "says": "《{title}》超期5个工作日。"},
        ]
    }
)
DUE = Deadline(date(2026, 11, 27), "").due  # a Friday


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=clock.ZONE)


def names(planned: list[Planned]) -> list[str]:
    return [one.name for one in planned]


class Autumn(clock.Clock):
    def now(self) -> datetime:
        return at(11, 20)


@pytest.fixture
def _in_autumn() -> Iterator[None]:
    """Moments of another year are spoken with their year."""
    before = clock.use(Autumn())
    yield
    clock.use(before)


@pytest.mark.usefixtures("_in_autumn")
def test_the_preview_names_dates_and_people() -> None:
    planned = plan(LADDER, CHINA, DUE, "overdue", at(11, 20))
    assert announced(planned, {"repliers": "陈光泽、方知远", "author": "林小舟"}) == [
        "11月24日 09:00（截止前3个工作日）提醒陈光泽、方知远",
        "11月26日 09:00（截止前1个工作日）提醒陈光泽、方知远",
        "11月27日24时 到期",
        "11月30日 09:00（超期后1个工作日）提醒林小舟",
        "12月4日 09:00（超期后5个工作日）提醒（尚无人员）",
    ]


def test_a_short_deadline_has_fewer_reminders() -> None:
    assert names(plan(LADDER, CHINA, DUE, "overdue", at(11, 25))) == ["tomorrow", TERM, "late", "very_late"]


def test_on_time_each_rung_comes_alone() -> None:
    planned = plan(LADDER, CHINA, DUE, "overdue", at(11, 20))
    first = due_at(planned, 0, at(11, 24))
    assert (names(list(first.take)), first.done, first.next_at) == (["soon"], 1, at(11, 26))
    assert due_at(planned, 1, at(11, 24)).take == ()


def test_after_an_outage_the_deadline_is_made_up_for_and_only_the_newest_reminder_is_given() -> None:
    planned = plan(LADDER, CHINA, DUE, "overdue", at(11, 20))
    found = due_at(planned, 0, at(12, 20))
    assert names(list(found.take)) == [TERM, "very_late"]
    assert found.skipped == ("soon", "tomorrow", "late")
    assert (found.done, found.next_at) == (5, None)


def test_what_is_kept_reads_back_the_same() -> None:
    planned = plan(LADDER, CHINA, DUE, "overdue", at(11, 20))
    assert [Planned.from_json(one.to_json()) for one in planned] == planned


@given(st.lists(st.integers(0, 40 * 24), min_size=1, max_size=12))
def test_sweeping_at_any_moments_takes_each_rung_at_most_once_and_the_deadline_always(hours: list[int]) -> None:
    began = at(11, 20)
    planned = plan(LADDER, CHINA, DUE, "overdue", began)
    done, taken = 0, []
    for hour in sorted(hours):
        found = due_at(planned, done, began + timedelta(hours=hour))
        done = found.done
        taken += names(list(found.take))
    last = began + timedelta(hours=max(hours))
    assert len(taken) == len(set(taken))
    assert (TERM in taken) == (last >= DUE)
    assert due_at(planned, done, last).take == ()


@pytest.mark.parametrize(
    ("rung", "sentence"),
    [
        ({"name": TERM}, "“term”是到期本身的名字，请换一个"),
        ({"says": "《{name}》到期"}, "句子里只能用 {title}、{number}、{project}、{due}"),
        ({"says": "《{title!r}》到期"}, "句子里只能用 {title}、{number}、{project}、{due}"),
        ({"says": "《{title》到期"}, "句子里的花括号没有成对"),
        ({"tells": []}, "at least 1 item"),
        ({"when": {"days": 1, "hour": 3}}, "Extra inputs are not permitted"),
    ],
)
def test_a_rung_that_cannot_work_is_refused(rung: dict[str, Any], sentence: str) -> None:
    good = {"name": "soon", "when": {"days": -1, "at": time(9)}, "tells": ["repliers"], "says": "《{title}》"}
    with pytest.raises(ValidationError) as refused:
        Ladder.model_validate({"rungs": [good | rung]})
    assert sentence in str(refused.value)


def test_two_rungs_of_one_name_are_refused() -> None:
    rung = LADDER.rungs[0]
    with pytest.raises(ValidationError, match="提醒“soon”写了两次"):
        Ladder(rungs=(rung, rung))
