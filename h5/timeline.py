"""What happened to a case: one line per history row, with what was said beside the decision."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.cases.declaration import Process, Step
from core.cases.models import HistoryRow
from core.forms import Form
from h5.kinds import Facts, FieldView, views
from h5.people import Known
from notices.remarks import Voided

Words = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True)
class Event:
    at: datetime
    who: str
    post: str
    what: str
    tone: str
    said: list[FieldView]
    held: datetime | None = None


def events(process: Process, rows: list[HistoryRow], everybody: Known, facts: Facts, behind: Words) -> list[Event]:
    """Newest first. ``behind``: on whose word steps of the system ended it with its notice, and why."""
    return [_event(process, row, everybody, facts, behind.get(row.seq)) for row in reversed(rows)]


def remarks(process: Process, rows: list[HistoryRow]) -> list[tuple[type[Form], Mapping[str, Any]]]:
    """Forms that stayed in the history, with what was filled in."""
    found = [(_step(process, row), content(row)) for row in rows]
    return [(step.form, held["data"]) for step, held in found if step and step.form and not held["kept"]]


def content(row: HistoryRow) -> Mapping[str, Any]:
    held: Mapping[str, Any] = json.loads(row.content)
    return held


def _step(process: Process, row: HistoryRow) -> Step | None:
    """A step may have left the declaration since; its row stays."""
    return next((s for s in process.steps(row.from_state, row.action)), None)


def _event(
    process: Process, row: HistoryRow, everybody: Known, facts: Facts, behind: Mapping[str, Any] | None
) -> Event:
    step, held = _step(process, row), content(row)
    said = views(step.form, held["data"], facts) if step and step.form and not held["kept"] else []
    who = everybody.acting(row.actor_id, held.get("for")) if row.actor_id else "系统"
    post = everybody.post(row.actor_id) if row.actor_id else ""
    what = step.caption if step else held.get("note") or row.action
    if behind is not None:
        what, said = "通知已作废", views(Voided, behind, facts)
    until = datetime.fromisoformat(held["held"]) if "held" in held else None
    return Event(row.at, who, post, what, "warn" if step and step.danger else "", said, until)
