"""Finding Chinese text by what a thumb types: characters, pinyin, initials, or a mixture of them (BY-11).

``临边``, ``linbian``, ``lb``, ``lin边`` and ``lbian`` all find 临边防护. Every reading of a character counts, so ``cq``
and ``zq`` both find 重庆. Case, full-width forms and spaces do not matter; punctuation is literal when typed, and
skipped when sounds are compared. Nothing typed is a pattern, and nothing typed raises.
"""

import os
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # 43 MB of phrases; here every character is looked up alone

from pypinyin import Style, pinyin  # after what it reads when it is imported

# How a word was found, best first: as typed or by sound, at the start of the text or further on.
LITERAL_FIRST, LITERAL, SOUND_FIRST, SOUND = 0, 1, 2, 5

_LONGEST_QUERY = 64
_MOST_WORDS = 6
_TWO_LETTER_INITIALS = ("zh", "ch", "sh")

Spellings = tuple[str, ...]
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text made ready once, to be searched many times."""

    literal: str
    sounds: tuple[Spellings, ...]


def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=16384)
def prepare(text: str) -> Prepared:
    literal = "".join(fold(text).split())
    return Prepared(literal, tuple(_spellings(char) for char in literal if char.isalnum()))


@lru_cache(maxsize=16384)
def _spellings(char: str) -> Spellings:
    """The character itself, its readings, and the beginnings people shorten them to."""
    if char.isascii():
        return (char,)
    readings = [r for r in pinyin(char, style=Style.NORMAL, heteronym=True)[0] if r.isascii() and r.isalpha()]
    shortened = [r[:2] for r in readings if r.startswith(_TWO_LETTER_INITIALS)] + [r[0] for r in readings]
    return tuple(dict.fromkeys([char, *readings, *shortened]))


def words_of(query: str) -> tuple[str, ...]:
    """The words to look for: at most six, out of the first 64 characters."""
    return tuple(dict.fromkeys(fold(query[:_LONGEST_QUERY]).split()))[:_MOST_WORDS]


def score(word: str, text: Prepared) -> int | None:
    """How well one of ``words_of`` fits: lower is better, None is not at all."""
    at = text.literal.find(word)
    if at >= 0:
        return LITERAL if at else LITERAL_FIRST
    if not word.isalnum() or not any(char.isascii() for char in word):
        return None
    return _score_by_sound(word, text.sounds)


def _score_by_sound(word: str, sounds: tuple[Spellings, ...]) -> int | None:
    """Reads the text once; each set holds how much of the word is spelled so far, for every place it may have begun."""
    first, anywhere, found = {0}, set[int](), False
    for spellings in sounds:
        first = _spell_on(word, first, spellings)
        if len(word) in first:
            return SOUND_FIRST
        if not first and found:
            break
        anywhere = _spell_on(word, anywhere | {0}, spellings)
        found = found or len(word) in anywhere
    return SOUND if found else None


def _spell_on(word: str, reached: set[int], spellings: Spellings) -> set[int]:
    return {end for at in reached for end in _ends(word, at, spellings)} if reached else reached


@lru_cache(maxsize=65536)
def _ends(word: str, at: int, spellings: Spellings) -> tuple[int, ...]:
    """Where in the word a character leads that is spelled from ``at``; the last syllable may be typed in part."""
    whole = [at + len(spelling) for spelling in spellings if word.startswith(spelling, at)]
    part = [len(word)] if any(spelling.startswith(word[at:]) for spelling in spellings) else []
    return (*whole, *part) if at < len(word) else ()


def matches(query: str, text: Prepared) -> int | None:
    """The sum over all words of ``query``, or None when one of them is missing or there is none."""
    found = [score(word, text) for word in words_of(query)]
    return sum(s for s in found if s is not None) if found and None not in found else None


class Index(Generic[K]):
    """Names by key, for thousands of projects or people; equally good hits keep the order they were added in."""

    def __init__(self) -> None:
        self._texts: dict[K, Prepared] = {}

    def add(self, key: K, text: str) -> None:
        """A key added again gets the new text."""
        self._texts[key] = prepare(text)

    def search(self, words: str, limit: int = 20) -> list[K]:
        found = [(fit, key) for key, text in self._texts.items() if (fit := matches(words, text)) is not None]
        return [key for _, key in sorted(found, key=lambda hit: hit[0])[:limit]]
