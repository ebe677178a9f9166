"""What a page that stays open asks for: one answer kept, and what looks different for it; projects found; files."""

from aiohttp import web

from core import clock, database
from core.cases import drafts
from core.cases.filling import Filling
from core.errors import BadInput, NotYours
from core.evidence.models import Evidence
from core.evidence.sniff import Kind
from core.forms import Question
from h5.access import DraftVisit
from h5.drafting import closed, keeping, page
from h5.drafting.adapter import Desk, tab_of
from h5.drafting.files import own
from h5.drafting.keeping import Trouble
from h5.drafting.material import MaterialAdapter
from h5.drafting.registry import ADAPTERS

UNKEPT = "有一项没有保存，请看标红的地方。"


async def keep_answer(visit: DraftVisit) -> web.Response:
    question = _question(visit)
    before, sentence = await _following(visit.filling, question), await closed.look(visit, more_comes=True)
    current, troubles = await keeping.keep(visit, question.name)
    trouble = troubles.get(question.name)
    if sentence:
        return closed.tell(visit, sentence, kept=trouble is None)
    shown = await page.view(current, question, trouble, visit.form)
    changed = [one for one in await _following(current, question) if one not in before]
    if trouble is not None:
        changed = [shown] if trouble.stale else []
    return await _kept(visit, current, shown, changed, trouble)


async def _kept(
    visit: DraftVisit, current: Filling, shown: page.FieldView, changed: list[page.FieldView], trouble: Trouble | None
) -> web.Response:
    saved = UNKEPT if trouble else f"{clock.spoken(clock.now())} 已保存到草稿。"
    about = await page.frame(await page.with_proposals(current), tab_of(visit.form))
    status = 422 if trouble and not trouble.stale else 200  # the phone keeps what was typed until it is good
    return visit.pages.render(
        "drafting/kept.html", status=status, visit=visit, page=about, input=shown, changed=changed, saved=saved
    )


async def _following(current: Filling, question: Question) -> list[page.FieldView]:
    """What else may look different once this question is answered."""
    if not ADAPTERS[question.field.kind].leads:
        return []
    others = [q for q in current.questions if q.name != question.name and q.field.kind in ADAPTERS]
    proposed = await page.with_proposals(current)
    return [await page.view(current, q, proposed=proposed) for q in others if ADAPTERS[q.field.kind].follows]


async def look(visit: DraftVisit) -> web.Response:
    """The projects that fit what is typed, or are near; nothing is saved."""
    question = _question(visit)
    if question.field.kind != "project":
        raise NotYours
    shown = await page.view(visit.filling, question, posted=visit.form)
    return visit.pages.render("drafting/projects.html", input=shown)


async def attach(visit: DraftVisit) -> web.Response:
    """Adds a file that this member has uploaded; the same one again changes nothing."""
    question = _question(visit)
    adapter = ADAPTERS[question.field.kind]
    if not isinstance(adapter, MaterialAdapter):
        raise NotYours
    evidence = await own(visit, [Kind(adapter.kind)])
    try:
        await database.transaction(lambda: _attached(visit, adapter, question, evidence))
    except BadInput as error:
        return web.json_response({"reason": "refused", "sentence": error.sentence}, status=422)
    shown = await page.view(visit.filling, question)
    return visit.pages.render("drafting/file.html", input=shown, file=evidence)


async def _attached(visit: DraftVisit, adapter: MaterialAdapter, question: Question, evidence: Evidence) -> None:
    current = await keeping.held(visit)
    desk = Desk(current, question, visit.form)
    held = list(adapter.held(desk) or [])
    if evidence.id in held:
        return
    try:
        question.field.check([*held, evidence.id])
    except ValueError as error:
        raise BadInput(str(error), question.name) from None
    keeping.put(desk, [*held, evidence.id], tab_of(visit.request.query))
    await drafts.save(current.draft)


def _question(visit: DraftVisit) -> Question:
    """The question of the address. Raises NotYours where the form asks no such thing here."""
    name = visit.request.match_info["question"]
    found = next((q for q in visit.filling.questions if q.name == name and q.field.kind in ADAPTERS), None)
    if found is None:
        raise NotYours
    return found
