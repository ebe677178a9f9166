"""A year's holidays as a person enters them (BY-02), after the State Council's notice of it:

    [[holiday]]
    name = "元旦"
    from = 2027-01-01
    to = 2027-01-03
    works = [2027-01-09]

``works`` are the weekend days that are worked in return. What contradicts itself is refused in a sentence, and so is
what no such notice has ever said, unless whoever enters it is sure.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.calendar.days import Day, YearPlan
from core.errors import Misdeclared

_ONE = timedelta(days=1)
_SATURDAY = 5
_LONGEST = 10  # days of one holiday
_FARTHEST = timedelta(days=21)  # from a holiday to a weekend that is worked for it
_STATUTORY = 13  # days off by the 办法 of 2024: what is off Monday to Friday, less what is worked in return
_NAMED = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
_FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))


class Holiday(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=2, max_length=20)]
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    works: tuple[date, ...] = ()

    def days(self) -> list[date]:
        return [self.first + n * _ONE for n in range((self.last - self.first).days + 1)]


def read(text: str, year: int, *, sure: bool = False) -> YearPlan:
    """Raises Misdeclared. ``sure``: also what has never been so before is taken as it stands."""
    holidays = _written(text)
    for problem in (*_contradictions(holidays, year), *(() if sure else _oddities(holidays))):
        raise Misdeclared(f"{year}年的放假安排不能用：{problem}")
    return YearPlan(
        year,
        {day: one.name for one in holidays for day in one.days()},
        {day: one.name for one in holidays for day in one.works},
    )


def _written(text: str) -> list[Holiday]:
    try:
        said = tomllib.loads(text)
        if said.keys() != {"holiday"} or not isinstance(said["holiday"], list):
            raise Misdeclared("放假安排的文件里只能有 [[holiday]]，每个节日一段。")
        return [Holiday.model_validate(one) for one in said["holiday"]]
    except tomllib.TOMLDecodeError as error:
        raise Misdeclared(f"放假安排的文件读不懂：{error}") from None
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Misdeclared(
            f"放假安排里「{where}」写得不对，日期要写成 2027-01-01 的样子，节日要有 name、from、to。"
        ) from None


def _contradictions(holidays: list[Holiday], year: int) -> Iterator[str]:
    for one in holidays:
        if one.last < one.first:
            yield f"{one.name}的结束日期{_said(one.last)}早于开始日期{_said(one.first)}。"
        elif len(one.days()) > _LONGEST:
            yield f"{one.name}从{_said(one.first)}到{_said(one.last)}有{len(one.days())}天，请核对日期。"
        yield from (
            f"{_said(day)}不在{year}年，请核对年份。" for day in (*one.days(), *one.works) if not _of(day, year)
        )
        yield from (
            f"{_said(day)}本来就上班，不能是{one.name}的调休上班。" for day in one.works if day.weekday() < _SATURDAY
        )
    off, works = [day for one in holidays for day in one.days()], [day for one in holidays for day in one.works]
    yield from (f"{_said(day)}写在两个节日里。" for day in _twice(off))
    yield from (f"{_said(day)}的调休上班写了两次。" for day in _twice(works))
    yield from (f"{_said(day)}既放假又上班。" for day in sorted(set(off) & set(works)))


def _oddities(holidays: list[Holiday]) -> Iterator[str]:
    """What a slip of the finger looks like."""
    names = "".join(one.name for one in holidays)
    yield from (f"没有{name}。" for name in _NAMED if name not in names)
    off, works = [day for one in holidays for day in one.days()], [day for one in holidays for day in one.works]
    known = {(day.month, day.day) for day in off}
    yield from (f"{month}月{day}日没有放假。" for month, day in _FIXED if (month, day) not in known)
    for one in holidays:
        far = (day for day in one.works if not one.first - _FARTHEST <= day <= one.last + _FARTHEST)
        yield from (f"{_said(day)}离{one.name}太远，不像它的调休上班。" for day in far)
    free = sum(day.weekday() < _SATURDAY for day in off) - len(works)
    if free != _STATUTORY:
        yield f"周一至周五放假的天数减去调休上班的天数是{free}天，法定节假日是{_STATUTORY}天，请核对有没有漏写或多写。"


def _of(day: date, year: int) -> bool:
    """元旦 may begin in December, and be worked for then."""
    return date(year - 1, 12, 20) <= day <= date(year, 12, 31)


def _twice(days: Iterable[date]) -> list[date]:
    return [day for day, times in sorted(Counter(days).items()) if times > 1]


def _said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def table(plan: YearPlan) -> list[str]:
    """As people read such a notice, a line per holiday."""
    lines = [f"{plan.year}年放假安排"]
    for name, group in groupby(sorted(plan.holidays), key=lambda day: plan.holidays[day]):
        days = list(group)
        works = "、".join(_short(day) for day in sorted(plan.workdays) if plan.workdays[day] == name)
        span = _short(days[0]) if len(days) == 1 else f"{_short(days[0])}至{_short(days[-1])}"
        lines.append(f"  {name}：{span}放假，共{len(days)}天{f'；{works}上班' if works else ''}")
    return lines


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日（{Day(day, works=True).about}）"
