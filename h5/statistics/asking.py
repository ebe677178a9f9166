"""Which records are counted, as the address says it: months here, everything else by the conditions of a search."""

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core import clock
from core.access import Reach
from core.cases.declaration import Process
from h5.narrowing import Option
from h5.searching import conditions
from h5.searching.conditions import Conditions

LONGEST = 36  # months
_USUAL = 12
_FIELDS = ("station", "name", "unit")
_CARRIED = (*_FIELDS, "project")
_MONTH = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")
_NOT_A_MONTH = "月份没有看懂，请重新选择开始和结束的月份。"
_TURNED = "开始的月份晚于结束的月份，请重新选择。"
_TOO_LONG = f"一次最多统计 {LONGEST} 个月，请缩短时间。"


@dataclass(frozen=True)
class Asked:
    """``months`` as 2026-11, the earliest first; ``offered`` are those to choose from. ``problem`` is what could not be
    understood, in a sentence."""

    months: list[str]
    offered: list[Option]
    found: Conditions
    problem: str

    @property
    def project(self) -> str:
        """The name of one that was chosen by a link; no field of the form shows it."""
        return next((one.text for one in self.found.said if one.caption == conditions.CAPTIONS["project"]), "")

    @property
    def narrowing(self) -> bool:
        """Whether the form asks for more than months."""
        return any(self.found.typed[name] for name in _FIELDS)

    @property
    def widened(self) -> str:
        return self.narrowed(**dict.fromkeys(_CARRIED, ""))

    @property
    def only_replies(self) -> bool:
        """A unit on site writes replies and neither checks nor notices."""
        return bool(self.found.typed["unit"])

    def narrowed(self, **changes: str) -> str:
        """The address of the same statistics with other conditions."""
        span = {"first": self.months[0], "last": self.months[-1]}
        carried = {name: self.found.typed[name] for name in _CARRIED}
        return f"/h5/statistics?{conditions.query_of(span | carried | changes)}"


async def read(query: Mapping[str, str], reach: Reach, processes: Sequence[Process]) -> Asked:
    this = f"{clock.today():%Y-%m}"
    first, last = query.get("first", "").strip(), query.get("last", "").strip()
    last = last or this
    first = first or (moved(last, 1 - _USUAL) if _MONTH.fullmatch(last) else last)
    problem = _problem(first, last)
    if problem:
        first, last = moved(this, 1 - _USUAL), this
    days = {"from": f"{first}-01", "to": _last_day(last)}
    found = await conditions.read({name: query.get(name, "") for name in _CARRIED} | days, reach, processes)
    return Asked(between(first, last), _offered(first, last, this), found, problem or found.problem)


def _problem(first: str, last: str) -> str:
    if not (_MONTH.fullmatch(first) and _MONTH.fullmatch(last)):
        return _NOT_A_MONTH
    if first > last:
        return _TURNED
    return _TOO_LONG if moved(first, LONGEST) <= last else ""


def _offered(first: str, last: str, this: str) -> list[Option]:
    recent = between(moved(this, 1 - LONGEST), this)
    return [Option(month, caption(month)) for month in sorted({*recent, first, last}, reverse=True)]


def moved(month: str, by: int) -> str:
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + by, 12)
    return f"{year:04}-{number + 1:02}"


def between(first: str, last: str) -> list[str]:
    months = [first]
    while months[-1] < last:
        months.append(moved(months[-1], 1))
    return months


def days_of(month: str) -> dict[str, str]:
    """As the conditions of a search name them."""
    return {"from": f"{month}-01", "to": _last_day(month)}


def _last_day(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, calendar.monthrange(year, number)[1]).isoformat()


def caption(month: str) -> str:
    return f"{month[:4]}年{int(month[5:])}月"
