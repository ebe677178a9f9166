"""The home page: what waits and how urgently, what was sent, what is half done, and what is begun from here."""

from dataclasses import dataclass

from aiohttp import web

from core.cases import drafts, ledgers
from core.cases.ledgers import Tab
from core.people.models import STATION_ROLES, Person, Role
from h5 import beginnings, jssdk, lists, unfinished
from h5.access import Visit
from h5.beginnings import Beginning
from h5.lines import Line, lines
from h5.lists import Choice
from h5.unfinished import Unfinished
from notices.ledgers import (
    ISSUED,
    ISSUED_TO_ME,
    JUDGED,
    NOTICES,
    OVERDUE,
    OWED,
    RECEIVED,
    RECENT,
    REPLIED,
    REPLIES,
    REPLIES_WAITING,
    REPORTED,
    REPORTED_TO_ME,
    SENT,
    TODO,
    WAITING,
    WAITS,
    Ledger,
)

_WAITING, _RECENT, _DRAFTS = 8, 4, 3
_LEADERS = frozenset({Role.CHIEF, Role.LEADER_IN_CHARGE, Role.SECTION_CHIEF, Role.PROVINCE})


@dataclass(frozen=True)
class Way:
    caption: str
    ledger: Ledger
    tab: Tab


@dataclass(frozen=True)
class HomePage:
    waiting: Choice
    overdue: Choice
    urgent: list[Line]
    beginnings: list[Beginning]
    ways: list[Choice]
    drafts: list[Unfinished]
    all_drafts: Choice
    recent: list[Line]
    all_recent: Choice
    nothing: str


async def show(visit: Visit) -> web.Response:
    allowed = jssdk.allowed(visit.pages.settings)
    return visit.pages.render("home/page.html", policy=allowed, page=await _page(visit), visit=visit)


async def _page(visit: Visit) -> HomePage:
    engine, person, processes = visit.pages.engine, visit.person, lists.processes(visit)
    urgent = await ledgers.find(TODO, processes, person.id, most=_WAITING)
    newest = REPLIED if person.role is Role.PARTICIPANT else RECENT
    recent = await ledgers.find(newest, processes, person.id, most=_RECENT)
    begun = await drafts.unfinished(person.id)
    return HomePage(
        waiting=await _way(visit, Way(TODO.caption, WAITS, TODO)),
        overdue=await _way(visit, Way(OVERDUE.caption, WAITS, OVERDUE)),
        urgent=await lines(engine, person, urgent.cases),
        beginnings=beginnings.open_to(person, processes),
        ways=[await _way(visit, one) for one in _ways(person)],
        drafts=await unfinished.described(engine, begun[:_DRAFTS]),
        all_drafts=Choice("/h5/lists/todo?tab=drafts", "全部草稿", ledgers.tally(len(begun)), False),
        recent=await lines(engine, person, recent.cases),
        all_recent=_all_recent(person),
        nothing=TODO.nothing,
    )


def _all_recent(person: Person) -> Choice:
    if person.role is Role.PARTICIPANT:
        return Choice(f"/h5/lists/{REPLIES.name}?tab={REPLIED.name}", REPLIED.caption, "", False)
    return Choice(f"/h5/lists/{SENT.name}", SENT.caption, "", False)


def _ways(person: Person) -> list[Way]:
    """The lists that somebody of this role looks into most."""
    if person.role in _LEADERS:
        return [
            Way("待我审核", RECEIVED, WAITING),
            Way("上报给我的通知", NOTICES, REPORTED_TO_ME),
            Way("我审核的回复", REPLIES, JUDGED),
        ]
    if person.role in STATION_ROLES:
        return [
            Way("待审核的检查", SENT, SENT.tabs[0]),
            Way("我上报的通知", NOTICES, REPORTED),
            Way("待我审核的回复", REPLIES, REPLIES_WAITING),
        ]
    if person.role is not Role.PARTICIPANT:
        return [Way("下达给我的记录", RECEIVED, ISSUED), Way("下达给我的通知", NOTICES, ISSUED_TO_ME)]
    return [
        Way("需我回复的", NOTICES, OWED),
        Way("下达给我的通知", NOTICES, ISSUED_TO_ME),
        Way("我回复的", REPLIES, REPLIED),
    ]


async def _way(visit: Visit, way: Way) -> Choice:
    caption, ledger, tab = way.caption, way.ledger, way.tab
    return Choice(f"/h5/lists/{ledger.name}?tab={tab.name}", caption, await lists.tally(visit, tab), False)
