"""Positions in the two systems that meet on a Chinese phone: WGS-84 from its satellites, GCJ-02 on maps and in WeCom.

Between the two lie up to 700 metres inside China and nothing outside.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

_EARTH_METRES = 6_371_008.8  # mean radius
_AXIS, _ECCENTRICITY = 6_378_245.0, 0.00669342162296594323  # the ellipsoid that GCJ-02 was made with
_CLOSE = 1e-9  # degrees; a tenth of a millimetre


class Datum(StrEnum):
    GCJ02 = "gcj02"
    WGS84 = "wgs84"


CAPTIONS = {Datum.GCJ02: "GCJ-02", Datum.WGS84: "WGS-84"}


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees."""

    latitude: float
    longitude: float


def in_china(point: Point) -> bool:
    """Roughly: the box in which GCJ-02 differs."""
    return 72.004 <= point.longitude <= 137.8347 and 0.8293 <= point.latitude <= 55.8271


def convert(point: Point, source: Datum, target: Datum) -> Point:
    if source is target or not in_china(point):
        return point
    return _to_gcj02(point) if target is Datum.GCJ02 else _to_wgs84(point)


def _to_gcj02(point: Point) -> Point:
    north, east = _offset(point)
    return Point(point.latitude + north, point.longitude + east)


def _to_wgs84(point: Point) -> Point:
    """The way there has no way back in closed form; each step comes about a thousand times closer."""
    guess = point
    for _ in range(8):
        there = _to_gcj02(guess)
        north, east = there.latitude - point.latitude, there.longitude - point.longitude
        guess = Point(guess.latitude - north, guess.longitude - east)
        if max(abs(north), abs(east)) < _CLOSE:
            break
    return guess


def _offset(point: Point) -> tuple[float, float]:
    """Degrees to the north and to the east."""
    north, east = _shift(point.longitude - 105.0, point.latitude - 35.0)
    across = math.radians(point.latitude)
    bulge = 1 - _ECCENTRICITY * math.sin(across) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY) / (bulge * math.sqrt(bulge))
    parallel = _AXIS / math.sqrt(bulge) * math.cos(across)
    return math.degrees(north / meridian), math.degrees(east / parallel)


def _shift(x: float, y: float) -> tuple[float, float]:
    """Metres to the north and to the east; the published polynomials and waves."""
    ripple = 20 * math.sin(6 * math.pi * x) + 20 * math.sin(2 * math.pi * x)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (ripple + _waves(y, (20, 1), (40, 3), (160, 12), (320, 30))) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (ripple + _waves(x, (20, 1), (40, 3), (150, 12), (300, 30))) * 2 / 3
    return north, east


def _waves(value: float, *heights: tuple[float, float]) -> float:
    return sum(height * math.sin(value * math.pi / length) for height, length in heights)


def metres(one: Point, other: Point) -> float:
    """Along the great circle."""
    half_north = math.radians(other.latitude - one.latitude) / 2
    half_east = math.radians(other.longitude - one.longitude) / 2
    across = math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude))
    h = math.sin(half_north) ** 2 + across * math.sin(half_east) ** 2
    return 2 * _EARTH_METRES * math.asin(min(1.0, math.sqrt(h)))


def spoken(distance: float) -> str:
    """``350 米`` or ``1.2 公里``."""
    return f"{distance:.0f} 米" if distance < 1_000 else f"{distance / 1_000:.1f} 公里"


def written(point: Point, datum: Datum) -> str:
    """Never a number without its system."""
    return f"北纬 {point.latitude:.5f}°，东经 {point.longitude:.5f}°（{CAPTIONS[datum]}）"
