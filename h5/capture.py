"""The findings of a draft (HN-11 … HN-19, BY-11): evidence put to them, buttons, and what they cite.

The same draft as in the conversation, held like every callback holds it. Without a script a button saves the whole form
and does its work, and the browser is sent back to the finding.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import TypeAlias

import structlog
from aiohttp import web
from aiohttp.web_request import FileField

from checks import library
from checks.citing import citing
from checks.citing import entry as entry_of
from checks.finding import Finding
from checks.library import CheckType, Term, Violation
from checks.sheet import Sheet
from checks.suggesting import Suggester
from core import clock, database
from core.cases import drafts
from core.cases.filling import Filling
from core.errors import BadInput, NotYours
from core.evidence.copies import stands_for
from core.evidence.models import Evidence
from core.evidence.sniff import Kind
from core.forms import Question
from h5.access import DraftVisit, is_fragment
from h5.drafting import handlers, keeping, page
from h5.drafting.adapter import tab_of
from h5.drafting.files import own, own_file, take
from h5.drafting.findings import KINDS
from h5.drafting.fragments import UNKEPT
from h5.numbers import number

log = structlog.get_logger()

FILES_ROOM = 56 * 1024 * 1024  # a form with files, where no script sends them one by one
SHELVES = {"terms": "标准术语", "violations": "违法违规行为"}
_FOUND = 30
_SUGGESTED = 5
_LIST = {Kind.PHOTO: "photos", Kind.VOICE: "voices", Kind.VIDEO: "videos"}
_KIND = {kind: one for one, kind in _LIST.items()}

Verb: TypeAlias = Callable[[Sheet, str, str], Awaitable[str]]


async def attach(visit: DraftVisit) -> web.Response:
    """Puts one's own evidence to a finding, once however often it is posted; answers with its line. A picture that was
    drawn on takes the place of the one it was drawn on."""
    key, evidence = visit.request.match_info["finding"], await own(visit, _LIST)
    try:
        await _kept(visit, key, evidence)
    except BadInput as error:
        return web.json_response({"reason": "finding", "sentence": error.sentence}, status=422)
    about = {"draft": visit.filling.draft.id, "key": key, "kind": _LIST[Kind(evidence.kind)]}
    return visit.pages.render("capture/sent.html", visit=visit, file=own_file(evidence), **about)


async def _kept(visit: DraftVisit, key: str, evidence: Evidence) -> None:
    async def work() -> None:
        filling = await keeping.held(visit)
        await _put(_sheet(filling), key, _LIST[Kind(evidence.kind)], evidence)
        await drafts.save(filling.draft)

    await database.transaction(work)


async def _put(sheet: Sheet, key: str, kind: str, evidence: Evidence) -> None:
    related = await stands_for(getattr(sheet.held(key).finding, kind), evidence)
    if related is not None:
        sheet.attach(key, kind, evidence.id, related)


def _question(filling: Filling) -> Question:
    """Raises NotYours for a form without findings."""
    found = next((q for q in filling.questions if q.field.kind == "findings"), None)
    if found is None:
        raise NotYours
    return found


def _sheet(filling: Filling) -> Sheet:
    return Sheet(filling.draft.data, _question(filling).name)


# ── buttons ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def act(visit: DraftVisit) -> web.Response:
    """``do`` is a verb, a finding's key and what it is about, as in ``drop:c0ffee00:photos:7``."""
    question = _question(visit.filling)
    verb, key, about = (*visit.form.get("do", "").split(":", 2), "", "")[:3]
    if verb == "remove":  # words of what goes away need not be kept, wherever it has gone already
        visit.form.popall(f"{question.name}-{key}-note", None)
    current, troubles = await keeping.keep(visit)
    problem, onward = "", ""
    if verb in VERBS:
        try:
            onward = await database.transaction(lambda: _done(visit, verb, key, about))
        except BadInput as error:
            problem = error.sentence
    return await _answer(visit, current, troubles, problem, onward)


async def _done(visit: DraftVisit, verb: str, key: str, about: str) -> str:
    filling = await keeping.held(visit)
    onward = await VERBS[verb](_sheet(filling), key, about)
    await drafts.save(filling.draft)
    return onward


async def _answer(
    visit: DraftVisit, current: Filling, troubles: keeping.Troubles, problem: str, onward: str
) -> web.Response:
    """The field anew for a page that stays open, else the page, or back to where the button was."""
    if is_fragment(visit.request):
        return await _field(visit, troubles, problem)
    if troubles or problem:
        return await handlers.show_with(visit, current, troubles, problem)
    raise web.HTTPSeeOther(f"/h5/drafts/{current.draft.id}{onward}", text="")


async def _field(visit: DraftVisit, troubles: keeping.Troubles, problem: str) -> web.Response:
    draft = await drafts.owned(visit.person.id, visit.filling.draft.id)
    if draft is None:
        raise NotYours
    current = Filling(visit.filling.process, draft, visit.person)
    question = _question(current)
    trouble, kept = troubles.get(question.name), f"{clock.spoken(clock.now())} 已保存到草稿。"
    shown = await page.view(current, question, trouble, visit.form if trouble else None)
    about, saved = await page.frame(current, tab_of(visit.form)), problem or (UNKEPT if troubles else kept)
    status = 422 if trouble else 200  # the phone keeps what was typed until it is good
    return visit.pages.render(
        "capture/field.html", status=status, visit=visit, page=about, input=shown, saved=saved, alarm=saved != kept
    )


async def _begin(sheet: Sheet, key: str, about: str) -> str:
    return _at(sheet.begin())


