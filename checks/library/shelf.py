"""One kind of entry, ready to be searched."""

from collections.abc import Iterable
from datetime import date
from itertools import zip_longest
from typing import Generic, TypeVar

from checks.library.entries import Basis, Entry
from core import pinyin

E = TypeVar("E", bound=Entry)

# What a hit outside the text costs: a category or nickname is nearly as good, a basis comes after every text.
_CATEGORY, _BASIS = 2, 8


class Shelf(Generic[E]):
    """Keeps the order of the files: within a category the most usual entries come first."""

    def __init__(self, entries: Iterable[E]) -> None:
        self._entries = {entry.id: entry for entry in entries}
        for entry in self._entries.values():
            _fields(entry, entry.basis)  # pinyin is looked up at the start, not while somebody waits

    def all(self) -> tuple[E, ...]:
        return tuple(self._entries.values())

    def get(self, entry_id: str) -> E | None:
        return self._entries.get(entry_id)

    def search(self, words: str, check_type: str, on: date, limit: int) -> list[E]:
        wanted = pinyin.words_of(words)
        if not wanted:
            return self._in_turn(check_type, on)[:limit]
        fits = [(_fit(wanted, entry, on), entry) for entry in self._usable(check_type, on)]
        hits = sorted(((fit, entry) for fit, entry in fits if fit is not None), key=lambda hit: hit[0])
        return [entry for _, entry in hits[:limit]]

    def _in_turn(self, check_type: str, on: date) -> list[E]:
        """The most usual of every category, then the second of every category, and so on."""
        by_category: dict[str, list[E]] = {}
        for entry in self._usable(check_type, on):
            by_category.setdefault(entry.category, []).append(entry)
        rounds = zip_longest(*by_category.values())
        return [entry for one_round in rounds for entry in one_round if entry is not None]

    def _usable(self, check_type: str, on: date) -> Iterable[E]:
        return (e for e in self._entries.values() if e.suits(check_type) and e.basis_on(on))


def _fit(wanted: Iterable[str], entry: Entry, on: date) -> int | None:
    """Every word has to be found somewhere; the best place of each counts."""
    fields = _fields(entry, entry.bases_on(on))
    total = 0
    for word in wanted:
        costs = [fit + cost for field, cost in fields if (fit := pinyin.score(word, field)) is not None]
        if not costs:
            return None
        total += min(costs)
    return total


def _fields(entry: Entry, bases: Iterable[Basis]) -> list[tuple[pinyin.Prepared, int]]:
    costs = {entry.text: 0}
    costs |= dict.fromkeys((entry.category, *entry.also), _CATEGORY)
    costs |= {basis.citation: _BASIS for basis in bases}
    return [(pinyin.prepare(field), cost) for field, cost in costs.items()]
