"""Ladders: what happens before, at and after a deadline, as data.

A ladder is resolved to moments once, when its deadline is set: what was announced then holds, also when a station
changes its ladders later. The same resolution is the preview (BY-06) and what the sweeper follows.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from core import clock
from core.calendar.days import Calendar
from core.calendar.offsets import Offset

TERM = "term"  # the rung that is the deadline itself
_PLACES = frozenset({"title", "number", "project", "due"})


class Rung(BaseModel):
    """One step of a ladder. ``tells`` are slots of the process and ``author``; ``says`` may name {title}, {number},
    {project} and {due}. ``danger``: passes through quiet hours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    when: Offset
    tells: Annotated[tuple[str, ...], Field(min_length=1)]
    says: Annotated[str, Field(min_length=1, max_length=300)]
    danger: bool = False

    @field_validator("name")
    @classmethod
    def _not_the_deadline(cls, name: str) -> str:
        if name == TERM:
            raise ValueError(f"“{TERM}”是到期本身的名字，请换一个")
        return name

    @field_validator("says")
    @classmethod
    def _known_places(cls, says: str) -> str:
        try:
            named = {place for _, place, form, conversion in Formatter().parse(says) if place is not None}
        except ValueError:
            raise ValueError("句子里的花括号没有成对") from None
        if named - _PLACES or re.search(r"\{[^}]*[!:]", says):
            raise ValueError("句子里只能用 {title}、{number}、{project}、{due}")
        return says


class Ladder(BaseModel):
    """Rungs in any order; each name once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rungs: tuple[Rung, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [rung.name for rung in self.rungs]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"提醒“{twice}”写了两次")
        return self


@dataclass(frozen=True)
class Planned:
    """A rung at its moment, in UTC. ``act`` is the system's step that is taken then; empty: people are only told."""

    name: str
    at: datetime
    label: str
    act: str = ""
    tells: tuple[str, ...] = ()
    says: str = ""
    danger: bool = False

    def to_json(self) -> dict[str, Any]:
        kept = {k: v for k, v in vars(self).items() if v}
        return kept | {"at": self.at.isoformat(), "tells": list(self.tells)}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Planned":
        return cls(**kept | {"at": datetime.fromisoformat(kept["at"]), "tells": tuple(kept["tells"])})


def plan(ladder: Ladder, calendar: Calendar, due: datetime, then: str, now: datetime) -> list[Planned]:
    """The deadline with everything around it that still lies ahead, in order of time; at the same moment the deadline
    comes first. What would have had to happen before ``now`` is left out: a short deadline has fewer reminders."""
    ends = Planned(TERM, due, "到期", act=then)
    around = [_planned(rung, calendar, due) for rung in ladder.rungs]
    return sorted([ends, *(one for one in around if one.at > now)], key=lambda one: (one.at, one.name != TERM))


def _planned(rung: Rung, calendar: Calendar, due: datetime) -> Planned:
    at = rung.when.moment(calendar, due)
    return Planned(rung.name, at, str(rung.when), tells=rung.tells, says=rung.says, danger=rung.danger)


@dataclass(frozen=True)
class Due:
    """What a sweep at some moment has to do: ``take`` in order. ``done`` is how many rungs are behind then, ``next_at``
    when to look again (None: never), ``skipped`` the reminders that a later rung made pointless."""

    take: tuple[Planned, ...]
    skipped: tuple[str, ...]
    done: int
    next_at: datetime | None


def due_at(planned: Sequence[Planned], done: int, now: datetime) -> Due:
    """After an outage every step of the system is made up for, and of the reminders only the newest is given."""
    late = [one for one in planned[done:] if one.at <= now]
    take = tuple(one for one in late if one.act or one is late[-1])
    skipped = tuple(one.name for one in late if one not in take)
    behind = done + len(late)
    return Due(take, skipped, behind, planned[behind].at if behind < len(planned) else None)


def announced(planned: Iterable[Planned], people: Mapping[str, str]) -> list[str]:
    """A line per rung for the preview (BY-06); ``people``: who is in each slot, by name."""
    return [_line(one, people) for one in planned]


def _line(one: Planned, people: Mapping[str, str]) -> str:
    if one.name == TERM:
        return f"{clock.ends(one.at)} 到期"
    told = "、".join(filter(None, (people.get(slot, "") for slot in one.tells)))
    return f"{clock.spoken(one.at)}（{one.label}）提醒{told or '（尚无人员）'}"
