"""How many records there are, by what they are: under the conditions of a search, so that the list behind a figure
holds as many records as the figure says.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from core import database
from core.access import Reach
from core.search.query import Asked, Search, Wanted

MOST_ROUNDS = 4  # that many, or more
_MONTH = "to_char(f.opened_on, 'YYYY-MM')", "substr(f.opened_on, 1, 7)"  # of PostgreSQL, of SQLite
_ROUNDS = f"CASE WHEN f.rounds > {MOST_ROUNDS} THEN {MOST_ROUNDS} ELSE f.rounds END"
_COLUMNS = {"station": "f.station_id", "project": "f.project_id", "unit": "f.unit_id", "rounds": _ROUNDS}

Facts = Mapping[str, Any]
"""By ``month`` (2026-11), ``station``, ``project``, ``unit``, ``process``, ``kind``, ``state``, ``timing``,
``rectified``, ``rounds`` or ``topic``."""


class Counts:
    """Counted once by several facts, and told for any of them."""

    def __init__(self, rows: Sequence[Facts]) -> None:
        self._rows = rows
        self._sums: dict[tuple[str, ...], Counter[tuple[Any, ...]]] = {}

    def only(self, **facts: Any) -> "Counts":
        return Counts([row for row in self._rows if all(row[one] == value for one, value in facts.items())])

    def of(self, facts: Facts) -> int:
        names = tuple(sorted(facts))
        if names not in self._sums:
            self._sums[names] = self._summed(names)
        return self._sums[names][tuple(facts[name] for name in names)]

    def values(self, name: str, facts: Facts) -> list[Any]:
        """Those that occur together with these facts, the most frequent first."""
        sums: Counter[Any] = Counter()
        for row in self._rows:
            if row[name] is not None and all(row[one] == value for one, value in facts.items()):
                sums[row[name]] += row["n"]
        return sorted(sums, key=lambda value: (-sums[value], value))

    def _summed(self, names: tuple[str, ...]) -> Counter[tuple[Any, ...]]:
        sums: Counter[tuple[Any, ...]] = Counter()
        for row in self._rows:
            sums[tuple(row[name] for name in names)] += row["n"]
        return sums


async def counts(reach: Reach, wanted: Wanted, processes: Sequence[str], by: Sequence[str]) -> Counts:
    """``wanted`` asks for no words."""
    asked = _Asking(reach, wanted, processes)
    told = ", ".join(f"{_column(name)} AS {name}" for name in by)
    rows = await asked.rows(f"SELECT {told}, count(*) AS n FROM case_fact f{{}} GROUP BY {_numbers(len(by))}")  # noqa: S608  # our own names
    return Counts([row | {"rectified": bool(row["rectified"])} if "rectified" in row else row for row in rows])


async def topics(reach: Reach, wanted: Wanted, process: str, most: int) -> Counts:
    """The entries of the libraries that most records of the process cite."""
    asked = _Asking(reach, wanted, [process])
    rows = await asked.rows(
        "SELECT f.process AS process, t.topic AS topic, count(*) AS n FROM case_fact f "  # noqa: S608  # our own number
        "JOIN case_topic t ON t.station_id = f.station_id AND t.case_id = f.case_id{} "
        f"GROUP BY f.process, t.topic ORDER BY n DESC, t.topic LIMIT {most}"
    )
    return Counts(rows)


class _Asking:
    def __init__(self, reach: Reach, wanted: Wanted, processes: Sequence[str]) -> None:
        self._asked = Asked()
        among = ", ".join(self._asked.put(one) for one in processes)
        said = Search(reach, wanted).facts(self._asked)
        self._where = f" WHERE f.process IN ({among}){said}" if processes else " WHERE false"

    async def rows(self, statement: str) -> list[dict[str, Any]]:
        """``{}`` stands where the conditions come."""
        return await database.rows(statement.format(self._where), *self._asked.values)


def _column(name: str) -> str:
    if name == "month":
        return _MONTH[0] if database.is_postgresql() else _MONTH[1]
    return _COLUMNS.get(name, f"f.{name}")


def _numbers(count: int) -> str:
    return ", ".join(str(n) for n in range(1, count + 1))
