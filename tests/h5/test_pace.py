"""Who asks without signing in asks at a pace; behind a proxy only the proxy's word counts."""

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from h5.pace import Pace


def asked(forwarded: str = "") -> web.Request:
    """The mocked connection comes from nowhere."""
    return make_mocked_request("GET", "/verify/x", headers={"X-Forwarded-For": forwarded} if forwarded else {})


async def test_a_header_that_anybody_can_write_buys_nothing() -> None:
    pace = Pace(behind_proxy=False, most=2)
    assert [pace.allows(asked(f"10.0.0.{n}")) for n in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("10.0.0.1", "10.9.9.9, 10.0.0.1", True),  # what was there before the proxy added its own
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),  # IPv4, as a socket for both kinds names it
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("nonsense", "other nonsense", True),
    ],
)
async def test_behind_a_proxy_every_address_has_its_own_pace(first: str, second: str, together: bool) -> None:
    pace = Pace(behind_proxy=True, most=1)
    assert pace.allows(asked(first))
    assert pace.allows(asked(second)) is not together


async def test_a_line_that_was_sent_does_not_hide_the_one_that_the_proxy_adds() -> None:
    pace = Pace(behind_proxy=True, most=1)
    said = [CIMultiDict([("X-Forwarded-For", f"10.9.9.{n}"), ("X-Forwarded-For", "10.0.0.1")]) for n in range(2)]
    allowed = [pace.allows(make_mocked_request("GET", "/verify/x", headers=lines)) for lines in said]
    assert allowed == [True, False]


async def test_a_flood_of_addresses_is_forgotten_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("h5.pace._REMEMBERED", 3)
    pace = Pace(behind_proxy=True)
    for n in range(9):
        pace.allows(asked(f"10.0.0.{n}"))
    assert len(pace._asked) == 3
