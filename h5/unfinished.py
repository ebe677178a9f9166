"""What a member has begun to fill in and not submitted."""

from dataclasses import dataclass
from datetime import datetime

from core.cases.engine import Engine
from core.cases.models import Case, Draft
from core.naming import names
from core.people.models import Person


@dataclass(frozen=True)
class Unfinished:
    address: str
    title: str
    about: str
    touched_at: datetime


async def all_of(person: Person) -> list[Draft]:
    """Not those in which nothing was filled in yet."""
    found = await Draft.filter(person_id=person.id).order_by("-touched_at", "-id")
    return [one for one in found if one.data.get("answers") or one.data.get("hand")]


async def described(engine: Engine, drafts: list[Draft]) -> list[Unfinished]:
    cases = await Case.in_bulk({one.case_id for one in drafts if one.case_id}, "id")
    projects = await names({f"project:{one.data['answers']['project']}" for one in drafts if _project(one)})
    return [
        _described(engine, one, cases.get(one.case_id), projects.get(f"project:{_project(one)}", "")) for one in drafts
    ]


def _described(engine: Engine, draft: Draft, case: Case | None, project: str) -> Unfinished:
    process = engine.process(draft.process)
    step = next((one for one in process.table if one.action == draft.action), process.first())
    title = f"{process.title}·{step.caption}" if case else process.title
    return Unfinished(f"/h5/drafts/{draft.id}", title, case.title if case else project, draft.touched_at)


def _project(draft: Draft) -> int | None:
    found = draft.data["answers"].get("project")
    return found if isinstance(found, int) else None
