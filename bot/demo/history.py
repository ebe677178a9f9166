"""The last three weeks of the invented province, played in the order in which they happened: lists show them so."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime, time, timedelta

import structlog

from bot.demo import notices, records, rows
from bot.demo.pictures import Pictures
from bot.demo.records import Planned, Silent, stopped_at
from core import clock, database
from core.cases.engine import Engine
from core.cases.models import HistoryRow
from core.evidence.store import Store

log = structlog.get_logger()

_ONE = timedelta(days=1)
_TICKS = (time(0), time(9))  # deadlines end at midnight, and ladders remind at nine

Afterwards = Callable[[], Awaitable[object]]


async def load_history(engine: Engine, store: Store, pictures: Pictures, make_papers: Afterwards) -> None:
    """Adds all of it at once or, after an earlier start, nothing; to be called before the service begins its work.
    Papers are made as soon as they are promised: what is made for a case changes it."""
    if await HistoryRow.filter(request_key__startswith="demo").exists():
        return
    drawn = {one: await pictures(one) for one in pictures_shown()}
    quiet = Engine(engine.processes.values(), Silent())

    async def work() -> None:
        planned = [*await records.planned(quiet, store, drawn), *await notices.planned(quiet, store, drawn)]
        await play([*planned, *_ticks(quiet, clock.now())], make_papers)

    await database.transaction(work)
    log.info("demo.history_loaded", records=len(rows.records()), notices=len(rows.notices()))


def pictures_shown() -> list[str]:
    """Their ids, each once."""
    return list(dict.fromkeys([*records.pictures_shown(), *notices.pictures_shown()]))


async def play(planned: Iterable[Planned], afterwards: Afterwards) -> None:
    """Each at its own moment, and ``afterwards`` at the same."""
    for moment, act in sorted(planned, key=lambda one: one[0]):
        with stopped_at(moment):
            await act()
            await afterwards()


def _ticks(engine: Engine, now: datetime) -> Iterator[Planned]:
    """Brings every clock to where it would have been, each step at its own time."""
    today = clock.local(now).date()
    first = notices.first_day(today)
    days = (first + n * _ONE for n in range((today - first).days + 1))
    moments = (datetime.combine(day, tick, clock.ZONE) for day in days for tick in _TICKS)
    return ((moment, engine.sweep) for moment in moments if moment <= now)
