"""What a map shows: nothing from outside unless the station names its tiles."""

from dataclasses import dataclass

from yarl import URL

from core import coordinates
from core.coordinates import CAPTIONS, Datum, Point
from core.settings import Settings


@dataclass(frozen=True)
class MapView:
    """``place`` is in the tiles' own system, which ``datum`` names; ``accuracy`` in metres, 0 when unknown."""

    place: Point | None
    accuracy: float
    datum: Datum
    caption: str
    tiles: str
    attribution: str


def view(settings: Settings, place: Point | None, accuracy: float | None = None) -> MapView:
    """``place`` in GCJ-02."""
    datum = settings.map_datum
    drawn = on_tiles(settings, place) if place else None
    return MapView(drawn, accuracy or 0, datum, CAPTIONS[datum], settings.map_tiles, settings.map_attribution)


def on_tiles(settings: Settings, place: Point) -> Point:
    """``place`` in GCJ-02."""
    return coordinates.convert(place, Datum.GCJ02, settings.map_datum)


def origin(settings: Settings) -> str:
    """Where the tiles come from, for the policy of a page with a map."""
    return str(URL(settings.map_tiles.partition("{")[0]).origin()) if settings.map_tiles else ""
