"""Many people who owe replies to notices, all of the same second: what sweepers are measured and tormented with."""

from dataclasses import dataclass

from core.cases.models import Case, HistoryRow
from core.people.models import Person, Role
from core.projects.models import Post, ProjectMember
from notices import records
from tests.notices.story import Station

EACH = 20  # repliers of a notice


@dataclass
class Owing:
    """``replies`` in the order of their ids."""

    station: Station
    replies: list[Case]

    async def ends(self, *levels: str) -> "Balance":
        """What has been done at these levels of the ladder, and by the system."""
        ids = [one.id for one in self.replies]
        given = await HistoryRow.filter(case_id__in=ids, action__in=levels).values_list("case_id", "action")
        times = {(int(str(case)), str(action)): 0 for case in ids for action in levels}
        for case, action in given:
            times[int(str(case)), str(action)] += 1
        missing = [key for key, count in times.items() if count == 0]
        twice = [key for key, count in times.items() if count > 1]
        return Balance(len(times), len(missing), len(twice))


@dataclass(frozen=True)
class Balance:
    steps: int
    missing: int
    twice: int

    @property
    def wrong(self) -> tuple[int, int]:
        return self.missing, self.twice


async def owing(station: Station, count: int) -> Owing:
    """``count`` replies, in notices of twenty repliers, due on the same day."""
    cast, check = station.cast, await station.checked(["临边无防护"])
    site = [await _joins(station, number) for number in range(EACH)]
    notices = [await station.notice(*site[:some], check=check) for some in _portions(count)]
    replies = await Case.filter(parent_id__in=[n.id for n in notices], process=records.REPLY).order_by("id")
    assert (len(replies), cast.lin.active) == (count, True)
    return Owing(station, replies)


def _portions(count: int) -> list[int]:
    return [min(EACH, count - start) for start in range(0, count, EACH)]


async def _joins(station: Station, number: int) -> Person:
    org, project = station.cast.chen.org_id, station.cast.project.id
    person = await Person.create(userid=f"site{number}", name=f"工地{number}", org_id=org, role=Role.PARTICIPANT)
    await ProjectMember.create(project_id=project, person_id=person.id, org_id=org, post=Post.OTHER)
    return person
