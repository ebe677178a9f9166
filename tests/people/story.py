"""Short words for people, projects and checks of the demo."""

from typing import Any

from bot.demo.records import Silent
from checks.report import CHECK_REPORT
from core.cases.declaration import View
from core.cases.engine import Engine
from core.cases.models import Case
from core.people.models import Person
from core.projects.models import Project

SCHOOL = "汐港市听潮小学新建工程"
DORMITORY = "青屿县第一中学学生宿舍楼"
AWAITING = "汐港市西渡口保障性住房"

engine = Engine([CHECK_REPORT], Silent())


async def person(userid: str) -> Person:
    return await Person.get(userid=userid)


async def ids(*userids: str) -> list[int]:
    return [(await person(userid)).id for userid in userids]


async def names(found: list[int]) -> list[str]:
    """In the order given."""
    known = {p.id: p.name for p in await Person.filter(id__in=found)}
    return [known[one] for one in found]


async def project(name: str) -> Project:
    return await Project.get(name=name)


async def check(author: str, at: str, *, reviewers: tuple[str, ...] = (), recipients: tuple[str, ...] = ()) -> Case:
    data: dict[str, Any] = {
        "project": (await project(at)).id,
        "check_type": "safety",
        "checked_location": "1号教学楼 4层 临边",
        "reviewers": await ids(*reviewers),
        "recipients": await ids(*recipients),
    }
    done = await engine.open("check_report", await person(author), data, key=f"{author}:{at}")
    return done.case


async def view(name: str) -> View:
    """What a rule that looks for people is shown of a case on this project."""
    at = await project(name)
    return View({}, {}, at.id, at.name, at.station_id, author_id=0)
