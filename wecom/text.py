"""Cutting and cleaning text so that neither XML nor JSON nor a byte limit breaks it."""

import re

ELLIPSIS = "…"
CDATA_END = "]]>"

# XML 1.0 has no way to write these at all, and JSON can only write them as \uXXXX, which WeCom answers with 40033.
_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text without characters that XML cannot carry; tabs and line ends stay."""
    return _UNSENDABLE.sub("", text)


def size(text: str) -> int:
    """Length in UTF-8 bytes; a lone surrogate counts as three."""
    return len(text.encode("utf-8", "surrogatepass"))


def cut_bytes(text: str, limit: int) -> str:
    """At most `limit` UTF-8 bytes, never half a character; ends with … when something was cut."""
    if size(text) <= limit:
        return text
    if limit < size(ELLIPSIS):
        return _first_bytes(text, limit)
    return _first_bytes(text, limit - size(ELLIPSIS)) + ELLIPSIS


def split_bytes(text: str, limit: int) -> list[str]:
    """Pieces of at most `limit` (at least 4) UTF-8 bytes, broken at line ends where a piece has one."""
    pieces: list[str] = []
    while size(text) > limit:
        piece = _first_bytes(text, limit)
        line_end = piece.rfind("\n") + 1
        piece = piece[:line_end] or piece
        pieces.append(piece.rstrip("\n"))
        text = text[len(piece) :]
    return [piece for piece in [*pieces, text] if piece]


def clip(text: str, limit: int) -> str:
    """One line of at most `limit` characters, ending with … when something was cut."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + ELLIPSIS


def cdata(text: str) -> str:
    """A CDATA section that stays one section's worth of text whatever the text holds."""
    return "<![CDATA[" + clean(text).replace(CDATA_END, "]]]]><![CDATA[>") + "]]>"


def _first_bytes(text: str, limit: int) -> str:
    return text.encode("utf-8", "surrogatepass")[:limit].decode("utf-8", "ignore")
