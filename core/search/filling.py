"""Cases from before there was a search index, or from before it knew as much as now (``index.VERSION``), are entered
into it while the service runs, the newest first.

Whoever runs does a little at a time; what has been entered is written down with it, so that a restart goes on. Each
version is filled for itself, so that a replica of the one before has its own all the while.
"""

import asyncio
import json
import math
from collections.abc import Mapping
from functools import partial

import structlog

from core import database
from core.cases.declaration import Process
from core.cases.models import Case, HistoryRow, SearchFill
from core.people.models import Person
from core.projects.models import Project
from core.search import index

log = structlog.get_logger()

_BATCH = 100
_BETWEEN_SECONDS = 0.02  # for everybody else
_LONGEST_SECONDS = 20  # the rest is done by the next round


async def catch_up(processes: Mapping[str, Process]) -> int:
    """Says how many cases were entered."""
    if not await SearchFill.exists(id=index.VERSION) and not await _begin():
        return 0
    ends, entered = asyncio.get_running_loop().time() + _LONGEST_SECONDS, 0
    while asyncio.get_running_loop().time() < ends:
        done: int = await database.transaction(partial(_some, processes))
        if not done:
            break
        entered += done
        await asyncio.sleep(_BETWEEN_SECONDS)
    if entered:
        log.info("search.entered", cases=entered)
    return entered


async def left() -> int:
    """How much of a hundred a search may miss yet, wholly or in part; 0 when all is entered."""
    fill = await SearchFill.get_or_none(id=index.VERSION)
    if fill is not None:
        return _left_of(fill)
    return 100 if await SearchFill.exists() else await _not_begun()


async def uncounted() -> int:
    """How much of a hundred no figure counts yet: what a former version has entered is counted."""
    fills = await SearchFill.all()
    return min(map(_left_of, fills)) if fills else await _not_begun()


def _left_of(fill: SearchFill) -> int:
    return math.ceil(100 * int(fill.next_id) / int(fill.first_id))


async def _not_begun() -> int:
    return 100 if await database.rows(_NOT_ENTERED) else 0


async def _begin() -> bool:
    """False where there is nothing yet."""
    newest = await Case.all().order_by("-id").first()
    if newest is not None:
        await database.rows(
            "INSERT INTO search_fill (id, first_id, next_id) VALUES ($1, $2, $2) ON CONFLICT (id) DO NOTHING "
            "RETURNING id",
            *(index.VERSION, newest.id),
        )
    return newest is not None


async def _some(processes: Mapping[str, Process]) -> int:
    held_by_one = "UPDATE search_fill SET next_id = next_id WHERE id = $1 RETURNING next_id"
    (fill,) = await database.rows(held_by_one, index.VERSION)
    held = " FOR UPDATE" if database.is_postgresql() else ""  # a step that is taken meanwhile must not be missed
    cases = await database.instances(Case, _NEXT + held, fill["next_id"]) if fill["next_id"] else []
    if cases:
        await _enter(processes, cases)
    if fill["next_id"]:
        last = cases[-1].id - 1 if len(cases) == _BATCH else 0
        await database.rows("UPDATE search_fill SET next_id = $2 WHERE id = $1 RETURNING id", index.VERSION, last)
    return len(cases)


async def _enter(processes: Mapping[str, Process], cases: list[Case]) -> None:
    """What nobody declares any more is left out: no page shows it either."""
    units = dict(await Person.filter(id__in={c.author_id for c in cases}).values_list("id", "org_id"))
    projects = await Project.in_bulk({c.project_id for c in cases if c.project_id}, "id")
    counts, known = await _actions(cases), [case for case in cases if case.process in processes]
    cited, remarks = await index.cited_by(processes, known), await index.remarks_in(processes, known)
    for case in known:
        name = projects[case.project_id].name if case.project_id in projects else ""
        said, counted = cited.get(case.id, []), counts.get(case.id, {})
        process, told = processes[case.process], remarks.get(case.id, [])
        index.enter(process, case, units[case.author_id], name, said, counted, told)


async def _actions(cases: list[Case]) -> dict[int, dict[str, int]]:
    rows = await database.rows(_ACTIONS, json.dumps({case.id: 0 for case in cases}))
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["case_id"], {})[row["action"]] = row["n"]
    return found


_NOT_ENTERED = (
    "SELECT id FROM case_record c WHERE NOT EXISTS (SELECT 1 FROM case_fact f WHERE f.case_id = c.id) LIMIT 1"
)
_NEXT = f"SELECT {database.columns(Case)} FROM case_record WHERE id <= $1 ORDER BY id DESC LIMIT {_BATCH}"  # noqa: S608
_ACTIONS = (
    f"SELECT case_id, action, count(*) AS n FROM {HistoryRow._meta.db_table} "  # noqa: S608  # our own names
    "WHERE case_id IN (SELECT CAST(key AS bigint) FROM json_each($1)) GROUP BY case_id, action"
)
