"""Every address × everybody × own, somebody else's and absent, generated from the router: none can be forgotten.

What somebody may see is asked of core.access and compared with what the address answers. An address with a new kind of
object in it needs one line in THINGS, one with another new part a line in PARTS.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

import h5
from checks.report import CHECK_REPORT
from core import access
from core.cases import drafts
from core.cases.engine import Engine
from core.cases.models import Case, Draft, HistoryRow, OutboxRow, Participant
from core.evidence import uploads
from core.evidence.models import Upload
from core.evidence.sniff import Kind
from core.evidence.store import Store
from core.evidence.uploads import PIECE, Announced
from core.people.delegation import DELEGATION
from core.people.models import Person
from core.projects.models import Project
from h5.door import Rule
from tests.core.statements import watched
from tests.h5.crowd import LEFT, NOBODY, Crowd, gather
from tests.h5.story import PUBLIC_URL, Browser, SilentTeller, settings, station_on, text
from webhooks import sign_in

ABSENT = 424242
REFUSED_WORDS = "权限已停用"


@dataclass(frozen=True)
class Thing:
    """``make`` gives one that belongs to somebody of the crowd, ``may`` says who may come to it."""

    make: Callable[[Crowd], Awaitable[object]]
    may: Callable[[Crowd, Person, str], Awaitable[bool]]


async def _check(crowd: Crowd) -> object:
    return crowd.check.id


async def _sees_case(crowd: Crowd, person: Person, number: str) -> bool:
    return await access.may_see(person, await Case.get(id=number))


async def _draft(crowd: Crowd) -> object:
    """A fresh one for each address, since some of them end it."""
    author = crowd.people["inspector of the team"].id
    await Draft.filter(person_id=author).delete()
    return (await drafts.begin(author, "check_report", "submit")).id


async def _owns_draft(crowd: Crowd, person: Person, number: str) -> bool:
    return await drafts.owned(person.id, int(number)) is not None


async def _project(crowd: Crowd) -> object:
    await Project.filter(id=crowd.project.id).update(cover_id=crowd.picture.id)
    return crowd.project.id


async def _sees_project(crowd: Crowd, person: Person, number: str) -> bool:
    return await access.may_see_project(person, crowd.project)


async def _upload(crowd: Crowd) -> object:
    said = Announced(kind=Kind.PHOTO, size=PIECE, sha256="0" * 64)
    return (await uploads.begin(crowd.people["inspector of the team"].id, said)).id


async def _brought_upload(crowd: Crowd, person: Person, number: str) -> bool:
    return await Upload.exists(id=number, person_id=person.id)


async def _evidence(crowd: Crowd) -> object:
    return crowd.picture.id


async def _brought_evidence(crowd: Crowd, person: Person, number: str) -> bool:
    return crowd.picture.taken_by_id == person.id


THINGS = {
    "upload": Thing(_upload, _brought_upload),
    "evidence": Thing(_evidence, _brought_evidence),
    "case": Thing(_check, _sees_case),
    "draft": Thing(_draft, _owns_draft),
    "project": Thing(_project, _sees_project),
}
PARTS = {
    "action": "nothing",  # so that being let in changes nothing
    "evidence": "{picture}",
    "copy": "shown",
    "name": "paper.pdf",
    "process": "check_report",
    "number": "1",
    "question": "checked_location",
    "finding": "c0ffee0123",
    "shelf": "terms",
    "list": "received",
}
# Where whoever may come in finds nothing in this story, either.
NOT_HERE = {
    "/h5/drafts/{draft}/findings/{finding}/evidence": "no photo is named",
    "/h5/drafts/{draft}/findings/{finding}/{shelf}": "the draft has no such finding",
    "/h5/cases/{case}/paper/{name}": "a check has no paper",
    "/h5/cases/{case}/draft.pdf": "nor a draft of one",
    "/h5/cases/{case}/service.pdf": "nor a record of its service",
    "/h5/drafts/{draft}/answers/{question}/offers": "words need not be looked for",
    "/h5/drafts/{draft}/answers/{question}/files": "nor do they take files",
    "/h5/{rest}": "whatever is not there",
}


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    rule: Rule

    @property
    def parts(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    @property
    def thing(self) -> Thing | None:
        """What the whole address is about: the first object in it."""
        return next((THINGS[name] for name in self.parts if name in THINGS), None)

    def at(self, crowd: Crowd, number: object) -> str:
        first = next((name for name in self.parts if name in THINGS), "")
        values = {name: PARTS[name].format(picture=crowd.picture.id) for name in self.parts if name != first}
        return self.path.format(**values | {first: number})


def _routes() -> list[Route]:
    pages = h5.Pages(Engine([], SilentTeller()), settings(), Store.open("var/nowhere"))
    app = web.Application()
    app.add_routes([*h5.routes(pages), *sign_in.routes(settings(), None, pages)])  # type: ignore[arg-type]
    return [Route(r.method, r.resource.canonical, _rule(r.handler)) for r in app.router.routes() if r.resource]


def _rule(handler: object) -> Rule:
    rule = getattr(handler, "rule", None)
    assert isinstance(rule, Rule), f"{handler} has no rule of who may come in: hang it behind a door of h5/access.py"
    return rule


ROUTES = _routes()
GUARDED = [route for route in ROUTES if route.rule is not Rule.OPEN]


@pytest.fixture
def database_kind() -> str:
    """What an address answers is the same on both databases."""
    return "sqlite"


@pytest.fixture
async def crowd(migrated_url: str, tmp_path: Path) -> AsyncIterator[Crowd]:
    async with station_on(migrated_url, tmp_path, (CHECK_REPORT, DELEGATION)) as station:
        yield await gather(station)


@dataclass(frozen=True)
class Answer:
    status: int
    said: str
    bytes: int


async def _ask(browser: Browser, route: Route, address: str, **fields: str) -> Answer:
    """``fields`` is what a form brings; a script sends the token in its header as well."""
    sent = {"Origin": PUBLIC_URL, "X-CSRF": fields.get("csrf", "")}
    data = None if route.method in {"GET", "HEAD"} else fields
    answer = await browser.client.request(route.method, address, data=data, headers=sent, allow_redirects=False)
    body = await answer.read()
    written = answer.content_type in {"text/html", "text/plain", "application/json"}
    return Answer(answer.status, text(body.decode()) if written else "", len(body))


async def _token(browser: Browser) -> dict[str, str]:
    page = await (await browser.get("/h5/me")).text()
    return {"csrf": found} if (found := "".join(re.findall(r'name="csrf" value="([\w-]+)"', page)[:1])) else {}


def test_every_part_of_an_address_is_known_here() -> None:
    unknown = {(route.path, name) for route in GUARDED for name in route.parts if name not in THINGS | PARTS}
    said = [f"{path}: add {name} to THINGS or PARTS of {Path(__file__).name}" for path, name in sorted(unknown)]
    assert said == []


def test_only_these_are_open_to_everybody() -> None:
    assert sorted(route.path for route in ROUTES if route.rule is Rule.OPEN) == [
        *("/", "/h5", "/h5/static/{version}/{name}", "/h5/worker.js", "/h5/{rest}", "/login", "/verify/{code}"),
    ]


def test_whatever_lies_under_a_case_asks_for_the_case() -> None:
    assert {route.rule for route in ROUTES if "{case}" in route.path} == {Rule.CASE}


async def test_who_may_see_the_check_that_is_under_review(crowd: Crowd) -> None:
    """What everything below is computed from, spelled out once."""
    may = [role for role, person in crowd.people.items() if await access.may_see(person, crowd.check)]
    assert sorted(may) == [
        *("chief", "deputy", "inspector of the team", "leader in charge", "province", "section chief"),
    ]
    await Participant.filter(case_id=crowd.check.id, slot="recipients").update(told_at=crowd.station.clock.at)
    may = [role for role, person in crowd.people.items() if await access.may_see(person, crowd.check)]
    assert sorted(may) == [
        *("PM", "chief", "deputy", "inspector of the team", "leader in charge", "province", "reader", "section chief"),
    ]


async def test_everybody_reaches_exactly_what_is_theirs(crowd: Crowd) -> None:
    """Somebody else's and what is not there get the same answer, to the byte."""
    wrong = []
    tokens = {role: await _token(crowd.browsers[role]) for role in crowd.people}
    for route in GUARDED:
        for role, person in crowd.people.items():
            browser, token = crowd.browsers[role], tokens[role]
            number = await route.thing.make(crowd) if route.thing else None
            allowed = role != LEFT and await _may(crowd, person, route, number)
            answer = await _ask(browser, route, route.at(crowd, number), **token)
            absent = await _ask(browser, route, route.at(crowd, ABSENT), **token)
            if not _fits(route, role, answer, absent, allowed=allowed):
                wrong.append(f"{route.method} {route.path}, {role} ({'may' if allowed else 'may not'}): {answer}")
            if route.path == "/logout":
                await browser.sign_in(str(person.userid))
                tokens[role] = await _token(browser)
    assert wrong == []


