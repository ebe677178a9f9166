"""The lists (HN-25, HN-26, HN-40 … HN-47): every ledger with its tabs, filters and counts, read on by key."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from core.cases import drafts, ledgers
from core.cases.declaration import Process
from core.cases.ledgers import EVERYTHING, Narrowed, Own, Tab
from h5 import beginnings, narrowing, unfinished
from h5.access import Visit
from h5.beginnings import Beginning
from h5.lines import Line, lines
from h5.narrowing import Looking
from h5.unfinished import Unfinished
from notices.ledgers import LEDGERS, Ledger

PAGE = 20
DRAFTS = ("todo", "drafts")


@dataclass(frozen=True)
class Choice:
    """A list or a tab to go to; ``count`` is what it holds, ``99+`` beyond that, empty where nothing is said."""

    address: str
    caption: str
    count: str
    current: bool


@dataclass(frozen=True)
class ListPage:
    title: str
    ledgers: list[Choice]
    tabs: list[Choice]
    tab: str
    address: str
    looking: Looking | None
    lines: list[Line]
    drafts: list[Unfinished]
    total: str
    more: str
    nothing: str
    beginnings: list[Beginning]


async def show(visit: Visit) -> web.Response:
    name = visit.request.match_info["list"]
    ledger = next((one for one in LEDGERS if one.name == name), None)
    if ledger is None:
        raise web.HTTPNotFound
    tab = visit.request.query.get("tab", "")
    page = await (_drafts(visit) if (ledger.name, tab) == DRAFTS else _page(visit, ledger, tab))
    # What is fetched on scrolling is only the lines; the same address opens as a page of its own.
    part = visit.request.headers.get("HX-Request") == "true"
    return visit.pages.render("lists/lines.html" if part else "lists/page.html", page=page, visit=visit)


async def todo(visit: Visit) -> web.Response:
    raise web.HTTPFound("/h5/lists/todo", text="")


async def sent(visit: Visit) -> web.Response:
    raise web.HTTPFound("/h5/lists/sent", text="")


async def received(visit: Visit) -> web.Response:
    raise web.HTTPFound("/h5/lists/received", text="")


async def tally(visit: Visit, tab: Tab, wanted: Narrowed = EVERYTHING) -> str:
    """How many there are for this reader, as every page says it."""
    return ledgers.tally(await ledgers.count(tab, processes(visit), visit.person.id, wanted))


def processes(visit: Visit) -> list[Process]:
    return list(visit.pages.engine.processes.values())


async def _page(visit: Visit, ledger: Ledger, wanted_tab: str) -> ListPage:
    """What is looked for goes along to every tab that knows it, and each tab counts what it then shows."""
    sought = {tab: narrowing.read(visit.request.query, tab, processes(visit)) for tab in ledger.tabs}
    counts = {tab: await tally(visit, tab, looking.wanted) for tab, looking in sought.items()}
    meant = [tab for tab in ledger.tabs if counts[tab] != "0" or await _is_meant(visit, tab, sought[tab])]
    meant = meant or [ledger.tabs[0]]
    first = next((one for one in meant if counts[one] != "0"), meant[0])
    tab = next((one for one in ledger.tabs if one.name == wanted_tab), first)
    looking, at = sought[tab], _address(ledger, tab)
    after = visit.request.query.get("after", "")
    found = await ledgers.find(tab, processes(visit), visit.person.id, looking.wanted, after=after, most=PAGE)
    offered = {one: counts[one] for one in dict.fromkeys([*meant, tab])}
    return ListPage(
        title=ledger.caption,
        ledgers=_ledgers(ledger),
        tabs=await _tabs(visit, ledger, tab.name, offered, sought),
        tab=tab.name,
        address=at,
        looking=looking,
        lines=await lines(visit.pages.engine, visit.person, found.cases, _said(visit, tab)),
        drafts=[],
        total=counts[tab],
        more=f"{at}{looking.query}&after={found.after}" if found.after else "",
        nothing="没有符合条件的记录，请放宽条件再试。" if looking.query else tab.nothing,
        beginnings=[] if found.cases or looking.query else _beginnings(visit, tab),
    )


def _address(ledger: Ledger, tab: Tab) -> str:
    return f"/h5/lists/{ledger.name}?tab={tab.name}"


async def _tabs(
    visit: Visit, ledger: Ledger, current: str, shown: Mapping[Tab, str], sought: Mapping[Tab, Looking]
) -> list[Choice]:
    found = [
        Choice(_address(ledger, tab) + (sought[tab].query if tab in sought else ""), tab.caption, count,
               tab.name == current)
        for tab, count in shown.items()
    ]  # fmt: skip
    if ledger.name == DRAFTS[0]:
        count = ledgers.tally(len(await drafts.unfinished(visit.person.id)))
        found.append(Choice(f"/h5/lists/{ledger.name}?tab={DRAFTS[1]}", "草稿", count, current == DRAFTS[1]))
    return found


async def _drafts(visit: Visit) -> ListPage:
    """What the reader has begun himself, the one touched last first; there are never so many that a page ends."""
    waits = LEDGERS[0]
    tabs = await _tabs(visit, waits, DRAFTS[1], {tab: await tally(visit, tab) for tab in waits.tabs}, {})
    return ListPage(
        title="草稿",
        ledgers=_ledgers(waits),
        tabs=tabs,
        tab=DRAFTS[1],
        address="",
        looking=None,
        lines=[],
        drafts=await unfinished.described(visit.pages.engine, await drafts.unfinished(visit.person.id)),
        total=tabs[-1].count,
        more="",
        nothing="没有未提交的草稿。填写到一半的内容会自动保存在这里。",
        beginnings=[],
    )


def _beginnings(visit: Visit, tab: Tab) -> list[Beginning]:
    """Where the reader's own records would stand: what begins one."""
    own = [one for one in processes(visit) if isinstance(tab.source, Own) and tab.source.begun(one)]
    return beginnings.open_to(visit.person, own)


def _ledgers(current: Ledger) -> list[Choice]:
    return [Choice(f"/h5/lists/{one.name}", one.caption, "", one is current) for one in LEDGERS]


async def _is_meant(visit: Visit, tab: Tab, looking: Looking) -> bool:
    """For whom it is not meant, it is there while it holds something, also where nothing fits what he looks for."""
    if not tab.roles or visit.person.role in tab.roles:
        return True
    return bool(looking.query) and await tally(visit, tab) != "0"


def _said(visit: Visit, tab: Tab) -> str:
    """The state that the tab's own name tells, where all its records have the same."""
    states = tab.states(processes(visit))
    return states[0][0].state(states[0][1]).caption if len(states) == 1 else ""
