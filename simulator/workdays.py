"""When work begins next: at nine of tomorrow, or of a working day as the plan of holidays for China says."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

CHINA = ZoneInfo("Asia/Shanghai")
_SATURDAY = 5


def seconds_to_tomorrow(now: float) -> float:
    here = datetime.fromtimestamp(now, CHINA)
    return (_morning(here.date() + timedelta(days=1)) - here).total_seconds()


def seconds_to_morning(now: float) -> float:
    here = datetime.fromtimestamp(now, CHINA)
    day = here.date()
    while not is_workday(day) or _morning(day) <= here:
        day += timedelta(days=1)
    return (_morning(day) - here).total_seconds()


def is_workday(day: date) -> bool:
    """Monday to Friday in years whose plan is not known yet."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), CHINA)
