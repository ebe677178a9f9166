"""May this person see this, do this? Every door asks here, and nothing else decides.

What a person may do with a case is the engine's answer (``Engine.open_steps``); this module says what they may see.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from core import clock, database
from core.cases.models import Case, HistoryRow, Participant
from core.errors import NotYours, Refusal
from core.people.models import STATION_ROLES, Organisation, OrgKind, Person, Role
from core.projects.models import OPEN_TO_CHECKS, STATUS_CAPTIONS, Project, ProjectMember, TeamMember

_ADMITTED = f"SELECT {database.columns(Person)} FROM person WHERE userid = $1 AND active"  # noqa: S608  # our own names
_LEADERS = frozenset({Role.CHIEF, Role.LEADER_IN_CHARGE, Role.SECTION_CHIEF, Role.PROVINCE})


async def admitted(userid: str) -> Person | None:
    """The member behind a WeCom id, when admitted and not left (HN-04, HN-05)."""
    return next(iter(await database.instances(Person, _ADMITTED, userid.lower())), None)


async def stations_of(person: Person) -> list[int]:
    """Stations this person works for; for leaders also those below the own one (HN-Q13)."""
    own = await Organisation.get(id=person.org_id)
    if own.kind is OrgKind.STATION and person.role not in _LEADERS:
        return [own.id]
    if own.kind not in {OrgKind.STATION, OrgKind.PROVINCE, OrgKind.CITY, OrgKind.COUNTY}:
        return []
    found, level = [own.id], [own.id]
    while level:
        level = [o.id for o in await Organisation.filter(parent_id__in=level, kind=OrgKind.STATION)]
        found += level
    return found


async def may_see(person: Person, case: Case) -> bool:
    if not person.active:
        return False
    return await _takes_part(person, case) or await _watches(person, case)


async def _takes_part(person: Person, case: Case) -> bool:
    """A reader sees a record once it has been issued to them, not while it is under review; who was replaced without
    having acted sees it no more, like a deputy. Whoever answers to a record in a case of his own sees the record."""
    parts = await Participant.filter(case_id=case.id, person_id=person.id)
    seated = [p for p in parts if p.acted_at or p.sits(clock.now())]
    if case.author_id == person.id or any(p.told_at or p.turn_since or p.acted_at for p in seated):
        return True
    return await Case.exists(parent_id=case.id, author_id=person.id)


async def _watches(person: Person, case: Case) -> bool:
    if person.role in _LEADERS:
        return case.station_id in await stations_of(person)
    if person.role is Role.SUPERVISOR and case.project_id is not None:
        return await TeamMember.exists(project_id=case.project_id, person_id=person.id)
    return False


async def seen(person: Person, cases: Sequence[Case]) -> list[Case]:
    """Those of many that this person may see, in their order. What he watches is asked for once for each station and
    project, and only what he may take part in one by one."""
    places = {(case.station_id, case.project_id): case for case in cases}
    watched = {place: await _watches(person, case) for place, case in places.items()}
    others = [case for case in cases if not watched[case.station_id, case.project_id]]
    own = await _own(person, others)
    found = {case.id for case in others if case.id in own and await _takes_part(person, case)}
    watches = {case.id for case in cases} - {case.id for case in others}
    return [case for case in cases if case.id in found | watches] if person.active else []


async def _own(person: Person, cases: Sequence[Case]) -> set[int]:
    """Those in which this person has a seat, or that he wrote or answers to."""
    ids = [case.id for case in cases]
    if not ids:
        return set()
    seats = await Participant.filter(case_id__in=ids, person_id=person.id).values_list("case_id", flat=True)
    answered = await Case.filter(parent_id__in=ids, author_id=person.id).values_list("parent_id", flat=True)
    return {*seats, *answered, *(case.id for case in cases if case.author_id == person.id)}


@dataclass(frozen=True)
class Reach:
    """Whose records somebody may search: all of ``stations``, or one's own and those of ``projects``."""

    stations: list[int]
    author: int | None = None
    projects: list[int] = field(default_factory=list)

    def covers(self, project_id: int, station_id: int) -> bool:
        """Whether records of this project, which belongs to that station, are among them."""
        return station_id in self.stations or project_id in self.projects


