"""/h5/uploads: evidence from a phone in pieces, by tus 1.0 (tus.io/protocols/resumable-upload), for members.

Everything that changes something carries the session's token in ``X-CSRF``. What cannot be evidence is answered with
JSON, ``{"reason": …, "sentence": …, "final": …}``; only these answers hold a sentence for the member.
"""

import asyncio
import base64
import binascii
import re
from datetime import UTC, datetime

import structlog
from aiohttp import web

from core.evidence import uploads
from core.evidence.models import Evidence, Upload
from core.evidence.refusal import EvidenceRefused, Reason
from core.evidence.sniff import HABITS, Kind
from core.evidence.uploads import PIECE, Announced
from h5 import files
from h5.access import EvidenceVisit, UploadVisit, Visit
from h5.pages import Pages

log = structlog.get_logger()

_TUS = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}
_ABILITIES = {"Tus-Version": "1.0.0", "Tus-Extension": "creation,termination"}
_PIECE_TYPE = "application/offset+octet-stream"
_LEAST = 64 * 1024  # of a piece that is not the last
_SILENCE_SECONDS = 30
_KINDS = (Kind.PHOTO, Kind.VOICE, Kind.VIDEO)
_STATUS = {Reason.TOO_LARGE: 413, Reason.TOO_MANY: 429}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,18}")
_BROKEN_OFF = (TimeoutError, ConnectionError, web.RequestPayloadError)


class Uploading:
    """One per service. One whole file of a kind is in hand at a time, however many phones are done at once."""

    def __init__(self, pages: Pages) -> None:
        self._store = pages.store
        self._turns = {kind: asyncio.Lock() for kind in Kind}

    async def tell(self, visit: Visit) -> web.Response:
        """What a page that was open for long has to know: whose session this is, its token, and what is taken."""
        most = {kind: HABITS[kind].most_bytes for kind in _KINDS}
        said = {"person": visit.person.id, "csrf": visit.csrf, "piece": PIECE, "most": most}
        return web.json_response(said, headers=_TUS | _ABILITIES)

    async def begin(self, visit: Visit) -> web.Response:
        _speaks_tus(visit.request)
        try:
            upload = await uploads.begin(visit.person.id, _announced(visit.request))
            evidence = await self._done(upload)
        except EvidenceRefused as refused:
            return _refused(refused)
        headers = {"Location": f"/h5/uploads/{upload.id}"} | _stands(upload, evidence)
        return web.Response(status=201, headers=headers)

    async def look(self, visit: UploadVisit) -> web.Response:
        """Where it stands; as JSON for GET. Finishes what a lost answer or a killed process has left."""
        try:
            evidence = await self._done(visit.upload)
        except EvidenceRefused as refused:
            return _refused(refused)
        headers = _stands(visit.upload, evidence)
        if visit.request.method == "HEAD":
            return web.Response(headers=headers | {"Upload-Length": str(visit.upload.size)})
        return web.json_response(_described(visit.upload, evidence), headers=headers)

    async def take(self, visit: UploadVisit) -> web.Response:
        _speaks_tus(visit.request)
        if visit.request.content_type != _PIECE_TYPE:
            raise web.HTTPUnsupportedMediaType
        offset = _number(visit.request.headers.get("Upload-Offset", ""))
        piece = await _piece(visit.request)
        if len(piece) < _LEAST and offset + len(piece) != visit.upload.size:
            raise web.HTTPBadRequest
        if not await uploads.append(self._store, visit.upload, offset, piece):
            return web.Response(status=409, headers=_TUS)
        try:
            evidence = await self._done(visit.upload)
        except EvidenceRefused as refused:
            return _refused(refused)
        return web.Response(status=204, headers=_stands(visit.upload, evidence))

    async def drop(self, visit: UploadVisit) -> web.Response:
        _speaks_tus(visit.request)
        await uploads.drop(self._store, visit.upload)
        return web.Response(status=204, headers=_TUS)

    async def _done(self, upload: Upload) -> Evidence | None:
        """The evidence, once everything is there."""
        if upload.received < upload.size:
            return None
        async with self._turns[Kind(upload.kind)]:
            return await uploads.finish(self._store, upload)


async def send(visit: EvidenceVisit) -> web.StreamResponse:
    """One's own photo, recording or video, small or as it is shown, before and after it was submitted."""
    copy = files.shown_or_thumb(visit.evidence, visit.request.match_info["copy"])
    return await files.deliver(visit, copy, files.way(visit.evidence))


def _speaks_tus(request: web.Request) -> None:
    if request.headers.get("Tus-Resumable") != _TUS["Tus-Resumable"]:
        raise web.HTTPPreconditionFailed(headers=_ABILITIES)


def _announced(request: web.Request) -> Announced:
    """Raises HTTPBadRequest for what no page of ours would say; the name only decorates."""
    said = _metadata(request.headers.get("Upload-Metadata", ""))
    kind, sha256 = said.get("kind", ""), said.get("sha256", "")
    if kind not in _KINDS or not _SHA256.fullmatch(sha256):
        raise web.HTTPBadRequest
    return Announced(
        kind=Kind(kind),
        size=_number(request.headers.get("Upload-Length", "")),
        sha256=sha256,
        name=said.get("filename", ""),
        draft_id=_number(said.get("draft") or "0"),
        marks=_number(said.get("marks") or "0"),
        taken_at=_moment(said.get("taken_at", "")),
    )


def _metadata(header: str) -> dict[str, str]:
    """``name base64,name base64``."""
    found = {}
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise web.HTTPBadRequest from None
    return found


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise web.HTTPBadRequest
    return int(text)


def _moment(text: str) -> datetime | None:
    """An ISO moment with its zone; a phone that says nonsense says nothing."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


async def _piece(request: web.Request) -> bytes:
    """As much as came, when the network broke off or fell silent: the phone need not send it again."""
    taken = bytearray()
    try:
        while chunk := await asyncio.wait_for(request.content.readany(), _SILENCE_SECONDS):
            taken += chunk
            if len(taken) > PIECE:
                raise web.HTTPRequestEntityTooLarge(PIECE, len(taken))
    except _BROKEN_OFF as error:
        log.info("upload.broken_off", upload=request.match_info["upload"], kept=len(taken), error=type(error).__name__)
    return bytes(taken)


def _stands(upload: Upload, evidence: Evidence | None) -> dict[str, str]:
    found = {"X-Evidence": str(evidence.id)} if evidence else {}
    return {**_TUS, "Upload-Offset": str(upload.received), **found}


def _described(upload: Upload, evidence: Evidence | None) -> dict[str, object]:
    said: dict[str, object] = {"upload": upload.id, "offset": upload.received, "length": upload.size}
    if evidence is None:
        return said | {"evidence": None}
    base = f"/h5/evidence/{evidence.id}"
    return said | {
        "evidence": evidence.id,
        "kind": evidence.kind,
        "seconds": evidence.seconds,
        "marks": evidence.marks_id,
        "thumb": f"{base}/thumb" if evidence.thumb_key else None,
        "shown": f"{base}/shown",
    }


def _refused(refused: EvidenceRefused) -> web.Response:
    said = {"reason": refused.reason, "sentence": refused.sentence, "final": refused.final}
    return web.json_response(said, status=_STATUS.get(refused.reason, 422), headers=_TUS)
