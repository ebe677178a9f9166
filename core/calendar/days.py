"""Which days people work: the State Council's holidays and the weekends that are worked in return.

``chinesecalendar`` knows the years whose plan has been published; a year that it does not know yet can be entered, and
is never guessed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from chinese_calendar import constants

from core.errors import Refusal

_WEEKDAYS = "一二三四五六日"
_SATURDAY = 5
LIBRARY_YEARS = range(min(constants.holidays).year, max(constants.holidays).year + 1)  # known without anybody's help
_NAMES = {holiday.value: holiday.chinese for holiday in constants.Holiday}
_ONE = timedelta(days=1)


class UnknownYear(Refusal):
    """The holidays of this year have not been published, or not been entered."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"{year}年的放假安排还没有录入，不能推算工作日。请直接选定截止日期，或请管理员录入放假安排后再试。"
        )
        self.year = year


@dataclass(frozen=True)
class Day:
    """``reason`` says why a day is not what its weekday suggests: a holiday's name, or empty."""

    date: date
    works: bool
    reason: str = ""

    def __str__(self) -> str:
        """``10月10日（周六，国庆节调休上班）``."""
        return f"{self.date.month}月{self.date.day}日（{self.about}）"

    @property
    def about(self) -> str:
        weekday = f"周{_WEEKDAYS[self.date.weekday()]}"
        if not self.reason:
            return weekday
        return f"{weekday}，{self.reason}{'调休上班' if self.works else '放假'}"


@dataclass(frozen=True)
class YearPlan:
    """What was published for one year: days off, and weekend days that are worked, with the holiday's name."""

    year: int
    holidays: Mapping[date, str]
    workdays: Mapping[date, str]


@dataclass(frozen=True)
class Calendar:
    """``entered``: plans of years that ``chinesecalendar`` does not know, or knows wrongly."""

    entered: tuple[YearPlan, ...] = ()
    _known: frozenset[int] = field(init=False, repr=False, compare=False)
    _holidays: dict[date, str] = field(init=False, repr=False, compare=False)
    _workdays: dict[date, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        years = {plan.year for plan in self.entered}
        object.__setattr__(self, "_known", frozenset(years | set(LIBRARY_YEARS)))
        object.__setattr__(self, "_holidays", _merged(constants.holidays, years, [p.holidays for p in self.entered]))
        object.__setattr__(self, "_workdays", _merged(constants.workdays, years, [p.workdays for p in self.entered]))

    def knows(self, year: int) -> bool:
        return year in self._known

    def day(self, one: date) -> Day:
        """Raises UnknownYear."""
        if one in self._holidays:
            return Day(one, False, self._holidays[one])
        if one in self._workdays:
            return Day(one, True, self._workdays[one])
        if not self.knows(one.year):
            raise UnknownYear(one.year)
        return Day(one, one.weekday() < _SATURDAY)

    def next_workday(self, after: date) -> date:
        """The first working day after this one; raises UnknownYear."""
        one = after + _ONE
        while not self.day(one).works:
            one += _ONE
        return one

    def workdays_before(self, last: date, count: int) -> date:
        """The day ``count`` working days before this one; raises UnknownYear."""
        one = last
        while count:
            one -= _ONE
            count -= self.day(one).works
        return one


def _merged(
    published: Mapping[date, str], replaced: set[int], entered: Iterable[Mapping[date, str]]
) -> dict[date, str]:
    merged = {day: _NAMES[name] for day, name in published.items() if day.year not in replaced}
    for plan in entered:
        merged.update(plan)
    return merged
