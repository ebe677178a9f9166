import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from core import clock, fonts
from core.errors import Misconfigured
from core.evidence import names, photos

LINES_PER_FACT = 2
BAND = (0, 0, 0, 140)


@dataclass(frozen=True)
class Mark:
    """What is burned into a photo once its record is submitted. `taken_at` is aware."""

    taken_at: datetime
    project: str
    place: str
    inspector: str


def marked(shown: bytes, mark: Mark) -> bytes:
    """Blocking. A shown copy (JPEG) with a band at its foot that says when, where and by whom."""
    with Image.open(io.BytesIO(shown), formats=["JPEG"]) as opened:
        photo = opened.convert("RGB")
    size = max(12, max(photo.size) // 48)
    lines = [line for fact in _facts(mark) for line in _wrapped(fact, size, photo.width - 2 * size)]
    _draw(photo, lines, size)
    return photos.encode(photo, photos.SHOWN_QUALITY)


def _facts(mark: Mark) -> list[str]:
    facts = {
        "时间": f"{clock.local(mark.taken_at):%Y-%m-%d %H:%M}",
        "工程": names.one_line(mark.project),
        "地点": names.one_line(mark.place),
        "监督员": names.one_line(mark.inspector),
    }
    return [f"{caption}：{value}" for caption, value in facts.items() if value]


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
    font = _font(size)
    used = 0.0
    for count, character in enumerate(text):
        used += font.getlength(character)
        if used > width:
            return max(1, count)
    return len(text)


def _draw(photo: Image.Image, lines: list[str], size: int) -> None:
    step = size * 3 // 2
    top = photo.height - step * len(lines) - size // 2
    pen = ImageDraw.Draw(photo, "RGBA")
    pen.rectangle((0, top, photo.width, photo.height), fill=BAND)
    for row, line in enumerate(lines):
        pen.text((size, top + size // 4 + row * step), line, font=_font(size), fill="white")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(fonts.REGULAR, size, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise Misconfigured("The font Noto Sans SC is missing; `make setup` installs it.") from error
