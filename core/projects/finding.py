"""Rules that find the people of a slot: by post on the project, by role in the station, by team."""

from core.cases.declaration import View, Who
from core.people.models import ROLE_CAPTIONS, Person, Role
from core.projects.models import POST_CAPTIONS, Post, ProjectMember, TeamMember


def post(*posts: Post) -> Who:
    """Members of the project at one of these posts, today."""
    caption = "、".join(POST_CAPTIONS[p] for p in posts)

    async def find(view: View) -> list[int]:
        seats = await ProjectMember.filter(project_id=view.project_id, post__in=posts, until=None).order_by("id")
        return await _active([s.person_id for s in seats])

    return Who(caption, find, f"这个工程还没有登记{caption}，请先在工程资料中登记，再办理。")


def station(*roles: Role) -> Who:
    """People of the case's station in one of these roles."""
    caption = "、".join(ROLE_CAPTIONS[r] for r in roles)

    async def find(view: View) -> list[int]:
        people = Person.filter(org_id=view.station_id, role__in=roles, active=True, userid__not_isnull=True)
        return [p.id for p in await people.order_by("id").only("id")]

    return Who(caption, find, f"本站还没有登记{caption}，请联系管理员登记后再办理。")


def team_lead() -> Who:
    """监督组长 of the project."""

    async def find(view: View) -> list[int]:
        seats = await TeamMember.filter(project_id=view.project_id, lead=True)
        return await _active([s.person_id for s in seats])

    return Who("监督组长", find, "这个工程还没有指定监督组长，请先指定，再办理。")


def everyone_on_project() -> Who:
    """Members of all responsible parties of the project."""

    async def find(view: View) -> list[int]:
        seats = await ProjectMember.filter(project_id=view.project_id, until=None).order_by("org_id", "id")
        return await _active([s.person_id for s in seats])

    return Who("参建各方人员", find, "这个工程还没有登记参建人员，请先登记，再办理。")


def of_chosen_units(question: str, caption: str, missing: str, others: str) -> Who:
    """Members of the project who work there for an organisation that was chosen in this question."""

    async def find(view: View) -> list[int]:
        units = [int(one) for one in view.data.get(question) or [] if one.isdigit()]
        seats = ProjectMember.filter(project_id=view.project_id, org_id__in=units, until=None)
        return await _active([s.person_id for s in sorted(await seats, key=lambda s: (units.index(s.org_id), s.id))])

    return Who(caption, find, missing, others)


async def _active(ids: list[int]) -> list[int]:
    """Keeps those who joined and have not left, each once, in the given order."""
    joined = {p.id for p in await Person.filter(id__in=ids, active=True, userid__not_isnull=True).only("id")}
    return [one for one in dict.fromkeys(ids) if one in joined]
