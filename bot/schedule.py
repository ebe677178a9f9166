"""Every job that comes round by the clock, with its pace and a plain sentence.

APScheduler only ticks: several processes tick at once, and the database decides who does the work.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import departures
from bot.digest import MorningDigest
from bot.directory import Directory
from bot.lifesign import Lifesign
from bot.tiles import Tiles
from core import health
from core.calendar import counting
from core.cases import outbox, retention, waking
from core.cases.engine import Engine
from core.evidence import uploads
from core.evidence.store import Store
from core.people import delegation
from core.search import filling
from core.sharing import rounds

log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    name: str
    seconds: int
    sentence: str
    work: Callable[[], Awaitable[object]]


def jobs(engine: Engine, directory: Directory) -> list[Job]:
    pull = partial(rounds.once_in, 1700, "directory", directory.pull)
    fill = partial(filling.catch_up, engine.processes)
    return [
        Job("sweep", 5, "Takes the steps of deadlines that are over.", engine.sweep_all),
        Job("deputies", 5, "Hands what waits for who is away to the deputy.", partial(delegation.follow, engine)),
        Job("take_over", 10, "Frees outbox rows held by dead or frozen workers.", outbox.take_over),
        Job("departures", 60, "Gives what waits for who has left to others.", partial(departures.see_to, engine)),
        Job("wake", 15, "Lets go what quiet hours held until now.", waking.wake),
        Job("calendar", 30, "Takes over holidays and rules of counting that were entered since.", counting.refresh),
        Job("audit", 60, "Counts deadlines that the sweep should have taken and has not.", health.audit),
        Job("search", 30, "Enters records into the search that were there before it.", fill),
        Job("directory", 1800, "Pulls who is in the app's visible range; whoever is not has left.", pull),
    ]


def tidying(keep_days: int) -> Job:
    work = partial(rounds.once_in, 3500, "retention", partial(retention.remove, keep_days))
    return Job("retention", 3600, "Removes callbacks and messages that are old and over.", work)


def clearing(store: Store) -> Job:
    work = partial(rounds.once_in, 3500, "uploads", partial(uploads.sweep, store))
    return Job("uploads", 3600, "Throws away what phones began to send more than a day ago.", work)


def watching(digest: MorningDigest, lifesign: Lifesign, tiles: Tiles) -> list[Job]:
    return [
        Job("tiles", 20, "Tells members on their workbench how much waits for them.", tiles.once),
        Job("digest", 20, "Gives chiefs the morning digest, once on each working day.", digest.give),
        Job("lifesign", 120, "Tells the watchman outside that deadlines and messages are looked after.", lifesign.give),
    ]


def scheduler(planned: list[Job], pulse: health.Pulse) -> AsyncIOScheduler:
    ticking = AsyncIOScheduler()
    for job in planned:
        pulse.beat(job.name)
        ticking.add_job(
            _guarded(job, pulse), "interval", seconds=job.seconds, id=job.name, max_instances=1, coalesce=True
        )
    return ticking


def _guarded(job: Job, pulse: health.Pulse) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        try:
            await job.work()
            pulse.beat(job.name)
        except Exception:
            log.exception("job.failed", job=job.name)

    return run