def may_search(person: Person) -> bool:
    """Whether there is anything that ``reach_of`` could give."""
    return person.role in _LEADERS | {Role.SUPERVISOR}


async def reach_of(person: Person) -> Reach:
    """Leaders search their stations (HN-48 … HN-51), supervisors what ``may_see`` gives them besides what they were
    sent. Raises NotYours for everybody else."""
    if person.role in _LEADERS:
        stations = await stations_of(person)
        if stations:
            return Reach(stations)
    if person.role is Role.SUPERVISOR:
        teams = await TeamMember.filter(person_id=person.id).order_by("project_id").values_list("project_id", flat=True)
        return Reach([], person.id, [int(str(one)) for one in teams])
    raise NotYours


async def case_for(person: Person, case_id: int) -> Case:
    """Raises NotYours, with the same words and as late whether the case is missing or somebody else's."""
    case = await Case.get_or_none(id=case_id)
    if not await may_see(person, case or Case(id=0, author_id=0, station_id=0, project_id=0)) or case is None:
        raise NotYours
    return case


async def inside(person: Person, case: Case) -> bool:
    """The author, and the people of the case's station or of one above it: they see who opened the case when. Somebody
    of another station sees what the contractor sees."""
    return case.author_id == person.id or await may_see_originals(person, case)


async def may_see_originals(person: Person, case: Case) -> bool:
    """Not the author of a reply: it holds photos of the inspectors, and originals tell the device and the position."""
    return case.station_id in await stations_of(person)


async def evidence_of(case: Case) -> set[int]:
    """Evidence ids that seeing this case lets one see."""
    return (await evidence_by_case([case.id]))[case.id]


async def evidence_by_case(case_ids: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {one: set() for one in case_ids}
    for case_id, content in await HistoryRow.filter(case_id__in=case_ids).values_list("case_id", "content"):
        found[case_id].update(map(int, json.loads(content)["attachments"]))
    return found


async def may_see_project(person: Person, project: Project) -> bool:
    """Station people see the projects of their station (and below, for leaders); party people those they serve on."""
    if person.role in STATION_ROLES | {Role.PROVINCE}:
        return project.station_id == person.org_id or project.station_id in await stations_of(person)
    return await ProjectMember.exists(project_id=project.id, person_id=person.id, until=None)


async def project_for(person: Person, project_id: int) -> Project:
    """Raises NotYours, with the same words and as late whether the project is missing or somebody else's."""
    project = await Project.get_or_none(id=project_id)
    if not await may_see_project(person, project or Project(id=0, station_id=0)) or project is None:
        raise NotYours
    return project


async def supervises(person: Person, project: Project) -> bool:
    """The people of the project's own station: they position it, and need the mobiles of those who work on it."""
    if person.role not in STATION_ROLES:
        return False
    return person.org_id == project.station_id or await TeamMember.exists(project_id=project.id, person_id=person.id)


async def projects_for(person: Person, *, open_to_checks: bool = False) -> list[Project]:
    """Projects this person may choose, all or only those under running supervision."""
    if person.role in STATION_ROLES | {Role.PROVINCE}:
        found = Project.filter(station_id__in=await stations_of(person))
    else:
        seats = await ProjectMember.filter(person_id=person.id, until=None).values_list("project_id", flat=True)
        found = Project.filter(id__in=seats)
    if open_to_checks:
        found = found.filter(status__in=OPEN_TO_CHECKS)
    return await found.order_by("id")


async def require_project(person: Person, project_id: int) -> Project:
    project = await Project.get_or_none(id=project_id)
    if project is None or not await may_see_project(person, project):
        raise Refusal("没有找到这个工程，或者它不在您的范围内，请重新选择。")
    return project


async def require_running_project(person: Person, project_id: int) -> Project:
    """For whatever begins on a project: its supervision has begun and is neither suspended nor over. Raises Refusal."""
    project = await require_project(person, project_id)
    if project.status not in OPEN_TO_CHECKS:
        state = STATUS_CAPTIONS[project.status]
        raise Refusal(f"「{project.name}」现在的监督状态是{state}，不能办理新的事项，请另选工程。")
    return project
