"""Whatever stands in an address or in a form, no page breaks: the stricter database is asked."""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from urllib.parse import quote

import pytest

from checks.report import CHECK_REPORT
from core.people.delegation import DELEGATION
from h5.door import Rule
from tests.h5.crowd import Crowd, gather
from tests.h5.story import PUBLIC_URL, station_on
from tests.h5.test_matrix import PARTS, ROUTES, THINGS, Route

ODD = ("\0", "²", "9" * 4500, "9" * 18, "-1", "..", "' OR 1=1 --", "%", "\u202e反👷🏽", "\ud800")
TYPED = ("\0", "²", "9" * 18, "\u202e反👷🏽' OR 1=1 --%\ud800")
DAYS = ("0001-01", "9999-12", "0001-01-01", "9999-12-31")
NAMES = (
    *("q", "tab", "after", "words", "project", "kind", "state", "from", "to", "status", "told", "url", "next", "v"),
    *("name", "by", "station", "number", "unit", "term", "timing", "rectified", "rounds", "before", "first", "last"),
    *("evidence", "photo", "key", "then", "entry", "latitude", "longitude", "accuracy", "datum", "way", "address"),
    *("findings-c0ffee0123-note", "findings-c0ffee0123-severity", "was-findings", "was-project", "project-find"),
    *("was-checked_location", "checked_location", "was-reviewers", "reviewers", "was-check_type", "check_type"),
)
VERBS = ("drop:c0ffee0123:photos:{}", "unmark:c0ffee0123:{}", "uncite:c0ffee0123:terms:{}", "cite:{}:{}")


TOGETHER = (NAMES, ("from", "to"), ("first", "last"), ("before", "after", "project"))


def _asked(names: Iterable[str], odd: str) -> str:
    return "?" + "&".join(f"{name}={quote(odd, safe='', errors='surrogatepass')}" for name in names)


@pytest.fixture
def database_kind() -> str:
    return "postgresql"


@pytest.fixture
async def crowd(migrated_url: str, tmp_path: Path) -> AsyncIterator[Crowd]:
    async with station_on(migrated_url, tmp_path, (CHECK_REPORT, DELEGATION)) as station:
        yield await gather(station)


async def _sent(crowd: Crowd, route: Route, address: str, form: dict[str, str]) -> int:
    browser = crowd.browsers["inspector of the team"]
    headers = {"Origin": PUBLIC_URL, "X-CSRF": form["csrf"], "Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    data = None if route.method in {"GET", "HEAD"} else form
    answer = await browser.client.request(route.method, address, data=data, headers=headers, allow_redirects=False)
    await answer.read()
    return answer.status


async def test_no_address_breaks_a_page(crowd: Crowd) -> None:
    token, broken = await crowd.browsers["inspector of the team"].token(), []
    for route, part in [(one, part) for one in ROUTES for part in one.parts]:
        known = {name: PARTS.get(name, "1").format(picture=crowd.picture.id) for name in route.parts}
        thing = next((name for name in route.parts if name in THINGS), "")
        first = {thing: str(await route.thing.make(crowd))} if route.thing else {}
        for odd in ODD:
            said = quote(odd, safe="", errors="surrogatepass")
            status = await _sent(crowd, route, route.path.format(**known | first | {part: said}), {"csrf": token})
            if status >= 500:
                broken.append(f"{route.method} {route.path} {part}={said[:20]}: {status}")
    assert "\n".join(broken) == ""


async def test_nothing_that_is_asked_or_typed_breaks_a_page(crowd: Crowd) -> None:
    token, broken = await crowd.browsers["inspector of the team"].token(), []
    ends = {"/logout", "/h5/drafts/{draft}/discard"}
    for route in [one for one in ROUTES if one.rule is not Rule.OPEN and one.path not in ends]:
        for odd in (*TYPED, *DAYS) if route.method == "GET" and not route.thing else TYPED:
            thing = await route.thing.make(crowd) if route.thing else None
            text = odd.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            address = route.at(crowd, thing)
            verbs = VERBS if route.path.endswith("/findings") else VERBS[:1]
            ways = (
                [(_asked(names, odd), "") for names in TOGETHER] if route.method == "GET" else [("", v) for v in verbs]
            )
            for asked, do in ways:
                form = {"csrf": token, "do": do.format(text, text)} | dict.fromkeys(NAMES, text)
                status = await _sent(crowd, route, address + asked, form)
                if status >= 500:
                    broken.append(f"{route.method} {route.path}{asked[:30]} {odd!r} {do}: {status}")
    assert "\n".join(broken) == ""
