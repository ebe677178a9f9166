"""What a process is: states, slots and a table of steps that reads like the tables of the specification.

    Step("pending", "pass", "通过", by="reviewers", to="passed", tells=("author", "recipients"))

From one declaration come the chat dialogue, the cards, the pages, the lists and the documentation.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from core.cases.ladders import Ladder
from core.cases.models import Case
from core.forms import Form
from core.people.models import Person, Role

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
    at: str = START  # the state in which the case is


def view_of(
    case: Case, project_name: str, slots: Mapping[str, list[int]], answers: Mapping[str, Any] | None = None
) -> View:
    """``answers``: what is being filled in, above what the case holds."""
    return View(
        data=case.data | dict(answers or {}),
        slots=slots,
        project_id=case.project_id,
        project_name=project_name,
        station_id=case.station_id,
        author_id=case.author_id,
        parent_id=case.parent_id,
        at=case.state,
    )


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
    """A rule that finds the people of a slot, and the sentence when it finds nobody. ``others``: what is said, after
    their names, of those who were chosen and are none of them."""

    caption: str
    find: Callable[[View], Awaitable[list[int]]]
    missing: str
    others: str = ""


@dataclass(frozen=True)
class Offer:
    """What may be chosen for a question of kind ``offered``: key → how it reads, best first; and the sentence when
    there is nothing. ``usual`` are those that are ticked to begin with."""

    caption: str
    find: Callable[[View], Awaitable[Mapping[str, str]]]
    missing: str
    usual: Callable[[View], Awaitable[Collection[str]]] | None = None


@dataclass(frozen=True)
class Slot:
    """``judges``: decides on what others submitted, so nobody who did may decide. ``offers`` finds those who may be
    chosen by hand; ``who`` fills the slot by rule. In the author's slot ``roles`` and ``who`` limit who may begin.
    ``heirs`` take the turn when all who have it have left; where nothing is said, those whom ``who`` finds then.
    ``excludes``: who sits in one of these slots never judges here, nor as a deputy."""

    name: str
    caption: str
    policy: Policy = Policy.ANY
    judges: bool = False
    who: Who | None = None
    offers: Who | None = None
    heirs: Who | None = None
    excludes: tuple[str, ...] = ()
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Deadline:
    """A clock that runs while a case is in the state; ``then`` is the system's step when it is over. ``due`` gives an
    aware moment, or None for a case that has none. States may declare the same deadline: one of them has its step.

    ``keeps``: there is one end for the whole case. It runs on where a state declares it as well, stands still where
    none does, and entering again does not move it. ``ladder``: what is said around it, to people of the slots that it
    ``tells``."""

    name: str
    caption: str
    due: Callable[[View, datetime], datetime | None]
    then: str
    keeps: bool = False
    ladder: Callable[[View], Ladder] | None = None
    tells: tuple[str, ...] = ()
    explains: Callable[[View], str] | None = None  # how its end was counted, in a sentence


@dataclass(frozen=True)
class State:
    name: str
    caption: str
    final: bool = False
    deadline: Deadline | None = None
    label: tuple[Condition, str] | None = None  # another caption when the condition holds


class Works(Protocol):
    """What an effect may set in motion; the engine does it in the transaction of the step. ``knows``: whether a process
    is in use."""

    def knows(self, process: str) -> bool: ...

    async def begin(self, process: str, author: Person, data: Mapping[str, Any], key: str, parent: Case) -> Case: ...

    async def postpone(self, case_id: int, deadline: str, due: datetime, why: str) -> None: ...

    async def pause(self, case_id: int, deadline: str, why: str) -> None: ...

    async def resume(self, case_id: int, deadline: str, due: datetime, why: str) -> None: ...

    async def put(self, case_id: int, action: str, caption: str, said: Mapping[str, Any]) -> None: ...

    async def take(self, case_id: int, action: str, remark: Mapping[str, Any] | None = None) -> None: ...

    async def note(self, case: Case, action: str, caption: str, said: Mapping[str, Any]) -> None: ...

    async def give_back(self, principal: Person, deputy: Person) -> None: ...


@dataclass(frozen=True)
class Happened:
    """A step that has been taken, for what it does beside its own case: a project is stopped, a deadline moved, a
    record drafted. ``answer`` is what was filled in for it."""

    case: Case
    actor: Person | None
    at: datetime
    view: View
    answer: Mapping[str, Any]
    works: Works


@dataclass(frozen=True)
class Step:
    """A row of the table. ``by`` is a slot or SYSTEM; ``tells`` are slots; a step with ``turn=False`` may be taken
    but is nobody's duty; ``numbered`` gives the case its number; ``effect`` touches the database and nothing else, and
    comes before what the step means to the case's parent and children. ``marks``: the moment is kept in the case's data
    under this name, and the step is taken once. Of a ``silent`` step nobody gets a message."""

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
    marks: str = ""
    silent: bool = False
    effect: Callable[[Happened], Awaitable[None]] | None = None

    def is_moot(self, case: Case) -> bool:
        """A moment is kept once, and only while there is a reason for it."""
        if not self.marks:
            return False
        return self.marks in case.data or (self.when is not None and not self.when.holds(view_of(case, "", {})))


@dataclass(frozen=True)
class Children:
    """Child cases, one per person of ``slot``, while the parent is ``at``; when all are closed, ``then`` follows.
    ``data`` is what each begins with, of the parent; it may refuse the parent's step. ``sums_up`` is what the parent
    keeps of them when all are closed."""

    process: str
    slot: str
    at: str
    then: str
    data: Callable[[Case, View], Awaitable[Mapping[str, Any]]] | None = None
    sums_up: Callable[[Case], Awaitable[Mapping[str, Any]]] | None = None


@dataclass(frozen=True)
class Measured:
    """What statistics count of a case, from its state and its data. ``in_time``: it ended well, had a deadline, and has
    not been late. ``excused``: how many of the times that it was late do not count."""

    kind: str = ""
    rectified: bool = False
    in_time: bool = False
    excused: int = 0


@dataclass(frozen=True)
class Process:
    """``check`` raises BadInput for answers that do not fit together, before any step with a form is taken. ``gist`` is
    what a card says of a case, before what has been filled in. ``urgent``: messages pass through quiet hours.
    ``tags`` are said beside the state for as long as their conditions hold. ``measured`` takes state and data;
    ``counts_round`` and ``counts_late`` are the actions that are counted. ``cites`` is the question that names a record
    whose words find this one, too."""

    name: str
    title: str
    word: str  # what members type to begin
    slots: tuple[Slot, ...]
    states: tuple[State, ...]
    table: tuple[Step, ...]
    heading: Callable[[View], str]
    number: str | Callable[[View], str] = ""  # e.g. "{station}检〔{year}〕{n:04d}号"
    card_fields: tuple[str, ...] = ()
    children: Children | None = None
    offers: Mapping[str, Offer] = field(default_factory=dict)  # by question
    check: Callable[[View], Awaitable[None]] | None = None
    gist: Callable[[View], str] | None = None
    urgent: Callable[[View], bool] | None = None
    tags: tuple[tuple[Condition, str], ...] = ()
    measured: Callable[[str, Mapping[str, Any]], Measured] = lambda state, data: Measured()
    counts_round: str = ""
    counts_late: str = ""
    cites: str = ""
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

    def deadline(self, state: str, name: str) -> Deadline | None:
        """The deadline of this name, for a case that is in a state that has it."""
        declared = self.state(state).deadline
        return declared if declared is not None and declared.name == name else None

    def series(self, view: View) -> str:
        """The pattern of the case's number."""
        return self.number if isinstance(self.number, str) else self.number(view)

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

    def varies(self, state: str) -> bool:
        """Whether what this state is called depends on the case."""
        return bool(self.tags) or self.state(state).label is not None

    def caption_of(self, state: str, view: View) -> str:
        """``待回复·暂停计时``: the state, and what else is to be known of the case."""
        declared, there = self.state(state), replace(view, at=state)
        named = declared.label is not None and declared.label[0].holds(there)
        caption = declared.label[1] if declared.label is not None and named else declared.caption
        return "·".join([caption, *(text for condition, text in self.tags if condition.holds(there))])
