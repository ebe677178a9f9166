"""Where a project is (HN-10), found again as often as somebody likes, and its one cover photo (HN-09)."""

from dataclasses import dataclass
from enum import StrEnum

from core import clock, coordinates, database
from core.coordinates import Datum, Point
from core.errors import BadInput
from core.evidence.models import Evidence
from core.people.models import Person
from core.projects.models import Project, ProjectPosition

COARSE = 200  # metres; beyond, the fix is taken with a warning
FAR = 500  # metres from where it was before; beyond, somebody should look twice


class Way(StrEnum):
    DEVICE = "device"
    MAP = "map"
    TYPED = "typed"


WAY_CAPTIONS = {Way.DEVICE: "手机定位", Way.MAP: "地图选点", Way.TYPED: "手工填写"}


@dataclass(frozen=True)
class Fix:
    """As it came; ``accuracy`` in metres where the device knows it."""

    point: Point
    datum: Datum
    accuracy: float | None
    address: str
    way: Way

    @property
    def place(self) -> Point:
        return coordinates.convert(self.point, self.datum, Datum.GCJ02)


def current(project: Project) -> Point | None:
    if project.latitude is None or project.longitude is None:
        return None
    return Point(project.latitude, project.longitude)


def check(fix: Fix) -> None:
    """Raises BadInput for what cannot be a building site of ours."""
    if not coordinates.in_china(fix.place):
        raise BadInput("这个位置不在国内，请核对经度和纬度，或重新获取定位。", "latitude")


def moved(project: Project, fix: Fix) -> float:
    """Metres from the former position; 0 for the first one."""
    before = current(project)
    return coordinates.metres(before, fix.place) if before else 0.0


async def position(project: Project, person: Person, fix: Fix, key: str) -> None:
    """The same ``key`` again does nothing. The time is the server's, whatever the phone believes. Raises BadInput."""
    check(fix)

    async def work() -> None:
        await Project.select_for_update().get(id=project.id)  # a second press of the same form waits here
        if await ProjectPosition.exists(key=key):
            return
        place = fix.place
        await Project.filter(id=project.id).update(longitude=place.longitude, latitude=place.latitude)
        await _keep(project, person, fix, key)

    await database.transaction(work)


async def _keep(project: Project, person: Person, fix: Fix, key: str) -> None:
    await ProjectPosition.create(
        project_id=project.id,
        person_id=person.id,
        at=clock.now(),
        longitude=fix.place.longitude,
        latitude=fix.place.latitude,
        accuracy=fix.accuracy,
        address=fix.address,
        way=fix.way,
        datum=fix.datum,
        key=key,
    )


async def history(project: Project, most: int) -> list[ProjectPosition]:
    """The newest first."""
    return await ProjectPosition.filter(project_id=project.id).order_by("-id").limit(most)


async def cover(project: Project, photo: Evidence) -> None:
    """Takes the place of the one before, which is kept but shown no more."""
    await Project.filter(id=project.id).update(cover_id=photo.id)
