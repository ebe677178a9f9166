"""The way to every handler: who may come in. A handler that is not behind one of these cannot be routed."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeAlias

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiDict
from yarl import URL

from core import access
from core.access import Reach
from core.cases import drafts
from core.cases.filling import Filling
from core.cases.models import Case
from core.errors import NotYours
from core.evidence.models import Evidence, Upload
from core.people.models import Person
from core.projects.models import Project
from h5 import typed
from h5.door import Handler, Rule, door
from h5.numbers import number
from h5.pages import Button, Pages, sign_in_address
from h5.session import FRESH, Session

log = structlog.get_logger()

_NOTHING = "%00"  # the one character that PostgreSQL keeps in no text
CSRF = "X-CSRF"  # the header with the session's token, where a body is no form
_UPLOAD = re.compile(r"[0-9a-f]{32}")
_LOOKING = {"GET", "HEAD"}
_BODY_SECONDS = 30
_LARGEST, _SLOWEST = 20_000_000, 100_000  # bytes, and bytes a second, of whoever sends a photo from a bad place
SENT = web.RequestKey("sent", web.FileField)
_PER_FIELD = 512  # bytes: many short fields are dear to take apart
_DRAFT_ROOM = 2 << 20  # bytes: long texts are nine bytes a letter on the wire
_KEPT_HERE = "登录已过期，刚才填的留在本机，还没有保存。"
_FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
_UNREADABLE = (
    *(TimeoutError, ConnectionError, web.RequestPayloadError),  # too slow, broken off
    *(LookupError, ValueError, RuntimeError, HttpProcessingError),  # an unknown charset, broken multipart
)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class _Outdated(Exception):
    """A form with a token of another session."""

    def __init__(self, form: MultiDict[str]) -> None:
        super().__init__()
        self.form = form


@dataclass(frozen=True)
class Visit:
    """``form`` holds what a post brought, after its origin and token were checked."""

    pages: Pages
    request: web.Request
    person: Person
    session: Session
    form: MultiDict[str]

    @cached_property
    def csrf(self) -> str:
        return self.pages.sessions.csrf_token(self.session)


@dataclass(frozen=True)
class CaseVisit(Visit):
    case: Case
    inside: bool


@dataclass(frozen=True)
class UploadVisit(Visit):
    upload: Upload


@dataclass(frozen=True)
class EvidenceVisit(Visit):
    evidence: Evidence


@dataclass(frozen=True)
class DraftVisit(Visit):
    filling: Filling


@dataclass(frozen=True)
class ProjectVisit(Visit):
    project: Project


@dataclass(frozen=True)
class SearchVisit(Visit):
    reach: Reach


ForMember: TypeAlias = Callable[[Visit], Awaitable[web.StreamResponse]]
ForCase: TypeAlias = Callable[[CaseVisit], Awaitable[web.StreamResponse]]
ForUpload: TypeAlias = Callable[[UploadVisit], Awaitable[web.StreamResponse]]
ForEvidence: TypeAlias = Callable[[EvidenceVisit], Awaitable[web.StreamResponse]]
ForDraft: TypeAlias = Callable[[DraftVisit], Awaitable[web.StreamResponse]]
ForSearch: TypeAlias = Callable[[SearchVisit], Awaitable[web.StreamResponse]]
ForProject: TypeAlias = Callable[[ProjectVisit], Awaitable[web.StreamResponse]]
Proof: TypeAlias = Callable[[Pages, web.Request, Session], Awaitable[MultiDict[str]]]


def everybody(pages: Pages, handler: Handler) -> Handler:
    return door(pages, Rule.OPEN, handler)


def member(pages: Pages, handler: ForMember) -> Handler:
    return door(pages, Rule.MEMBER, partial(_for_member, pages, handler))


def of_case(pages: Pages, handler: ForCase, *, room: int | None = None) -> Handler:
    """``room``: how many bytes a post may bring, where that is more than usual."""
    entry = partial(_for_member, pages, partial(_for_case, handler))
    return door(pages, Rule.CASE, partial(_roomy, entry, room) if room else entry)


def of_project(pages: Pages, handler: ForProject, *, room: int | None = None) -> Handler:
    entry = partial(_for_member, pages, partial(_for_project, handler))
    return door(pages, Rule.PROJECT, partial(_roomy, entry, room) if room else entry)


async def _roomy(answer: Handler, room: int, request: web.Request) -> web.StreamResponse:
    return await answer(request.clone(client_max_size=room, client_max_fields=room // _PER_FIELD))


def of_search(pages: Pages, handler: ForSearch) -> Handler:
    return door(pages, Rule.SEARCH, partial(_for_member, pages, partial(_for_search, handler)))


def of_draft(pages: Pages, handler: ForDraft, *, room: int = _DRAFT_ROOM) -> Handler:
    entry = partial(_for_member, pages, partial(_for_draft, handler))
    return door(pages, Rule.OWN, partial(_roomy, entry, room))


def sender(pages: Pages, handler: ForMember) -> Handler:
    """For bodies that are no form: the token comes in a header, and the handler reads the body itself."""
    return door(pages, Rule.MEMBER, partial(_for_member, pages, handler, proof=_sent))


def own_upload(pages: Pages, handler: ForUpload) -> Handler:
    return door(pages, Rule.OWN, partial(_for_member, pages, partial(_for_upload, handler), proof=_sent))


def own_evidence(pages: Pages, handler: ForEvidence) -> Handler:
    """Of whoever brought it, by chat or page, whatever has become of it since."""
    return door(pages, Rule.OWN, partial(_for_member, pages, partial(_for_evidence, handler)))


async def _for_member(
    pages: Pages, handler: ForMember, request: web.Request, proof: Proof | None = None
) -> web.StreamResponse:
    session = pages.sessions.read(request)
    if session is None or (request.method == "GET" and _is_page(request) and session.age > FRESH):
        return await _sign_in(pages, request)
    person = await Person.get_or_none(id=session.person_id)
    if person is None or not person.active or person.userid is None:
        return _left(pages)
    if _NOTHING in request.raw_path:
        raise web.HTTPNotFound
    looks = request.method in _LOOKING
    try:
        form = MultiDict[str]() if looks else await (proof or _posted)(pages, request, session)
    except _Outdated as error:
        return _again(pages, request, error.form)
    return await handler(Visit(pages, request, person, session, form))


async def _for_search(handler: ForSearch, visit: Visit) -> web.StreamResponse:
    reach = await access.reach_of(visit.person)
    return await handler(SearchVisit(visit.pages, visit.request, visit.person, visit.session, visit.form, reach))


async def _for_case(handler: ForCase, visit: Visit) -> web.StreamResponse:
    case = await access.case_for(visit.person, number(visit.request.match_info["case"]))
    inside = await access.inside(visit.person, case)
    return await handler(CaseVisit(visit.pages, visit.request, visit.person, visit.session, visit.form, case, inside))


async def _for_project(handler: ForProject, visit: Visit) -> web.StreamResponse:
    project = await access.project_for(visit.person, number(visit.request.match_info["project"]))
    return await handler(ProjectVisit(visit.pages, visit.request, visit.person, visit.session, visit.form, project))


async def _for_upload(handler: ForUpload, visit: Visit) -> web.StreamResponse:
    name = visit.request.match_info["upload"]
    mine = Upload.filter(person_id=visit.person.id)
    upload = await mine.get_or_none(id=name) if _UPLOAD.fullmatch(name) else None
    if upload is None:
        raise NotYours
    return await handler(UploadVisit(visit.pages, visit.request, visit.person, visit.session, visit.form, upload))


async def _for_evidence(handler: ForEvidence, visit: Visit) -> web.StreamResponse:
    found = await Evidence.get_or_none(id=number(visit.request.match_info["evidence"]), taken_by_id=visit.person.id)
    if found is None:
        raise NotYours
    return await handler(EvidenceVisit(visit.pages, visit.request, visit.person, visit.session, visit.form, found))


async def _for_draft(handler: ForDraft, visit: Visit) -> web.StreamResponse:
    """Only its owner's. Whoever comes back to one that he has submitted, at whichever door, is led to the record."""
    wanted, engine = number(visit.request.match_info["draft"]), visit.pages.engine
    draft = await drafts.owned(visit.person.id, wanted)
    if draft is None or draft.process not in engine.processes:
        return await _submitted_before(visit, wanted)
    filling = Filling(engine.process(draft.process), draft, visit.person)
    return await handler(DraftVisit(visit.pages, visit.request, visit.person, visit.session, visit.form, filling))


