"""What is entered for each case: its facts, its text, and what it cites; with the step that changes them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from core import clock, database
from core.cases.declaration import Measured, Process
from core.cases.models import Case, HistoryRow
from core.forms import form
from core.naming import number_of
from core.search import text

VERSION = 2
"""Of what ``keep_text`` enters. With the next one all cases are entered again while the service runs; until then each
is found by what it was found by before."""

# ── in the transaction of a step ─────────────────────────────────────────────────────────────────────────────────────


def add(process: Process, case: Case, unit_id: int, project_name: str, cited: Sequence[str], action: str) -> None:
    """A case that has just been opened, by this action."""
    told = process.measured(case.state, case.data)
    rounds, lates = _counted(process, action)
    _add_fact(case, unit_id, told, rounds, lates)
    keep_text(process, case, project_name, cited)
    keep_topics(process, case)


def follow(process: Process, case: Case, action: str) -> None:
    """A case in which something has been done."""
    told = process.measured(case.state, case.data)
    rounds, lates = _counted(process, action)
    database.later(
        "UPDATE case_fact SET kind = $2, state = $3, rectified = $4, rounds = rounds + $5, lates = lates + $6, "
        "timing = CASE WHEN lates + $6 > $7 THEN 'late' ELSE $8 END WHERE case_id = $1",
        *(case.id, told.kind, case.state, told.rectified, rounds, lates, told.excused, _in_time(told)),
    )


def keep_text(
    process: Process, case: Case, project_name: str, cited: Sequence[str], remarks: Sequence[str] = ()
) -> None:
    """``cited``: what was written into the record that this one is about; ``remarks``: what was said in its steps."""
    lines = written(process, case, project_name, (*cited, *remarks))
    facets = {"station": case.station_id, "project": case.project_id, "author": case.author_id, "process": case.process}
    if database.is_postgresql():
        database.later(
            "INSERT INTO case_text (case_id, text, grams) VALUES ($1, $2, $3) "
            "ON CONFLICT (case_id) DO UPDATE SET text = excluded.text, grams = excluded.grams "
            "WHERE case_text.text <> excluded.text OR case_text.grams <> excluded.grams",
            *(case.id, lines, text.numbers(lines, facets | {"block": case.id // text.BLOCK})),
        )
    else:
        database.later(
            "INSERT INTO case_text (case_id, text) VALUES ($1, $2) "
            "ON CONFLICT (case_id) DO UPDATE SET text = excluded.text WHERE case_text.text <> excluded.text",
            *(case.id, text.entered(lines, facets)),
        )


def keep_topics(process: Process, case: Case) -> None:
    topics = sorted(_topics(process, case))
    if topics:
        values = (value for topic in topics for value in (case.station_id, case.id, topic))
        database.later(_adding_topics(len(topics)), *values)


def written(process: Process, case: Case, project_name: str, cited: Sequence[str]) -> str:
    """All that a search finds the case by, ready to be compared."""
    topics = map(text.cited, sorted(_topics(process, case)))
    about = number_of(case), case.title, project_name
    return text.lines([*about, *dict.fromkeys([*said(process, case), *cited]), *topics])


def said(process: Process, case: Case) -> list[str]:
    """What was written into it, as it was written."""
    return [words for one in process.forms() for words in form.words(one, case.data)]


def remarked(process: Process, data: Mapping[str, Any]) -> list[str]:
    """What was said in a step, also what the record does not keep: a reason, or the answers of a former round."""
    forms = dict.fromkeys(step.form for step in process.table if step.form is not None)
    return [words for one in forms for words in form.words(one, data)]


async def remarks_in(processes: Mapping[str, Process], cases: Iterable[Case]) -> dict[int, list[str]]:
    """What was said in their steps until now, by id."""
    declared, found = {case.id: processes[case.process] for case in cases}, dict[int, list[str]]()
    rows = HistoryRow.filter(case_id__in=list(declared)).order_by("case_id", "seq")
    for case_id, content in await rows.values_list("case_id", "content"):
        found.setdefault(case_id, []).extend(remarked(declared[case_id], json.loads(content)["data"]))
    return found


async def cited_by(processes: Mapping[str, Process], cases: Iterable[Case]) -> dict[int, list[str]]:
    """What was written into the records that these are about, by the id of the one that cites."""
    named = {c.id: int(name) for c in cases if (name := c.data.get(processes[c.process].cites))}
    found = {c.id: c for c in await Case.filter(id__in=set(named.values()))} if named else {}
    others = {case_id: found[other] for case_id, other in named.items() if other in found}
    return {case_id: said(processes[other.process], other) for case_id, other in others.items()}


def _topics(process: Process, case: Case) -> set[str]:
    return {one for declared in process.forms() for one in form.topics(declared, case.data)}


def _counted(process: Process, action: str) -> tuple[int, int]:
    return int(action == process.counts_round), int(action == process.counts_late)


def _in_time(told: Measured) -> str:
    return "in_time" if told.in_time else ""


def _add_fact(case: Case, unit_id: int, told: Measured, rounds: int, lates: int) -> None:
    timing = "late" if lates > told.excused else _in_time(told)
    database.later(
        "INSERT INTO case_fact (case_id, station_id, project_id, author_id, unit_id, process, kind, state, opened_on, "
        "rectified, rounds, lates, timing) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
        "ON CONFLICT (case_id) DO NOTHING",
        *(case.id, case.station_id, case.project_id, case.author_id, unit_id, case.process, told.kind, case.state),
        *(clock.local(case.opened_at).date(), told.rectified, rounds, lates, timing),
    )


@lru_cache(maxsize=64)
def _adding_topics(count: int) -> str:
    rows = ", ".join(f"(${3 * n + 1}, ${3 * n + 2}, ${3 * n + 3})" for n in range(count))
    return (
        f"INSERT INTO case_topic (station_id, case_id, topic) VALUES {rows} "  # noqa: S608  # our own numbers
        "ON CONFLICT (station_id, case_id, topic) DO NOTHING"
    )


def enter(
    process: Process,
    case: Case,
    unit_id: int,
    project_name: str,
    cited: Sequence[str],
    counts: Mapping[str, int],
    remarks: Sequence[str],
) -> None:
    """A case from before: ``counts`` says how often each action was taken."""
    told = process.measured(case.state, case.data)
    _add_fact(case, unit_id, told, counts.get(process.counts_round, 0), counts.get(process.counts_late, 0))
    keep_text(process, case, project_name, cited, remarks)
    keep_topics(process, case)
