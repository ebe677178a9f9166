"""Quiet hours (BY-08): rules go on at night, ordinary messages wait for the next working morning."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from core import clock
from core.calendar.days import Calendar, UnknownYear

_ONE = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class Quiet:
    """Local times; between ``evening`` and ``morning``, and on days off, ordinary messages are held."""

    evening: time = time(20, 0)
    morning: time = time(8, 30)

    @classmethod
    def of(cls, hours: str) -> "Quiet | None":
        """``20:00-08:30``; empty: there are none."""
        evening, _, morning = hours.partition("-")
        return cls(time.fromisoformat(evening), time.fromisoformat(morning)) if hours else None

    def until(self, calendar: Calendar, moment: datetime) -> datetime | None:
        """When an ordinary message of this moment may leave, in UTC; None: at once."""
        there = clock.local(moment)
        at_work = works(calendar, there.date())
        if at_work and self._awake(there.time()):
            return None
        day = there.date() if at_work and there.time() < self.morning else _next(calendar, there.date())
        return datetime.combine(day, self.morning, clock.ZONE).astimezone(UTC)

    def _awake(self, at: time) -> bool:
        """Quiet hours may begin after midnight."""
        if self.morning < self.evening:
            return self.morning <= at < self.evening
        return at >= self.morning or at < self.evening


def _next(calendar: Calendar, day: date) -> date:
    day += _ONE
    while not works(calendar, day):
        day += _ONE
    return day


def works(calendar: Calendar, day: date) -> bool:
    """A message must not wait for a holiday plan: without one, Monday to Friday are taken for working days."""
    try:
        return calendar.day(day).works
    except UnknownYear:
        return day.weekday() < _SATURDAY
