"""获取/更新定位 (HN-10): a phone's fix, a point on the map, or figures typed by hand, looked at and then submitted."""

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from aiohttp import web

from core import access, clock, coordinates
from core.coordinates import CAPTIONS, Datum, Point
from core.errors import BadInput, Refusal
from core.people.models import Person
from core.projects import positioning
from core.projects.models import Project, ProjectPosition
from core.projects.positioning import COARSE, FAR, WAY_CAPTIONS, Fix, Way
from h5 import jssdk, maps
from h5.access import ProjectVisit
from h5.actions import request_key
from h5.maps import MapView
from h5.projects import read_point

One = TypeVar("One", Datum, Way)
_HISTORY = 20
_LONGEST_ADDRESS = 160
ONLY_STATION = "工程定位和封面图由负责这个工程的监督站办理，您可以查看，不能修改。"


@dataclass(frozen=True)
class Found:
    """One position of the history."""

    at: datetime
    who: str
    coordinates: str
    address: str
    accuracy: float | None
    coarse: bool
    way: str


@dataclass(frozen=True)
class Typed:
    """What the form holds, as it was typed."""

    longitude: str
    latitude: str
    datum: Datum
    accuracy: str
    address: str
    way: Way


@dataclass(frozen=True)
class PositionPage:
    """``sure`` is what the form brings back when its far place was confirmed."""

    project: Project
    typed: Typed
    key: str
    warnings: list[str]
    sure: str
    wrong: str
    field: str
    history: list[Found]
    map: MapView
    datums: dict[Datum, str]


async def show(visit: ProjectVisit) -> web.Response:
    await require_station(visit)
    typed = Typed("", "", Datum.GCJ02, "", await _address(visit.project), Way.TYPED)
    return await _page(visit, typed, secrets.token_hex(16))


async def submit(visit: ProjectVisit) -> web.Response:
    await require_station(visit)
    key, typed = request_key(visit.form), _typed(visit)
    try:
        fix = _fix(visit, typed)
        _check_address(typed.address)
        if _is_far(visit.project, fix) and visit.form.get("sure") != _place_words(typed):
            return await _page(visit, typed, key, 409, warnings=_warnings(visit.project, fix), sure=_place_words(typed))
        unique = f"page:{visit.person.id}:{visit.project.id}:{key}"
        await positioning.position(visit.project, visit.person, fix, unique)
    except BadInput as error:
        return await _page(visit, typed, key, 422, wrong=error)
    raise web.HTTPSeeOther(f"/h5/projects/{visit.project.id}#where", text="")


async def look(visit: ProjectVisit) -> web.Response:
    """What would be submitted, for the map and the eye; nothing is kept."""
    await require_station(visit)
    try:
        fix = _fix(visit, _typed(visit))
    except BadInput as error:
        return web.json_response({"said": [error.sentence]})
    place = maps.on_tiles(visit.pages.settings, fix.place)
    return web.json_response(
        {
            "at": clock.spoken(clock.now()),
            "place": {"latitude": place.latitude, "longitude": place.longitude},
            "said": _warnings(visit.project, fix),
        }
    )


async def newest(project: Project) -> Found | None:
    return next(iter(await _history(project, 1)), None)


async def require_station(visit: ProjectVisit) -> None:
    """Raises Refusal: whoever sees the page of a project knows that there is one."""
    if not await access.supervises(visit.person, visit.project):
        raise Refusal(ONLY_STATION)


def _typed(visit: ProjectVisit) -> Typed:
    form = visit.form
    return Typed(
        longitude=form.get("longitude", "").strip(),
        latitude=form.get("latitude", "").strip(),
        datum=_one_of(Datum, form.get("datum", "")),
        accuracy=form.get("accuracy", "").strip(),
        address=" ".join(form.get("address", "").split()),
        way=_one_of(Way, form.get("way", "")),
    )


def _one_of(kind: type[One], said: str) -> One:
    """Raises HTTPBadRequest for what no page of ours would post."""
    try:
        return kind(said)
    except ValueError:
        raise web.HTTPBadRequest from None


def _fix(visit: ProjectVisit, typed: Typed) -> Fix:
    """Raises BadInput."""
    fix = Fix(read_point(visit), typed.datum, _accuracy(typed.accuracy), typed.address, typed.way)
    positioning.check(fix)
    return fix


def _check_address(address: str) -> None:
    """Raises BadInput. Not before it is submitted: the place is often looked at first."""
    if not address:
        raise BadInput("请填写位置，例如：望帆路18号，工地南门。", "address")
    if len(address) > _LONGEST_ADDRESS:
        raise BadInput(f"位置最多 {_LONGEST_ADDRESS} 个字，请写短一些。", "address")


def _accuracy(said: str) -> float | None:
    try:
        found = float(said)
    except ValueError:
        return None
    return found if 0 < found < math.inf else None


def _place_words(typed: Typed) -> str:
    return f"{typed.latitude},{typed.longitude},{typed.datum}"


def _is_far(project: Project, fix: Fix) -> bool:
    return positioning.moved(project, fix) > FAR


def _warnings(project: Project, fix: Fix) -> list[str]:
    said = []
    if fix.accuracy and fix.accuracy > COARSE:
        said.append(
            f"定位误差约 {coordinates.spoken(fix.accuracy)}，精度较低。可以走到开阔处再获取一次，或在地图上移动标记。"
        )
    if _is_far(project, fix):
        away = coordinates.spoken(positioning.moved(project, fix))
        said.append(f"新位置离原来的定位约 {away}。请确认您就在「{project.name}」，再提交。")
    return said


async def _page(
    visit: ProjectVisit,
    typed: Typed,
    key: str,
    status: int = 200,
    *,
    warnings: Sequence[str] = (),
    sure: str = "",
    wrong: BadInput | None = None,
) -> web.Response:
    settings = visit.pages.settings
    page = PositionPage(
        project=visit.project,
        typed=typed,
        key=key,
        warnings=list(warnings),
        sure=sure,
        wrong=wrong.sentence if wrong else "",
        field=wrong.field if wrong else "",
        history=await _history(visit.project, _HISTORY),
        map=maps.view(settings, _drawn(visit) or positioning.current(visit.project), _accuracy(typed.accuracy)),
        datums=CAPTIONS,
    )
    allowed = jssdk.allowed(settings, maps.origin(settings))
    return visit.pages.render("projects/position.html", status=status, policy=allowed, visit=visit, page=page)


def _drawn(visit: ProjectVisit) -> Point | None:
    """What was typed, in GCJ-02, when it can be drawn."""
    if visit.request.method != "POST":
        return None
    try:
        return _fix(visit, _typed(visit)).place
    except BadInput:
        return None


async def _address(project: Project) -> str:
    last = await newest(project)
    return last.address if last else project.address


async def _history(project: Project, most: int) -> list[Found]:
    rows = await positioning.history(project, most)
    people = await Person.in_bulk({one.person_id for one in rows}, "id")
    return [_found(one, people[one.person_id].name) for one in rows]


def _found(row: ProjectPosition, who: str) -> Found:
    return Found(
        at=row.at,
        who=who,
        coordinates=coordinates.written(Point(row.latitude, row.longitude), Datum.GCJ02),
        address=row.address,
        accuracy=row.accuracy,
        coarse=row.accuracy is not None and row.accuracy > COARSE,
        way=WAY_CAPTIONS[Way(row.way)],
    )
