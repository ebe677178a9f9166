"""The libraries of standard terms (HN-17) and violations (HN-18), with the clause in force on a day (BY-11).

A record copies what it takes from here: a later edition of the library never changes what was submitted.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from checks.library import files
from checks.library.entries import Basis, CheckType, Severity, Standard, Term, Violation
from checks.library.shelf import Shelf

__all__ = ["Basis", "CheckType", "Library", "Severity", "Standard", "Term", "Violation", "load"]


class Library:
    """Of two entries with one id the later file's counts, so that a station's file may correct the starter's."""

    def __init__(self, sources: Sequence[files.File]) -> None:
        self.version = "+".join(dict.fromkeys(source.version for source in sources))
        self.published = max(source.published for source in sources)
        self.note = sources[-1].note
        self._terms = Shelf(term for source in sources for term in source.terms)
        self._violations = Shelf(violation for source in sources for violation in source.violations)

    @property
    def terms(self) -> tuple[Term, ...]:
        return self._terms.all()

    @property
    def violations(self) -> tuple[Violation, ...]:
        return self._violations.all()

    def term(self, term_id: str) -> Term | None:
        return self._terms.get(term_id)

    def violation(self, violation_id: str) -> Violation | None:
        return self._violations.get(violation_id)

    def search_terms(self, words: str, check_type: str, on: date, limit: int = 20) -> list[Term]:
        """Best first, every word found, at least one basis in force ``on`` that day.

        ``check_type`` is a CheckType or its value. With nothing typed: the most usual of each category in turn.
        """
        return self._terms.search(words, check_type, on, limit)

    def search_violations(self, words: str, check_type: str, on: date, limit: int = 20) -> list[Violation]:
        return self._violations.search(words, check_type, on, limit)


@cache
def load(own: Path | None = None) -> Library:
    """The starter library, extended or replaced by a station's ``own`` file. Raises Misconfigured."""
    if own is None:
        return Library(files.read(files.STARTER))
    sources = files.read((*files.STARTER, own))
    return Library(sources[-1:] if sources[-1].replaces else sources)
