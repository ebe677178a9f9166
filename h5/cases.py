"""A case: looking at it, and taking the steps that are open to the reader."""

from collections.abc import Sequence

import structlog
from aiohttp import web

from core.cases import turns
from core.errors import BadInput, NotYours, Refusal
from h5 import case_page, typed
from h5.access import CaseVisit
from h5.actions import Attempt, answered, request_key

log = structlog.get_logger()

_TOLD = {
    "sent": "已提交。接下来怎样办理，这里会显示，聊天里也会通知您。",
    "submitted": "这份草稿已经提交过了，这是提交后的记录，不能再修改。",
    "another": "记录已提交。您还有一份没有提交的通知，是另一件事的；请先提交或者放弃它，再从这里下发通知。",
}


async def show(visit: CaseVisit) -> web.Response:
    await turns.opened(visit.case.id, visit.person.id)
    return await _page(visit, told=_TOLD.get(visit.request.query.get("told", ""), ""))


async def act(visit: CaseVisit) -> web.Response:
    """Afterwards the browser is sent back to the page, so that a reload does not post again."""
    action, case = visit.request.match_info["action"], visit.case
    key = request_key(visit.form)
    unique = f"page:{visit.person.id}:{case.id}:{key}"
    data = answered(visit.pages.engine.process(case.process), case.state, action, visit.form)
    try:
        await visit.pages.engine.perform(case.id, action, visit.person, data, key=unique)
    except NotYours:
        raise
    except BadInput as error:
        page = await _page(visit, 422, attempt=Attempt(action, error, data, key))
        page.headers["HX-Reswap"] = "outerHTML"  # not to the top: what is wrong is at the foot, and has the focus
        return page
    except Refusal as error:
        await case.refresh_from_db()
        lost = typed.words(visit.pages.engine.processes.values(), visit.form)
        return await _page(visit, 409, problem=error.sentence, lost=lost)
    log.info("h5.performed", case=case.id, action=action, person=visit.person.id)
    raise web.HTTPSeeOther(f"/h5/cases/{case.id}", text="")


async def urge(visit: CaseVisit) -> web.Response:
    """催办; the timeline shows afterwards who was urged."""
    case = visit.case
    key = f"urge:page:{visit.person.id}:{request_key(visit.form)}"
    try:
        await visit.pages.engine.urging.urge(case, visit.person, key)
    except Refusal as error:
        return await _page(visit, 409, problem=error.sentence)
    log.info("h5.urged", case=case.id, person=visit.person.id)
    raise web.HTTPSeeOther(f"/h5/cases/{case.id}", text="")


async def _page(
    visit: CaseVisit,
    status: int = 200,
    *,
    problem: str = "",
    told: str = "",
    attempt: Attempt | None = None,
    lost: Sequence[tuple[str, str]] = (),
) -> web.Response:
    page = await case_page.build(visit, problem=problem, told=told, attempt=attempt)
    return visit.pages.render("case.html", status=status, page=page, visit=visit, typed=lost)
