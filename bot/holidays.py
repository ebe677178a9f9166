"""``zhian holidays`` and ``zhian counting``: a person enters a year's holidays, and how a station counts its days."""

import asyncio
from pathlib import Path

import structlog

from core.calendar import counting, plans
from core.calendar.days import LIBRARY_YEARS, YearPlan
from core.calendar.deadlines import Rule
from core.errors import Misdeclared
from core.people.models import Organisation, OrgKind

log = structlog.get_logger()


async def show(year: int | None) -> int:
    """What has been entered, and which years are known without it."""
    entered = await counting.entered()
    for plan in entered:
        if year in (None, plan.year):
            print("\n".join(plans.table(plan)))
    if year is not None and not any(plan.year == year for plan in entered):
        return _not_entered(year)
    print(f"{LIBRARY_YEARS[0]}年至{LIBRARY_YEARS[-1]}年的放假安排随程序提供。")
    return 0


def _not_entered(year: int) -> int:
    if year in LIBRARY_YEARS:
        print(f"{year}年的放假安排随程序提供，没有另外录入。")
        return 0
    print(f"{year}年的放假安排还没有录入。请照国务院公布的安排写成文件，再运行：zhian holidays {year} 文件")
    return 1


async def enter(year: int, file: Path, *, sure: bool) -> int:
    """Shows what was understood. Raises Misdeclared for what cannot be right."""
    plan = await asyncio.to_thread(_read, year, file, sure)
    await counting.enter(plan)
    log.info("holidays.entered", year=year, holidays=len(plan.holidays), workdays=len(plan.workdays))
    print("\n".join(plans.table(plan)))
    print("已录入，请与公布的安排核对。正在运行的服务半分钟内开始使用；已经下发的期限不变。")
    return 0


def _read(year: int, file: Path, sure: bool) -> YearPlan:
    try:
        return plans.read(file.read_text("utf-8"), year, sure=sure)
    except (OSError, UnicodeDecodeError) as error:
        raise Misdeclared(f"放假安排的文件“{file}”打不开：{error}") from None


async def count(code: str | None, first: str | None, rest: str | None) -> int:
    """``first``: 当天 or 次日; ``rest``: 顺延 or 不顺延."""
    await counting.refresh()
    stations = await Organisation.filter(kind=OrgKind.STATION).order_by("id")
    if code is not None:
        stations = [one for one in stations if code in (one.code, one.name, one.short_name)]
        if not stations:
            raise Misdeclared(f"没有简称或名称是“{code}”的监督站，请用 zhian counting 查看全部。")
    if code is not None and (first or rest):
        how = counting.rule(stations[0].id)
        chosen = Rule(how.same_day if first is None else first == "当天", how.rolls if rest is None else rest == "顺延")
        await counting.decide(stations[0].id, chosen)
        await counting.refresh()
        log.info("counting.decided", station=stations[0].id, same_day=chosen.same_day, rolls=chosen.rolls)
    for station in stations:
        print(f"{station.code} {station.name}：{_said(counting.rule(station.id))}")
    return 0


def _said(rule: Rule) -> str:
    first = "自下发当天起算" if rule.same_day else "自下发次日起算"
    rest = "遇休息日顺延到下一个工作日" if rule.rolls else "遇休息日不顺延"
    return f"{first}；按天计算的期限最后一天{rest}"
