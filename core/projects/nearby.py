"""Which projects somebody most likely means: the nearest, the recent, or what fits a keyword (HN-08, HN-11)."""

import math
from collections.abc import Mapping
from typing import Any

from core import access, pinyin
from core.cases.models import Case
from core.coordinates import Datum, Point, convert
from core.people.models import Person
from core.projects.models import Project

_EARTH_METRES = 6_371_000
_RECENT = 5
_OFFERED = 10
ON_SITE_METRES = 1000

Spot = Mapping[str, Any]


async def suggested(person: Person, process: str, spot: Spot | None) -> list[Project]:
    """Of those that are open to checks: nearest first where the member is known to be, otherwise recent first."""
    projects = await access.projects_for(person, open_to_checks=True)
    if spot:
        projects.sort(key=lambda p: metres(p, spot))
        return projects[:_OFFERED]
    recent = await Case.filter(author_id=person.id, process=process).order_by("-id").limit(30)
    order = list(dict.fromkeys(c.project_id for c in recent))[:_RECENT]
    projects.sort(key=lambda p: order.index(p.id) if p.id in order else len(order))
    return projects[:_OFFERED]


async def search(person: Person, words: str, limit: int) -> list[Project]:
    """By name, supervision number or address: characters, pinyin or initials."""
    index: pinyin.Index[int] = pinyin.Index()
    known = {p.id: p for p in await access.projects_for(person, open_to_checks=True)}
    for project in known.values():
        index.add(project.id, f"{project.name} {project.supervision_no} {project.address}")
    return [known[one] for one in index.search(words, limit)]


def metres(project: Project, spot: Spot) -> float:
    """Great-circle distance; infinite for a project that was never positioned."""
    if project.latitude is None or project.longitude is None:
        return math.inf
    datum = Datum(spot.get("system", Datum.GCJ02))
    there = convert(Point(spot["latitude"], spot["longitude"]), datum, Datum.GCJ02)
    lat1, lat2 = math.radians(project.latitude), math.radians(there.latitude)
    half_lat = (lat2 - lat1) / 2
    half_lon = math.radians(there.longitude - project.longitude) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * _EARTH_METRES * math.asin(min(1.0, math.sqrt(h)))


def distance(project: Project, spot: Spot) -> str:
    away = metres(project, spot)
    return f"{away:.0f}米" if away < 1000 else f"{away / 1000:.1f}公里"
