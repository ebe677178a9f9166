"""Lists of records as one member finds them: the same questions from chat and from pages, so that both count alike.

A list is read on from a key and never by counting rows from its beginning: each part of it walks one index, so that a
late page costs what the first one costs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from core import clock, database
from core.cases.declaration import AUTHOR, Process, Slot
from core.cases.models import Case
from core.people.models import Role

COUNTED = 99
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_STANDING = "p.left_at IS NULL AND (p.stands_until IS NULL OR p.stands_until > {now})"
# What ``core.access`` asks of a seat before its member may see the record.
_REACHED = f"(p.acted_at IS NOT NULL OR ((p.told_at IS NOT NULL OR p.turn_since IS NOT NULL) AND {_STANDING}))"
_DUE = "(SELECT min(k.due_at) FROM case_clock k WHERE k.case_id = p.case_id AND k.stopped_at IS NULL)"

Which = Callable[[Process, Slot], bool]


@dataclass(frozen=True)
class Own:
    """What the member began himself, in one of the states, or in any."""

    begun: Callable[[Process], bool]
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seats:
    """Where the member has one of the seats: acted or not, and by a dangerous action or not."""

    which: Which
    acted: bool | None = None
    danger: bool | None = None
    turn: bool | None = None


@dataclass(frozen=True)
class Turns:
    """What waits for the member: what is over first, then by the nearest end, then what has waited longest.

    ``over``: only what should have been done already."""

    which: Which
    over: bool = False


@dataclass(frozen=True)
class Tab:
    """``nothing`` is said where it is empty; ``roles`` are those for whom it is meant, all where none are named."""

    name: str
    caption: str
    source: Own | Seats | Turns
    nothing: str
    roles: frozenset[Role] = frozenset()

    def states(self, processes: Iterable[Process]) -> list[tuple[Process, str]]:
        """Every state in which a record of this tab may be."""
        return [
            (process, state.name)
            for process in processes
            if self._has(process)
            for state in process.states
            if not (isinstance(self.source, Own) and self.source.states) or state.name in self.source.states
        ]

    def _has(self, process: Process) -> bool:
        if isinstance(self.source, Own):
            return self.source.begun(process)
        return any(self.source.which(process, slot) for slot in process.slots)


@dataclass(frozen=True)
class Narrowed:
    """What a reader looks for in a list. ``holds``: what the record's data says; ``states`` as ``process.state``;
    ``until`` is the first moment that is too late."""

    process: str = ""
    holds: Mapping[str, str] = field(default_factory=dict)
    states: tuple[str, ...] = ()
    project: str = ""
    since: datetime | None = None
    until: datetime | None = None
    words: tuple[str, ...] = ()


EVERYTHING = Narrowed()


@dataclass(frozen=True)
class Found:
    """``after`` is the key of what follows, empty at the end."""

    cases: list[Case]
    after: str = ""


async def find(
    tab: Tab,
    processes: Sequence[Process],
    person_id: int,
    wanted: Narrowed = EVERYTHING,
    *,
    after: str = "",
    most: int = 20,
) -> Found:
    """Starts from the beginning where ``after`` is no key."""
    rows = await _Question(tab, processes, person_id, wanted).page(after, most + 1)
    cases = await Case.in_bulk([row["id"] for row in rows[:most]], "id")
    key = _key(rows[most - 1]) if len(rows) > most else ""
    return Found([cases[row["id"]] for row in rows[:most]], key)


async def count(tab: Tab, processes: Sequence[Process], person_id: int, wanted: Narrowed = EVERYTHING) -> int:
    """At most ``COUNTED`` and one: nobody counts on further than that."""
    return await _Question(tab, processes, person_id, wanted).count(COUNTED + 1)


async def waiting_for_all(processes: Iterable[Process]) -> dict[str, tuple[int, int]]:
    """For each member for whom something waits, by WeCom's id: how much, and how much of it is overdue."""
    names = [process.name for process in processes]
    among = ", ".join(f"${n}" for n in range(2, len(names) + 2))
    rows = await database.rows(
        "SELECT m.userid, count(DISTINCT p.case_id) AS waits, "  # noqa: S608  # our own numbers
        f"count(DISTINCT CASE WHEN {_DUE} <= $1 THEN p.case_id END) AS over "
        "FROM person m JOIN case_participant p ON p.person_id = m.id AND p.turn = TRUE "
        f"WHERE m.active AND m.userid IS NOT NULL AND p.process IN ({among}) GROUP BY m.userid",
        clock.now(),
        *names,
    )
    return {row["userid"]: (int(row["waits"]), int(row["over"])) for row in rows}


