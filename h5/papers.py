"""The paper of a record on its page: pictures of its pages, and the PDF for printing and keeping."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiohttp import web

from core import access
from core.cases.models import Case
from core.errors import NotYours, Refusal
from core.evidence.models import Evidence
from core.papers import queue
from core.papers.models import PaperRow, PaperState
from h5.access import CaseVisit
from h5.files import Copy, deliver
from notices import practice, records, service
from notices.papers import gathering
from notices.papers.paper import Paper
from notices.papers.rendering import PaperFailed
from notices.papers.serving import service_record

_PAGE = re.compile(r"([1-9][0-9]{0,3})\.png")
_PDF = "document.pdf"
# A sandbox would keep browsers from showing a PDF; what this one holds was set by the service itself.
_POLICY = {
    "application/pdf": "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "image/png": "default-src 'none'; sandbox",
}


@dataclass(frozen=True)
class PaperView:
    """``pages`` and ``pdf`` are addresses, empty until it is made; ``hint`` says why it is not. A draft has no page to
    ``verify`` it."""

    title: str
    number: str
    pages: list[str]
    pdf: str
    verify: str
    hint: str = ""
    draft: str = ""
    service: str = ""


async def view(visit: CaseVisit) -> PaperView | None:
    """The record's own; whoever replies to a notice has the notice's before him."""
    case, inside = visit.case, visit.inside
    if case.process == records.REPLY and case.parent_id is not None:
        case = await Case.get(id=case.parent_id)
        if not await access.may_see(visit.person, case):
            return None
        inside = await access.inside(visit.person, case)  # the author of a reply is inside that only
    row = await queue.of_case(case.id)
    if row is not None:
        return replace(_view(row), service=_service(case, row) if inside else "")
    return _draft_view(case) if _has_draft(visit, case) else None


def _service(case: Case, row: PaperRow) -> str:
    """Who opened what, and when, is the station's own business."""
    offered = case.process == records.NOTICE and row.state == PaperState.MADE
    return f"/h5/cases/{case.id}/service.pdf" if offered else ""


def _has_draft(visit: CaseVisit, case: Case) -> bool:
    """While somebody of the station decides whether it is issued; not of a kind that has been given up meanwhile."""
    waits = case.process == records.NOTICE and case.closed_at is None and case.number is None
    return visit.inside and waits and case.data["kind"] in practice.kinds()


def _draft_view(case: Case) -> PaperView:
    title = practice.kind(case.data["kind"]).paper_title
    return PaperView(
        title, "", [], "", "", "文书在签发后生成，草稿没有文号，不具有效力。", f"/h5/cases/{case.id}/draft.pdf"
    )


def _view(row: PaperRow) -> PaperView:
    folder, verify = f"/h5/cases/{row.case_id}/paper", f"/verify/{row.code}"
    if row.state == PaperState.MADE:
        pages = [f"{folder}/{n}.png" for n in range(1, len(row.page_ids) + 1)]
        return PaperView(row.title, row.number, pages, f"{folder}/{_PDF}", verify)
    hint = "文书正在生成，请稍等几秒再刷新。" if row.state == PaperState.WANTED else f"文书没有生成：{row.error}"
    return PaperView(row.title, row.number, [], "", verify, hint)


async def send_draft(visit: CaseVisit) -> web.Response:
    """Raises Refusal in a sentence where it cannot be set."""
    if not _has_draft(visit, visit.case):
        raise NotYours
    draft = await gathering.draft_of(visit.case)
    return await _rendered(visit, draft, await gathering.photos(draft, visit.pages.store))


async def send_service_record(visit: CaseVisit) -> web.Response:
    row = await queue.of_case(visit.case.id)
    if row is None or not visit.inside or not _service(visit.case, row):
        raise NotYours
    served = await service.of_notice(visit.case)
    return await _rendered(visit, await service_record(visit.case, row, served, visit.pages.settings.public_url), {})


async def _rendered(visit: CaseVisit, paper: Paper, photos: Mapping[int, bytes]) -> web.Response:
    try:
        rendered = await visit.pages.press.render(paper, photos)
    except PaperFailed as failed:
        raise Refusal(failed.sentence) from failed
    policy = {"Content-Security-Policy": _POLICY["application/pdf"], "X-Content-Type-Options": "nosniff"}
    kept = {"Cache-Control": "no-store", "Content-Disposition": "inline"}
    return web.Response(body=rendered.pdf, content_type="application/pdf", headers=policy | kept)


async def send(visit: CaseVisit) -> web.StreamResponse:
    row = await queue.of_case(visit.case.id)
    wanted = _wanted(row, visit.request.match_info["name"]) if row is not None else None
    if wanted is None:
        raise NotYours
    kept = await Evidence.get(id=wanted)
    policy = {"Content-Security-Policy": _POLICY[kept.mime]}
    return await deliver(visit, Copy(kept.shown_key, kept.mime, kept.name), "inline", policy)


def _wanted(row: PaperRow, name: str) -> int | None:
    """The evidence that holds it; None for what is not there, or not yet."""
    page = _PAGE.fullmatch(name)
    if row.state != PaperState.MADE or (page and int(page[1]) > len(row.page_ids)):
        return None
    if page:
        return int(row.page_ids[int(page[1]) - 1])
    return row.pdf_id if name == _PDF else None
