"""The invented province: complete, consistent, harmless, and loaded once."""

import time
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from bot.demo import loading, rows
from core import access, database
from core.people.admission import admit
from core.people.models import Organisation, OrgKind, Person, Role
from core.projects.models import (
    Post,
    Project,
    ProjectMember,
    ProjectParty,
    SupervisionStatus,
    TeamMember,
    UnitWorks,
)

FIVE_PARTIES = {
    OrgKind.CLIENT,
    OrgKind.CONTRACTOR,
    OrgKind.SUPERVISING_FIRM,
    OrgKind.SURVEYOR,
    OrgKind.DESIGNER,
}


@pytest.fixture(autouse=True)
async def empty(migrated_url: str) -> AsyncIterator[None]:
    await database.open_database(migrated_url)
    yield
    await database.close_database()


async def counts() -> dict[str, int]:
    tables = (Organisation, Person, Project, UnitWorks, ProjectParty, ProjectMember, TeamMember)
    return {model.__name__: await model.all().count() for model in tables}


async def seats() -> dict[tuple[str, Post], list[Person]]:
    """Who sits where: by supervision number and post."""
    numbers = {p.id: p.supervision_no for p in await Project.all()}
    people = {p.id: p for p in await Person.all()}
    found: dict[tuple[str, Post], list[Person]] = {}
    for seat in await ProjectMember.all():
        found.setdefault((numbers[seat.project_id], seat.post), []).append(people[seat.person_id])
    return found


# Loading


async def test_an_empty_database_is_filled_in_a_moment() -> None:
    began = time.process_time()  # others may be busy on the machine
    await loading.load()
    assert time.process_time() - began < 3
    found = await counts()
    assert found["Project"] >= 15
    assert found["Person"] >= 60


async def test_loading_twice_changes_nothing() -> None:
    await loading.load()
    before = await counts()
    await loading.load()
    assert await counts() == before


async def test_a_database_in_use_is_left_alone() -> None:
    await Organisation.create(name="别处质安站", short_name="别处站", kind=OrgKind.STATION)
    await loading.load()
    assert await counts() == dict.fromkeys(await counts(), 0) | {"Organisation": 1}


# What there is


async def test_every_role_status_and_post_is_there() -> None:
    await loading.load()
    assert set(await Person.all().values_list("role", flat=True)) == set(Role)
    stopped = {SupervisionStatus.STOPPED}  # by a notice
    assert set(await Project.all().values_list("status", flat=True)) == set(SupervisionStatus) - stopped
    assert set(await ProjectMember.all().values_list("post", flat=True)) == set(Post)


async def test_a_province_two_cities_and_three_counties_have_a_station_each() -> None:
    await loading.load()
    stations = await Organisation.filter(kind=OrgKind.STATION).order_by("id")
    assert Counter(o.level for o in stations) == {"province": 1, "city": 2, "county": 3}
    above = {o.id: o.level for o in await Organisation.all()}
    assert [above[o.parent_id or 0] for o in stations] == ["province", "province", "province", "city", "city", "city"]
    codes = [o.code for o in stations]
    assert all(codes)
    assert len(set(codes)) == len(codes)


async def test_every_station_has_a_chief_a_leader_in_charge_and_supervisors() -> None:
    await loading.load()
    for station in await Organisation.filter(kind=OrgKind.STATION):
        roles = Counter(await Person.filter(org_id=station.id, active=True).values_list("role", flat=True))
        assert roles[Role.CHIEF] == 1, station.name
        assert roles[Role.LEADER_IN_CHARGE] >= 1, station.name
        assert roles[Role.SUPERVISOR] >= 2, station.name


async def test_every_project_has_its_five_parties_unit_works_and_a_position() -> None:
    await loading.load()
    for project in await Project.all():
        kinds = Counter(await ProjectParty.filter(project_id=project.id).values_list("kind", flat=True))
        assert {kind: kinds[kind] for kind in FIVE_PARTIES} == dict.fromkeys(FIVE_PARTIES, 1), project.name
        assert await UnitWorks.exists(project_id=project.id), project.name
        assert project.progress_stage, project.name
        assert (18 < (project.latitude or 0) < 21, 108 < (project.longitude or 0) < 112) == (True, True), project.name


async def test_parties_are_organisations_of_their_kind() -> None:
    await loading.load()
    kinds = {o.id: o.kind for o in await Organisation.all()}
    assert [p.kind for p in await ProjectParty.all()] == [kinds[p.org_id] for p in await ProjectParty.all()]


async def test_every_assigned_project_has_exactly_one_lead_and_the_others_no_team_yet() -> None:
    await loading.load()
    for project in await Project.all():
        leads = await TeamMember.filter(project_id=project.id, lead=True).count()
        waiting = project.status is SupervisionStatus.REGISTERED
        assert leads == (0 if waiting else 1), project.name
        assert await TeamMember.exists(project_id=project.id) is not waiting, project.name


async def test_teams_are_supervisors_of_the_projects_own_station() -> None:
    await loading.load()
    stations = {p.id: p.station_id for p in await Project.all()}
    people = {p.id: p for p in await Person.all()}
    for seat in await TeamMember.all():
        person = people[seat.person_id]
        assert (person.role, person.org_id) == (Role.SUPERVISOR, stations[seat.project_id]), person.name


async def test_members_belong_to_a_party_of_their_project() -> None:
    await loading.load()
    parties = {(p.project_id, p.org_id) for p in await ProjectParty.all()}
    homes = {p.id: p.org_id for p in await Person.all()}
    for seat in await ProjectMember.all():
        assert (seat.project_id, seat.org_id) in parties
        assert homes[seat.person_id] == seat.org_id


async def test_every_project_has_a_project_manager_of_its_own_a_cse_and_a_client_representative() -> None:
    await loading.load()
    found = await seats()
    for row in rows.projects():
        for post in (Post.PM, Post.CSE, Post.CLIENT_REPRESENTATIVE, Post.SAFETY_OFFICER):
            assert len(found[row.supervision_no, post]) == 1, (row.name, post)
    managers = [found[row.supervision_no, Post.PM][0].id for row in rows.projects()]
    assert len(set(managers)) == len(managers)


async def test_the_three_phones_belong_to_one_project() -> None:
    await loading.load()
    inspector, chief, manager = [await Person.get(userid=userid) for userid in loading.PHONES]
    assert [p.role for p in (inspector, chief, manager)] == [Role.SUPERVISOR, Role.CHIEF, Role.PARTICIPANT]
    (seat,) = await ProjectMember.filter(person_id=manager.id)
    project = await Project.get(id=seat.project_id)
    assert (seat.post, project.status) == (Post.PM, SupervisionStatus.NORMAL)
    assert await TeamMember.exists(project_id=project.id, person_id=inspector.id, lead=True)
    assert project.station_id == inspector.org_id == chief.org_id


# Joining


async def test_admission_and_refusal_can_be_played() -> None:
    await loading.load()
    shown = {member["userid"]: member["mobile"] for member in loading.directory()}
    outside = [userid for userid in shown if await access.admitted(userid) is None]
    assert outside == ["dingzhaolin", "liangzhigang", "songyiming"]
    admitted = await admit("dingzhaolin", shown["dingzhaolin"])
    assert admitted is not None
    assert admitted.name == "丁照临"
    assert await admit("songyiming", shown["songyiming"]) is None
    assert await admit("liangzhigang", shown["liangzhigang"]) is None
