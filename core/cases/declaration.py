"""What a process is: states, slots and a table of steps that reads like the tables of the specification.

    Step("pending", "pass", "通过", by="reviewers", to="passed", tells=("author", "recipients"))

From one declaration come the chat dialogue, the cards, the pages, the lists and the documentation.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.forms import Form
from core.people.models import Role

START = "start"
SYSTEM = "system"
AUTHOR = "author"


class Policy(StrEnum):
    """How several people in one slot decide."""

    ANY = "any"  # the first who acts decides for all
    ALL = "all"  # the step is taken when everyone has acted; any other action moves at once
    EACH = "each"  # each answers for himself in a child case


@dataclass(frozen=True)
class View:
    """What conditions and titles may look at."""

    data: Mapping[str, Any]
    slots: Mapping[str, list[int]]
    project_id: int | None
    project_name: str
    station_id: int
    author_id: int
    parent_id: int | None = None


@dataclass(frozen=True)
class Condition:
    """``slot`` and ``answer`` are what it looks at, so that a misspelt name is found at start-up."""

    caption: str
    holds: Callable[[View], bool]
    slot: str = ""
    answer: str = ""

    def __invert__(self) -> "Condition":
        return replace(self, caption=f"非（{self.caption}）", holds=lambda view: not self.holds(view))


def chosen(slot: str, caption: str) -> Condition:
    """Somebody was put into this slot."""
    return Condition(caption, lambda view: bool(view.slots.get(slot)), slot=slot)


def answered(name: str, value: Any, caption: str) -> Condition:
    return Condition(caption, lambda view: view.data.get(name) == value, answer=name)


@dataclass(frozen=True)
class Who:
    """A rule that finds the people of a slot, and the sentence when it finds nobody."""

    caption: str
    find: Callable[[View], Awaitable[list[int]]]
    missing: str


@dataclass(frozen=True)
class Slot:
    """``judges``: decides on what others submitted, so nobody who did may decide. ``offers`` finds those who may be
    chosen by hand; ``who`` fills the slot by rule. In the author's slot ``roles`` and ``who`` limit who may begin."""

    name: str
    caption: str
    policy: Policy = Policy.ANY
    judges: bool = False
    who: Who | None = None
    offers: Who | None = None
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Deadline:
    """A clock that runs while a case is in the state; ``then`` is the system's step when it is over. ``due`` gives an
    aware moment."""

    name: str
    caption: str
    due: Callable[[View, datetime], datetime]
    then: str


@dataclass(frozen=True)
class State:
    name: str
    caption: str
    final: bool = False
    deadline: Deadline | None = None
    label: tuple[Condition, str] | None = None  # another caption when the condition holds


@dataclass(frozen=True)
class Step:
    """A row of the table. ``by`` is a slot or SYSTEM; ``tells`` are slots; a step with ``turn=False`` may be taken
    but is nobody's duty; ``numbered`` gives the case its number."""

    at: str
    action: str
    caption: str
    by: str
    to: str
    form: type[Form] | None = None
    when: Condition | None = None
    tells: tuple[str, ...] = ()
    turn: bool = True
    numbered: bool = False
    danger: bool = False
    at_once: bool = False  # in a slot where all must act, this one decides alone (a refusal)


@dataclass(frozen=True)
class Children:
    """Child cases, one per person of ``slot``, while the parent is ``at``; when all are closed, ``then`` follows."""

    process: str
    slot: str
    at: str
    then: str


@dataclass(frozen=True)
class Process:
    name: str
    title: str
    word: str  # what members type to begin
    slots: tuple[Slot, ...]
    states: tuple[State, ...]
    table: tuple[Step, ...]
    heading: Callable[[View], str]
    number: str = ""  # e.g. "{station}检〔{year}〕{n:04d}号"
    card_fields: tuple[str, ...] = ()
    children: Children | None = None
    source: str = ""
    confirm: str = ""  # the sentence before submitting
    _states: dict[str, State] = field(default_factory=dict, init=False, repr=False, compare=False)
    _slots: dict[str, Slot] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._states.update({s.name: s for s in self.states})
        self._slots.update({s.name: s for s in self.slots})

    def state(self, name: str) -> State:
        return self._states[name]

    def slot(self, name: str) -> Slot:
        return self._slots[name]

    def steps(self, at: str, action: str | None = None) -> list[Step]:
        return [s for s in self.table if s.at == at and action in (None, s.action)]

    def first(self) -> Step:
        """The step that opens a case; several (by condition) share action, form and slot."""
        return self.steps(START)[0]

    @property
    def form(self) -> type[Form] | None:
        return self.first().form

    def forms(self) -> list[type[Form]]:
        """Every form whose answers become the case's data, once each."""
        return list(dict.fromkeys(s.form for s in self.table if s.form is not None and not s.form.remark))

    def turn_slots(self, state: str) -> set[str]:
        """Whose turn it is in a state."""
        return {s.by for s in self.steps(state) if s.turn and s.by != SYSTEM}

    def caption_of(self, state: str, view: View) -> str:
        declared = self.state(state)
        if declared.label is not None and declared.label[0].holds(view):
            return declared.label[1]
        return declared.caption
