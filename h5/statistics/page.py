"""The statistics page: every figure is a table of links, and a script draws charts of the tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from checks.report import CHECK_REPORT
from core.people.models import Organisation
from core.search import figures, filling
from core.search.figures import Counts
from h5.access import SearchVisit
from h5.lists import processes
from h5.narrowing import Option
from h5.searching import exporting
from h5.statistics import asking
from h5.statistics.asking import Asked
from h5.statistics.figures import Counted, Drawing, Tile
from h5.statistics.tables import Figure
from notices import records

_THINGS = ("month", "station", "process", "kind", "state", "timing", "rectified", "rounds")
_PLACES = ("project", "unit", "process", "timing")


@dataclass(frozen=True)
class StatisticsPage:
    """``units`` are those to choose from; ``left`` is how much of a hundred is not counted yet."""

    asked: Asked
    units: Sequence[Option]
    tiles: Sequence[Tile]
    figures: Sequence[Figure]
    left: int


async def show(visit: SearchVisit) -> web.Response:
    asked = await asking.read(visit.request.query, visit.reach, processes(visit))
    page = await (_problem(asked) if asked.problem else _page(visit, asked))
    printed = [f"{await exporting.station(visit)}统计", *exporting.about_it(visit, asked.found)]
    return visit.pages.render("statistics/page.html", page=page, visit=visit, printed=printed)


async def _problem(asked: Asked) -> StatisticsPage:
    return StatisticsPage(asked, (), (), (), 0)


async def _page(visit: SearchVisit, asked: Asked) -> StatisticsPage:
    places = await _places(visit, asked)
    units = places.values("unit", {"process": records.REPLY})
    unit = asked.found.wanted.unit
    counted = Counted(
        await _things(visit, asked), places.only(unit=unit) if unit else places, await _terms(visit, asked)
    )
    drawing = Drawing(asked, counted, visit.pages.engine.processes)
    return StatisticsPage(
        asked, await _named(units, unit), drawing.tiles(), await drawing.figures(), await filling.uncounted()
    )


async def _things(visit: SearchVisit, asked: Asked) -> Counts:
    return await figures.counts(visit.reach, asked.found.wanted, _counted(visit), _THINGS)


async def _places(visit: SearchVisit, asked: Asked) -> Counts:
    """Of all units: they are offered as a choice."""
    return await figures.counts(visit.reach, replace(asked.found.wanted, unit=None), _counted(visit), _PLACES)


async def _terms(visit: SearchVisit, asked: Asked) -> Counts:
    return await figures.topics(visit.reach, asked.found.wanted, CHECK_REPORT.name)


def _counted(visit: SearchVisit) -> list[str]:
    """What is not declared is not shown by any list either."""
    wanted = (CHECK_REPORT.name, records.NOTICE, records.REPLY)
    return [name for name in wanted if name in visit.pages.engine.processes]


async def _named(units: Sequence[int], chosen: int | None) -> list[Option]:
    ids = {*units, *([chosen] if chosen else [])}
    found = await Organisation.filter(id__in=ids).order_by("name", "id") if ids else []
    return [Option(str(one.id), one.name) for one in found]
