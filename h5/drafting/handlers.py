"""A draft on a page: begun, looked at, saved answer by answer or whole, checked, submitted, thrown away."""

from dataclasses import dataclass

import structlog
from aiohttp import web

from core import database
from core.cases import drafts, filling, turns
from core.cases.declaration import SYSTEM
from core.cases.filling import Filling
from core.cases.models import Case, Draft
from core.errors import BadInput, NotNow, NotYours, Refusal
from h5 import jssdk
from h5.access import CaseVisit, DraftVisit, Visit
from h5.drafting import closed, keeping, page
from h5.drafting.adapter import Desk, mark
from h5.drafting.keeping import Trouble, Troubles
from h5.drafting.registry import ADAPTERS
from h5.drafting.summary import missing, summary
from notices import following

log = structlog.get_logger()

_CHANGED = "刚才在别处又改过，还没有提交。这是现在的内容，请重新核对后再提交。"
_NOT_YET = "还不能提交，请看标红的几项，其他内容都已保存。"
_UNSAVED = "标红的几项没有保存，其他内容都已保存。"
_AMISS = "有一项需要改，请看标红的地方。"
_AUTOMATIC = "草稿自动保存。在聊天窗口发送“继续填写”也可以接着填。"


async def begin(visit: Visit) -> web.Response:
    """The draft of a new record: the one that is there, or a new one."""
    process = visit.pages.engine.processes.get(visit.request.match_info["process"])
    if process is None or process.form is None or not process.word or process.first().by == SYSTEM:
        raise NotYours

    async def work() -> Draft:
        await turns.hold_person(visit.person.id)
        return await filling.begin(visit.person, process)

    raise _to(await database.transaction(work))


async def begin_step(visit: CaseVisit) -> web.Response:
    """The draft of a step that needs more than a button. Raises Refusal where it is not open to this member."""
    engine, case, action = visit.pages.engine, visit.case, visit.request.match_info["action"]
    step = next((one for one in await engine.open_steps(case, visit.person) if one.action == action), None)
    if step is None:
        known = any(one.action == action for one in engine.process(case.process).table)
        if known and (begun := await drafts.find(visit.person.id, case.process, action, case.id)) is not None:
            raise _to(begun)  # it says what has happened meanwhile
        raise NotNow(f"《{case.title}》现在没有这一步需要您办理，请从记录的页面查看。")
    if step.form is None:
        raise web.HTTPSeeOther(f"/h5/cases/{case.id}", text="")

    async def work() -> Draft:
        await turns.hold_person(visit.person.id)
        draft = await filling.begin_step(visit.person, engine.process(case.process), case, step)
        await drafts.save(draft)
        return draft

    raise _to(await database.transaction(work))


async def show(visit: DraftVisit) -> web.Response:
    if sentence := await closed.look(visit):
        return await closed.show(visit, sentence)
    if any(q.field.kind == "verdicts" for q in visit.filling.questions):
        # Verdicts are given beside the photos, on the page of the record.
        raise web.HTTPSeeOther(f"/h5/cases/{visit.filling.draft.case_id}#do-{visit.filling.draft.action}", text="")
    return await _page(visit, visit.filling, {})


async def save(visit: DraftVisit) -> web.Response:
    """All answers of the page; afterwards the browser is sent on, so that a reload does not post again."""
    sentence = await closed.look(visit, more_comes=True)
    current, troubles = await keeping.keep(visit)
    if troubles:
        return await _page(visit, current, troubles, 422)
    if sentence:
        return await closed.show(visit, sentence, 409)
    if visit.form.get("then") == "look":
        return await _page(visit, current, {})  # with the projects that were found
    if visit.form.get("then") != "submit":
        raise _to(current.draft)
    if lacking := await missing(current, visit.form):
        return await _page(visit, current, lacking, 422)
    try:
        await summary(current)
    except BadInput as error:
        return await _refused(visit, current, error)
    raise web.HTTPSeeOther(f"/h5/drafts/{current.draft.id}/summary", text="")


async def check(visit: DraftVisit) -> web.Response:
    """What will be submitted, once more (HN-23)."""
    if await closed.look(visit):
        raise _to(visit.filling.draft)
    return await _to_check(visit, visit.filling)


async def _to_check(visit: DraftVisit, current: Filling, status: int = 200, problem: str = "") -> web.Response:
    try:
        shown = await summary(current)
    except BadInput as error:
        return await _refused(visit, current, error)
    foretold, seen = (await page.frame(current, "")).foretold, mark(current.answers)
    return visit.pages.render(
        "drafting/summary.html", status=status, visit=visit, page=shown, foretold=foretold, seen=seen, problem=problem
    )


