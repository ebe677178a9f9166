"""The watermark: when, where and by whom, burned into the copy of a photo that its readers see. The original stays."""

import io
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, ImageDraw

from core import clock
from core.evidence import glyphs, names, photos, workers
from core.evidence.keeping import key_of
from core.evidence.models import Evidence
from core.evidence.sniff import Kind
from core.evidence.store import Store
from core.evidence.strips import BLOCK, Strips

LINES_PER_FACT = 2
BETWEEN = "\u3000"  # as wide as a character
BAND = (0, 0, 0, 140)


@dataclass(frozen=True)
class Mark:
    """Only what the service knows, each with its source. Moments are aware; ``taken_at`` is the phone's word.

    ``part`` is what somebody wrote, ``place`` and ``coordinates`` what a phone sent; ``role`` is that of ``by``."""

    received_at: datetime
    taken_at: datetime | None = None
    project: str = ""
    part: str = ""
    place: str = ""
    coordinates: str = ""
    role: str = "提交人"
    by: str = ""


async def burned(store: Store, photo: Evidence, find: Callable[[], Awaitable[Mark]]) -> str:
    """The key of the copy with its watermark. It is made for whoever sees it first, and stays as it was made then.

    Whoever delivers a photo that is lost says so: its key is given as it is."""
    key = _key(photo)
    if await store.exists(key):
        return key
    try:
        shown = await store.get(photo.shown_key)
    except FileNotFoundError:
        return photo.shown_key
    mark = await find()
    await store.put(key, await workers.alone(Kind.PHOTO, lambda: marked(shown, mark)))
    return key


def _key(photo: Evidence) -> str:
    """The same bytes sent twice are two copies, each with its own person and time; and in a store that outlives its
    database another photo may have this one's id."""
    return key_of(photo.sha256, f"shown-{photo.id}-{round(photo.created_at.timestamp() * 1_000_000):x}.jpg")


def marked(shown: bytes, mark: Mark) -> bytes:
    """Blocking. A shown copy (JPEG) with a band at its foot that says when, where and by whom."""
    with Image.open(io.BytesIO(shown), formats=["JPEG"]) as opened:
        width, height = opened.size
    size = max(12, max(width, height) // 40)
    lines = list(_lines(_facts(mark), size, width - 2 * size))
    photo = Strips.of(shown)
    above = 0 if photo.whole else max(0, _top(height, lines, size)) // BLOCK * BLOCK
    if above:
        together = photo.standing_on(Strips.of(_written_on(photo.below(above).jpeg(), lines, size)))
        if together is not None:
            return together.jpeg()
    return _written_on(shown, lines, size)


def _written_on(jpeg: bytes, lines: list[str], size: int) -> bytes:
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as opened:
        photo = opened.convert("RGB")
    _draw(photo, lines, size)
    return photos.encode(photo, photos.SHOWN_QUALITY)


def _facts(mark: Mark) -> list[str]:
    facts = {
        "收到": _minute(mark.received_at),
        "拍摄": f"{_minute(mark.taken_at)}（手机时间）" if mark.taken_at else "",
        mark.role: mark.by,
        "工程": mark.project,
        "部位": mark.part,
        "定位": mark.place,
        "坐标": mark.coordinates,
    }
    return [f"{caption}：{said}" for caption, value in facts.items() if (said := names.one_line(value))]


def _minute(moment: datetime) -> str:
    return f"{clock.local(moment):%Y-%m-%d %H:%M}"


def _lines(facts: list[str], size: int, width: int) -> Iterator[str]:
    """As many facts in a line as fit, so that little of the photo is covered."""
    line = ""
    for fact in facts:
        joined = f"{line}{BETWEEN}{fact}" if line else fact
        if line and _fitting(joined, size, width) < len(joined):
            yield from _wrapped(line, size, width)
            joined = fact
        line = joined
    yield from _wrapped(line, size, width)


def _wrapped(text: str, size: int, width: int) -> Iterator[str]:
    """Chinese breaks anywhere; what does not fit into two lines ends with an ellipsis."""
    for line in range(LINES_PER_FACT):
        if not text:
            return
        fits = _fitting(text, size, width)
        last = line == LINES_PER_FACT - 1 and fits < len(text)
        yield text[: max(1, fits - 1)] + "…" if last else text[:fits]
        text = text[fits:]


def _fitting(text: str, size: int, width: int) -> int:
    """How many characters fit; at least one, so that wrapping always comes to an end."""
    used = 0.0
    for count, character in enumerate(text):
        used += glyphs.glyph(character, size).width
        if used > width:
            return max(1, count)
    return len(text)


def _draw(photo: Image.Image, lines: list[str], size: int) -> None:
    top = _top(photo.height, lines, size)
    ImageDraw.Draw(photo, "RGBA").rectangle((0, top, photo.width, photo.height), fill=BAND)
    for row, line in enumerate(lines):
        glyphs.write(photo, line, size, top + size // 4 + row * _step(size), size)


def _top(height: int, lines: list[str], size: int) -> int:
    """Where the band begins."""
    return height - _step(size) * len(lines) - size // 2


def _step(size: int) -> int:
    return size * 3 // 2
