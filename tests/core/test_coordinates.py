"""GCJ-02 and WGS-84 are kept apart, and each leads back to the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.coordinates import Datum, Point, convert, in_china, metres, spoken, written

INSIDE = st.builds(Point, st.floats(18.1, 53.5), st.floats(73.6, 134.7))
ANYWHERE = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("satellite", "chart"),
    [
        (Point(31.1774276, 121.5272106), Point(31.17530398364597, 121.531541859215)),
        (Point(22.543847, 113.912316), Point(22.540796131694766, 113.9171764808363)),
        (Point(39.911954, 116.377817), Point(39.91334545536069, 116.38404722455657)),
    ],
)
def test_known_places(satellite: Point, chart: Point) -> None:
    assert metres(convert(satellite, Datum.WGS84, Datum.GCJ02), chart) < 0.01
    assert metres(convert(chart, Datum.GCJ02, Datum.WGS84), satellite) < 0.01


@given(INSIDE)
def test_there_and_back_is_less_than_a_metre(point: Point) -> None:
    chart = convert(point, Datum.WGS84, Datum.GCJ02)
    assert metres(convert(chart, Datum.GCJ02, Datum.WGS84), point) < 1
    assert 30 < metres(point, chart) < 1_000


@given(ANYWHERE)
def test_outside_china_and_within_one_system_nothing_moves(point: Point) -> None:
    assert convert(point, Datum.GCJ02, Datum.GCJ02) == point
    if not in_china(point):
        assert convert(point, Datum.WGS84, Datum.GCJ02) == convert(point, Datum.GCJ02, Datum.WGS84) == point


def test_words() -> None:
    assert [spoken(349.6), spoken(1234)] == ["350 米", "1.2 公里"]
    assert written(Point(20, 110.5), Datum.WGS84) == "北纬 20.00000°，东经 110.50000°（WGS-84）"
