"""Evidence of a case, as bytes: only to those who may see the case, and only what its steps submitted."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote

import structlog
from aiohttp import web

from checks import burning
from core import access
from core.errors import NotYours
from core.evidence.models import Evidence
from core.evidence.sniff import Kind
from h5.access import CaseVisit, Visit
from h5.numbers import number

log = structlog.get_logger()

_SHOWN_TYPES = {Kind.PHOTO: "image/jpeg", Kind.VOICE: "audio/mpeg", Kind.VIDEO: "video/mp4"}


class Copy:
    """One stored copy and how a browser is to take it."""

    def __init__(self, key: str, content_type: str, name: str) -> None:
        self.key = key
        self.content_type = content_type
        self.name = name
        self.etag = f'"{key.rpartition("/")[2]}"'

    def at(self, key: str) -> "Copy":
        return Copy(key, self.content_type, self.name)


def _thumb(evidence: Evidence) -> Copy | None:
    return Copy(evidence.thumb_key, "image/jpeg", f"{evidence.id}-小图.jpg") if evidence.thumb_key else None


def _shown(evidence: Evidence) -> Copy:
    content_type = _SHOWN_TYPES.get(Kind(evidence.kind), evidence.mime)
    ending = evidence.shown_key.rpartition(".")[2]
    return Copy(evidence.shown_key, content_type, f"{evidence.name.rpartition('.')[0]}.{ending}")


def _original(evidence: Evidence) -> Copy:
    return Copy(evidence.original_key, evidence.mime, evidence.name)


_COPIES: dict[str, Callable[[Evidence], Copy | None]] = {"thumb": _thumb, "shown": _shown, "original": _original}


async def send(visit: CaseVisit) -> web.StreamResponse:
    evidence, copy = await _wanted(visit)
    return await deliver(visit, copy, way(evidence))


def way(evidence: Evidence) -> str:
    return "attachment" if evidence.kind == Kind.FILE else "inline"


def shown_or_thumb(evidence: Evidence, name: str) -> Copy:
    """Raises NotYours for any other copy, and for a thumb of what is only heard."""
    copy = _COPIES[name](evidence) if name in ("thumb", "shown") else None
    if copy is None:
        raise NotYours
    return copy


async def deliver(
    visit: Visit, copy: Copy, disposition: str, more: Mapping[str, str] = MappingProxyType({})
) -> web.StreamResponse:
    """``disposition`` is inline or attachment, ``more`` are headers. Whoever calls this has asked who may see it."""
    try:
        size = await visit.pages.store.size(copy.key)
    except FileNotFoundError:
        log.exception("h5.evidence_missing", path=visit.request.path, copy=copy.key)
        raise NotYours from None
    headers = _headers(copy, disposition) | dict(more)
    if visit.request.headers.get("If-None-Match") == copy.etag:
        return web.Response(status=304, headers=headers)
    return await _send_part(visit, copy, size, headers)


async def _wanted(visit: CaseVisit) -> tuple[Evidence, Copy]:
    wanted, name = number(visit.request.match_info["evidence"]), visit.request.match_info["copy"]
    if name not in _COPIES or wanted not in await access.evidence_of(visit.case):
        raise NotYours
    if name == "original" and not await access.may_see_originals(visit.person, visit.case):
        raise NotYours
    evidence = await Evidence.get(id=wanted)
    copy = _COPIES[name](evidence)
    if copy is None:
        raise NotYours
    if name == "shown":
        copy = copy.at(await burning.of_record(visit.pages.store, evidence))
    return evidence, copy


def _headers(copy: Copy, disposition: str) -> dict[str, str]:
    return {
        "ETag": copy.etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(copy.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    }


async def _send_part(visit: Visit, copy: Copy, size: int, headers: dict[str, str]) -> web.StreamResponse:
    start, end = _range(visit.request, size, copy.etag)
    if start >= end:
        return web.Response(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    partial = end - start < size or _wants_part(visit.request, copy.etag)
    response = web.StreamResponse(status=206 if partial else 200, headers=headers)
    response.content_type = copy.content_type
    response.content_length = end - start
    if partial:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    try:
        await response.prepare(visit.request)
        async for chunk in visit.pages.store.stream(copy.key, start, end):
            await response.write(chunk)
        await response.write_eof()
    except ConnectionError:
        log.info("h5.reader_gone", path=visit.request.path, copy=copy.key)
    return response


def _wants_part(request: web.Request, etag: str) -> bool:
    """Phones refuse to play what answers ``bytes=0-`` with 200."""
    return (
        request.headers.get("Range", "").startswith("bytes=0-")
        and "," not in request.headers["Range"]
        and _fits(request, etag)
    )


def _fits(request: web.Request, etag: str) -> bool:
    return request.headers.get("If-Range") in (None, etag)


def _range(request: web.Request, size: int, etag: str) -> tuple[int, int]:
    """Start and end of what is asked for; everything where that is not one range."""
    try:
        wanted = request.http_range if _fits(request, etag) else slice(None)
    except ValueError:
        return 0, size
    start, end, _ = wanted.indices(size)
    return start, end
