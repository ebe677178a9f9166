"""What a member has begun to fill in and not submitted."""

from dataclasses import dataclass
from datetime import datetime

from core.cases.drafts import ANSWERED, PARENT, closed
from core.cases.engine import Engine
from core.cases.filling import step_of
from core.cases.models import Case, Draft
from core.naming import names


@dataclass(frozen=True)
class Unfinished:
    address: str
    title: str
    about: str
    touched_at: datetime
    closed: bool


async def described(engine: Engine, found: list[Draft]) -> list[Unfinished]:
    cases = await Case.in_bulk({_about(one) for one in found}, "id")
    projects = await names({f"project:{one.data[ANSWERED]['project']}" for one in found if _project(one)})
    return [
        _described(engine, one, cases.get(_about(one)), projects.get(f"project:{_project(one)}", "")) for one in found
    ]


def _described(engine: Engine, draft: Draft, case: Case | None, project: str) -> Unfinished:
    process = engine.process(draft.process)
    title = f"{process.title}·{step_of(process, draft).caption}" if draft.case_id else process.title
    about = case.title if case else project
    return Unfinished(f"/h5/drafts/{draft.id}", title, about, draft.touched_at, bool(closed(draft)))


def _about(draft: Draft) -> int:
    """The record of which it is a step, or which the new one is about."""
    return draft.case_id or int(draft.data.get(PARENT) or 0)


def _project(draft: Draft) -> int | None:
    found = draft.data[ANSWERED].get("project")
    return found if isinstance(found, int) else None
