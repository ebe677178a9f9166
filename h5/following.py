"""What a record leads to, begun from its page: a notice, more time, a pause, an objection (HN-37, BY-07, BY-15)."""

from aiohttp import web

from core import database
from core.cases import drafts, turns
from core.cases.models import Draft
from core.errors import NotYours
from h5.access import CaseVisit
from h5.pages import Button
from notices import following


async def begin(visit: CaseVisit) -> web.Response:
    """Its draft with what is known filled in, or the one that was begun before; none is lost for another."""
    engine, case, name = visit.pages.engine, visit.case, visit.request.match_info["process"]
    found = await following.begun_by(visit.person, case, name)
    process = engine.processes.get(name)
    if process is None:
        raise NotYours

    async def work() -> tuple[Draft, bool]:
        await turns.hold_person(visit.person.id)
        other = await found.in_the_way(visit.person, process, case)
        if other is not None:
            return other, False
        draft, _ = await found.draft(visit.person, process, case)
        await drafts.save(draft)
        return draft, True

    draft, fits = await database.transaction(work)
    if fits:
        raise web.HTTPSeeOther(f"/h5/drafts/{draft.id}", text="")
    text = f"您有一份没有提交的{process.title}，是另一件事的。请先提交或者放弃它，再办理这一件。"
    buttons = (Button("打开没有提交的那一份", f"/h5/drafts/{draft.id}"), Button("返回", f"/h5/cases/{case.id}"))
    return visit.pages.message("先办完上一份", text, status=409, icon="waiting", buttons=buttons)
