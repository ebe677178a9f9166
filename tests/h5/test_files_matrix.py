"""Every file of a notice, of one that waits and of a reply × everybody × own and somebody else's, from the router."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.printing import Printer
from bot.seals import Seals
from checks.report import CHECK_REPORT
from core import access
from core.cases.models import Case
from core.evidence.models import Evidence
from core.people.delegation import DELEGATION
from core.people.models import OrgKind, Person
from core.projects.models import ProjectParty
from notices.processes import NOTICES
from tests.h5.crowd import LEFT, NOBODY, Crowd, gather
from tests.h5.story import PUBLIC_URL, Browser, station_on
from tests.h5.test_matrix import ABSENT, ROUTES
from tests.h5.test_replies import noticed, picture, replies, reply_of

UNDER = "/h5/cases/{case}/"
COPIES = ("shown", "original")
PAPER = ("document.pdf", "1.png")
KINDS = {"image/jpeg", "image/png", "application/pdf"}


@pytest.fixture
def database_kind() -> str:
    """What an address answers is the same on both databases."""
    return "sqlite"


@dataclass
class Shelf:
    """``issued`` has its paper, ``waiting`` a draft of one, and ``reply`` is 陈光泽's alone; each with its photos."""

    crowd: Crowd
    issued: Case
    waiting: Case
    reply: Case
    evidence: dict[int, list[int]]


@pytest.fixture
async def shelf(migrated_url: str, tmp_path: Path) -> AsyncIterator[Shelf]:
    async with station_on(migrated_url, tmp_path, (CHECK_REPORT, *NOTICES, DELEGATION)) as station:
        cast, crowd = station.cast, await gather(station)
        fang = crowd.people["CSE"]
        for org, kind in ((cast.chen.org_id, OrgKind.CONTRACTOR), (fang.org_id, OrgKind.SUPERVISING_FIRM)):
            await ProjectParty.create(project_id=cast.project.id, org_id=org, kind=kind)
        units = [str(cast.chen.org_id), str(fang.org_id)]
        issued = await noticed(station, fang, addressee_units=units)
        waiting = await noticed(station, kind="stop_work")
        reply = await reply_of(issued, cast.chen)
        await replies(station, reply, _1=[picture(180)], _2=[picture(270)], _3=[])
        cases = (crowd.check, issued, waiting, reply)
        async with station.pages.press as press:
            assert await Printer(station.pages.engine, station.store, press, Seals(None), PUBLIC_URL).once() == 1
            found = await access.evidence_by_case([one.id for one in cases])
            yield Shelf(crowd, issued, waiting, reply, {case: sorted(ids) for case, ids in found.items()})


async def _may(shelf: Shelf, person: Person, case: Case, rest: str) -> bool:
    """What is left of an address after its case says which file it is."""
    if not await access.may_see(person, case):
        return False
    if rest.endswith("/original"):
        return await access.may_see_originals(person, case)
    if rest == "draft.pdf":
        return case.id == shelf.waiting.id and await access.inside(person, case)
    if rest == "service.pdf":
        return case.id == shelf.issued.id and await access.inside(person, case)
    return not rest.startswith("paper/") or case.id == shelf.issued.id


def _files(path: str, evidence: list[int]) -> list[str]:
    """All that this address stands for, without what is before ``UNDER``."""
    rest = path.removeprefix(UNDER)
    if "{evidence}" in rest:
        return [rest.format(evidence=one, copy=copy) for one in evidence for copy in COPIES]  # a PDF has no thumb
    return [rest.format(name=name) for name in PAPER] if "{name}" in rest else [rest]


async def _asked(browser: Browser, address: str) -> tuple[int, str, bytes]:
    answer = await browser.get(address)
    return answer.status, answer.content_type, await answer.read()


FILES = [
    one.path for one in ROUTES if one.method == "GET" and one.path.startswith(UNDER) and "{action}" not in one.path
]


def test_these_are_the_files_of_a_record() -> None:
    """Another one needs a line in ``_may``."""
    assert [one.removeprefix(UNDER) for one in FILES] == [
        *("files/{evidence}/{copy}", "paper/{name}", "draft.pdf", "service.pdf"),
    ]


async def test_everybody_gets_exactly_the_files_that_are_theirs(shelf: Shelf) -> None:
    """What is not theirs answers as what is not there does, to the byte."""
    wrong, got = [], set()
    for case in (shelf.issued, shelf.waiting, shelf.reply):
        for rest in [one for path in FILES for one in _files(path, shelf.evidence[case.id])]:
            for role, browser in shelf.crowd.browsers.items():
                status, kind, body = await _asked(browser, f"/h5/cases/{case.id}/{rest}")
                absent = await _asked(browser, f"/h5/cases/{ABSENT}/{rest}")
                if role in {LEFT, NOBODY}:
                    fits = (status, kind, body) == absent and status == (302 if role == NOBODY else 403)
                elif await _may(shelf, shelf.crowd.people[role], case, rest):
                    fits = (status, kind in KINDS) == (200, True)
                    got.add((role, rest.rpartition("/")[2]))
                else:
                    fits = (status, kind, body) == absent and status == 404
                wrong += [] if fits else [f"{case.process} {case.state} {rest}, {role}: {status} {kind}"]
    assert wrong == []
    assert {role for role, file in got if file == "service.pdf"} == {
        *("chief", "leader in charge", "section chief", "province", "inspector of the team"),
    }
    readers = {name: {role for role, file in got if file == name} for name in ("document.pdf", "original")}
    assert readers["document.pdf"] - readers["original"] == {"PM", "CSE"}


async def test_a_file_of_another_record_is_not_in_this_one(shelf: Shelf) -> None:
    """Also for whoever may see both."""
    everything, wrong = set(await Evidence.all().values_list("id", flat=True)), []
    for role in ("chief", "inspector of the team", "PM", "PM of another project"):
        for case_id, own in shelf.evidence.items():
            for evidence in sorted(everything - set(own)):
                status, _, _ = await _asked(shelf.crowd.browsers[role], f"/h5/cases/{case_id}/files/{evidence}/shown")
                wrong += [] if status == 404 else [f"{role}: {evidence} in {case_id}: {status}"]
    assert wrong == []
