"""What a station's digest tells, as the database knows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import database
from core.cases.models import Case
from core.people.models import Person
from notices import consent, records, service
from notices.reply import LATE

_SLACK = timedelta(minutes=10)  # rows of transactions that ended later have earlier ids


@dataclass(frozen=True)
class Undelivered:
    """Somebody whom something did not reach; ``case_id`` and ``title`` say what it was about."""

    name: str
    case_id: int
    title: str
    why: str


@dataclass(frozen=True)
class Facts:
    """``running``: deadlines on the watch; ``taken``: what came due since the last digest and was carried out."""

    running: int
    taken: int
    overdue: Sequence[Case]
    undelivered: Sequence[Undelivered]


async def look(station_id: int, since: datetime) -> Facts:
    overdue = Case.filter(station_id=station_id, process=records.REPLY, state__in=LATE, closed_at=None)
    return Facts(
        running=await _count(_RUNNING, station_id),
        taken=await _count(_TAKEN, await _first_row(since), since, station_id),
        overdue=await overdue.order_by("id"),
        undelivered=[*await _failed(station_id, since), *await _unreachable(station_id), *await _on_paper(station_id)],
    )


_RUNNING = (
    "SELECT count(*) AS n FROM case_clock k JOIN case_record c ON c.id = k.case_id "
    "WHERE c.station_id = $1 AND k.next_step_at IS NOT NULL"
)
_TAKEN = (
    "SELECT count(*) AS n FROM case_history h JOIN case_record c ON c.id = h.case_id "
    "WHERE h.id >= $1 AND h.at > $2 AND h.request_key LIKE 'clock:%' AND c.station_id = $3"
)
_FROM_HERE = "SELECT id, at FROM case_history WHERE id >= $1 ORDER BY id LIMIT 1"
# While its record is open, or since the last digest; not what has reached the person later.
_FAILED = (
    "SELECT p.name, c.id, c.title, o.error FROM outbox o JOIN case_record c ON c.id = o.case_id "
    "JOIN person p ON p.id = o.person_id WHERE o.state IN ('failed', 'uncertain') AND o.kind <> 'update' "
    "AND c.station_id = $1 AND (c.closed_at IS NULL OR o.created_at > $2) AND NOT EXISTS (SELECT 1 FROM outbox n "
    "WHERE n.case_id = o.case_id AND n.person_id = o.person_id AND n.id > o.id AND n.kind <> 'update' "
    "AND n.state IN ('sent', 'failed', 'uncertain')) ORDER BY o.id"
)
_UNREACHABLE = (
    "SELECT p.name, p.userid, c.id, c.title FROM person p JOIN case_participant s ON s.person_id = p.id "
    "JOIN case_record c ON c.id = s.case_id WHERE s.turn AND c.station_id = $1 AND (p.userid IS NULL OR NOT p.active) "
    "AND NOT EXISTS (SELECT 1 FROM case_participant o JOIN person h ON h.id = o.person_id "
    "WHERE o.case_id = s.case_id AND o.turn AND h.active AND h.userid IS NOT NULL) ORDER BY s.id"
)


async def _count(statement: str, *values: object) -> int:
    return int((await database.rows(statement, *values))[0]["n"] or 0)


async def _first_row(since: datetime) -> int:
    """A history row before which nothing is newer: ids grow with time, and no index knows the moments."""
    low, high = 0, await _count("SELECT max(id) AS n FROM case_history")
    while low < high:
        middle = (low + high) // 2
        row = (await database.rows(_FROM_HERE, middle))[0]
        at = datetime.fromisoformat(row["at"]) if isinstance(row["at"], str) else row["at"]
        low, high = (row["id"] + 1, high) if at < since - _SLACK else (low, middle)
    return low


async def _failed(station_id: int, since: datetime) -> list[Undelivered]:
    found = await database.rows(_FAILED, station_id, since)
    return [Undelivered(row["name"], row["id"], row["title"], service.reason(row["error"])) for row in found]


async def _unreachable(station_id: int) -> list[Undelivered]:
    """Whose turn it is, and nobody else's who could be told."""
    return [
        Undelivered(row["name"], row["id"], row["title"], service.LEFT if row["userid"] else service.UNJOINED)
        for row in await database.rows(_UNREACHABLE, station_id)
    ]


async def _on_paper(station_id: int) -> list[Undelivered]:
    """Open answers of those who do not agree to electronic service."""
    found = []
    for refused in await Case.filter(process=records.CONSENT, station_id=station_id, state=consent.REFUSED):
        newest = await consent.given(refused.author_id, refused.project_id)
        if newest is not None and newest.id == refused.id:
            found += await _open_replies(refused)
    return found


async def _open_replies(refused: Case) -> list[Undelivered]:
    replies = Case.filter(process=records.REPLY, author_id=refused.author_id, project_id=refused.project_id)
    name = (await Person.get(id=refused.author_id)).name
    open_ones = await replies.filter(closed_at=None).order_by("id")
    return [Undelivered(name, one.id, one.title, service.ON_PAPER) for one in open_ones]
