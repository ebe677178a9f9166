"""Whatever somebody calls a person, a firm, a project or a finding: on every page it is what it was typed as."""

import html
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest

from checks.report import CHECK_REPORT
from core.cases.models import Draft
from core.evidence.models import Evidence
from core.people.delegation import DELEGATION
from core.people.models import Organisation, Person
from core.projects.models import Project
from tests.h5.crowd import Crowd, gather
from tests.h5.story import station_on
from tests.h5.test_matrix import GUARDED

READ = "'\"><script>alert(1)</script>{{7*7}}👷🏽"
SLY = f"{READ}\u202e"
READERS = ("inspector of the team", "chief", "province")
FOUND = [{"note": SLY}]
PACKED = (".pdf", ".xlsx")


@pytest.fixture
def database_kind() -> str:
    """How a page is written is the same on both databases."""
    return "sqlite"


@pytest.fixture
async def crowd(migrated_url: str, tmp_path: Path) -> AsyncIterator[Crowd]:
    async with station_on(migrated_url, tmp_path, (CHECK_REPORT, DELEGATION)) as station:
        made = await gather(station)
        await Person.all().update(name=SLY, title=SLY)
        for org in await Organisation.all():
            await Organisation.filter(id=org.id).update(name=f"{SLY}{org.id}", short_name=f"{SLY}{org.id}")
        for one in await Project.all():
            await Project.filter(id=one.id).update(name=SLY, address=SLY, supervision_no=f"{SLY}{one.id}")
        await Evidence.all().update(name=SLY)
        check = await station.report(findings=FOUND, checked_location=SLY, reviewers=[])
        made.check = check
        yield made


async def test_on_every_page_it_is_text(crowd: Crowd) -> None:
    wrong, shown = [], 0
    for route in [one for one in GUARDED if one.method == "GET" and not one.path.endswith(PACKED)]:
        for reader in READERS:
            number = await route.thing.make(crowd) if route.thing else None
            if "{draft}" in route.path:
                await Draft.filter(id=number).update(data={"answers": {"checked_location": SLY, "findings": FOUND}})
            words = "" if "{" in route.path else f"?q={quote(SLY)}&words={quote(SLY)}&name={quote(SLY)}"
            answer = await crowd.browsers[reader].get(route.at(crowd, number) + words)
            page = await answer.text() if answer.content_type == "text/html" else ""
            shown += READ in html.unescape(page)
            wrong += [f"{route.path}, {reader}"] if "<script>alert" in page or "\u202e" in html.unescape(page) else []
    assert (wrong, shown > 20) == ([], True)
