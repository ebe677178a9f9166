"""How days are counted here: one calendar for everybody, and a rule for each station.

Both are kept in the database, so that all processes agree. Each reads them when it starts and looks again twice a
minute. What was counted before stays as it was announced.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core import clock, database
from core.calendar.days import Calendar, YearPlan
from core.calendar.deadlines import Rule
from core.calendar.models import CountingRule, HolidayPlan


@dataclass(frozen=True)
class Counting:
    """``rules`` by station."""

    calendar: Calendar = field(default_factory=Calendar)
    rules: Mapping[int, Rule] = field(default_factory=dict)


class _Current:
    counting = Counting()


def use(counting: Counting) -> None:
    _Current.counting = counting


def calendar() -> Calendar:
    return _Current.counting.calendar


def rule(station_id: int) -> Rule:
    return _Current.counting.rules.get(station_id, Rule())


async def refresh() -> None:
    """Takes over what was entered since."""
    rules = {one.station_id: Rule(one.same_day, one.rolls) for one in await CountingRule.all()}
    use(Counting(Calendar(tuple(await entered())), rules))


async def entered() -> list[YearPlan]:
    """Every year that somebody has entered."""
    kept = await HolidayPlan.all().order_by("year")
    return [YearPlan(one.year, _days(one.holidays), _days(one.workdays)) for one in kept]


async def enter(plan: YearPlan) -> None:
    """Keeps a year's plan for all processes, in place of one that was entered before."""
    said = {"holidays": _kept(plan.holidays), "workdays": _kept(plan.workdays), "entered_at": clock.now()}
    await database.transaction(lambda: HolidayPlan.update_or_create(said, year=plan.year))


async def decide(station_id: int, how: Rule) -> None:
    """Keeps how a station counts from now on."""
    said = {"same_day": how.same_day, "rolls": how.rolls}
    await database.transaction(lambda: CountingRule.update_or_create(said, station_id=station_id))


def _days(kept: Mapping[str, str]) -> dict[date, str]:
    return {date.fromisoformat(day): name for day, name in kept.items()}


def _kept(days: Mapping[date, str]) -> dict[str, str]:
    return {day.isoformat(): days[day] for day in sorted(days)}