async def _may(crowd: Crowd, person: Person, route: Route, number: object) -> bool:
    if route.rule is Rule.SEARCH:
        return access.may_search(person)
    return route.thing is None or await route.thing.may(crowd, person, str(number))


def _fits(route: Route, role: str, answer: Answer, absent: Answer, *, allowed: bool) -> bool:
    if role == LEFT:
        refused = route.method == "HEAD" or answer.said.startswith(REFUSED_WORDS)
        return answer == absent and answer.status == 403 and refused
    if not allowed or route.path in NOT_HERE:
        return answer == absent and answer.status == 404
    return answer.status < 500 and answer.status not in {401, 403, 404} and (not route.thing or absent.status == 404)


async def test_what_is_not_theirs_costs_as_much_as_what_is_not_there(crowd: Crowd) -> None:
    """Statements, which is what takes time: a stopwatch tells nobody which numbers there are."""
    wrong = []
    for route in [one for one in GUARDED if one.thing and one.method in {"GET", "POST"}]:
        assert route.thing
        for role in ("PM of another project", "inspector of another station", "chief of another station"):
            browser, number = crowd.browsers[role], await route.thing.make(crowd)
            token, asked = await _token(browser), []
            for one in (number, "0" * 32 if "{upload}" in route.path else ABSENT):
                sent: list[None] = []
                with watched(before=partial(sent.append, None)):
                    await _ask(browser, route, route.at(crowd, one), **token)
                asked.append(len(sent))
            if asked[0] != asked[1]:
                wrong.append(f"{route.method} {route.path}, {role}: {asked}")
    assert wrong == []