@dataclass(frozen=True)
class _Ended:
    """What a draft has become, and the draft that follows from it; ``told`` is what the record's page says."""

    case: Case
    onward: Draft | None = None
    told: str = ""


async def submit(visit: DraftVisit) -> web.Response:
    """However often it is posted, at whichever door: the draft is submitted once, as its author has seen it."""
    try:
        ended = await database.transaction(lambda: _submitted(visit))
    except BadInput as error:
        return await _refused(visit, visit.filling, error)
    if isinstance(ended, Refusal):
        return await closed.show(visit, ended.sentence, 409)
    if isinstance(ended, Filling):
        return await _to_check(visit, ended, 409, _CHANGED)
    log.info("h5.submitted", case=ended.case.id, draft=visit.filling.draft.id, person=visit.person.id)
    told = f"?told={ended.told}" if ended.told else ""
    raise _to(ended.onward) if ended.onward else web.HTTPSeeOther(f"/h5/cases/{ended.case.id}{told}", text="")


async def _submitted(visit: DraftVisit) -> _Ended | Filling | Refusal:
    """The draft itself where it is not what was checked any more."""
    engine = visit.pages.engine
    try:
        current = await keeping.held(visit)
    except NotYours:
        case = await drafts.submitted_before(visit.filling.draft.id, visit.person.id)
        return _Ended(case) if case is not None else NotYours()
    if visit.form.get("seen", mark(current.answers)) != mark(current.answers):
        return current
    try:
        case = (await filling.submit(engine, current)).case
    except (NotNow, NotYours) as refusal:
        return refusal  # what has been closed by it stays so
    for found in following.after(case, list(engine.processes)) if not current.draft.case_id else []:
        return await _led_on(visit, case, found)  # asked for in the form itself (HN-22)
    return _Ended(case, told="" if current.draft.case_id else "sent")


async def _led_on(visit: DraftVisit, case: Case, found: following.Following) -> _Ended:
    process = visit.pages.engine.process(found.process)
    if await found.in_the_way(visit.person, process, case) is not None:
        return _Ended(case, told="another")
    onward, _ = await found.draft(visit.person, process, case)
    return _Ended(case, onward)


async def discard(visit: DraftVisit) -> web.Response:
    async def work() -> int:
        draft = (await keeping.held(visit)).draft
        await draft.delete()
        return 0 if drafts.closed(draft) else int(draft.case_id)

    case_id = await database.transaction(work)
    raise web.HTTPSeeOther(f"/h5/cases/{case_id}" if case_id else "/h5/", text="")


def _to(draft: Draft) -> web.HTTPSeeOther:
    return web.HTTPSeeOther(f"/h5/drafts/{draft.id}", text="")


async def _refused(visit: DraftVisit, current: Filling, error: BadInput) -> web.Response:
    """The sentence at its field, or above the form when it belongs to none that is here."""
    fields = {q.name: q for q in current.questions if q.field.kind in ADAPTERS}
    if error.field not in fields:
        return await _page(visit, current, {}, 422, problem=error.sentence)
    adapter, desk = ADAPTERS[fields[error.field].field.kind], Desk(current, fields[error.field], visit.form)
    lacking = await adapter.lacking(desk) if error.field not in current.answers else ""
    return await _page(visit, current, {error.field: Trouble(lacking or error.sentence, adapter.held(desk))}, 422)


async def show_with(visit: DraftVisit, current: Filling, troubles: Troubles, problem: str) -> web.Response:
    """The page with what was not done, in a sentence."""
    return await _page(visit, current, troubles, 422, problem=problem)


async def _page(
    visit: DraftVisit, current: Filling, troubles: Troubles, status: int = 200, *, problem: str = ""
) -> web.Response:
    built = await page.build(current, troubles, visit.form, problem=problem)
    wrong = next((one.question.name for one in built.fields if one.error), "")
    return visit.pages.render(
        "drafting/draft.html",
        status=status,
        policy=jssdk.allowed(visit.pages.settings),
        page=built,
        visit=visit,
        saved=_saved(visit, troubles, wrong),
        onward=("去看", f"#field-{wrong}") if wrong else "",
    )


def _saved(visit: DraftVisit, troubles: Troubles, wrong: str) -> str:
    """What became of what was filled in; ``wrong``: a field that is amiss."""
    if troubles:
        return _UNSAVED if visit.form.get("then") == "save" else _NOT_YET
    return _AMISS if wrong else _AUTOMATIC
