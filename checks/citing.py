"""From a library's entry to what a record keeps of it."""

from datetime import date

from checks.finding import Citation
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
