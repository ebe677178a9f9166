"""One run on one database: replicas, a crowd, kills, faults, and at the end the promises counted out."""

import asyncio
import math
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tortoise.expressions import Q

from core import database, health
from core.cases.models import Case, Delivery, InboxRow, OutboxRow
from tests.operation.fleet import Fleet, Replica, fleet
from tests.reliability.soak.crowd import INSPECTORS, Crowd, Pace
from tests.reliability.soak.ledger import Ledger, digest
from tests.reliability.soak.watch import Watch

# What must only delay. 81013 ends a message, as it should, and with it the story of whoever waits for it.
FAULTS = (
    *("timeout", "slow", "500", "502", "empty", "broken_json", "html", "reset_before", "reset_after"),
    *("-1", "40014", "42001", "45009"),
)
FAULT_SECONDS = 6.0
FAULT_SHARE = 0.4
REPEATED_CALLBACKS = 0.02
SECONDS_PER_ACTION = 5  # of one inspector, who may not get more than 25 answers a minute either
DRAIN_SECONDS = 60.0
MOST_GROWTH = 0.03
WARM_UP = 0.25  # the share of the run after which memory is compared
JUDGED_SECONDS = 600  # a shorter run is over before memory has settled
POOL = 12  # connections that a replica may keep
SPARE = 8  # files, or connections outside of the pools
TELL_SECONDS = 30.0
ADAPT_SECONDS = 2.0
QUIET_SECONDS = 40.0  # at the end, with nothing to do: connections kept for another use are closed by then
MISTAKES = re.compile(r'"event": "((?:answer|inbox|outbox)\.broken|worker\.failed|job\.failed|callback\.failed)"')
BESIDE = Q(repeat_key__startswith="kept:")  # a second row of a callback whose transaction took too long
_PAGE = 2000


@dataclass(frozen=True)
class Plan:
    """Times in seconds, `rate` in callbacks a second."""

    seconds: float
    rate: float
    kill_every: float
    fault_every: float


@dataclass
class Result:
    """The figures as they are shown, and what was promised and not kept."""

    figures: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def must(self, kept: bool, sentence: str) -> None:
        if not kept:
            self.broken.append(sentence)


