"""The records around one: what it cites, what cites it, and what belongs to it, of those that the reader may see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import access
from core.cases.declaration import Process
from core.cases.models import Case
from core.forms import Offered, Question, questions
from core.naming import number_of
from core.projects.models import Project
from h5.access import CaseVisit
from h5.lines import tone
from notices import records

_LOOKED_AT = 200  # of one project's; newest first


@dataclass(frozen=True)
class Related:
    address: str
    what: str
    number: str
    state: str
    tone: str


async def around(visit: CaseVisit, project: Project | None) -> list[Related]:
    """Not what stands elsewhere on its page: what it is about, each person's own answer, and consent to service."""
    process = visit.pages.engine.process(visit.case.process)
    found = [*await _cited(process, visit.case), *await _citing(visit), *await _belonging(process, visit.case)]
    return [await _related(visit, one, project) for one in found if await access.may_see(visit.person, one)]


async def _cited(process: Process, case: Case) -> list[Case]:
    named = set(_named(process, case.data))
    return await Case.filter(id__in=named).order_by("id") if named else []


async def _citing(visit: CaseVisit) -> list[Case]:
    case = visit.case
    known = visit.pages.engine.processes
    names = [name for name, process in known.items() if any(_of_case(process))]
    if case.parent_id is not None or case.project_id is None or not names:
        return []
    same = Case.filter(project_id=case.project_id, process__in=names).order_by("-id").limit(_LOOKED_AT)
    return [one for one in await same if case.id in _named(known[one.process], one.data)]


async def _belonging(process: Process, case: Case) -> list[Case]:
    told_elsewhere = [records.CONSENT, *([process.children.process] if process.children else [])]
    return await Case.filter(parent_id=case.id).exclude(process__in=told_elsewhere).order_by("-id").limit(_LOOKED_AT)


def _named(process: Process, data: Mapping[str, Any]) -> Iterator[int]:
    """Also what a record was handed, such as the check of the notice that it answers."""
    fields = {question.name for question in _of_case(process)} | ({process.cites} if process.cites else set())
    return (int(data[name]) for name in sorted(fields) if data.get(name))


def _of_case(process: Process) -> Sequence[Question]:
    asked = [question for form in process.forms() for question in questions(form)]
    return [
        one for one in asked if isinstance(one.field, Offered) and one.field.ref == "case" and not one.field.several
    ]


async def _related(visit: CaseVisit, case: Case, project: Project | None) -> Related:
    name, engine = project.name if project else "", visit.pages.engine
    process = engine.process(case.process)
    return Related(
        address=f"/h5/cases/{case.id}",
        what=case.title.removeprefix(name).strip() or case.title,
        number=number_of(case),
        state=process.caption_of(case.state, await engine.view(case)),
        tone=tone(process, case),
    )
