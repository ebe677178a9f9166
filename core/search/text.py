"""What a search compares: text without case, width and invisible characters, cut into single characters and pairs.

A word of Chinese has no ends, so every pair of neighbours is entered, and every single character; a search looks up the
pairs of its word and then reads the text of what has them all. Nothing that is typed is a pattern.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from itertools import pairwise

from core.pinyin import fold

LONGEST = 64
_MOST_WORDS = 6
_GAP = "\x1f"  # no text holds it
_RUN = re.compile(r"[0-9a-z]{3,}")
_INVISIBLE = ("Cc", "Cf", "Cs")  # control and format characters, halves of pairs
_FIRST, _LOW, _HIGH, _BASE = 0xE000, 0xF0000, 0x100000, 65_000  # private use: no keyboard types these three together
FACETS = ("station", "project", "author", "process")
BLOCK = 2**14  # neighbouring ids that share a number in PostgreSQL, which has no other way to look at the newest first


def plain(text: str) -> str:
    """One line."""
    return " ".join("".join(c if unicodedata.category(c) not in _INVISIBLE else _space(c) for c in fold(text)).split())


def _space(character: str) -> str:
    return " " if character.isspace() else ""


def words_of(query: str) -> tuple[str, ...]:
    """The words that must all be there, each as it was typed; at most six."""
    return tuple(dict.fromkeys(plain(query).split()))[:_MOST_WORDS]


def cited(topic: str) -> str:
    """How a text says that it cites this entry, so that no longer id is taken for it."""
    return f"#{plain(topic)};"


def runs(text: str) -> list[str]:
    """Letters and digits of numbers: there are few pairs of these, so threes of them are entered as well."""
    return _RUN.findall(text)


def _threes(run: str) -> set[str]:
    return {run[n : n + 3] for n in range(len(run) - 2)}


def grams(text: str) -> set[str]:
    found = {gram for line in text.split("\n") for gram in (*line, *map("".join, pairwise(line)))}
    return found.union(*map(_threes, runs(text)))


def needed(word: str) -> set[str]:
    """What a text with this word has been entered under."""
    found = set(map("".join, pairwise(word))) or {word}
    return found.union(*map(_threes, runs(word)))


# ── PostgreSQL keeps numbers ─────────────────────────────────────────────────────────────────────────────────────────


def number(gram: str) -> int:
    """Two grams may have the same one: what is found is read."""
    return zlib.crc32(gram.encode()) - 2**31


def facet(name: str, value: int | str) -> str:
    """A gram that no text has: whose a record is."""
    return f"{name}\x1f{value}"


def numbers(text: str, facets: Mapping[str, int | str | None]) -> list[int]:
    told = {facet(name, value) for name, value in facets.items() if value is not None}
    return sorted({number(one) for one in grams(text) | told})


# ── SQLite cuts text into threes ─────────────────────────────────────────────────────────────────────────────────────


def spaced(text: str) -> str:
    """With a gap around each character every three are a pair, or one character alone."""
    return _GAP + "".join(f"{character}{_GAP}" for character in text)


def threes(word: str) -> set[str]:
    found = {f"{a}{_GAP}{b}" for a, b in pairwise(word)} or {spaced(word)}
    return found.union(*map(_threes, runs(word)))


def facet_three(name: str, value: int | str) -> str:
    known = value if isinstance(value, int) else zlib.crc32(value.encode())
    return chr(_FIRST + FACETS.index(name)) + chr(_LOW + known // _BASE) + chr(_HIGH + known % _BASE)


def entered(text: str, facets: Mapping[str, int | str | None]) -> str:
    """What the index of SQLite is made of."""
    told = "".join(facet_three(name, value) for name, value in facets.items() if value is not None)
    return f"{told}{spaced(text)}{_GAP.join(runs(text))}"


def lines(texts: Iterable[str]) -> str:
    """One text to a line, so that no word reaches from one into the next."""
    return "\n".join(filter(None, map(plain, texts)))
