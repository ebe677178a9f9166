"""Moments counted from a deadline: "three working days before, at nine", as ladders say them."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core import clock
from core.calendar.days import Calendar, UnknownYear

_ONE = timedelta(days=1)


class Offset(BaseModel):
    """``days`` counts from the deadline's last day: negative before it, 0 is the deadline itself (midnight, ``at``
    does not count), positive after it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: Annotated[int, Field(ge=-180, le=180)]
    working: bool = True
    at: time = time(9, 0)

    def moment(self, calendar: Calendar, due: datetime) -> datetime:
        """In UTC. Where a year's holidays are unknown, calendar days are counted instead."""
        if self.days == 0:
            return due
        last = clock.local(due).date() - _ONE
        day = last + self.days * _ONE
        if self.working:
            with suppress(UnknownYear):
                day = _shifted(calendar, last, self.days)
        return datetime.combine(day, self.at, clock.ZONE).astimezone(UTC)

    def __str__(self) -> str:
        """``截止前3个工作日``."""
        if self.days == 0:
            return "到期时"
        unit = "个工作日" if self.working else "天"
        return f"{'截止前' if self.days < 0 else '超期后'}{abs(self.days)}{unit}"


def _shifted(calendar: Calendar, last: date, days: int) -> date:
    if days < 0:
        return calendar.workdays_before(last, -days)
    for _ in range(days):
        last = calendar.next_workday(last)
    return last
