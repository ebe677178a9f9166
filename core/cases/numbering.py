"""Number series without holes: a number is taken in the transaction that uses it, or not at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from core import clock, database
from core.cases.models import Case, Series
from core.people.models import Organisation

PARTS = {"station": "海", "year": 2026, "n": 1}  # what a template may name, with examples
_AT_A_TIME = 500


async def next_number(template: str, station: Organisation, at: datetime) -> str:
    """Fills ``{station}``, ``{year}`` and ``{n}``; numbers that would read alike belong to one series."""
    year = clock.local(at).year
    taken = await database.rows(
        "INSERT INTO number_series (key, given) VALUES ($1, 1) "
        "ON CONFLICT (key) DO UPDATE SET given = number_series.given + 1 RETURNING given",
        template.format(station=station.code, year=year, n=0),
    )
    return template.format(station=station.code, year=year, n=taken[0]["given"])


@dataclass(frozen=True)
class Given:
    """A series as it stands: its number 0 is ``key``, of which ``at`` says where the counted part is."""

    key: str
    given: int
    at: tuple[int, int]

    @property
    def name(self) -> str:
        """``海澄质安改〔2026〕``."""
        return self.key[: self.at[0]] + self.key[self.at[1] :].removesuffix("号")

    def number(self, n: int) -> str:
        return f"{self.key[: self.at[0]]}{n:0{self.at[1] - self.at[0]}d}{self.key[self.at[1] :]}"

    def numbers(self) -> Iterator[str]:
        return (self.number(n) for n in range(1, self.given + 1))

    async def cases(self) -> dict[str, Case]:
        """By number, in the order in which they were given."""
        found: dict[str, Case] = {}
        numbers = self.numbers()
        while some := list(islice(numbers, _AT_A_TIME)):
            used = {str(case.number): case for case in await Case.filter(number__in=some)}
            found |= {number: used[number] for number in some if number in used}
        return found


async def all_series() -> list[Given]:
    return [await _given(one) for one in await Series.all().order_by("key")]


async def _given(series: Series) -> Given:
    """Where a key has several noughts, its last number tells which of them count."""
    places = [match.span() for match in re.finditer("0+", series.key)]
    ways = [Given(series.key, series.given, place) for place in reversed(places)]
    for way in ways:
        if await Case.exists(number=way.number(series.given)):
            return way
    return ways[0]
