"""The query page: conditions, and what fits them, newest first, read on by key."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from core.cases.models import Case
from core.search import filling
from core.search.query import Search
from h5.access import SearchVisit
from h5.lines import Line, lines
from h5.lists import processes
from h5.numbers import number
from h5.searching import conditions
from h5.searching.conditions import Conditions

PAGE = 20
COUNTED = 999


@dataclass(frozen=True)
class Results:
    """``total`` is empty until somebody counts; ``left`` is how much of a hundred a search may miss yet."""

    conditions: Conditions
    lines: list[Line]
    more: str
    total: str
    left: int


async def show(visit: SearchVisit) -> web.Response:
    found = await asked(visit)
    query = visit.request.query
    part = visit.request.headers.get("HX-Request") == "true" and "before" in query
    ids = await _page(visit, found, query.get("before", ""))
    counts = "counted" in query or (len(ids) <= PAGE and "before" not in query)
    page = Results(
        found,
        lines=await lines(visit.pages.engine, visit.person, await cases_of(visit, ids[:PAGE])),
        more=f"/h5/search?before={ids[PAGE - 1]}&{found.query}" if len(ids) > PAGE else "",
        total=await _total(visit, found, ids) if counts and not part else "",
        left=await filling.left(),
    )
    return visit.pages.render("lists/lines.html" if part else "search/page.html", page=page, visit=visit)


async def count(visit: SearchVisit) -> web.Response:
    """How many fit, for the page that is open already."""
    found = await asked(visit)
    return visit.pages.render("search/total.html", total=await _total(visit, found, []))


async def asked(visit: SearchVisit) -> Conditions:
    return await conditions.read(visit.request.query, visit.reach, processes(visit))


async def cases_of(visit: SearchVisit, ids: Sequence[int]) -> list[Case]:
    """Without what nobody declares any more: no page shows it."""
    found = await Case.in_bulk(ids, "id") if ids else {}
    return [found[one] for one in ids if one in found and found[one].process in visit.pages.engine.processes]


async def _page(visit: SearchVisit, found: Conditions, before: str) -> list[int]:
    if found.problem:
        return []
    search = Search(visit.reach, found.wanted)
    return await (search.page(PAGE + 1, number(before)) if number(before) else search.page(PAGE + 1))


async def _total(visit: SearchVisit, found: Conditions, ids: list[int]) -> str:
    if found.problem:
        return "0"
    if ids and len(ids) <= PAGE and "before" not in visit.request.query:
        return str(len(ids))
    number = await Search(visit.reach, found.wanted).count(COUNTED + 1)
    return str(number) if number <= COUNTED else f"{COUNTED}+"
