import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pydantic import BaseModel, ConfigDict

from core.evidence import names, photos, sniff, sound, video, workers
from core.evidence.sniff import Kind, Sniffed
from core.evidence.store import Store

VIDEO_SECONDS = 60.0


class Kept(BaseModel):
    """What is stored. `original_key` holds the bytes as they came, position and all: never show it to a member who
    may not know where it was taken. `shown_key` is safe for every reader (JPEG, MP3, MP4, or the file itself).

    `width` and `height` are those of the original as a person sees it; `thumb_key` is a JPEG, of photos and video.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    mime: str
    size: int
    sha256: str
    original_key: str
    shown_key: str
    name: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    thumb_key: str | None = None
    phash: str | None = None


@dataclass(frozen=True)
class Copies:
    """What was made of an original; without `shown` the original itself may be shown."""

    shown: bytes | None = None
    shown_ending: str = ""
    thumb: bytes | None = None
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    phash: str | None = None


async def keep(
    store: Store,
    data: bytes,
    *,
    kind_hint: Kind | str | None = None,
    name: str = "",
    whole: asyncio.Event | None = None,
) -> Kept:
    """Check everything, then store it; the same bytes give the same keys.

    Raises EvidenceRefused with a sentence for the member. `name` is what the sender called it; it only decorates.
    Nothing is stored before `whole` is set.
    """
    hint = Kind(kind_hint) if kind_hint else None
    sniffed = await asyncio.to_thread(sniff.sniff, data, hint)
    whole = whole or asyncio.Event()
    stored = asyncio.create_task(_stored(store, data, sniffed, whole))
    try:
        copies = await _copies_of(data, sniffed, whole)
    except BaseException:
        stored.cancel()
        raise
    kept = _kept(data, sniffed, await stored, copies, name)
    made = ((kept.thumb_key, copies.thumb), (kept.shown_key, copies.shown))
    await asyncio.gather(*(store.put(key, blob) for key, blob in made if key and blob))
    return kept


async def _stored(store: Store, data: bytes, sniffed: Sniffed, whole: asyncio.Event) -> str:
    """Its hash. The original is written while its copies are made, but nothing that is refused ever is."""
    sha256 = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
    await whole.wait()
    await store.put(key_of(sha256, sniffed.format.extension), data)
    return sha256


async def _copies_of(data: bytes, sniffed: Sniffed, whole: asyncio.Event) -> Copies:
    patience, loop = workers.Patience(VIDEO_SECONDS), asyncio.get_running_loop()
    said = partial(loop.call_soon_threadsafe, whole.set)
    try:
        copies = await workers.alone(sniffed.kind, lambda: _copies(data, sniffed, patience, said))
    finally:
        patience.give_up()
    whole.set()
    return copies


def _copies(data: bytes, sniffed: Sniffed, patience: workers.Patience, whole: Callable[[], object]) -> Copies:
    match sniffed.kind:
        case Kind.PHOTO:
            photo = photos.prepare(data, sniffed, whole)
            return Copies(photo.shown, "jpg", photo.thumb, photo.width, photo.height, phash=photo.phash)
        case Kind.VOICE:
            voice = sound.prepare(data, sniffed)
            return Copies(voice.shown, "mp3", seconds=voice.seconds)
        case Kind.VIDEO:
            film = video.prepare(data, sniffed, patience)
            return Copies(film.shown, "mp4", film.poster, film.width, film.height, film.seconds, film.phash)
        case Kind.FILE:
            return Copies()


def _kept(data: bytes, sniffed: Sniffed, sha256: str, copies: Copies, name: str) -> Kept:
    original = key_of(sha256, sniffed.format.extension)
    return Kept(
        kind=sniffed.kind,
        mime=sniffed.format.mime,
        size=len(data),
        sha256=sha256,
        original_key=original,
        shown_key=key_of(sha256, f"shown.{copies.shown_ending}") if copies.shown else original,
        thumb_key=key_of(sha256, "thumb.jpg") if copies.thumb else None,
        name=names.cleaned(name, sniffed.kind, sniffed.format.extension),
        width=copies.width,
        height=copies.height,
        seconds=copies.seconds,
        phash=copies.phash,
    )


def key_of(sha256: str, ending: str) -> str:
    """Our own name, made of the content alone."""
    return f"{sha256[:2]}/{sha256}.{ending}"
