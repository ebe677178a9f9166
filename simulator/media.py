"""Temporary media (path/90253, 90254, 90256): three days, shared by members' messages and uploads."""

import re
from urllib.parse import quote

from aiohttp import web

from simulator import multipart
from simulator.call import Answer, Call, ok
from simulator.corp import Corp, token
from simulator.errors import ApiError
from simulator.state import Json, Media

LIFE_SECONDS = 3 * 24 * 3600
AMR = b"#!AMR\n"
_AMR_FRAME_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6)
_AMR_FRAMES_PER_SECOND = 50
_LEAST = 5
_MB = 1024 * 1024
_MOST = {"image": 10 * _MB, "voice": 2 * _MB, "video": 10 * _MB, "file": 20 * _MB}
_TOO_LARGE = {"image": 40009, "voice": 45001, "video": 40011, "file": 40006}
_TYPES = {"image": ("image/jpeg", "image/png"), "voice": ("audio/amr",), "video": ("video/mp4",)}
_RANGE_NEEDED = 20 * _MB
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_VOICE_SECONDS = 60


def upload(call: Call) -> Answer:
    kind = call.query.get("type", "")
    if kind not in _MOST:
        raise ApiError(40005)
    sent = multipart.read(call)
    _check_size(kind, len(sent.content))
    content_type = sniff(sent.content) or sent.content_type
    if kind in _TYPES and content_type not in _TYPES[kind]:
        raise ApiError(40123 if kind == "image" else 40004)
    media = keep(call.corp, kind, sent.content, sent.filename, content_type)
    if media.seconds > _VOICE_SECONDS:
        raise ApiError(45007)
    return {"errcode": 0, "errmsg": "", "type": kind, "media_id": media.media_id, "created_at": str(int(media.at))}


def upload_image(call: Call) -> Answer:
    sent = multipart.read(call)
    content_type = sniff(sent.content) or ""
    if content_type not in _TYPES["image"]:
        raise ApiError(40123)
    if not _LEAST < len(sent.content) <= 2 * _MB:
        raise ApiError(40009)
    media = keep(call.corp, "image", sent.content, sent.filename, content_type, permanent=True)
    return ok(url=call.corp.link(address(media)))


def get(call: Call) -> Answer:
    media_id = call.query.get("media_id")
    if not media_id:
        raise ApiError(41006)
    media = find(call.corp, media_id)
    return serve(media, call.corp.store.media(media_id), call.headers.get("Range"), attachment=True)


def get_high_quality(_: Call) -> Answer:
    """Only for voices recorded through the JS-SDK, which the browser's phones do not have (path/90255)."""
    raise ApiError(40007)


def find(corp: Corp, media_id: str, *kinds: str) -> Media:
    """Raises ApiError 40007 for an unknown, expired or wrong kind of id."""
    media = corp.state.media.get(media_id)
    if media is None or media.permanent or (kinds and media.type not in kinds):
        raise ApiError(40007)
    if corp.clock.now() >= media.at + LIFE_SECONDS:
        raise ApiError(40007, "media_id expired")
    return media


def keep(corp: Corp, kind: str, content: bytes, filename: str, content_type: str, *, permanent: bool = False) -> Media:
    """Stores what a member sent or the app uploaded."""
    media = Media(
        media_id=token("MEDIA_", 24),
        type=kind,
        filename=filename,
        content_type=content_type,
        size=len(content),
        at=corp.clock.now(),
        seconds=amr_seconds(content),
        permanent=permanent,
    )
    corp.store.keep_media(media.media_id, content)
    corp.state.media[media.media_id] = media
    corp.store.changed()
    return media


def address(media: Media) -> str:
    return f"/sim/media/{media.media_id}"


def shown(media: Media) -> Json:
    """What a chat message holds of it."""
    facts = {"media_id": media.media_id, "url": address(media), "filename": media.filename, "size": media.size}
    if media.type == "voice":
        facts["seconds"] = media.seconds
    return facts


def sniff(content: bytes) -> str | None:
    """The true content type, of those that matter here."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(AMR):
        return "audio/amr"
    if content[4:8] == b"ftyp":
        return "video/mp4"
    return None


def amr_seconds(content: bytes) -> float:
    """The length of an AMR narrow-band recording; 0 for anything else."""
    position, frames = len(AMR), 0
    while content.startswith(AMR) and position < len(content):
        mode = content[position] >> 3 & 15
        position += _AMR_FRAME_BYTES[mode] if mode < len(_AMR_FRAME_BYTES) else 1
        frames += 1
    return frames / _AMR_FRAMES_PER_SECOND


def serve(media: Media, content: bytes, wanted: str | None, *, attachment: bool) -> web.Response:
    """The bytes, or the part of them that a Range header asks for."""
    if attachment and len(content) > _RANGE_NEEDED and not wanted:
        raise ApiError(830002)
    headers = {"Content-Type": media.content_type, "Accept-Ranges": "bytes"}
    if attachment:
        headers["Content-Disposition"] = f'attachment; filename="{_header_safe(media.filename)}"'
    span = _span(wanted, len(content))
    if span is None:
        return web.Response(body=content, headers=headers)
    start, end = span
    if start >= len(content):
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
    return web.Response(status=206, body=content[start : end + 1], headers=headers)


def _span(wanted: str | None, total: int) -> tuple[int, int] | None:
    match = _RANGE.fullmatch(wanted or "")
    if not match or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        return max(0, total - int(last)), total - 1
    return int(first), min(int(last), total - 1) if last else total - 1


def _header_safe(filename: str) -> str:
    return filename if filename.isascii() and '"' not in filename else quote(filename)


def _check_size(kind: str, count: int) -> None:
    if count == 0:
        raise ApiError(44001)
    if count <= _LEAST:
        raise ApiError(40006)
    if count > _MOST[kind]:
        raise ApiError(_TOO_LARGE[kind])
