"""Puts the invented province into an empty database, and its members into a rehearsal's directory."""

from itertools import chain
from typing import Any

import structlog

from bot.demo import rows
from bot.demo.rows import PersonRow, ProjectRow
from core import clock, database
from core.people.models import ROLE_CAPTIONS, Organisation, Person, Role
from core.projects.models import Project, ProjectMember, ProjectParty, TeamMember, UnitWorks

log = structlog.get_logger()

PHONES = ("linxiaozhou", "luojingchuan", "chenguangze")
"""Shown first: an inspector, the chief of his station, the project manager of a project he leads."""

ACTIVE, LEFT = 1, 5  # as WeCom numbers the states of a member (path/90196)

Ids = dict[str, int]


async def load() -> bool:
    """Fills an empty database and says so; one that holds any organisation is left as it is."""

    async def work() -> bool:
        if await Organisation.exists():
            return False
        orgs = await _organisations()
        people = await _people(orgs)
        await _projects(orgs, people)
        log.info("demo.loaded", organisations=len(orgs), people=len(people), projects=len(rows.projects()))
        return True

    return await database.transaction(work)


async def _organisations() -> Ids:
    ids: Ids = {}
    for row in rows.organisations():
        parent = ids[row.parent] if row.parent else None
        made = await Organisation.create(**row.model_dump(exclude={"key", "parent"}), parent_id=parent)
        ids[row.key] = made.id
    return ids


async def _people(orgs: Ids) -> Ids:
    await Person.bulk_create([_person(row, orgs[row.org]) for row in rows.people()])
    by_mobile = {p.mobile: p.id for p in await Person.all().only("id", "mobile")}
    return {row.userid: by_mobile[row.mobile] for row in rows.people()}


def _person(row: PersonRow, org_id: int) -> Person:
    now = clock.now()
    return Person(
        **row.model_dump(include={"name", "mobile", "role", "title"}),
        org_id=org_id,
        userid=row.userid if row.joined else None,
        admitted_at=now if row.joined else None,
        active=not row.left,
        left_at=now if row.left else None,
    )


async def _projects(orgs: Ids, people: Ids) -> None:
    plain = {"supervision_no", "name", "status", "address", "progress_stage", "latitude", "longitude", "cost"}
    await Project.bulk_create(
        [Project(**row.model_dump(include=plain), station_id=orgs[row.station]) for row in rows.projects()]
    )
    ids = {p.supervision_no: p.id for p in await Project.all().only("id", "supervision_no")}
    homes = {row.userid: orgs[row.org] for row in rows.people()}
    numbered = [(row, ids[row.supervision_no]) for row in rows.projects()]
    await UnitWorks.bulk_create(chain.from_iterable(_works(*one) for one in numbered))
    await ProjectParty.bulk_create(chain.from_iterable(_parties(*one, orgs) for one in numbered))
    await TeamMember.bulk_create(chain.from_iterable(_team(*one, people) for one in numbered))
    await ProjectMember.bulk_create(chain.from_iterable(_members(*one, people, homes) for one in numbered))


def _works(row: ProjectRow, project_id: int) -> list[UnitWorks]:
    return [UnitWorks(project_id=project_id, name=name, floors=floors) for name, floors in row.works.items()]


def _parties(row: ProjectRow, project_id: int, orgs: Ids) -> list[ProjectParty]:
    return [ProjectParty(project_id=project_id, org_id=orgs[key], kind=kind) for kind, key in row.parties.items()]


def _team(row: ProjectRow, project_id: int, people: Ids) -> list[TeamMember]:
    return [
        TeamMember(project_id=project_id, person_id=people[userid], lead=place == 0)
        for place, userid in enumerate(row.team)
    ]


def _members(row: ProjectRow, project_id: int, people: Ids, homes: Ids) -> list[ProjectMember]:
    return [
        ProjectMember(project_id=project_id, person_id=people[userid], org_id=homes[userid], post=post)
        for post, userids in row.members.items()
        for userid in userids
    ]


def directory() -> list[dict[str, Any]]:
    """The corp's members, for the rehearsal's WeCom: everyone registered, and one whom nobody registered."""
    orgs = {row.key: row.short_name for row in rows.organisations()}
    registered = [
        _member(row, orgs) | {"role": _caption(row), "status": LEFT if row.left else ACTIVE} for row in rows.people()
    ]
    unknown = [_member(row, orgs) | {"role": "未登记", "status": ACTIVE} for row in rows.strangers()]
    return [*registered, *unknown]


def _member(row: rows.PersonRow | rows.StrangerRow, orgs: dict[str, str]) -> dict[str, Any]:
    return {
        "userid": row.userid,
        "name": row.name,
        "mobile": row.mobile,
        "org": orgs[row.org],
        "title": row.title,
        "department": [1],
        "visible": True,
    }


def _caption(row: PersonRow) -> str:
    return row.title if row.role is Role.PARTICIPANT else ROLE_CAPTIONS[row.role]


def places() -> list[dict[str, Any]]:
    """Where the projects stand (GCJ-02 degrees), for a member of the rehearsal who sends a location."""
    return [
        {"name": row.name, "lat": row.latitude, "lon": row.longitude, "label": row.address} for row in rows.projects()
    ]
