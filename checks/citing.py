"""From a library's entry to what a record keeps of it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from checks.finding import SEVERITIES, Citation, Finding
from checks.library import Library, Term, Violation
from core.errors import BadInput


def cite(entry: Term | Violation, library: Library, on: date) -> Citation:
    """The entry with the clause in force on the day of the check (BY-11).

    Raises BadInput when everything it rests on has been withdrawn, or does not count yet.
    """
    basis = entry.basis_on(on)
    if basis is None:
        raise BadInput(f"「{entry.text}」所依据的规范在检查当日不适用，请另选一条。", "findings")
    return Citation(
        id=entry.id,
        text=entry.text,
        basis=f"《{basis.standard.name}》（{basis.standard.number}）",
        clause=basis.clause or "",
        severity=entry.severity,
        usual_days=entry.usual_days,
        library=library.version,
    )


def entry(library: Library, shelf: str, entry_id: str) -> Term | Violation | None:
    """``shelf``: terms or violations."""
    return library.term(entry_id) if shelf == "terms" else library.violation(entry_id)


def citing(finding: Finding, shelf: str, ids: Iterable[str], library: Library, on: date) -> dict[str, Any]:
    """What changes in a finding that cites these from now on: its severity rises to the worst that is cited, and never
    falls by itself. Raises BadInput as ``cite`` does."""
    entries = [found for one in ids if (found := entry(library, shelf, one)) is not None]
    citations = [cite(found, library, on) for found in entries]
    order = list(SEVERITIES)
    worst = max([finding.severity, *(c.severity for c in citations)], key=order.index)
    return {shelf: [c.model_dump(mode="json") for c in citations], "severity": worst}