async def _remove(sheet: Sheet, key: str, about: str) -> str:
    sheet.remove(key)
    return "#capture"


async def _move(sheet: Sheet, key: str, about: str, *, by: int) -> str:
    sheet.move(key, by)
    return _at(key)


async def _confirm(sheet: Sheet, key: str, about: str) -> str:
    sheet.confirm(key)
    return _at(key)


async def _drop(sheet: Sheet, key: str, about: str) -> str:
    kind, _, said = about.partition(":")
    if kind in KINDS:
        sheet.detach(key, kind, number(said))
    return _at(key)


async def _unmark(sheet: Sheet, key: str, about: str) -> str:
    """The untouched original instead of the picture that was drawn on."""
    marked = await Evidence.get_or_none(id=number(about))
    if marked is not None and marked.marks_id is not None and marked.id in sheet.held(key).finding.photos:
        sheet.attach(key, "photos", marked.marks_id, [marked.id])
    return _at(key)


async def _cite(sheet: Sheet, key: str, about: str) -> str:
    shelf = about if about in SHELVES else "terms"
    sheet.held(key)
    return f"/findings/{key}/{shelf}"


async def _uncite(sheet: Sheet, key: str, about: str) -> str:
    shelf, _, entry = about.partition(":")
    if shelf in SHELVES:
        left = [one for one in getattr(sheet.held(key).finding, shelf) if one.id != entry]
        sheet.change(key, **{shelf: [one.model_dump(mode="json") for one in left]})
    return _at(key)


VERBS: Mapping[str, Verb] = {
    "begin": _begin,
    "remove": _remove,
    "up": partial(_move, by=-1),
    "down": partial(_move, by=1),
    "confirm": _confirm,
    "drop": _drop,
    "unmark": _unmark,
    "cite": _cite,
    "uncite": _uncite,
}


def _at(key: str) -> str:
    return f"#finding-{key}"


# ── files of a browser without a script ──────────────────────────────────────────────────────────────────────────────


async def files(visit: DraftVisit) -> web.Response:
    """Everything that was chosen at a finding, kept one by one; what cannot be evidence is named with its reason."""
    current, troubles = await keeping.keep(visit)
    key = visit.form.get("do", "").removeprefix("files:")
    posted = await visit.request.post()
    chosen = [(kind, one) for kind in KINDS for one in posted.getall(f"{kind}-{key}", [])]
    files = [(kind, one) for kind, one in chosen if isinstance(one, FileField) and one.filename]
    said = [await take(visit, one, _KIND[kind], partial(_kept, visit, key)) for kind, one in files]
    problem = "\n".join(sentence for sentence in said if sentence)
    return await _answer(visit, current, troubles, problem, _at(key))


# ── standard terms and violations ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Choice:
    id: str
    text: str
    basis: str
    days: int | None
    severity: str
    cited: bool


async def choose(visit: DraftVisit) -> web.Response:
    """What fits the words, by characters or pinyin initials; what is cited already comes first (HN-17, HN-18)."""
    shelf, key, words = *_shelf_and_key(visit), visit.request.query.get("q", "").strip()[:50]
    choices = _choices(visit.filling, _found(visit.filling, key), shelf, words)
    about = {"draft": visit.filling.draft.id, "key": key, "shelf": shelf, "caption": SHELVES[shelf], "words": words}
    return visit.pages.render("capture/choose.html", visit=visit, choices=choices, **about)


async def cite(visit: DraftVisit) -> web.Response:
    """What is chosen now replaces what was cited; the severity rises to the worst of it (BY-11)."""
    shelf, key = _shelf_and_key(visit)
    ids = list(dict.fromkeys(visit.form.getall("entry", [])))[:_FOUND]

    async def work() -> None:
        filling = await keeping.held(visit)
        finding = _found(filling, key)
        _sheet(filling).change(key, **citing(finding, shelf, ids, library.load(), clock.today()))
        await drafts.save(filling.draft)

    await database.transaction(work)
    raise web.HTTPSeeOther(f"/h5/drafts/{visit.filling.draft.id}{_at(key)}", text="")


def _shelf_and_key(visit: DraftVisit) -> tuple[str, str]:
    shelf = visit.request.match_info["shelf"]
    if shelf not in SHELVES:
        raise NotYours
    return shelf, visit.request.match_info["finding"]


def _found(filling: Filling, key: str) -> Finding:
    entry = _sheet(filling).find(key)
    if entry is None:
        raise NotYours
    return entry.finding


def _choices(filling: Filling, finding: Finding, shelf: str, words: str) -> list[Choice]:
    cited = [one.id for one in getattr(finding, shelf)]
    check_type = CheckType(filling.answers.get("check_type", CheckType.COMPREHENSIVE))
    own = library.load()
    search = own.search_terms if shelf == "terms" else own.search_violations
    found: list[Term | Violation] = [*search(words, check_type, clock.today(), _FOUND)]
    if shelf == "terms" and not words and finding.note:
        found = [*_suggester().terms(finding.note, check_type, clock.today(), _SUGGESTED), *found]
    before = [one for number in cited if (one := entry_of(own, shelf, number)) is not None]
    return [_choice(one, one.id in cited) for one in {one.id: one for one in (*before, *found)}.values()]


@cache
def _suggester() -> Suggester:
    return Suggester(library.load())


def _choice(found: Term | Violation, cited: bool) -> Choice:
    basis = found.basis_on(clock.today())
    return Choice(found.id, found.text, basis.citation if basis else "", found.usual_days, found.severity, cited)
