"""Records as a list shows them: what each is about, how it stands, with whom, and until when; read for all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.cases.declaration import AUTHOR, Process, view_of
from core.cases.engine import Engine
from core.cases.models import Case, ClockRow, Participant
from core.cases.turns import holders, whose_turns
from core.naming import names, number_of
from core.people.models import Person
from core.projects.models import Project
from notices import records
from notices.kinds import Answer
from notices.reply import progress


@dataclass(frozen=True)
class Line:
    """``whose`` says whose turn it is, or nothing where it is the reader's or nobody's."""

    case: Case
    what: str
    state: str
    tone: str
    whose: str
    mine: datetime | None
    due: datetime | None
    rounds: str
    parts: str
    unread: bool


async def lines(engine: Engine, reader: Person, cases: Sequence[Case], said: str = "") -> list[Line]:
    """``said`` is the state that the group in which they stand has told already."""
    around = await _around(engine, reader, cases)
    return [await _line(engine, reader, case, around, said) for case in cases]


async def ends(engine: Engine, cases: Sequence[Case]) -> dict[int, datetime]:
    """Until when what is still open is to be done, by the record's id."""
    return await _ends(cases, await _born(engine, cases))


async def terms(engine: Engine, cases: Sequence[Case]) -> dict[int, datetime]:
    """Until when something is or was to be done, by the record's id: also of what is answered, closed or stands still.
    Of a record that waits for answers the nearest of those that are open, or of all when none is."""
    born = await _born(engine, cases)
    asked = {case.id: [case.id, *_awaited(born.get(case.id, []))] for case in cases}
    rows = ClockRow.filter(case_id__in={one for ids in asked.values() for one in ids}).order_by("due_at")
    due = {row.case_id: row.due_at for row in await rows} if asked else {}
    return {one: min(due[c] for c in ids if c in due) for one, ids in asked.items() if due.keys() & ids}


def _awaited(born: Sequence[Case]) -> list[int]:
    return [one.id for one in born if one.closed_at is None] or [one.id for one in born]


@dataclass(frozen=True)
class _Around:
    seats: Mapping[int, list[Participant]]
    projects: Mapping[int, Project]
    turns: Mapping[int, str]
    ends: Mapping[int, datetime]
    authors: Mapping[str, str]
    born: Mapping[int, list[Case]]


async def _around(engine: Engine, reader: Person, cases: Sequence[Case]) -> _Around:
    ids = [case.id for case in cases]
    seats: dict[int, list[Participant]] = {one: [] for one in ids}
    for part in await Participant.filter(case_id__in=ids).order_by("id"):
        seats[part.case_id].append(part)
    born = await _born(engine, cases)
    return _Around(
        seats,
        await Project.in_bulk({case.project_id for case in cases if case.project_id}, "id"),
        await _turns(reader, cases, born),
        await _ends(cases, born),
        await names({f"person:{case.author_id}" for case in cases if case.author_id != reader.id}),
        born,
    )


async def _born(engine: Engine, cases: Sequence[Case]) -> dict[int, list[Case]]:
    """The records for which a record waits: each person's own answer."""
    waiting = {case.id: engine.process(case.process).children for case in cases}
    kinds = {children.process for children in waiting.values() if children is not None}
    born: dict[int, list[Case]] = {}
    if kinds:
        parents = [one for one, children in waiting.items() if children is not None]
        for child in await Case.filter(parent_id__in=parents, process__in=kinds).order_by("id"):
            born.setdefault(int(child.parent_id or 0), []).append(child)
    return born


async def _turns(reader: Person, cases: Sequence[Case], born: Mapping[int, list[Case]]) -> dict[int, str]:
    """Of a record that waits for others, to the people of its station: in whose hands the first of those is."""
    told = {case.id for case in cases if case.station_id == reader.org_id}
    first = {one: next((c for c in children if c.closed_at is None), None) for one, children in born.items()}
    open_ones = {one: child for one, child in first.items() if child is not None and one in told}
    turns = await whose_turns([*cases, *open_ones.values()])
    return {case.id: turns[case.id] or turns.get(_id(open_ones.get(case.id)), "") for case in cases}


def _id(case: Case | None) -> int:
    return case.id if case is not None else 0


async def _ends(cases: Sequence[Case], born: Mapping[int, list[Case]]) -> dict[int, datetime]:
    """Until when: a record's own running clock, or the nearest of those of the answers that it still waits for."""
    waits = {case.id: {case.id} for case in cases if case.closed_at is None}
    for one in waits.keys() & born.keys():
        waits[one] |= {child.id for child in born[one] if child.closed_at is None}
    asked = set().union(*waits.values())
    due: dict[int, datetime] = {}
    for row in await ClockRow.filter(case_id__in=list(asked), stopped_at=None).order_by("due_at"):
        due.setdefault(row.case_id, row.due_at)
    return {one: min(due[c] for c in waited & due.keys()) for one, waited in waits.items() if waited & due.keys()}


async def _line(engine: Engine, reader: Person, case: Case, around: _Around, said: str) -> Line:
    process, seats = engine.process(case.process), around.seats[case.id]
    mine = [p for p in seats if p.person_id == reader.id]
    state = _state(process, case, around)
    since = min((p.turn_since for p in mine if p.turn and p.turn_since), default=None)
    return Line(
        case=case,
        what=_what(process, case, around.authors),
        state="" if state == said else state,
        tone=tone(process, case),
        whose="" if since else around.turns[case.id],
        mine=since,
        due=around.ends.get(case.id),
        rounds=await _rounds(case),
        parts="" if case.state == records.VOIDED else _parts(around.born.get(case.id, [])),
        unread=any(p.opened_at is None and (p.told_at or p.turn_since) for p in mine if not _knows(process, p)),
    )


def tone(process: Process, case: Case) -> str:
    """``wait`` while somebody must act, ``warn`` where only dangerous steps lead or it is void, ``done`` otherwise."""
    if case.closed_at is None:
        return "wait"
    void = case.state == records.VOIDED
    return "warn" if void or all(step.danger for step in process.table if step.to == case.state) else "done"


def _knows(process: Process, part: Participant) -> bool:
    """Whoever began a record himself or has acted on it, if only in chat, needs no page to know it."""
    return part.acted_at is not None or (part.slot == AUTHOR and process.first().by == AUTHOR)


def _what(process: Process, case: Case, authors: Mapping[str, str]) -> str:
    """What tells it from others of the same title: its number, and whose it is where each has one of his own."""
    author = authors.get(f"person:{case.author_id}", "")
    own = f"{author}的{process.title}" if case.parent_id and author else process.title
    return " ".join(filter(None, [own, number_of(case)]))


def _state(process: Process, case: Case, around: _Around) -> str:
    project = around.projects.get(case.project_id or 0)
    view = view_of(case, project.name if project else "", holders(around.seats[case.id]))
    return process.caption_of(case.state, view)


async def _rounds(case: Case) -> str:
    """``第2轮，12项中剩3项``"""
    if case.process != records.REPLY or case.closed_at is not None or case.data["answer"] != Answer.RECTIFY:
        return ""
    return (await progress(case)).headline


def _parts(born: Sequence[Case]) -> str:
    done = sum(one.closed_at is not None for one in born)
    return f"{len(born)} 份回复，{done} 份完结" if born else ""
