"""What a few words on site most likely mean: standard terms of similar wording, and the part of the works they name."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

from checks.library import CheckType, Library, Term

_ENOUGH = 5.0  # one rare pair of characters in common, or several usual ones
_NUMBER = r"[0-9A-Za-z一二三四五六七八九十]{1,4}"
_RANGE = rf"(?:地下)?{_NUMBER}(?:[-~～至、/]{_NUMBER})?"
_PART = rf"(?:{_RANGE}\s?(?:号楼|号塔吊|号|#楼|#|栋|幢|座|单元|层|楼|轴|区|标段|段)|地下室|屋面|屋顶|基坑)"
_PARTS = re.compile(rf"{_PART}(?:[\s,，]?{_PART})*")


class Suggester:
    """Compares by pairs of characters, rare ones counting more: nobody on a scaffold types a standard's own words."""

    def __init__(self, library: Library) -> None:
        self._terms = [(term, _pairs([term.text, term.category, *term.also])) for term in library.terms]
        known = Counter(pair for _, pairs in self._terms for pair in pairs)
        self._weights = {pair: math.log(len(self._terms) / count) for pair, count in known.items()}

    def terms(self, words: str, check_type: CheckType, on: date, limit: int) -> list[Term]:
        """Best first; none when the words have nothing to do with any term."""
        said = _pairs([words])
        fits = [(self._fit(said & pairs), term) for term, pairs in self._terms if term.suits(check_type)]
        found = sorted((fit for fit in fits if fit[0] >= _ENOUGH), key=lambda fit: -fit[0])
        return [term for _, term in found if term.basis_on(on)][:limit]

    def _fit(self, shared: set[str]) -> float:
        return sum(self._weights[pair] for pair in shared)


def part_of_works(words: str) -> str:
    """``3号楼5层临边没有栏杆`` → ``3号楼5层``; empty when no part is named."""
    found = _PARTS.search(words)
    return found.group().strip() if found else ""


def _pairs(texts: Iterable[str]) -> set[str]:
    plain = [re.sub(r"\W", "", text) for text in texts]
    return {text[at : at + 2] for text in plain for at in range(len(text) - 1)}
