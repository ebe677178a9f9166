"""The findings of a draft (HN-11 … HN-19, BY-11): evidence put to them, buttons, and what they cite.

The same draft as in the conversation, held like every callback holds it. Without a script a button saves the whole form
and does its work, and the browser is sent back to the finding.
"""

import asyncio
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
from core.evidence import records
from core.evidence.models import Evidence
from core.evidence.records import Source
from core.evidence.refusal import EvidenceRefused
from core.evidence.sniff import Kind, check_size
from core.forms import Question
from h5.access import DraftVisit, is_fragment
from h5.drafting import handlers, keeping, page
from h5.drafting.files import own_file
from h5.drafting.findings import KINDS

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
    key, evidence = visit.request.match_info["finding"], await _own(visit, visit.form.get("evidence", ""))
    kind = _LIST[Kind(evidence.kind)]

    async def work() -> None:
        filling = await keeping.held(visit)
        await _put(_sheet(filling), key, kind, evidence)
        await drafts.save(filling.draft)

    try:
        await database.transaction(work)
    except BadInput as error:
        return web.json_response({"reason": "finding", "sentence": error.sentence}, status=422)
    shown = own_file(evidence)
    return visit.pages.render(
        "capture/sent.html", visit=visit, draft=visit.filling.draft.id, key=key, file=shown, kind=kind
    )


async def _own(visit: DraftVisit, number: str) -> Evidence:
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise NotYours
    found = await Evidence.get_or_none(id=int(number), taken_by_id=visit.person.id, kind__in=list(_LIST))
    if found is None:
        raise NotYours
    return found


async def _put(sheet: Sheet, key: str, kind: str, evidence: Evidence) -> None:
    held: list[int] = getattr(sheet.held(key).finding, kind)
    original = evidence.marks_id or evidence.id
    related = [one.id for one in await Evidence.filter(id__in=held) if original in (one.id, one.marks_id)]
    if evidence.marks_id is not None or not related:  # an original that arrives late is there already, drawn on
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
    _question(visit.filling)
    verb, key, about = (*visit.form.get("do", "").split(":", 2), "", "")[:3]
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
        return await _field(visit, problem)
    if troubles or problem:
        return await handlers.show_with(visit, current, troubles, problem)
    raise web.HTTPSeeOther(f"/h5/drafts/{current.draft.id}{onward}", text="")


async def _field(visit: DraftVisit, problem: str) -> web.Response:
    draft = await drafts.owned(visit.person.id, visit.filling.draft.id)
    if draft is None:
        raise NotYours
    current = Filling(visit.filling.process, draft, visit.person)
    shown = await page.view(current, _question(current))
    about, saved = await page.build(current, {}), problem or f"{clock.spoken(clock.now())} 已保存到草稿。"
    return visit.pages.render("capture/field.html", visit=visit, page=about, input=shown, saved=saved)


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
    kind, _, number = about.partition(":")
    if kind in KINDS and number.isdigit():
        sheet.detach(key, kind, int(number))
    return _at(key)


async def _unmark(sheet: Sheet, key: str, about: str) -> str:
    """The untouched original instead of the picture that was drawn on."""
    marked = await Evidence.get_or_none(id=int(about)) if about.isdigit() and len(about) < 19 else None
    if marked is not None and marked.marks_id is not None and marked.id in sheet.held(key).finding.photos:
        sheet.attach(key, "photos", marked.marks_id, [marked.id])
    return _at(key)


async def _cite(sheet: Sheet, key: str, about: str) -> str:
    shelf = about if about in SHELVES else "terms"
    sheet.held(key)
    return f"/findings/{key}/{shelf}"


async def _uncite(sheet: Sheet, key: str, about: str) -> str:
    shelf, _, number = about.partition(":")
    if shelf in SHELVES:
        left = [one for one in getattr(sheet.held(key).finding, shelf) if one.id != number]
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
    said = [await _taken(visit, key, kind, one) for kind, one in chosen if isinstance(one, FileField) and one.filename]
    problem = "\n".join(sentence for sentence in said if sentence)
    return await _answer(visit, current, troubles, problem, _at(key))


async def _taken(visit: DraftVisit, key: str, kind: str, sent: FileField) -> str:
    """Why it was not taken, in a sentence."""
    data = await asyncio.to_thread(sent.file.read)
    try:
        check_size(len(data), _KIND[kind])
        by, store = visit.person.id, visit.pages.store
        kept = await records.record(store, data, by=by, source=Source.PAGE, kind_hint=_KIND[kind], name=sent.filename)

        async def work() -> None:
            filling = await keeping.held(visit)
            await _put(_sheet(filling), key, kind, kept)
            await drafts.save(filling.draft)

        await database.transaction(work)
    except (EvidenceRefused, BadInput) as refused:
        return f"{sent.filename[:40]}：{refused.sentence}"
    return ""


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
