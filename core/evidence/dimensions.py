"""Sizes of pictures and the skeleton of MP4 files, read from headers before anything is decoded."""

from dataclasses import dataclass

MEGAPIXEL = 1_000_000
# One decode may cost 150 MB. Only plain JPEG can be decoded at a fraction of its size; each figure is measured.
MOST_PIXELS_JPEG = 40 * MEGAPIXEL
MOST_PIXELS_PROGRESSIVE = 22 * MEGAPIXEL
MOST_PIXELS_OPAQUE_PNG = 24 * MEGAPIXEL
MOST_PIXELS_TRANSPARENT = 15 * MEGAPIXEL
MOST_PIXELS_WEBP = 9 * MEGAPIXEL

JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
JPEG_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
JPEG_ALONE = {0x01, *range(0xD0, 0xD9)}
PNG_OPAQUE = {0, 2}
MOST_PARTS = 100_000  # no honest file has more segments or boxes; a hostile one would keep a thread busy


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    most_pixels: int
    animated: bool = False


def read(data: bytes, opener: str) -> Picture | None:
    """None when the header is broken or the end of the file is missing."""
    readers = {"JPEG": _jpeg, "PNG": _png, "GIF": _gif, "WEBP": _webp}
    picture = readers[opener](data)
    return picture if picture and picture.width and picture.height else None


def _jpeg(data: bytes) -> Picture | None:
    at = 2
    for _ in range(MOST_PARTS):
        if at + 9 > len(data) or data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker in JPEG_SIZES:
            most = MOST_PIXELS_PROGRESSIVE if marker in JPEG_PROGRESSIVE else MOST_PIXELS_JPEG
            return Picture(_big(data, at + 7, 2), _big(data, at + 5, 2), most)
        at += _jpeg_step(data, at, marker)
    return None


def _jpeg_step(data: bytes, at: int, marker: int) -> int:
    if marker == 0xFF:
        return 1
    return 2 if marker in JPEG_ALONE else 2 + _big(data, at + 2, 2)


def _png(data: bytes) -> Picture | None:
    if data[12:16] != b"IHDR" or b"IEND" not in data[33:]:
        return None
    animated = b"acTL" in data[: max(data.find(b"IDAT"), 0)]
    most = MOST_PIXELS_OPAQUE_PNG if data[25] in PNG_OPAQUE else MOST_PIXELS_TRANSPARENT
    return Picture(_big(data, 16, 4), _big(data, 20, 4), most, animated)


def _gif(data: bytes) -> Picture | None:
    if len(data) < 14:
        return None
    at = 13 + _gif_colours(data[10])
    pictures = 0
    width, height = _little(data, 6, 2), _little(data, 8, 2)
    while at < len(data) and data[at] != 0x3B:
        if data[at] == 0x2C:
            pictures += 1
            width = max(width, _little(data, at + 1, 2) + _little(data, at + 5, 2))
            height = max(height, _little(data, at + 3, 2) + _little(data, at + 7, 2))
            at = _gif_skip(data, at + 11 + _gif_colours(int.from_bytes(data[at + 9 : at + 10])))
        elif data[at] == 0x21:
            at = _gif_skip(data, at + 2)
        else:
            return None
    whole = at < len(data) and pictures > 0
    return Picture(width, height, MOST_PIXELS_TRANSPARENT, animated=pictures > 1) if whole else None


def _gif_colours(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_skip(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


def _webp(data: bytes) -> Picture | None:
    if len(data) < 30 or _little(data, 4, 4) + 8 > len(data):
        return None
    most = MOST_PIXELS_WEBP
    if data[12:16] == b"VP8X":
        return Picture(_little(data, 24, 3) + 1, _little(data, 27, 3) + 1, most, animated=bool(data[20] & 2))
    if data[12:16] == b"VP8L":
        bits = _little(data, 21, 4)
        return Picture((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, most)
    if data[12:16] == b"VP8 ":
        return Picture(_little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF, most)
    return None


def boxes_are_whole(data: bytes) -> bool:
    """MP4 and MOV are boxes laid end to end: a file cut short, or with something appended, does not add up."""
    at = 0
    for _ in range(MOST_PARTS):
        if at + 8 > len(data):
            break
        size = _big(data, at, 4)
        if size == 0:
            return True  # the last box may run to the end
        if size == 1:
            size = _big(data, at + 8, 8)
        if size < 8:
            return False
        at += size
    return at == len(data)


def _big(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "big")


def _little(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "little")
