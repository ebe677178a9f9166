"""Deadlines that explain themselves (BY-02): which days counted, which did not and why, and when exactly it is over."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile

from core import clock
from core.calendar.days import Calendar, Day, UnknownYear
from core.errors import BadInput

LONGEST = 366  # days; more than a year is a slip of the finger
_ONE = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """How a station counts. ``same_day``: the day of issue is the first one (usually the next is). ``rolls``: a period
    of calendar days whose last day is a day off ends with the next working day."""

    same_day: bool = False
    rolls: bool = True


@dataclass(frozen=True)
class Deadline:
    last_day: date
    explanation: str

    @property
    def due(self) -> datetime:
        """The last day's midnight in China, in UTC: the first moment that is too late."""
        return datetime.combine(self.last_day + _ONE, time.min, clock.ZONE).astimezone(UTC)


def in_workdays(calendar: Calendar, issued: date, count: int, rule: Rule) -> Deadline:
    """Raises BadInput for a count out of range, UnknownYear where the days cannot be known."""
    _check(count)
    counted: list[Day] = []
    skipped: list[Day] = []
    for day in _days(calendar, _first(issued, rule)):
        (counted if day.works else skipped).append(day)
        if len(counted) == count:
            break
    last = counted[-1]
    without = f"；{_spans(skipped)}不计" if skipped else ""
    said = f"{_start(issued, rule)}起算{count}个工作日：{_spans(counted)}{without}。截止{last}24时。"
    return Deadline(last.date, said)


def in_days(calendar: Calendar, issued: date, count: int, rule: Rule) -> Deadline:
    """Raises BadInput for a count out of range, UnknownYear where the last day might be a holiday nobody knows of."""
    _check(count)
    reached = calendar.day(_first(issued, rule) + (count - 1) * _ONE)
    said = f"{_start(issued, rule)}起算{count}天，到{reached}"
    if reached.works or not rule.rolls:
        return Deadline(reached.date, f"{said}。截止{reached}24时。")
    last = calendar.day(calendar.next_workday(reached.date))
    return Deadline(last.date, f"{said}；最后一天休息，顺延到下一个工作日。截止{last}24时。")


def on_day(calendar: Calendar, issued: date, last: date, rule: Rule) -> Deadline:
    """A day that a person chose stands, also in a year whose holidays nobody knows yet. Raises BadInput."""
    first = _first(issued, rule)
    if last < first:
        raise BadInput(f"截止日期不能早于{first.month}月{first.day}日，请重新选择。")
    total = (last - first).days + 1
    _check(total)
    if not all(calendar.knows(year) for year in range(first.year, last.year + 1)):
        date_said = f"{last.year}年{last.month}月{last.day}日"
        return Deadline(last, f"截止{date_said}24时，共{total}天；{last.year}年的放假安排还没有录入，未核对工作日。")
    days = list(takewhile(lambda day: day.date <= last, _days(calendar, first)))
    off = [day for day in days if not day.works]
    said = f"{_start(issued, rule)}起算{total}天，其中工作日{total - len(off)}天"
    said += f"，{_spans(off)}休息" if off else ""
    if not days[-1].works:
        said += "；最后一天休息"
        with suppress(UnknownYear):
            said += f"，下一个工作日是{calendar.day(calendar.next_workday(last))}"
    return Deadline(last, f"{said}。截止{days[-1]}24时。")


def _check(count: int) -> None:
    if not 0 < count <= LONGEST:
        raise BadInput(f"期限要在1到{LONGEST}天之间，请重新填写。")


def _first(issued: date, rule: Rule) -> date:
    return issued if rule.same_day else issued + _ONE


def _start(issued: date, rule: Rule) -> str:
    return f"自{issued.month}月{issued.day}日{'当天' if rule.same_day else '的次日'}"


def _days(calendar: Calendar, first: date) -> Iterator[Day]:
    while True:
        yield calendar.day(first)
        first += _ONE


def _spans(days: Iterable[Day]) -> str:
    """``9月29日至30日、10月10日（周六，国庆节调休上班）``: days in a row that have the same reason are one span."""
    spans: list[list[Day]] = []
    for day in days:
        joins = spans and day.date - spans[-1][-1].date == _ONE and _kind(day) == _kind(spans[-1][-1])
        if joins:
            spans[-1].append(day)
        else:
            spans.append([day])
    return "、".join(_span(span) for span in spans)


def _kind(day: Day) -> tuple[bool, str]:
    return day.works, day.reason


def _span(days: list[Day]) -> str:
    first, last = days[0], days[-1]
    if first is last:
        return str(first) if first.reason or not first.works else f"{first.date.month}月{first.date.day}日"
    month = "" if last.date.month == first.date.month else f"{last.date.month}月"
    text = f"{first.date.month}月{first.date.day}日至{month}{last.date.day}日"
    if first.reason:
        return f"{text}（{first.reason}{'调休上班' if first.works else '放假'}）"
    return text if first.works else f"{text}（周末）"