async def test_without_a_session_nothing_opens(crowd: Crowd) -> None:
    again = "请重新登录\n登录已过期，刚才的操作没有提交。请重新登录后再办理。\n重新登录"
    wrong = []
    for route in GUARDED:
        number = await route.thing.make(crowd) if route.thing else None
        for address in {route.at(crowd, number), route.at(crowd, ABSENT)}:
            answer = await _ask(crowd.browsers[NOBODY], route, address)
            expected = (302, "") if route.method == "GET" else (401, "" if route.method == "HEAD" else again)
            if (answer.status, answer.said) != expected:
                wrong.append(f"{route.method} {route.path}: {answer}")
    assert wrong == []


@pytest.mark.parametrize("whose", ["none", "another member's"])
async def test_nothing_is_posted_without_ones_own_token(crowd: Crowd, whose: str) -> None:
    """Also by whoever may do it; and nothing changes."""
    author = crowd.browsers["inspector of the team"]
    fields = {} if whose == "none" else await _token(crowd.browsers["chief"])
    wrong = []
    for route in GUARDED:
        if route.method in {"GET", "HEAD"}:
            continue
        number = await route.thing.make(crowd) if route.thing else None
        before = await _everything()
        answer = await _ask(author, route, route.at(crowd, number), key="0" * 32, **fields)
        if (answer.status, await _everything()) != (403, before):
            wrong.append(f"{route.method} {route.path}: {answer}")
    assert wrong == []


async def _everything() -> list[object]:
    counts = [await model.all().count() for model in (Case, Draft, HistoryRow, OutboxRow, Participant, Upload)]
    return [*counts, *await Draft.all().values_list("data", flat=True)]


async def test_numbers_in_queries_and_forms_open_nothing(crowd: Crowd) -> None:
    """The check's number and the project's name appear on no page of who has to do with neither."""
    number, name = str(crowd.check.number), crowd.project.name
    guessed = {"case": crowd.check.id, "project": crowd.project.id, "evidence": crowd.picture.id, "draft": 1}
    guessed |= {"station": crowd.project.station_id, "author": crowd.check.author_id, "person": crowd.check.author_id}
    texts = {part: str(value) for part, value in guessed.items()} | {"q": name, "number": number, "key": "0" * 32}
    query = "?" + "&".join(f"{part}={value}" for part, value in texts.items())
    wrong = []
    for route in GUARDED:
        if route.thing is not None or route.path == "/logout":
            continue
        for role in ("PM of another project", "inspector of another station"):
            browser = crowd.browsers[role]
            address = route.at(crowd, None) + (query if route.method == "GET" else "")
            answer = await _ask(browser, route, address, **texts | await _token(browser))
            said = answer.said.replace(f"“{name}”", "").replace(f"「{name}」", "")  # what one typed oneself
            if answer.status >= 500 or number in said or name in said:
                wrong.append(f"{route.method} {route.path}, {role}: {answer}")
    assert wrong == []
    assert await HistoryRow.filter(case_id=crowd.check.id).count() == 2  # submitted, and handed to the deputy
