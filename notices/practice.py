"""How this service works with notices: the kinds in use, the calendar, and how a station counts days.

Set once when the service starts; the declarations look here whenever they need it.
"""

from dataclasses import dataclass, field

from core.calendar.days import Calendar
from core.calendar.deadlines import Rule
from notices.kinds import Kinds, shipped


@dataclass(frozen=True)
class Practice:
    kinds: Kinds = field(default_factory=shipped)
    calendar: Calendar = field(default_factory=Calendar)
    rule: Rule = field(default_factory=Rule)


_current: list[Practice] = []


def use(practice: Practice) -> None:
    _current[:] = [practice]


def current() -> Practice:
    """Without a station's own, what is shipped."""
    if not _current:
        use(Practice())
    return _current[0]


def kinds() -> Kinds:
    return current().kinds