async def _submitted_before(visit: Visit, draft_id: int) -> web.StreamResponse:
    case = await drafts.submitted_before(draft_id, visit.person.id)
    if case is None:
        raise NotYours
    if is_fragment(visit.request):
        return gone(visit.pages, "这份草稿已经提交过了。", "查看记录", f"/h5/cases/{case.id}")
    raise web.HTTPSeeOther(f"/h5/cases/{case.id}?told=submitted", text="")


def gone(pages: Pages, sentence: str, caption: str, address: str, status: int = 200) -> web.Response:
    return pages.render("drafting/gone.html", status=status, sentence=sentence, caption=caption, address=address)


def is_fragment(request: web.Request) -> bool:
    """Asked for by a page that stays open."""
    return request.headers.get("HX-Request-Type") == "partial"


def _is_page(request: web.Request) -> bool:
    """False for what a page loads: sending an image to the sign-in page would only use up codes. A page that is fetched
    by way of a service worker is known by its mode alone."""
    navigates = request.headers.get("Sec-Fetch-Mode") == "navigate"
    return navigates or request.headers.get("Sec-Fetch-Dest", "document") in {"document", "iframe"}


async def _sign_in(pages: Pages, request: web.Request) -> web.StreamResponse:
    if request.method == "GET" and _is_page(request):
        raise web.HTTPFound(sign_in_address(request.path_qs), text="")
    back = _page_of(request)
    if "draft" in request.match_info and is_fragment(request):
        return gone(pages, _KEPT_HERE, "重新登录，接着填", sign_in_address(back), 401)
    looks = request.method in _LOOKING
    text = "登录已过期，请重新登录后接着看。" if looks else "登录已过期，刚才的操作没有提交。请重新登录后再办理。"
    buttons, lost = (Button("重新登录", sign_in_address(back)),), await _lost(pages, request)
    return pages.message("请重新登录", text, status=401, icon="waiting", buttons=buttons, typed=lost)


