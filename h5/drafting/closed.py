"""A draft that cannot be submitted any more: what happened, and all that was filled in, to be read and copied."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from core import access, database
from core.cases import drafts, filling
from core.cases.drafts import ANSWERED, IN_HAND, PIECES, POCKETS, RETURNED
from core.cases.filling import Filling
from core.cases.models import Case
from core.errors import NotYours
from core.evidence.models import Evidence
from core.forms import Question
from core.naming import names
from h5.access import DraftVisit, gone
from h5.drafting import keeping, page
from h5.drafting.files import OwnFile, own_file


@dataclass(frozen=True)
class ClosedPage:
    """``lines``: caption and text. ``case_id`` is 0 where there is no record that the reader may see."""

    id: int
    title: str
    sentence: str
    lines: list[tuple[str, str]]
    files: list[OwnFile]
    case_id: int


async def look(visit: DraftVisit, *, more_comes: bool = False) -> str:
    """Why it cannot be submitted any more, in a sentence; empty while it can be. ``more_comes`` with the request, and
    is kept in it all the same."""

    if not visit.filling.draft.case_id:
        return drafts.closed(visit.filling.draft)

    async def work() -> str:
        return await filling.look(visit.pages.engine, await keeping.held(visit), more_comes=more_comes)

    return await database.transaction(work)


async def show(visit: DraftVisit, sentence: str, status: int = 200) -> web.Response:
    """Only the sentence where nothing was filled in, and nothing is left of it."""
    try:
        current = await keeping.held(visit)
    except NotYours:
        return visit.pages.tell("不用再办理", sentence, status=status, icon="info")
    shown = await _page(current, sentence)
    return visit.pages.render("drafting/closed.html", status=status, visit=visit, page=shown)


def tell(visit: DraftVisit, sentence: str, *, kept: bool) -> web.Response:
    """For a page that stays open. What was typed stays on the phone where it was not ``kept`` in the draft."""
    address, status = f"/h5/drafts/{visit.filling.draft.id}", 200 if kept else 422
    return gone(visit.pages, f"{sentence}填过的内容都留着。", "查看", address, status)


async def _page(current: Filling, sentence: str) -> ClosedPage:
    attached = list(dict.fromkeys(_attached(current)))
    found = await Evidence.in_bulk(attached, "id") if attached else {}
    return ClosedPage(
        id=current.draft.id,
        title=await page.title(current),
        sentence=sentence,
        lines=[*await _answered(current), *_half_done(current.draft.data)],
        files=[own_file(found[one]) for one in attached if one in found and _is_own(current, found[one])],
        case_id=await _case(current),
    )


def _is_own(current: Filling, evidence: Evidence) -> bool:
    return bool(evidence.taken_by_id == current.person.id)


async def _case(current: Filling) -> int:
    case = await Case.get_or_none(id=current.draft.case_id or current.view.parent_id or 0)
    return int(case.id) if case is not None and await access.may_see(current.person, case) else 0


async def _answered(current: Filling) -> list[tuple[str, str]]:
    """Every answer as it reads, with all words that were written into it."""
    asked = [q for q in current.questions if current.answers.get(q.name) not in (None, False, "", [])]
    known = await names({ref for q in asked for ref in q.field.refers(current.answers[q.name])})
    return [(q.caption, _said(q, current.answers[q.name], known)) for q in asked]


def _said(question: Question, value: Any, known: Mapping[str, str]) -> str:
    shown = question.field.show(value, known)
    return "\n".join([shown, *(one for one in question.field.words(value) if one and one not in shown)])


def _half_done(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What was not an answer yet: findings, answers to findings, reasons of a return."""
    for hand in data.get(IN_HAND, {}).values():
        yield "还没有确认的问题", hand.get("note", "")
    for number, piece in data.get(PIECES, {}).get("pieces", {}).items():
        yield f"第{number}条", piece["statement"]
    for number, reason in data.get(RETURNED, {}).items():
        yield f"第{number}条退回的原因", reason


def _attached(current: Filling) -> Iterator[int]:
    data = current.draft.data
    for question in current.questions:
        yield from question.field.attachments(data[ANSWERED].get(question.name) or [])
    for held in (*data.get(IN_HAND, {}).values(), *data.get(PIECES, {}).get("pieces", {}).values()):
        yield from (one for kind in ("photos", "videos", "voices") for one in held.get(kind, []))
    for pocket in data.get(POCKETS, {}).values():
        yield from pocket
