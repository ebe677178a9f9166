"""A figure as a table: what its rows and columns count, and where each number leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.search.figures import Counts, Facts
from h5.searching import conditions
from h5.statistics import asking

_SAME = ("station", "project", "unit", "timing")


@dataclass(frozen=True)
class Line:
    """A row to be: ``facts`` are what its records have in common; ``address`` leads to closer statistics."""

    caption: str
    facts: Facts
    address: str = ""


@dataclass(frozen=True)
class Column:
    """Counts what has the ``facts``; as a share, of all that have one of ``of``. ``tone`` names its colour in the
    chart, which leaves out a column without one."""

    caption: str
    facts: Facts
    tone: str = ""
    of: Sequence[Facts] = ()


@dataclass(frozen=True)
class Cell:
    text: str
    address: str


@dataclass(frozen=True)
class Row:
    caption: str
    address: str
    cells: list[Cell]


@dataclass(frozen=True)
class Figure:
    """``chart`` is how it is drawn: ``columns`` side by side, ``stacked`` columns, or ``bars``, which lie and are
    stacked. ``total`` is the last row where all others add up."""

    name: str
    title: str
    note: str
    first: str
    chart: str
    columns: Sequence[Column]
    rows: list[Row]
    total: Row | None = None


@dataclass(frozen=True)
class Sheet:
    """Makes tables of what was counted under these conditions."""

    counts: Counts
    typed: Mapping[str, str]

    def rows(self, lines: Sequence[Line], columns: Sequence[Column]) -> list[Row]:
        return [self.row(line, columns) for line in lines]

    def row(self, line: Line, columns: Sequence[Column]) -> Row:
        return Row(line.caption, line.address, [self.cell(line.facts, column) for column in columns])

    def cell(self, facts: Facts, column: Column) -> Cell:
        number = self.number({**facts, **column.facts})
        if not column.of:
            return number
        whole = sum(self.counts.of({**facts, **one}) for one in column.of)
        return Cell(share(int(number.text), whole), "")

    def number(self, facts: Facts) -> Cell:
        found = self.counts.of(facts)
        return Cell(str(found), self.address(facts) if found else "")

    def address(self, facts: Facts) -> str:
        """Of the list that holds exactly what has these facts."""
        return f"/h5/search?{conditions.query_of({**self.typed, **_conditions(facts)})}"


def share(part: int, whole: int) -> str:
    return f"{(200 * part + whole) // (2 * whole)}%" if whole else "—"


def _conditions(facts: Facts) -> dict[str, str]:
    """What the query page calls them."""
    found = {name: str(facts[name]) for name in _SAME if name in facts}
    if "process" in facts:
        found["kind"] = ".".join(filter(None, [facts["process"], facts.get("kind")]))
    if "state" in facts:
        found["state"] = f"{facts['process']}.{facts['state']}"
    if "rectified" in facts:
        found["rectified"] = str(int(facts["rectified"]))
    if "rounds" in facts:
        found["rounds"] = str(facts["rounds"])
    if "topic" in facts:
        found["term"] = facts["topic"]
    return found | (asking.days_of(facts["month"]) if "month" in facts else {})
