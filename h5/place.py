"""Where a finding was made: a small drawing around the project's position, without any map from outside."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.projects.models import Project

EARTH = 6_371_008.8  # mean radius in metres
RINGS = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
RADIUS = 84.0  # of the outer ring, in the drawing's units
WINDS = ("正北", "东北", "正东", "东南", "正南", "西南", "正西", "西北")
NEAR = 15  # metres; a phone's position is seldom better


@dataclass(frozen=True)
class Drawing:
    """The project lies at 0, 0; ``x``, ``y`` and ``blur`` (the accuracy) in units; ``ring`` names the outer ring."""

    x: float
    y: float
    blur: float
    ring: str


@dataclass(frozen=True)
class PlaceView:
    label: str
    coordinates: str
    relation: str
    drawing: Drawing | None


def seen(spot: Mapping[str, Any], project: Project | None) -> PlaceView:
    """``spot`` as kept in a case's data; only a position in GCJ-02 can be compared with the project's own."""
    latitude, longitude, accuracy = spot["latitude"], spot["longitude"], spot.get("accuracy")
    system = str(spot.get("system", "gcj02")).upper().replace("02", "-02").replace("84", "-84")
    margin = f"，误差约 {accuracy:.0f} 米" if accuracy else ""
    coordinates = f"北纬 {latitude:.5f}°，东经 {longitude:.5f}°（{system}{margin}）"
    offset = _offset(latitude, longitude, project) if system == "GCJ-02" else None
    if offset is None:
        return PlaceView(str(spot.get("label", "")), coordinates, "", None)
    return PlaceView(str(spot.get("label", "")), coordinates, _relation(*offset), _drawing(*offset, accuracy or 0))


def _offset(latitude: float, longitude: float, project: Project | None) -> tuple[float, float] | None:
    """Metres east and north of the project; a plane is exact enough for a construction site."""
    if project is None or project.latitude is None or project.longitude is None:
        return None
    north = math.radians(latitude - project.latitude) * EARTH
    east = math.radians(longitude - project.longitude) * EARTH * math.cos(math.radians(project.latitude))
    return east, north


def _relation(east: float, north: float) -> str:
    distance = math.hypot(east, north)
    if distance < NEAR:
        return "就在工程位置"
    wind = WINDS[round(math.degrees(math.atan2(east, north)) / 45) % 8]
    return f"在工程位置{wind}方向约 {_metres(distance)}处"


def _metres(distance: float) -> str:
    return f"{distance:.0f} 米" if distance < 1_000 else f"{distance / 1_000:.1f} 公里"


def _drawing(east: float, north: float, accuracy: float) -> Drawing | None:
    distance = math.hypot(east, north)
    ring = next((r for r in RINGS if distance <= r), None)
    if ring is None:
        return None
    scale = RADIUS / ring
    return Drawing(
        round(east * scale, 1), round(-north * scale, 1), round(min(accuracy * scale, RADIUS), 1), _metres(ring)
    )