async def _lost(pages: Pages, request: web.Request) -> list[tuple[str, str]]:
    """What a page of ours has posted for somebody whose sign-in has ended: only he reads it, and nothing is kept. What
    is sent with photos is too large to be read for whom nobody knows."""
    if request.method != "POST" or request.content_type not in _FORMS or not _comes_from_us(pages, request):
        return []
    try:
        form = await _read(request.clone(client_max_size=_DRAFT_ROOM, client_max_fields=_DRAFT_ROOM // _PER_FIELD))
    except web.HTTPException:
        return []
    return typed.words(pages.engine.processes.values(), form)


def _again(pages: Pages, request: web.Request, form: MultiDict[str]) -> web.Response:
    """Signed in anew in another window: this page's token is an old one."""
    log.warning("h5.csrf", path=request.path)
    lost = typed.words(pages.engine.processes.values(), form)
    text = "这个页面已经过期，刚才的操作没有提交。请重新打开后再办理。"
    buttons = (Button("重新打开", _page_of(request)),)
    return pages.message("请刷新后再试", text, status=403, icon="info", buttons=buttons, typed=lost)


def _page_of(request: web.Request) -> str:
    """What is posted to has no page of its own, nor has a part of a page: the one that asked for it comes back."""
    for name in ("case", "draft", "project"):
        if name in request.match_info:
            return f"/h5/{name}s/{request.match_info[name]}"
    with suppress(ValueError):
        asking = URL(request.headers.get("Referer", ""), encoded=True)
        if asking.raw_path.startswith("/h5/"):
            return asking.raw_path_qs
    return request.path if request.method == "GET" else "/h5/"


def _left(pages: Pages) -> web.Response:
    text = "您的使用权限已停用，不能查看或办理。如有疑问，请联系本站管理员。"
    return pages.message("权限已停用", text, status=403, icon="warn")


async def _posted(pages: Pages, request: web.Request, session: Session) -> MultiDict[str]:
    if not _comes_from_us(pages, request):
        log.warning("h5.foreign_post", path=request.path)
        raise web.HTTPForbidden
    form = await _read(request)
    if not pages.sessions.csrf_fits(session, form.get("csrf", "")):
        raise _Outdated(form)
    return form


async def _sent(pages: Pages, request: web.Request, session: Session) -> MultiDict[str]:
    if not _comes_from_us(pages, request) or not pages.sessions.csrf_fits(session, request.headers.get(CSRF, "")):
        log.warning("h5.foreign_body", path=request.path, person=session.person_id)
        raise web.HTTPForbidden
    return MultiDict()


def _comes_from_us(pages: Pages, request: web.Request) -> bool:
    """What the browser says of the sending page; very old ones say nothing, and then the token alone decides."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site == "same-origin"
    return origin is None or origin == str(URL(pages.settings.public_url).origin())


async def _read(request: web.Request) -> MultiDict[str]:
    """Texts without the characters that no keyboard types and no database keeps. A file is put aside as ``SENT``."""
    try:
        async with asyncio.timeout(_BODY_SECONDS + min(request.content_length or 0, _LARGEST) / _SLOWEST):
            posted = await request.post()
    except _UNREADABLE as error:
        raise web.HTTPBadRequest from error
    for one in posted.values():
        if isinstance(one, web.FileField):
            request[SENT] = one
    texts = [(name, value) for name, value in posted.items() if isinstance(value, str)]
    return MultiDict((name, _UNPRINTABLE.sub("", value.replace("\r\n", "\n"))) for name, value in texts)
