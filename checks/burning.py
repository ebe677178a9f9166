"""What is burned into the photos of records and projects: facts of the record that a photo was first handed in with."""

from collections.abc import Mapping
from typing import Any

from checks.report import CHECK_REPORT
from core.cases.models import Case
from core.coordinates import Datum, Point, written
from core.evidence import marking
from core.evidence.marking import Mark
from core.evidence.models import Evidence, PhotoUse
from core.evidence.sniff import Kind
from core.evidence.store import Store
from core.forms import Spot
from core.people.models import Person
from core.projects.models import Project


async def of_record(store: Store, evidence: Evidence) -> str:
    """The key of what the readers of a record see. Before it is handed in a photo has no watermark, and nothing but a
    photo ever has one."""
    if evidence.kind != Kind.PHOTO:
        return evidence.shown_key
    use = await PhotoUse.filter(evidence_id=evidence.id).order_by("id").first()
    if use is None:
        return evidence.shown_key
    return await marking.burned(store, evidence, lambda: _of_case(evidence, use.case_id))


async def of_project(store: Store, cover: Evidence, project: Project) -> str:
    async def found() -> Mark:
        return await _mark(cover, project, role="上传人")

    return await marking.burned(store, cover, found)


async def _of_case(photo: Evidence, case_id: int) -> Mark:
    case = await Case.get(id=case_id)
    project = await Project.get_or_none(id=case.project_id)
    if case.process != CHECK_REPORT.name:
        return await _mark(photo, project)
    part, spot = case.data["checked_location"], _spot(case.data, photo.id)
    if spot is None:
        return await _mark(photo, project, role="监督员", part=part)
    coordinates = written(Point(spot.latitude, spot.longitude), Datum(spot.system))
    return await _mark(photo, project, role="监督员", part=part, place=spot.label, coordinates=coordinates)


def _spot(data: Mapping[str, Any], photo: int) -> Spot | None:
    """What the phone sent for the finding that shows this photo."""
    places = (one.get("place") for one in data["findings"] if photo in one.get("photos", []))
    return next((Spot.model_validate(place) for place in places if place), None)


async def _mark(photo: Evidence, project: Project | None, **more: str) -> Mark:
    """A copy that somebody drew on was taken when its original was."""
    taken = await Evidence.get(id=photo.marks_id) if photo.marks_id is not None else photo
    by = await Person.get_or_none(id=taken.taken_by_id)
    return Mark(
        received_at=taken.created_at,
        taken_at=taken.taken_at,
        project=project.name if project else "",
        by=by.name if by else "",
        **more,
    )