def tally(number: int) -> str:
    return str(number) if number <= COUNTED else f"{COUNTED}+"


def _key(row: Mapping[str, object]) -> str:
    """The id; of what waits ``due_since_id``, in microseconds."""
    moments = [(_moment(row[name]) - _EPOCH) // timedelta(microseconds=1) for name in ("due", "since") if name in row]
    return "_".join(str(one) for one in [*moments, row["id"]])


def _moment(kept: object) -> datetime:
    """SQLite keeps moments as text."""
    return kept if isinstance(kept, datetime) else datetime.fromisoformat(str(kept))


def _place(key: str, parts: int) -> list[int]:
    """The numbers of a key; nothing of what is none."""
    found = key.split("_")
    fits = len(found) == parts and all(one.isascii() and one.isdigit() and len(one) <= 18 for one in found)
    return [int(one) for one in found] if fits else []


class _Question:
    """One statement with its values, of declared names and our own words only."""

    def __init__(self, tab: Tab, processes: Sequence[Process], person_id: int, wanted: Narrowed) -> None:
        self._source = tab.source
        self._processes = [one for one in processes if wanted.process in ("", one.name)]
        self._wanted = wanted
        self._values: list[object] = []
        self._person = self._put(person_id)

    def _put(self, value: object) -> str:
        self._values.append(value)
        return f"${len(self._values)}"

    async def page(self, after: str, most: int) -> database.Rows:
        text = self._waiting(after, most) if isinstance(self._source, Turns) else self._newest(after, most)
        return await database.rows(text, *self._values) if text else []

    async def count(self, most: int) -> int:
        text = self._waiting("", most) if isinstance(self._source, Turns) else self._newest("", most)
        found = await database.rows(f"SELECT count(*) AS n FROM ({text}) AS t", *self._values) if text else [{"n": 0}]  # noqa: S608  # see above
        return int(found[0]["n"])

    # ── newest first ─────────────────────────────────────────────────────────────────────────────────────────────

    def _newest(self, after: str, most: int) -> str:
        """Each part gives as many as the whole needs, so that no index is read further than that."""
        place = _place(after, 1)
        self._before = f" AND {{id}} < {self._put(place[0])}" if place else ""
        parts = [f"SELECT * FROM ({one} LIMIT {most}) AS q{n}" for n, one in enumerate(self._parts())]  # noqa: S608  # see above
        union = " UNION ALL ".join(parts)
        return f"SELECT DISTINCT id FROM ({union}) AS u ORDER BY id DESC LIMIT {most}" if parts else ""  # noqa: S608  # see above

    def _parts(self) -> list[str]:
        if isinstance(self._source, Own):
            return [self._own(self._source, one) for one in self._processes if self._source.begun(one)]
        assert isinstance(self._source, Seats)  # noqa: S101  # the third kind asks another question
        return [self._seats(self._source, process, slot) for process, slot in self._pairs(self._source.which)]

    def _pairs(self, which: Which) -> list[tuple[Process, Slot]]:
        return [(process, slot) for process in self._processes for slot in process.slots if which(process, slot)]

    def _own(self, source: Own, process: Process) -> str:
        states = f" AND c.state IN ({', '.join(self._put(one) for one in source.states)})" if source.states else ""
        return (
            f"SELECT c.id FROM case_record c WHERE c.author_id = {self._person} "  # noqa: S608  # see above
            f"AND c.process = {self._put(process.name)}{states}{self._before.format(id='c.id')}{self._narrow}"
            " ORDER BY c.id DESC"
        )

    def _seats(self, source: Seats, process: Process, slot: Slot) -> str:
        return (
            f"SELECT p.case_id AS id FROM case_participant p{self._join} WHERE p.person_id = {self._person} "  # noqa: S608  # see above
            f"AND p.slot = {self._put(slot.name)} AND p.process = {self._put(process.name)}"
            f"{self._before.format(id='p.case_id')}{self._did(source, process)}{self._narrow} ORDER BY p.case_id DESC"
        )

    def _did(self, source: Seats, process: Process) -> str:
        said = f" AND {_REACHED.format(now=self._now)}"
        if source.turn is not None:
            said += f" AND p.turn = {str(source.turn).upper()}"
        if source.acted is not None:
            said += f" AND p.acted_at IS {'NOT ' if source.acted else ''}NULL"
        if source.danger is not None:
            dangerous = sorted({step.action for step in process.table if step.danger}) or [""]
            among = ", ".join(self._put(one) for one in dangerous)
            said += f" AND p.action {'' if source.danger else 'NOT '}IN ({among})"
        return said

    # ── what waits ───────────────────────────────────────────────────────────────────────────────────────────────

    def _waiting(self, after: str, most: int) -> str:
        assert isinstance(self._source, Turns)  # noqa: S101  # asked by those who know
        seats = [self._put(f"{process.name}.{slot.name}") for process, slot in self._pairs(self._source.which)]
        if not seats:
            return ""
        due = f"coalesce({_DUE}, {self._put(_NEVER)})"
        place = _place(after, 3)
        moments = [self._put(_EPOCH + timedelta(microseconds=one)) for one in place[:2]]
        over = f" AND {_DUE} <= {self._now}" if self._source.over else ""
        beyond = f" WHERE (due, since, id) > ({', '.join([*moments, self._put(place[2])])})" if place else ""
        return (
            f"SELECT id, since, due FROM (SELECT p.case_id AS id, min(p.turn_since) AS since, {due} AS due "  # noqa: S608  # see above
            f"FROM case_participant p{self._join} WHERE p.person_id = {self._person} AND p.turn = TRUE "
            f"AND p.process || '.' || p.slot IN ({', '.join(seats)}){over}{self._narrow} "
            f"GROUP BY p.case_id) AS w{beyond} ORDER BY due, since, id LIMIT {most}"
        )

    # ── what is looked for ───────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _now(self) -> str:
        return self._put(clock.now())

    @property
    def _join(self) -> str:
        return " JOIN case_record c ON c.id = p.case_id" if self._narrow else ""

    @cached_property
    def _narrow(self) -> str:
        wanted = self._wanted
        said = [f"c.data ->> '{name}' = {self._put(value)}" for name, value in wanted.holds.items()]
        if wanted.states:
            said.append(f"c.process || '.' || c.state IN ({', '.join(self._put(one) for one in wanted.states)})")
        if wanted.since is not None:
            said.append(f"c.opened_at >= {self._put(wanted.since)}")
        if wanted.until is not None:
            said.append(f"c.opened_at < {self._put(wanted.until)}")
        if wanted.project:
            like = f"lower(name) LIKE {self._put(_like(wanted.project))} ESCAPE '\\'"
            said.append(f"c.project_id IN (SELECT id FROM project WHERE {like})")  # noqa: S608  # see above
        said += [self._names(word) for word in wanted.words]
        return "".join(f" AND {one}" for one in said)

    def _names(self, word: str) -> str:
        like = f"LIKE {self._put(_like(word))} ESCAPE '\\'"
        return f"(lower(c.title) {like} OR lower(coalesce(c.number, c.data ->> 'number', '')) {like})"


def _like(words: str) -> str:
    escaped = words.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def named(name: str) -> Callable[[Process], bool]:
    return lambda process: process.name == name


def anywhere(process: Process, slot: Slot) -> bool:
    return True


def not_author(process: Process, slot: Slot) -> bool:
    return slot.name != AUTHOR
