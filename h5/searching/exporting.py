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
from h5.searching.rows import COLUMNS, Row, rows

MOST = 50_000
MOST_ON_PAPER = 300
_AT_ONCE = 500
_one_at_a_time = asyncio.Semaphore(1)  # it takes memory and a thread; others wait


async def workbook(visit: SearchVisit) -> web.StreamResponse:
    found = await _understood(visit)
    async with _one_at_a_time, sheet.workbook() as (book, file):
        about = [f"{await station(visit)} 查询结果", *_about(visit, found)]
        await asyncio.to_thread(book.begin, "查询结果", about, COLUMNS)
        before, written = None, 0
        while written < MOST and (before is None or before > 1):
            batch, before = await _next(visit, found, min(_AT_ONCE, MOST - written), before)
            cells = [row.cells(visit.pages.settings.public_url) for row in batch]
            await asyncio.to_thread(book.add, cells)
            written += len(batch)
            if len(batch) < _AT_ONCE:
                break
        if written == MOST:
            await asyncio.to_thread(book.add, [[f"只列出最新的 {MOST} 份，更早的请缩小日期范围后再导出。"]])
        await asyncio.to_thread(book.close)
        return await sheet.send(visit.request, file, f"查询结果{clock.local(clock.now()):%Y%m%d-%H%M}.xlsx")


async def paper(visit: SearchVisit) -> web.Response:
    """Without places and buttons, for the browser's own printing."""
    found = await _understood(visit)
    listed, _ = await _next(visit, found, MOST_ON_PAPER + 1, None)
    return visit.pages.render(
        "search/print.html",
        rows=listed[:MOST_ON_PAPER],
        cut=len(listed) > MOST_ON_PAPER,
        most=MOST_ON_PAPER,
        station=await station(visit),
        about=_about(visit, found),
        back=f"/h5/search?{found.query}",
    )


async def _understood(visit: SearchVisit) -> Conditions:
    found = await asked(visit)
    if found.problem:
        raise Refusal(found.problem)
    return found


async def station(visit: SearchVisit) -> str:
    return (await Organisation.get(id=visit.person.org_id)).name


def _about(visit: SearchVisit, found: Conditions) -> list[str]:
    said = "；".join(f"{one.caption}：{one.text}" for one in found.said) or "无"
    return [f"条件：{said}", f"{visit.person.name} {clock.spoken(clock.now())} 查询"]


async def _next(visit: SearchVisit, found: Conditions, limit: int, before: int | None) -> tuple[list[Row], int | None]:
    search = Search(visit.reach, found.wanted)
    ids = await (search.page(limit) if before is None else search.page(limit, before))
    return await rows(visit.pages.engine, await cases_of(ids)), ids[-1] if ids else before
