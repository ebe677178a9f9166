"""What was found, taken away: as a workbook, or on paper."""

import asyncio

from aiohttp import web

from core import clock
from core.errors import Refusal
from core.people.models import Organisation
from core.search.query import Search
from h5.access import SearchVisit
from h5.searching import sheet
from h5.searching.conditions import Conditions
from h5.searching.results import asked, cases_of
from h5.searching.rows import COLUMNS, ENCLOSED, Row, enclosed, rows
from h5.searching.sheet import Workbook

MOST, MOST_ENCLOSED = 50_000, 200_000
MOST_ON_PAPER = 300
_AT_ONCE = 200
_one_at_a_time = asyncio.Semaphore(1)  # it takes memory and a thread; others wait


async def workbook(visit: SearchVisit) -> web.StreamResponse:
    """Every record with a link, and on a second sheet every photo, video and recording with its own."""
    found = await _understood(visit)
    async with sheet.workbook() as (book, file):
        async with _one_at_a_time:
            await _fill(visit, found, book)
            await asyncio.to_thread(book.close)
        return await sheet.send(visit.request, file, f"查询结果{clock.local(clock.now()):%Y%m%d-%H%M}.xlsx")


async def _fill(visit: SearchVisit, found: Conditions, book: Workbook) -> None:
    about = [f"{await station(visit)} 查询结果", *about_it(visit, found)]
    public_url = visit.pages.settings.public_url
    records, files = book.sheet("查询结果", about, COLUMNS), book.sheet("照片和附件", [], ENCLOSED)
    search, before = Search(visit.reach, found.wanted), None
    while records.rows < MOST and files.rows < MOST_ENCLOSED:
        batch, before = await _next(visit, search, _AT_ONCE, before)
        await asyncio.to_thread(records.add, [row.cells(public_url) for row in batch])
        await asyncio.to_thread(files.add, await enclosed(batch, public_url))
        if before is None:
            return
    if await search.page(1, before or 0):
        cut = f"只列出最新的 {records.rows} 份，更早的请缩小日期范围后再导出。"
        await asyncio.to_thread(records.add, [[cut]])


async def paper(visit: SearchVisit) -> web.Response:
    """For the browser's own printing."""
    found = await _understood(visit)
    listed, _ = await _next(visit, Search(visit.reach, found.wanted), MOST_ON_PAPER + 1, None)
    return visit.pages.render(
        "search/print.html",
        visit=visit,
        rows=listed[:MOST_ON_PAPER],
        cut=len(listed) > MOST_ON_PAPER,
        most=MOST_ON_PAPER,
        station=await station(visit),
        about=about_it(visit, found),
        back=f"/h5/search?{found.query}",
    )


async def _understood(visit: SearchVisit) -> Conditions:
    found = await asked(visit)
    if found.problem:
        raise Refusal(found.problem)
    return found


async def station(visit: SearchVisit) -> str:
    return (await Organisation.get(id=visit.person.org_id)).name


def about_it(visit: SearchVisit, found: Conditions) -> list[str]:
    """What was asked, by whom, and when: with the year, since paper is kept."""
    said = "；".join(f"{one.caption}：{one.text}" for one in found.said) or "无"
    return [f"条件：{said}", f"{visit.person.name} {clock.today().year}年{clock.spoken(clock.now())} 查询"]


async def _next(visit: SearchVisit, search: Search, limit: int, before: int | None) -> tuple[list[Row], int | None]:
    """Those that come next, and from where to read on; None when there are no more."""
    ids = await (search.page(limit) if before is None else search.page(limit, before))
    return await rows(visit.pages.engine, await cases_of(visit, ids)), ids[-1] if len(ids) == limit else None