@dataclass
class Run:
    plan: Plan
    dice: random.Random
    ships: Fleet
    ledger: Ledger
    crowd: Crowd
    watch: Watch
    mortals: list[tuple[str, Replica]]
    tell: Callable[[str], None]
    kills: Counter[str] = field(default_factory=Counter)
    windows: Counter[str] = field(default_factory=Counter)
    began: float = 0.0

    async def through(self) -> Result:
        ends, over = self.crowd.ends, asyncio.Event()
        self.began = asyncio.get_running_loop().time()
        trouble = [
            asyncio.create_task(each)
            for each in (self._kill(ends), self._spoil(ends), self._forget(over), self._adapt(over))
        ]
        watching = asyncio.create_task(self.watch.keep(over))
        working = asyncio.create_task(self.crowd.work())
        await asyncio.wait({working}, timeout=self.plan.seconds)
        acted, ended = self.ledger.posted, asyncio.get_running_loop().time()
        ends.set()
        self.ships.world.faults.clear()
        await working
        drained = await self._drained()
        quiet = asyncio.get_running_loop().time()
        await asyncio.sleep(QUIET_SECONDS)
        over.set()
        await asyncio.gather(*trouble, watching)
        return await self._result(acted / (ended - self.began), drained, quiet)

    # ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────

    async def _kill(self, ends: asyncio.Event) -> None:
        while not await _over(ends, self.plan.kill_every * self.dice.uniform(0.8, 1.2)):
            place = self.dice.randrange(len(self.mortals))
            command, victim = self.mortals[place]
            await victim.kill()
            self.kills[command] += 1
            if victim.address in self.ships.doors:
                self.ships.doors.remove(victim.address)
            await asyncio.sleep(self.dice.uniform(0, 3))
            self.mortals[place] = (command, await _started(self.ships, command))

    async def _spoil(self, ends: asyncio.Event) -> None:
        faults, bag = self.ships.world.faults, list[str]()
        faults.set("duplicate", probability=REPEATED_CALLBACKS)
        while not await _over(ends, self.plan.fault_every * self.dice.uniform(0.8, 1.2)):
            bag = bag or self.dice.sample(FAULTS, len(FAULTS))
            kind = bag.pop()
            faults.set(kind, probability=FAULT_SHARE)
            self.windows[kind] += 1
            await _over(ends, FAULT_SECONDS)
            faults.set(kind, probability=0)

    async def _forget(self, over: asyncio.Event) -> None:
        while not await _over(over, TELL_SECONDS):
            self.ledger.forget()
            minutes = (asyncio.get_running_loop().time() - self.began) / 60
            self.tell(
                f"{minutes:5.1f} min: {self.ledger.posted:,} callbacks ({self.crowd.pace.per_second:.0f} a second), "
                f"p50 {self.ledger.percentile(0.5)} p99 {self.ledger.percentile(0.99)} ms, "
                f"{self.crowd.done['stories']:,} stories, {len(self.crowd.lost)} lost, {self.kills.total()} kills, "
                f"{self.watch.looks[-1].kilobytes / 1024:.1f} MB"
            )

    async def _adapt(self, over: asyncio.Event) -> None:
        while not await _over(over, ADAPT_SECONDS):
            self.crowd.pace.adapt(self.ledger.lately())

    # ── what is left ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _drained(self) -> float:
        """Seconds until nothing waits any more; the promise is a minute."""
        began = asyncio.get_running_loop().time()
        open_states = [Delivery.PENDING, Delivery.SENDING]
        while asyncio.get_running_loop().time() - began < 3 * DRAIN_SECONDS:
            await self.ships.world.settled()
            if not await OutboxRow.filter(state__in=open_states).exists() and not await InboxRow.exists(waiting=True):
                break
            await asyncio.sleep(0.2)
        return asyncio.get_running_loop().time() - began

    async def _result(self, rate: float, drained: float, quiet: float) -> Result:
        result, ledger = Result(), self.ledger
        cases, kept = await Case.filter(state="passed").count(), await InboxRow.filter(~BESIDE).count()
        lost, facts = await self._not_shown(), await health.look()
        times = ", ".join(f"{ledger.percentile(share):,}" for share in (0.5, 0.99, 0.999, 1))
        stories, mistakes = self.crowd.done["stories"], MISTAKES.findall(self.ships.logs())
        result.figures |= {
            "minutes": f"{self.plan.seconds / 60:.1f}",
            "callbacks": f"{ledger.posted:,}",
            "a second: mean, least the machine carried": f"{rate:.1f}, {self.crowd.pace.least:.1f}",
            "stories from 上报 to the reader": f"{stories:,}, of which {self.crowd.done['photos']:,} with a photo",
            "kills": f"{self.kills.total()} ({', '.join(f'{n} {c}' for c, n in sorted(self.kills.items())) or 'none'})",
            "fault windows, calls spoilt": f"{self.windows.total()}, {ledger.faults.total():,}",
            "kinds of fault": ", ".join(sorted(self.windows)),
            "sends, swallowed repeats": f"{ledger.sends:,}, {ledger.repeats:,}",
            "lost callbacks, stories, messages": f"{ledger.posted - kept}, {len(self.crowd.lost)}, {lost}",
            "twice: cases, messages": f"{cases - stories - len(self.crowd.lost)}, {ledger.twice}",
            "failed, uncertain, dropped": f"{facts.failed}, {facts.uncertain}, {ledger.dropped}",
            "callback p50, p99, p99.9, longest (ms)": times,
            "callbacks over 5 s or refused": f"{ledger.late}, {ledger.refused.total()}",
            "mistakes in the logs": f"{len(mistakes)}",
            "drained after the end (s)": f"{drained:.1f}",
        }
        result.must(ledger.posted == kept, f"{ledger.posted - kept} callbacks are not kept")
        result.must(not self.crowd.lost, f"{len(self.crowd.lost)} people waited in vain: {self.crowd.lost[:3]}")
        result.must(not lost, f"{lost} messages that count as sent were never shown")
        result.must(not ledger.twice, f"{ledger.twice} messages were shown twice")
        result.must(stories <= cases <= stories + len(self.crowd.lost), f"{cases} cases of {stories} stories")
        result.must(facts.failed + facts.uncertain + ledger.dropped == 0, "messages failed, uncertain or dropped")
        result.must(ledger.late + ledger.refused.total() == 0, f"callbacks late or refused: {dict(ledger.refused)}")
        result.must(not mistakes, f"mistakes in the logs: {dict(Counter(mistakes))}")
        result.must(drained <= DRAIN_SECONDS, f"drained after {drained:.0f} s")
        self._held(result, quiet)
        return result

    def _held(self, result: Result, quiet: float) -> None:
        """Memory, files and connections of the replica that was never killed."""
        warm, half = (self.began + self.plan.seconds * share for share in (WARM_UP, 0.5))
        calm = self.plan.seconds * 0.05
        early = self.watch.median("kilobytes", warm - calm, warm + calm)
        late = self.watch.median("kilobytes", quiet, math.inf)
        growth = late / early - 1
        files, connections = (self.watch.most(what, self.began, half) for what in ("files", "connections"))
        last = self.watch.looks[-1]
        judged = self.plan.seconds >= JUDGED_SECONDS
        result.figures |= {
            "memory after warm-up, at the end (MB)": f"{early / 1024:.1f}, {late / 1024:.1f} ({growth:+.1%})"
            + ("" if judged else ", too short a run to judge"),
            "open files: most in the first half, at the end": f"{files}, {last.files}",
            "connections: most in the first half, at the end": f"{connections}, {last.connections}",
        }
        result.must(growth <= MOST_GROWTH or not judged, f"memory grew by {growth:.1%}")
        result.must(last.files <= files + SPARE, "files stay open")
        result.must(last.connections <= (1 + len(self.mortals)) * POOL + SPARE, "connections stay open")

    async def _not_shown(self) -> int:
        """Messages that count as sent and whose bytes WeCom never took."""
        missing, last = 0, 0
        while page := await OutboxRow.filter(id__gt=last, state=Delivery.SENT).order_by("id").limit(_PAGE):
            missing += sum(digest(r.body.encode()) not in self.ledger.shown for r in page if r.kind != "update")
            last = page[-1].id
        return missing


async def _over(ends: asyncio.Event, seconds: float) -> bool:
    """Whether the end came within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await ends.wait()
    except TimeoutError:
        return False
    return True


async def _started(ships: Fleet, command: str) -> Replica:
    return await (ships.serve() if command == "serve" else ships.work())


@asynccontextmanager
async def ready(
    database_url: str, folder: Path, plan: Plan, dice: random.Random, tell: Callable[[str], None]
) -> AsyncIterator[Run]:
    """One replica that lives through it all, and two that do not."""
    await database.migrate(database_url)
    async with fleet(database_url, folder) as ships:
        ships.world.state.knobs.patient = True
        ships.world.faults.seed(dice.randrange(1_000_000))
        ledger = Ledger(ships.world)
        crowd = Crowd(ships.world, ledger, Pace(plan.rate), dice)
        await crowd.settle(max(1, round(plan.rate * SECONDS_PER_ACTION / INSPECTORS)))
        survivor = await ships.serve()
        mortals = [(command, await _started(ships, command)) for command in ("serve", "work")]
        yield Run(plan, dice, ships, ledger, crowd, Watch(survivor.process.pid), mortals, tell)
