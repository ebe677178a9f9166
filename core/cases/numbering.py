"""Number series without holes: a number is taken in the transaction that uses it, or not at all."""

from datetime import datetime

from core import clock, database
from core.people.models import Organisation

PARTS = {"station": "海", "year": 2026, "n": 1}  # what a template may name, with examples


async def next_number(template: str, station: Organisation, at: datetime) -> str:
    """Fills ``{station}``, ``{year}`` and ``{n}``; numbers that would read alike belong to one series."""
    year = clock.local(at).year
    taken = await database.rows(
        "INSERT INTO number_series (key, given) VALUES ($1, 1) "
        "ON CONFLICT (key) DO UPDATE SET given = number_series.given + 1 RETURNING given",
        template.format(station=station.code, year=year, n=0),
    )
    return template.format(station=station.code, year=year, n=taken[0]["given"])
