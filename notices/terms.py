"""Terms that nobody chooses: so many working days from a day."""

from datetime import date, timedelta

from core.calendar import counting
from core.calendar.days import UnknownYear
from core.calendar.deadlines import Deadline, in_workdays, on_day


def workdays(start: date, count: int, station_id: int) -> Deadline:
    """Where the working days of a year are not known yet, twice as many days: nobody is there to be asked."""
    calendar, rule = counting.calendar(), counting.rule(station_id)
    try:
        return in_workdays(calendar, start, count, rule)
    except UnknownYear:
        return on_day(calendar, start, start + timedelta(days=2 * count), rule)
