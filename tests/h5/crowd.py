"""Everybody who may knock at a page: each role of a station, of the ones beside and above it, and of the site."""

from dataclasses import dataclass
from datetime import timedelta

from core import clock
from core.cases.models import Case
from core.evidence.models import Evidence
from core.people import delegation
from core.people.models import Organisation, OrgKind, Person, Role
from core.projects.models import Post, Project, ProjectMember, SupervisionStatus, TeamMember
from tests.h5.story import Browser, Station, photo

LEFT, NOBODY = "who has left", "nobody"


@dataclass
class Crowd:
    """``check`` waits for two chiefs; 陈光泽 and 宋清 are to read it later. ``picture`` is in it."""

    station: Station
    people: dict[str, Person]
    browsers: dict[str, Browser]
    check: Case
    picture: Evidence
    project: Project
    elsewhere: Project


async def gather(station: Station) -> Crowd:
    cast = station.cast
    home = await Organisation.get(id=cast.lin.org_id)
    province = await _organisation("南屿省质安总站", OrgKind.STATION, "南")
    await Organisation.filter(id=home.id).update(parent_id=province.id)
    beside = await _organisation("椰湾市质安监督站", OrgKind.STATION, "椰湾", province.id)
    firm = await _organisation("南屿正衡监理有限公司", OrgKind.SUPERVISING_FIRM, "")
    elsewhere = await Project.create(
        name="远洋中学扩建", supervision_no="YW-2026-007", station_id=beside.id, status=SupervisionStatus.NORMAL
    )
    made = {
        "inspector of another team": await _person("wu", "吴岭", home, Role.SUPERVISOR),
        "inspector of another station": await _person("he", "何川", beside, Role.SUPERVISOR),
        "chief of another station": await _person("jiang", "蒋越", beside, Role.CHIEF),
        "deputy": await _person("du", "杜若", home, Role.SUPERVISOR),
        "section chief": await _person("ke", "柯明", home, Role.SECTION_CHIEF),
        "account admin": await _person("guan", "管宁", home, Role.ACCOUNT_ADMIN),
        "province": await _person("sheng", "盛海", province, Role.PROVINCE),
        "CSE": await _person("fang", "方知远", firm, Role.PARTICIPANT),
        "reader": await _person("song", "宋清", firm, Role.PARTICIPANT),
        LEFT: await _person("gone", "葛辞", home, Role.CHIEF),
    }
    await _seat(cast.project, made["CSE"], Post.CSE)
    await _seat(cast.project, made["reader"], Post.SUPERVISING_CLERK)
    await _seat(elsewhere, cast.stranger, Post.PM)
    await TeamMember.create(project_id=elsewhere.id, person_id=made["inspector of another station"].id, lead=True)
    people = made | {
        "inspector of the team": cast.lin,
        "chief": cast.luo,
        "leader in charge": cast.qin,
        "PM": cast.chen,
        "PM of another project": cast.stranger,
    }
    browsers = {role: await station.browser(person) for role, person in people.items()}
    await Person.filter(id=made[LEFT].id).update(active=False, left_at=clock.now())
    await made[LEFT].refresh_from_db()
    return await _at_work(station, people, browsers | {NOBODY: await station.stranger()}, elsewhere)


async def _at_work(station: Station, people: dict[str, Person], browsers: dict[str, Browser], other: Project) -> Crowd:
    """A check that is under review, and the chief's deputy who may therefore decide on it."""
    cast = station.cast
    picture = await station.keep(photo(), cast.lin)
    reader = people["reader"].id
    check = await station.report(
        findings=[{"photos": [picture.id], "note": "临边未设防护栏杆"}], recipients=[cast.chen.id, reader]
    )
    until = (clock.local(clock.now()) + timedelta(days=3)).date().isoformat()
    away = {"deputy": [people["deputy"].id], "until": until}
    await station.pages.engine.open(delegation.NAME, cast.luo, away, key="away")
    await delegation.follow(station.pages.engine)
    return Crowd(station, people, browsers, check, picture, cast.project, other)


async def _organisation(name: str, kind: OrgKind, code: str, parent: int | None = None) -> Organisation:
    return await Organisation.create(name=name, short_name=name[:4], kind=kind, code=code, parent_id=parent)


async def _person(userid: str, name: str, org: Organisation, role: Role) -> Person:
    return await Person.create(userid=userid, name=name, org_id=org.id, role=role, admitted_at=clock.now())


async def _seat(project: Project, person: Person, post: Post) -> None:
    await ProjectMember.create(project_id=project.id, person_id=person.id, org_id=person.org_id, post=post)
