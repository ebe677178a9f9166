"""The projects that somebody may see: by keyword, by state, the nearest first (HN-08), and the few around them."""

import math
from collections import Counter
from dataclasses import dataclass

from aiohttp import web

from core import access, coordinates
from core.coordinates import Datum, Point
from core.errors import BadInput
from core.projects import nearby
from core.projects.models import OPEN_TO_CHECKS, STATUS_CAPTIONS, Project, SupervisionStatus
from h5 import jssdk
from h5.access import Visit
from h5.numbers import number

_PAGE = 20
_NEAR = 3
_TONES = {SupervisionStatus.NORMAL: "done", SupervisionStatus.REGISTERED: "wait", SupervisionStatus.STOPPED: "warn"}


@dataclass(frozen=True)
class Asked:
    """``place`` in GCJ-02; ``after`` is the last project that was shown."""

    words: str
    status: SupervisionStatus | None
    place: Point | None
    after: int


@dataclass(frozen=True)
class Line:
    id: int
    name: str
    facts: list[str]
    status: str
    tone: str
    cover: str
    away: str


@dataclass(frozen=True)
class Tab:
    value: str
    caption: str
    count: int


@dataclass(frozen=True)
class ListPage:
    asked: Asked
    tabs: list[Tab]
    lines: list[Line]
    more: int
    empty: str


async def show(visit: Visit) -> web.Response:
    """A position comes by post only, so that none stands in an address or a log of addresses."""
    page = await _page(visit)
    further = "HX-Request" in visit.request.headers and page.asked.after
    template, allowed = "projects/lines.html" if further else "projects/list.html", jssdk.allowed(visit.pages.settings)
    return visit.pages.render(template, policy=allowed, visit=visit, page=page)


async def near(visit: Visit) -> web.Response:
    """附近的工程, as a part of another page."""
    place = place_in(visit)
    if place is None:
        raise web.HTTPBadRequest
    found = await nearby.nearest(visit.person, place, _NEAR)
    lines = [line(one, place) for one in found]
    return visit.pages.render("projects/near.html", visit=visit, lines=lines)


async def _page(visit: Visit) -> ListPage:
    asked = _asked(visit)
    everything = await access.projects_for(visit.person)
    fitting = nearby.matching(everything, asked.words, len(everything)) if asked.words else everything[::-1]
    if asked.place:
        fitting = nearby.by_distance(fitting, asked.place)
    found = [one for one in fitting if asked.status in (None, one.status)]
    rest = _after(found, asked.after)
    shown = rest[:_PAGE]
    more = shown[-1].id if len(rest) > _PAGE else 0
    lines = [line(one, asked.place) for one in shown]
    return ListPage(asked, _tabs(fitting), lines, more, _empty(asked, everything))


def _after(found: list[Project], last: int) -> list[Project]:
    start = next((number for number, one in enumerate(found, 1) if one.id == last), 0)
    return found[start:]


def _tabs(found: list[Project]) -> list[Tab]:
    counts = Counter(one.status for one in found)
    some = [Tab(one.value, caption, counts[one]) for one, caption in STATUS_CAPTIONS.items() if counts[one]]
    return [Tab("", "全部", len(found)), *some]


def _empty(asked: Asked, everything: list[Project]) -> str:
    if not everything:
        return "还没有您可以查看的工程。如有疑问，请联系本站管理员。"
    if asked.words:
        return f"没有找到与“{asked.words}”相符的工程，请换个关键词，或输入拼音首字母。"
    return "没有这种状态的工程，请看「全部」。"


def line(project: Project, place: Point | None) -> Line:
    distance = nearby.away(project, place) if place else math.inf
    cover = f"/h5/projects/{project.id}/cover/{project.cover_id}/thumb" if project.cover_id else ""
    return Line(
        id=project.id,
        name=project.name,
        facts=[one for one in (project.supervision_no, project.progress_stage) if one],
        status=STATUS_CAPTIONS[project.status],
        tone=tone(project),
        cover=cover,
        away=coordinates.spoken(distance) if distance < math.inf else "",
    )


def tone(project: Project) -> str:
    return _TONES.get(project.status, "done" if project.status in OPEN_TO_CHECKS else "over")


def _asked(visit: Visit) -> Asked:
    said = visit.form if visit.request.method == "POST" else visit.request.query
    status = said.get("status", "")
    return Asked(
        words=" ".join(said.get("q", "").split())[:64],
        status=SupervisionStatus(status) if status in list(SupervisionStatus) else None,
        place=place_in(visit),
        after=number(said.get("after", "")),
    )


def place_in(visit: Visit) -> Point | None:
    """The posted position in GCJ-02; None where there is none that can be one."""
    try:
        point, datum = read_point(visit), Datum(visit.form.get("datum", ""))
    except (BadInput, ValueError):
        return None
    return coordinates.convert(point, datum, Datum.GCJ02)


def read_point(visit: Visit) -> Point:
    """Raises BadInput."""
    return Point(_degrees(visit, "latitude", "纬度", 90), _degrees(visit, "longitude", "经度", 180))


def _degrees(visit: Visit, name: str, caption: str, most: int) -> float:
    try:
        found = float(visit.form.get(name, "").strip())
    except ValueError:
        found = math.nan
    if not -most <= found <= most:  # neither is what is no number
        raise BadInput(f"请获取定位，或填写{caption}，例如 {'20.01234' if most == 90 else '110.12345'}。", name)
    return found
