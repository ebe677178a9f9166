"""Bytes that come from a phone piece by piece, until they are evidence (HN-14 … HN-16).

Pieces lie in the store, where every replica finds them, under names made of their place; the row says which count.
A piece counts from the one statement that moves ``received`` on, so that of two senders of the same place one wins.
"""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from core import clock, database
from core.cases import drafts
from core.errors import NotYours
from core.evidence import names, records
from core.evidence.keeping import Kept
from core.evidence.models import Evidence, Upload
from core.evidence.records import Origin, Source
from core.evidence.refusal import EvidenceRefused, Reason, refusal
from core.evidence.sniff import HABITS, MB, Kind, check_size
from core.evidence.store import Store

log = structlog.get_logger()

PIECE = 4 * MB
KEPT = timedelta(hours=24)
MOST_UNFINISHED = 100  # of one person; sixty photos and their originals are on their way after a day without a network
_LIKELY, _FAST = timedelta(days=30), timedelta(minutes=5)  # a phone's clock that is further off says nothing
_BATCH = 200
_ADD = (
    "INSERT INTO upload (id, person_id, draft_id, kind, name, sha256, size, received, parts, taken_at, marks_id, "
    "begun_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '', $8, $9, $10) "
    "ON CONFLICT (person_id, draft_id, sha256, size) DO NOTHING RETURNING id"
)
_OLD = f"SELECT {database.columns(Upload)} FROM upload WHERE begun_at < $1 ORDER BY begun_at LIMIT {_BATCH}"  # noqa: S608  # our own names


@dataclass(frozen=True)
class Announced:
    """What a phone says of bytes that are to come; ``sha256`` is hex, ``marks`` the evidence a picture is drawn on."""

    kind: Kind
    size: int
    sha256: str
    name: str = ""
    draft_id: int = 0
    marks: int = 0
    taken_at: datetime | None = None


async def begin(person_id: int, announced: Announced) -> Upload:
    """The same bytes for the same draft give the same upload, however far it has come. Raises EvidenceRefused, and
    NotYours for a draft or an original of somebody else."""
    _check(announced)
    if announced.draft_id and await drafts.owned(person_id, announced.draft_id) is None:
        raise NotYours
    original = await _original(person_id, announced.marks) if announced.marks else None
    same = Upload.filter(person_id=person_id, draft_id=announced.draft_id, sha256=announced.sha256, size=announced.size)
    found = await same.first()
    if found is None:
        await _add(person_id, announced, original)
        found = await same.get()
    return found


def _check(announced: Announced) -> None:
    if not announced.size:
        raise refusal(Reason.EMPTY)
    check_size(announced.size, announced.kind)


async def _original(person_id: int, marks: int) -> int:
    """The untouched picture, also when what was drawn on had been drawn on before."""
    found = await Evidence.get_or_none(id=marks, taken_by_id=person_id, kind=Kind.PHOTO)
    if found is None:
        raise NotYours
    return int(found.marks_id or found.id)


async def _add(person_id: int, said: Announced, original: int | None) -> None:
    if await Upload.filter(person_id=person_id, evidence_id=None).count() >= MOST_UNFINISHED:
        raise refusal(Reason.TOO_MANY, most=MOST_UNFINISHED)
    now = clock.now()
    taken_at = said.taken_at if said.taken_at and -_FAST < now - said.taken_at < _LIKELY else None
    about = (person_id, said.draft_id, said.kind, names.one_line(said.name)[:200], said.sha256, said.size)
    values = (secrets.token_hex(16), *about, taken_at, original, now)
    await database.rows(_ADD, *values)


async def append(store: Store, upload: Upload, offset: int, piece: bytes) -> bool:
    """False when another piece has taken this place. The row given is brought up to date."""
    part = f"{offset}-{len(piece)}"
    if offset != upload.received or offset + len(piece) > upload.size:
        return False
    await store.put(_key(upload, part), piece)
    parts, received = f"{upload.parts} {part}".strip(), offset + len(piece)
    text = "UPDATE upload SET received = $3, parts = $4 WHERE id = $1 AND received = $2 RETURNING id"
    if not await database.rows(text, upload.id, offset, received, parts):
        return False
    upload.received, upload.parts = received, parts
    return True


async def finish(store: Store, upload: Upload) -> Evidence:
    """Once everything has been received; again and again gives the same evidence. Raises EvidenceRefused, and then
    nothing is left of what was received."""
    try:
        return await _evidence(upload) or await _finish(store, upload)
    except EvidenceRefused:
        await drop(store, upload)
        raise


async def _evidence(upload: Upload) -> Evidence | None:
    return await Evidence.get(id=upload.evidence_id) if upload.evidence_id is not None else None


async def _finish(store: Store, upload: Upload) -> Evidence:
    try:
        pieces = [await store.get(key) for key in _keys(upload)]
    except FileNotFoundError:  # finished by another process meanwhile, or swept away
        again = await Upload.get_or_none(id=upload.id)
        if again is not None and (found := await _evidence(again)) is not None:
            return found
        raise _garbled(upload) from None
    origin = Origin(upload.person_id, Source.PAGE, upload.taken_at, upload.marks_id)
    data = await _whole(upload, pieces)
    evidence = await records.take(
        store, data, origin, partial(_write_down, upload, origin), kind_hint=upload.kind, name=upload.name
    )
    await store.delete(_keys(upload))
    return evidence


async def _whole(upload: Upload, pieces: list[bytes]) -> bytes:
    data, sha256 = await asyncio.to_thread(_joined, pieces)
    if sha256 != upload.sha256:
        log.info("upload.garbled", upload=upload.id, size=len(data))
        raise _garbled(upload)
    return data


def _joined(pieces: list[bytes]) -> tuple[bytes, str]:
    data = b"".join(pieces)
    return data, hashlib.sha256(data).hexdigest()


def _garbled(upload: Upload) -> EvidenceRefused:
    return refusal(Reason.GARBLED, thing=HABITS[Kind(upload.kind)].thing)


async def _write_down(upload: Upload, origin: Origin, kept: Kept) -> Evidence:
    return await database.transaction(partial(_written_down, upload, kept, origin))


async def _written_down(upload: Upload, kept: Kept, origin: Origin) -> Evidence:
    """One of those who finish the same upload at the same time writes it down; the others find it."""
    text = "UPDATE upload SET name = name WHERE id = $1 RETURNING evidence_id"
    held = await database.rows(text, upload.id)
    if held and held[0]["evidence_id"] is not None:
        return await Evidence.get(id=held[0]["evidence_id"])
    evidence = await records.write_down(kept, origin)
    await Upload.filter(id=upload.id).update(evidence_id=evidence.id)
    upload.evidence_id = evidence.id
    return evidence


async def drop(store: Store, upload: Upload) -> None:
    """The evidence that it has become stays."""
    await store.delete(_keys(upload))
    await Upload.filter(id=upload.id).delete()


async def sweep(store: Store) -> int:
    """Throws away what was begun more than a day ago; says how much."""
    gone = 0
    while old := await database.instances(Upload, _OLD, clock.now() - KEPT):
        for upload in old:
            await drop(store, upload)
        gone += len(old)
    return gone


def _keys(upload: Upload) -> list[str]:
    return [_key(upload, part) for part in upload.parts.split()]


def _key(upload: Upload, part: str) -> str:
    return f"uploads/{upload.id}.{part}"
