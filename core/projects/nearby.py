"""Which projects somebody most likely means: the nearest, the recent, or what fits a keyword (HN-08, HN-11)."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from core import access, coordinates, pinyin
from core.cases.models import Case
from core.coordinates import Datum, Point
from core.people.models import Person
from core.projects.models import Project

_RECENT = 5
_OFFERED = 10
ON_SITE_METRES = 1000

Spot = Mapping[str, Any]


async def suggested(person: Person, process: str, spot: Spot | None) -> list[Project]:
    """Of those that are open to checks: nearest first where the member is known to be, otherwise recent first."""
    projects = await access.projects_for(person, open_to_checks=True)
    if spot:
        return by_distance(projects, place_of(spot))[:_OFFERED]
    recent = await Case.filter(author_id=person.id, process=process).order_by("-id").limit(30)
    order = list(dict.fromkeys(c.project_id for c in recent))[:_RECENT]
    projects.sort(key=lambda p: order.index(p.id) if p.id in order else len(order))
    return projects[:_OFFERED]


async def nearest(person: Person, place: Point, limit: int) -> list[Project]:
    """Of those that are open to checks and have a position."""
    projects = await access.projects_for(person, open_to_checks=True)
    return [one for one in by_distance(projects, place)[:limit] if one.latitude is not None]


async def search(person: Person, words: str, limit: int) -> list[Project]:
    """Of those that are open to checks."""
    return matching(await access.projects_for(person, open_to_checks=True), words, limit)


def matching(projects: Iterable[Project], words: str, limit: int) -> list[Project]:
    """By name, supervision number or address: characters, pinyin or initials; the best first."""
    index: pinyin.Index[int] = pinyin.Index()
    known = {p.id: p for p in projects}
    for project in known.values():
        index.add(project.id, f"{project.name} {project.supervision_no} {project.address}")
    return [known[one] for one in index.search(words, limit)]


def by_distance(projects: Iterable[Project], place: Point) -> list[Project]:
    return sorted(projects, key=lambda project: (away(project, place), project.id))


def place_of(spot: Spot) -> Point:
    """A position as drafts and records keep it, in GCJ-02."""
    given = Point(spot["latitude"], spot["longitude"])
    return coordinates.convert(given, Datum(spot.get("system", Datum.GCJ02)), Datum.GCJ02)


def away(project: Project, place: Point) -> float:
    """Metres; infinite for a project that was never positioned. ``place`` in GCJ-02."""
    if project.latitude is None or project.longitude is None:
        return math.inf
    return coordinates.metres(Point(project.latitude, project.longitude), place)


def metres(project: Project, spot: Spot) -> float:
    return away(project, place_of(spot))


def distance(project: Project, spot: Spot) -> str:
    found = metres(project, spot)
    return f"{found:.0f}米" if found < 1000 else f"{found / 1000:.1f}公里"
