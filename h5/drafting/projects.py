"""A project: the nearest or the recent ones to tap, or found by a keyword or pinyin (HN-08, HN-11)."""

import math
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from multidict import MultiDict

from core import access
from core.coordinates import Datum
from core.errors import BadInput, Refusal
from core.forms.form import Spot
from core.projects import nearby
from core.projects.models import Project
from h5.drafting.adapter import Adapter, Desk
from h5.numbers import number

_MOST = 20


@dataclass(frozen=True)
class Line:
    id: int
    name: str
    what: str
    distance: str
    chosen: bool


@dataclass(frozen=True)
class Found:
    """``words`` is what was looked for; ``lines`` are empty where nothing fits."""

    words: str
    lines: list[Line]


class ProjectAdapter(Adapter):
    leads = True

    async def offer(self, desk: Desk) -> Found:
        words, spot = desk.posted.get(f"{desk.name}-find", "").strip(), self._spot(desk)
        person = desk.filling.person
        chosen = await Project.get_or_none(id=desk.answers.get(desk.name) or 0)
        if words:
            found = await nearby.search(person, words, _MOST)
        else:
            found = await nearby.suggested(person, desk.filling.process.name, spot)
        first = [chosen] if chosen is not None else []
        return Found(words, [_line(one, spot, chosen) for one in first + [p for p in found if p not in first]])

    def _spot(self, desk: Desk) -> nearby.Spot | None:
        return read_spot(f"{desk.name}-spot", desk.posted) or desk.filling.draft.data.get("spot")

    def typed(self, desk: Desk, value: Any) -> Any:
        if not number(value):
            raise BadInput("请在列表中选中一个工程。", desk.name)
        return number(value)

    async def check(self, desk: Desk, value: Any) -> None:
        """Somebody else's project, and one that is not under running supervision, cannot be chosen."""
        try:
            await access.require_running_project(desk.filling.person, value)
        except Refusal as refusal:
            raise BadInput(refusal.sentence, desk.name) from None


def _line(project: Project, spot: nearby.Spot | None, chosen: Project | None) -> Line:
    away = nearby.distance(project, spot) if spot and project.latitude is not None else ""
    what = " ".join(filter(None, [project.supervision_no, project.address]))
    return Line(project.id, project.name, what, away, project == chosen)


def read_spot(name: str, form: MultiDict[str]) -> dict[str, Any] | None:
    """``{name}-latitude`` and ``-longitude`` in degrees, ``-accuracy`` in metres, ``-system``, ``-label``. None for
    what is no place on earth."""
    said = {part: form.get(f"{name}-{part}", "").strip() for part in ("latitude", "longitude", "accuracy", "label")}
    system = Datum.GCJ02 if form.get(f"{name}-system") == Datum.GCJ02 else Datum.WGS84
    with suppress(ValueError):
        latitude, longitude = float(said["latitude"]), float(said["longitude"])
        accuracy = float(said["accuracy"]) if said["accuracy"] else None
        if abs(latitude) <= 90 and abs(longitude) <= 180 and (accuracy is None or math.isfinite(accuracy)):
            return Spot(
                latitude=latitude,
                longitude=longitude,
                accuracy=accuracy,
                label=said["label"][:120],
                system=system.value,
            ).model_dump(mode="json")
    return None


def read_place(name: str, form: MultiDict[str]) -> dict[str, Any] | None:
    """A spot to be kept: in GCJ-02, as projects are, so that the two can be compared."""
    spot = read_spot(name, form)
    if spot is None:
        return None
    point = nearby.place_of(spot)
    return spot | {"latitude": point.latitude, "longitude": point.longitude, "system": Datum.GCJ02.value}


class PlaceAdapter(Adapter):
    """The member's own position, taken when it is asked for."""

    def read(self, name: str, form: MultiDict[str]) -> Any:
        return read_place(name, form)

    def shown(self, desk: Desk, value: Any) -> Any:
        return value
