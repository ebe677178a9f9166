"""The engine's statements. Each is one fixed text for both databases, which their drivers keep prepared.

What a step must know is read in as few visits as there are answers to wait for; what it changes goes out together, just
before the COMMIT.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from tortoise.fields.data import JSON_DUMPS
from tortoise.models import Model

from core import clock, database
from core.cases.ladders import Planned
from core.cases.models import Case, ClockRow, HistoryRow, Participant
from core.errors import NotYours
from core.people.models import Person

M = TypeVar("M", bound=Model)
_AT_ONCE = 500  # seats in one statement: SQLite takes 32,766 values


@dataclass(frozen=True)
class Done:
    """The history row that a request has already led to."""

    case_id: int
    actor_id: int | None
    seq: int


@dataclass(frozen=True)
class Shown:
    """A person and the task id of the card that they were last sent of a case."""

    person: Person
    card: str | None


@dataclass(frozen=True)
class Held:
    """A case that nobody else changes before this transaction ends, and what is around it."""

    case: Case
    parts: list[Participant]
    people: dict[int, Shown]  # those who have ever had a seat
    project_name: str
    done: Done | None


@dataclass(frozen=True)
class Waiting:
    """A person whose turn a case is; a deputy with the name of whom he stands for."""

    case_id: int
    name: str
    since: datetime
    stands_for: str | None


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def hold_case(case_id: int, key: str | None = None) -> Held:
    """Locks the case until the transaction ends: a write first, so that both databases serialize here. Raises NotYours
    when there is no such case."""
    # PostgreSQL shows a statement what was committed before it began: one that waited for the lock reads nothing more.
    held, around = await database.together((_HOLD_CASE, (case_id,)), (_AROUND, (case_id, key)))
    if not held:
        raise NotYours
    first = around[0]
    done = Done(first["done_case"], first["done_by"], first["done_seq"]) if first["done_case"] else None
    parts = [database.instance(Participant, row) for row in around if row["id"]]
    people = {row["person_id"]: _shown(row) for row in around if row["id"]}
    return Held(database.instance(Case, held[0]), parts, people, first["project_name"] or "", done)


async def hold_person(person_id: int, key: str) -> Done | None:
    """One step at a time per person: chat, card and page of one member queue up here."""
    _, done = await database.together((_HOLD_PERSON, (person_id, clock.now())), (_DONE, (key,)))
    return Done(**done[0]) if done else None


async def get(model: type[M], row_id: int) -> M:
    (found,) = await database.instances(model, _by_id(model), row_id)
    return found


async def find(model: type[M], row_id: int | None) -> M | None:
    found = await database.instances(model, _by_id(model), row_id) if row_id else []
    return found[0] if found else None


async def people_shown(case_id: int, ids: Iterable[int]) -> dict[int, Shown]:
    """Persons by id, and what each was shown of the case."""
    found = await database.rows(_PEOPLE, case_id, _among(ids))
    return {row["p_id"]: _shown(row) for row in found}


def _shown(row: Mapping[str, Any]) -> Shown:
    return Shown(database.instance(Person, {column: row[f"p_{column}"] for column in _COLUMNS}), row["card"])


async def waiting(case_ids: Iterable[int]) -> list[Waiting]:
    found = await database.rows(_WAITING, _among(case_ids))
    return [Waiting(row["case_id"], row["name"], _moment(row["turn_since"]), row["principal"]) for row in found]


def _among(ids: Iterable[int]) -> str:
    """For ``json_each``; an object, since both databases give back its names under one name."""
    return json.dumps(dict.fromkeys(ids))


def _moment(kept: datetime | str) -> datetime:
    """SQLite keeps moments as text."""
    return datetime.fromisoformat(kept) if isinstance(kept, str) else kept


_WAITING = (
    "SELECT s.case_id, p.name, s.turn_since, q.name AS principal FROM case_participant s "
    "JOIN person p ON p.id = s.person_id LEFT JOIN person q ON q.id = s.stands_for "
    "WHERE s.case_id IN (SELECT CAST(key AS bigint) FROM json_each($1)) AND s.turn ORDER BY s.id"
)
_HOLD_CASE = f"UPDATE case_record SET version = version WHERE id = $1 RETURNING {database.columns(Case)}"  # noqa: S608  # our own names
_HOLD_PERSON = "UPDATE person SET seen_at = $2 WHERE id = $1 RETURNING id"
_DONE = "SELECT case_id, actor_id, seq FROM case_history WHERE request_key = $1"
_COLUMNS = database.columns(Person).split(", ")
_SHOWN = (
    ", ".join(f"p.{column} AS p_{column}" for column in _COLUMNS)  # noqa: S608  # our own names
    + ", (SELECT o.task_id FROM outbox o WHERE o.case_id = $1 AND o.person_id = p.id AND o.kind = 'card' "
    "AND o.task_id IS NOT NULL ORDER BY o.id DESC LIMIT 1) AS card"
)
_AROUND = (
    "SELECT s.*, r.name AS project_name, h.case_id AS done_case, h.actor_id AS done_by, h.seq AS done_seq, "  # noqa: S608  # our own names
    f"{_SHOWN} FROM case_record c LEFT JOIN case_participant s ON s.case_id = c.id "
    "LEFT JOIN person p ON p.id = s.person_id LEFT JOIN project r ON r.id = c.project_id "
    "LEFT JOIN case_history h ON h.request_key = $2 WHERE c.id = $1 ORDER BY s.id"
)
_PEOPLE = (
    f"SELECT {_SHOWN} "  # noqa: S608  # our own names
    "FROM person p WHERE p.id IN (SELECT CAST(key AS bigint) FROM json_each($2)) ORDER BY p.id"
)


@lru_cache(maxsize=16)
def _by_id(model: type[Model]) -> str:
    return f"SELECT {database.columns(model)} FROM {model._meta.db_table} WHERE id = $1"  # noqa: S608  # our own names


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def add_case(case: Case) -> None:
    """Gives a new case its id."""
    added = await database.rows(
        "INSERT INTO case_record (process, title, state, data, station_id, project_id, author_id, parent_id, version, "
        "head, opened_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', $9, $9) RETURNING id",
        *(case.process, case.title, case.state, JSON_DUMPS(case.data)),
        *(case.station_id, case.project_id, case.author_id, case.parent_id, case.opened_at),
    )
    case.id, case._saved_in_db = added[0]["id"], True


def keep_case(case: Case) -> None:
    database.later(
        "UPDATE case_record SET number = $2, state = $3, data = $4, version = $5, head = $6, changed_at = $7, "
        "closed_at = $8 WHERE id = $1",
        *(case.id, case.number, case.state, JSON_DUMPS(case.data)),
        *(case.version, case.head, case.changed_at, case.closed_at),
    )


def add_history(row: HistoryRow) -> None:
    database.later(
        "INSERT INTO case_history (case_id, seq, at, actor_id, action, from_state, to_state, content, request_key, "
        "previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        *(row.case_id, row.seq, row.at, row.actor_id, row.action, row.from_state),
        *(row.to_state, row.content, row.request_key, row.previous, row.hash),
    )


def keep_seats(parts: list[Participant]) -> None:
    """Adds seats that are new, and brings the others up to date."""
    for start in range(0, len(parts), _AT_ONCE):
        batch = parts[start : start + _AT_ONCE]
        database.later(_seats(len(batch)), *(value for part in batch for value in _seat(part)))


def _seat(p: Participant) -> tuple[object, ...]:
    place = (p.case_id, p.person_id, p.slot, p.process, p.stands_for, p.stands_until)
    return (*place, p.turn, p.turn_since, p.told_at, p.acted_at, p.action, p.left_at)


@lru_cache(maxsize=64)
def _seats(count: int) -> str:
    seats = ", ".join(f"({', '.join(f'${12 * n + i}' for i in range(1, 13))})" for n in range(count))
    return (
        "INSERT INTO case_participant (case_id, person_id, slot, process, stands_for, stands_until, turn, turn_since, "  # noqa: S608  # our own numbers
        f"told_at, acted_at, action, left_at) VALUES {seats} ON CONFLICT (case_id, slot, person_id) DO UPDATE SET "
        "stands_for = excluded.stands_for, stands_until = excluded.stands_until, turn = excluded.turn, "
        "turn_since = excluded.turn_since, told_at = excluded.told_at, acted_at = excluded.acted_at, "
        "action = excluded.action, left_at = excluded.left_at"
    )


def stop_clock(case_id: int, name: str, now: datetime) -> None:
    database.later(
        "UPDATE case_clock SET held_step_at = next_step_at, next_step_at = NULL, stopped_at = $3 "
        "WHERE case_id = $1 AND name = $2 AND stopped_at IS NULL",
        *(case_id, name, now),
    )


def explain_clock(case_id: int, name: str, explanation: str) -> None:
    database.later(
        "UPDATE case_clock SET explanation = $3 WHERE case_id = $1 AND name = $2", case_id, name, explanation
    )


def start_clock(
    case_id: int, name: str, now: datetime, due: datetime, rungs: Sequence[Planned], explanation: str
) -> None:
    database.later(f"{_NEW_CLOCK}{_ANEW}", *_clock(case_id, name, now, due, rungs, explanation))


def start_or_resume_clock(
    case_id: int, name: str, now: datetime, due: datetime, rungs: Sequence[Planned], explanation: str
) -> None:
    """One that stood still goes on to the end that it had."""
    database.later(f"{_NEW_CLOCK}{_RESUMED}", *_clock(case_id, name, now, due, rungs, explanation))


def advance_clock(row: ClockRow, done: int, next_at: datetime | None) -> None:
    database.later(
        "UPDATE case_clock SET next_step = $2, next_step_at = $3 WHERE id = $1 AND stopped_at IS NULL",
        *(row.id, done, next_at),
    )


def move_clock(
    case_id: int, name: str, due: datetime, rungs: Sequence[Planned], explanation: str, *, runs: bool
) -> None:
    """Another end for a clock: it ``runs`` from now on, or stands still and finds the new end when it runs again."""
    column = "stopped_at = NULL, held_step_at = NULL, next_step_at" if runs else "held_step_at"
    database.later(
        f"UPDATE case_clock SET due_at = $3, {column} = $4, rungs = $5, explanation = $6, "  # noqa: S608  # our own names
        "next_step = 0 WHERE case_id = $1 AND name = $2",
        *(case_id, name, due, rungs[0].at, _kept(rungs), explanation),
    )


def _kept(rungs: Sequence[Planned]) -> str:
    return json.dumps([one.to_json() for one in rungs], ensure_ascii=False)


def _clock(
    case_id: int, name: str, now: datetime, due: datetime, rungs: Sequence[Planned], explanation: str
) -> tuple[object, ...]:
    return case_id, name, now, due, explanation, rungs[0].at, _kept(rungs)


_NEW_CLOCK = (
    "INSERT INTO case_clock (case_id, name, started_at, due_at, explanation, next_step_at, next_step, rungs) "
    "VALUES ($1, $2, $3, $4, $5, $6, 0, $7) ON CONFLICT (case_id, name) DO UPDATE SET stopped_at = NULL, "
)
_ANEW = (
    "started_at = excluded.started_at, due_at = excluded.due_at, explanation = excluded.explanation, "
    "next_step_at = excluded.next_step_at, next_step = 0, rungs = excluded.rungs, held_step_at = NULL"
)
_RESUMED = "next_step_at = case_clock.held_step_at, held_step_at = NULL"
