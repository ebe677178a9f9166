"""How many records there are, by what they are: under the conditions of a search, so that the list behind a figure
holds as many records as the figure says.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core import database
from core.access import Reach
from core.search.query import Asked, Search, Wanted

MOST_ROUNDS = 4  # that many, or more
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
    """``wanted`` says from which day to which, and asks for no words."""
    columns = [name for name in by if name != "month"]
    told, keys = ", ".join(f"{_column(name)} AS {name}" for name in columns), _numbers(len(columns))
    statement = f"SELECT {told}, count(*) AS n FROM case_fact f{{}} GROUP BY {keys}"  # noqa: S608  # our own names
    return await _added_up(reach, wanted, processes, by, statement)


async def topics(reach: Reach, wanted: Wanted, process: str) -> Counts:
    """By process and topic: how many records cite an entry of the libraries."""
    # By a sum, so that SQLite looks up what belongs to each case, and not all that lies between first and last.
    joined = "case_fact f JOIN case_topic t ON t.station_id = f.station_id AND t.case_id = f.case_id + 0"
    statement = f"SELECT f.process, t.topic, count(*) AS n FROM {joined}{{}} GROUP BY 1, 2"  # noqa: S608
    return await _added_up(reach, wanted, [process], ("process", "topic"), statement)


async def _added_up(
    reach: Reach, wanted: Wanted, processes: Sequence[str], by: Sequence[str], statement: str
) -> Counts:
    """Each month for itself: others have their turn in between, however many records there are. ``{}`` stands where
    the conditions come."""
    sums: Counter[tuple[Any, ...]] = Counter()
    for month, part in _months(wanted) if processes else ():
        asked, search = Asked(), Search(reach, part)
        first, last = await search.bounds()
        among = ", ".join(asked.put(one) for one in processes)
        said = f"f.case_id BETWEEN {asked.put(first)} AND {asked.put(last)} AND f.process IN ({among})"
        for row in await database.rows(statement.format(f" WHERE {said}{search.facts(asked)}"), *asked.values):
            sums[tuple(month if name == "month" else row[name] for name in by)] += row["n"]
    return Counts([dict(zip(by, facts, strict=True)) | {"n": n} for facts, n in sums.items()])


def _months(wanted: Wanted) -> Iterator[tuple[str, Wanted]]:
    if wanted.since is None or wanted.until is None:
        raise ValueError("statistics have a first and a last day")
    first = wanted.since
    while first <= wanted.until:
        after = (first.replace(day=1) + timedelta(days=31)).replace(day=1)
        yield f"{first:%Y-%m}", replace(wanted, since=first, until=min(after - timedelta(days=1), wanted.until))
        first = after


def _column(name: str) -> str:
    return _COLUMNS.get(name, f"f.{name}")


def _numbers(count: int) -> str:
    return ", ".join(str(n) for n in range(1, count + 1))
