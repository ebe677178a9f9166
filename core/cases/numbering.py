"""Number series without holes: a number is taken in the transaction that uses it, or not at all."""

from datetime import datetime

from core import clock, database
from core.people.models import Organisation


async def next_number(template: str, process: str, station: Organisation, at: datetime) -> str:
    """Fills ``{station}``, ``{year}`` and ``{n}``; the series is per process, station and year."""
    year = clock.local(at).year
    taken = await database.rows(
        "INSERT INTO number_series (key, given) VALUES ($1, 1) "
        "ON CONFLICT (key) DO UPDATE SET given = number_series.given + 1 RETURNING given",
        f"{process}/{station.id}/{year}",
    )
    return template.format(station=station.code, year=year, n=taken[0]["given"])
