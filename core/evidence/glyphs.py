"""Characters as small pictures, each drawn once: a station's watermarks are made of the same few hundred."""

from dataclasses import dataclass
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFont

from core import fonts
from core.errors import Misconfigured


@dataclass(frozen=True)
class Glyph:
    """``ink`` covers what is drawn, ``left`` and ``top`` where it lies from the line's own corner; pixels."""

    ink: Image.Image
    left: int
    top: int
    width: float


def write(photo: Image.Image, line: str, left: int, top: int, size: int) -> None:
    """In white; ``top`` is that of the tallest letter, as ImageDraw has it."""
    at = float(left)
    for character in line:
        one = glyph(character, size)
        photo.paste("white", (round(at) + one.left, top + one.top), one.ink)
        at += one.width


@lru_cache(maxsize=4096)
def glyph(character: str, size: int) -> Glyph:
    font = _font(size)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(character))
    ink = Image.new("L", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(ink).text((-left, -top), character, font=font, fill=255)
    return Glyph(ink, left, top, font.getlength(character))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(fonts.REGULAR, size, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise Misconfigured("The font Noto Sans SC is missing; `make setup` installs it.") from error
