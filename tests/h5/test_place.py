"""Where a finding was made, relative to the project."""

import pytest

from core.projects.models import Project
from h5.place import Drawing, seen

PROJECT = Project(latitude=20.0, longitude=110.0)


@pytest.mark.parametrize(
    ("north", "east", "relation", "ring"),
    [
        (0.0, 0.0, "就在工程位置", "50 米"),
        (0.0001, 0.0, "就在工程位置", "50 米"),
        (0.0009, 0.0, "在工程位置正北方向约 100 米处", "200 米"),
        (0.0, 0.001, "在工程位置正东方向约 104 米处", "200 米"),
        (-0.001, -0.001, "在工程位置西南方向约 153 米处", "200 米"),
        (0.02, -0.02, "在工程位置西北方向约 3.1 公里处", "5.0 公里"),
    ],
)
def test_distance_and_direction(north: float, east: float, relation: str, ring: str) -> None:
    place = seen({"latitude": 20.0 + north, "longitude": 110.0 + east}, PROJECT)
    assert place.drawing is not None
    assert (place.relation, place.drawing.ring) == (relation, ring)


def test_the_drawing_has_north_above_and_the_accuracy_around_the_finding() -> None:
    place = seen({"latitude": 20.0009, "longitude": 110.0, "accuracy": 50, "label": "3号楼"}, PROJECT)
    assert place.drawing == Drawing(x=0.0, y=-42.0, blur=21.0, ring="200 米")
    assert (place.label, place.coordinates) == ("3号楼", "北纬 20.00090°，东经 110.00000°（GCJ-02，误差约 50 米）")


def test_far_away_there_is_a_distance_but_nothing_to_draw() -> None:
    place = seen({"latitude": 21.0, "longitude": 110.0}, PROJECT)
    assert (place.relation, place.drawing) == ("在工程位置正北方向约 111.2 公里处", None)


@pytest.mark.parametrize(
    ("spot", "project"),
    [
        ({"latitude": 20.0, "longitude": 110.0, "system": "wgs84"}, PROJECT),
        ({"latitude": 20.0, "longitude": 110.0}, Project(latitude=None, longitude=None)),
        ({"latitude": 20.0, "longitude": 110.0}, None),
    ],
)
def test_positions_that_cannot_be_compared_are_only_named(spot: dict[str, object], project: Project | None) -> None:
    place = seen(spot, project)
    assert (place.relation, place.drawing) == ("", None)


def test_the_system_of_coordinates_is_named() -> None:
    place = seen({"latitude": 20.0, "longitude": 110.0, "system": "wgs84"}, PROJECT)
    assert place.coordinates == "北纬 20.00000°，东经 110.00000°（WGS-84）"
