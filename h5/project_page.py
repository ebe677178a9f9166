"""One project: what it is, who works on it, what runs on it, where it is."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from tortoise.queryset import QuerySet

from checks import burning
from checks.report import CHECK_REPORT
from core import access
from core.cases.declaration import AUTHOR
from core.cases.models import Case
from core.errors import NotYours, Refusal
from core.evidence.models import Evidence
from core.evidence.records import Source, record
from core.people.models import ORG_CAPTIONS, Organisation, Person
from core.projects import positioning
from core.projects.models import (
    OPEN_TO_CHECKS,
    POST_CAPTIONS,
    STATUS_CAPTIONS,
    Project,
    ProjectMember,
    ProjectParty,
    TeamMember,
    UnitWorks,
)
from h5 import files, lines, maps
from h5.access import SENT, ProjectVisit
from h5.maps import MapView
from h5.pages import policy
from h5.positions import Found, newest, require_station
from h5.projects import tone
from notices import records
from notices.kinds import Answer
from notices.reply import progress_of
from notices.rounds import Progress, Standing

_CHECKS, _RUNNING, _FINDINGS, _LOOKED_AT = 5, 10, 10, 30
_BEGUN_HERE = {CHECK_REPORT.name: "监督上报", records.NOTICE: "新建通知"}
COVER_ROOM = 21 * 1024 * 1024  # a photo of the largest size, and the form around it


@dataclass(frozen=True)
class Someone:
    name: str
    post: str
    mobile: str


@dataclass(frozen=True)
class Party:
    kind: str
    name: str
    people: list[Someone]


@dataclass(frozen=True)
class Row:
    id: int
    title: str
    number: str
    state: str
    tone: str
    when: datetime
    due: datetime | None


@dataclass(frozen=True)
class OpenFinding:
    case_id: int
    wording: str
    standing: str


@dataclass(frozen=True)
class Begin:
    process: str
    caption: str
    key: str


@dataclass(frozen=True)
class ProjectPage:
    project: Project
    status: str
    tone: str
    works: list[str]
    team: list[Someone]
    parties: list[Party]
    notices: list[Row]
    findings: list[OpenFinding]
    more_findings: int
    checks: list[Row]
    begins: list[Begin]
    where: Found | None
    map: MapView
    mine: bool
    searched: bool
    problem: str


async def show(visit: ProjectVisit) -> web.Response:
    return await _page(visit)


async def _page(visit: ProjectVisit, status: int = 200, problem: str = "") -> web.Response:
    page = await build(visit, problem)
    allowed = policy(images=maps.origin(visit.pages.settings))
    return visit.pages.render("projects/page.html", status=status, policy=allowed, visit=visit, page=page)


async def take_cover(visit: ProjectVisit) -> web.Response:
    """A plain form with one file; what was shown before is replaced (HN-09)."""
    await require_station(visit)
    sent = visit.request.get(SENT)
    if sent is None or not sent.filename:
        return await _page(visit, 422, "还没有选择照片，请先选一张工地照片，再点「上传封面图」。")
    try:
        data = sent.file.read()
        photo = await record(
            visit.pages.store, data, by=visit.person.id, source=Source.PAGE, kind_hint="photo", name=sent.filename
        )
    except Refusal as error:
        return await _page(visit, 422, error.sentence)
    await positioning.cover(visit.project, photo)
    raise web.HTTPSeeOther(f"/h5/projects/{visit.project.id}", text="")


async def send_cover(visit: ProjectVisit) -> web.StreamResponse:
    number, name = visit.request.match_info["evidence"], visit.request.match_info["copy"]
    if visit.project.cover_id is None or number != str(visit.project.cover_id):
        raise NotYours
    photo = await Evidence.get(id=visit.project.cover_id)
    copy = files.shown_or_thumb(photo, name)
    if name == "shown":
        copy = copy.at(await burning.of_project(visit.pages.store, photo, visit.project))
    return await files.deliver(visit, copy, "inline")


async def build(visit: ProjectVisit, problem: str) -> ProjectPage:
    project, mine = visit.project, await access.supervises(visit.person, visit.project)
    where = await newest(project)
    running = Case.filter(project_id=project.id, closed_at=None)
    replies = await running.filter(process=records.REPLY).order_by("-id")
    findings = await _findings(await access.seen(visit.person, replies))
    return ProjectPage(
        project=project,
        status=STATUS_CAPTIONS[project.status],
        tone=tone(project),
        works=[_works(one) for one in await UnitWorks.filter(project_id=project.id).order_by("id")],
        team=await _team(project, mobiles=mine),
        parties=await _parties(project, mobiles=mine),
        notices=await _rows(visit, running.filter(process=records.NOTICE), _RUNNING),
        findings=findings[:_FINDINGS],
        more_findings=len(findings[_FINDINGS:]),
        checks=await _rows(visit, Case.filter(project_id=project.id, process=CHECK_REPORT.name), _CHECKS),
        begins=_begins(visit),
        where=where,
        map=maps.view(visit.pages.settings, positioning.current(project), where.accuracy if where else None),
        mine=mine,
        searched=await _searched(visit),
        problem=problem,
    )


async def _searched(visit: ProjectVisit) -> bool:
    """Whether the reader finds its records on the query page (HN-48, HN-50)."""
    if not access.may_search(visit.person):
        return False
    return (await access.reach_of(visit.person)).covers(visit.project.id, visit.project.station_id)


def _works(works: UnitWorks) -> str:
    return f"{works.name}（{works.floors}）" if works.floors else works.name


async def _team(project: Project, *, mobiles: bool) -> list[Someone]:
    seats = await TeamMember.filter(project_id=project.id).order_by("-lead", "id")
    people = await _present(seat.person_id for seat in seats)
    found = [(people[seat.person_id], "组长" if seat.lead else "组员") for seat in seats if seat.person_id in people]
    return [Someone(person.name, post, person.mobile or "" if mobiles else "") for person, post in found]


async def _parties(project: Project, *, mobiles: bool) -> list[Party]:
    parties = await ProjectParty.filter(project_id=project.id).order_by("id")
    orgs = await Organisation.in_bulk({one.org_id for one in parties}, "id")
    seats = await ProjectMember.filter(project_id=project.id, until=None).order_by("id")
    people = await _present(seat.person_id for seat in seats)
    by_org: dict[int, list[Someone]] = {}
    for seat in seats:
        if seat.person_id in people:
            person = people[seat.person_id]
            one = Someone(person.name, POST_CAPTIONS[seat.post], person.mobile or "" if mobiles else "")
            by_org.setdefault(seat.org_id, []).append(one)
    return [Party(ORG_CAPTIONS[one.kind], orgs[one.org_id].name, by_org.pop(one.org_id, [])) for one in parties]


async def _present(ids: Iterable[int]) -> Mapping[int, Person]:
    return {one.id: one for one in await Person.filter(id__in=list(ids), active=True)}


async def _seen(visit: ProjectVisit, found: QuerySet[Case]) -> list[Case]:
    return [one for one in await found.order_by("-id").limit(_LOOKED_AT) if await access.may_see(visit.person, one)]


async def _rows(visit: ProjectVisit, found: QuerySet[Case], most: int) -> list[Row]:
    cases = (await _seen(visit, found))[:most]
    due = await lines.ends(visit.pages.engine, cases)
    return [await _row(visit, one, due.get(one.id)) for one in cases]


async def _row(visit: ProjectVisit, case: Case, due: datetime | None) -> Row:
    engine = visit.pages.engine
    process = engine.process(case.process)
    caption, shade = process.caption_of(case.state, await engine.view(case)), lines.tone(process, case)
    return Row(case.id, case.title, case.number or "", caption, shade, case.opened_at, due)


async def _findings(replies: list[Case]) -> list[OpenFinding]:
    """Of the notices that ask for rectification, what nobody has accepted yet."""
    owed = [reply for reply in replies if reply.data["answer"] == Answer.RECTIFY]
    stands = await progress_of(owed)
    return [one for reply in owed for one in _left(reply, stands[reply.id])]


def _left(reply: Case, stands: Progress) -> list[OpenFinding]:
    wordings = ((words, stands.standing(number)) for number, words in enumerate(reply.data["findings"], 1))
    return [OpenFinding(reply.id, words, _STANDINGS[how]) for words, how in wordings if how is not Standing.ACCEPTED]


_STANDINGS = {Standing.OWED: "待回复", Standing.ANSWERED: "待审核", Standing.RETURNED: "已退回"}


def _begins(visit: ProjectVisit) -> list[Begin]:
    """What this person may begin on this project."""
    if visit.project.status not in OPEN_TO_CHECKS:
        return []
    known = visit.pages.engine.processes
    return [
        Begin(name, caption, secrets.token_hex(16))
        for name, caption in _BEGUN_HERE.items()
        if name in known and visit.person.role in known[name].slot(AUTHOR).roles
    ]
