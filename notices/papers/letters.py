"""Which characters can be printed. What cannot is shown as ``□`` and listed at the end, never dropped in silence."""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

from core import fonts

STAND_IN = "□"
_WITHOUT_SHAPE = ("Cc", "Cf", "Zl", "Zp")
_SEGMENTED, _GROUP = 12, 12  # the cmap format that covers all planes, and the bytes of one of its groups


def printable(value: Any, missing: dict[str, None]) -> Any:
    """A copy of the JSON with every string made printable; characters without a glyph are added to `missing`."""
    match value:
        case str():
            return _line_by_line(value, missing)
        case list():
            return [printable(one, missing) for one in value]
        case dict():
            return {name: printable(one, missing) for name, one in value.items()}
    return value


def _line_by_line(text: str, missing: dict[str, None]) -> str:
    lines = unicodedata.normalize("NFC", text).splitlines()
    return "\n".join(_shaped(line, missing) for line in lines)


def _shaped(line: str, missing: dict[str, None]) -> str:
    """Without what has no shape of its own: control, joining and direction characters."""
    found = []
    for letter in line.replace("\t", " "):
        if ord(letter) in _covered():
            found.append(letter if unicodedata.category(letter) not in _WITHOUT_SHAPE else "")
        elif not _is_invisible(letter):
            missing[letter] = None
            found.append(STAND_IN)
    return "".join(found)


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) in _WITHOUT_SHAPE or "VARIATION SELECTOR" in unicodedata.name(letter, "")


@cache
def _covered() -> frozenset[int]:
    return frozenset(_code_points(fonts.REGULAR.read_bytes()))


def _code_points(font: bytes) -> Iterator[int]:
    """Read from the font's own table (OpenType: cmap, format 12)."""
    cmap = _table(font, b"cmap")
    (subtables,) = struct.unpack_from(">H", font, cmap + 2)
    for number in range(subtables):
        start = cmap + struct.unpack_from(">I", font, cmap + 8 + 8 * number)[0]
        if struct.unpack_from(">H", font, start)[0] == _SEGMENTED:
            (groups,) = struct.unpack_from(">I", font, start + 12)
            for group in range(groups):
                first, last = struct.unpack_from(">II", font, start + 16 + _GROUP * group)
                yield from range(first, last + 1)


def _table(font: bytes, tag: bytes) -> int:
    (count,) = struct.unpack_from(">H", font, 4)
    entries = (struct.unpack_from(">4s4xI", font, 12 + 16 * number) for number in range(count))
    return next(int(offset) for name, offset in entries if name == tag)
