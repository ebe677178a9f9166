"""(a) Callbacks a second and the time they take: the service's whole path for a chat step that changes a draft, beside
servers that do less and less of it."""

import contextlib
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks import corp, figures, filling, peers_at
from benchmarks.load import Order, Result
from benchmarks.peers_at import Server
from benchmarks.places import Places
from benchmarks.scale import Scale

ZHIAN = "zhian, whole step"
DELIVERING = "zhian serve, delivering as well"
NOTHING, ORM, DRIVER, EXPRESS = "aiohttp, nothing", "aiohttp, ORM insert", "aiohttp, driver insert", "Express, insert"
_FASTEST = 12_000  # callbacks a second; nobody here does more
_OURS = 2_500
_FOREVER = 3_600.0
_PATIENCE_SECONDS = 60


@dataclass
class Contestant:
    server: Server
    connections: int

    def closed(self, seconds: float) -> Result:
        return peers_at.load(Order(self.server.port, 1, int(seconds * _FASTEST) + 50, seconds, self.connections))

    def at_rate(self, rate: float, seconds: float) -> Result:
        return peers_at.load(Order(self.server.port, 1, int(rate * seconds), seconds, self.connections, rate))


@dataclass
class Answering(Contestant):
    """The service: every callback comes from a member whose draft asks for it, and what it changed is counted."""

    url: str
    members: int
    used: int = 0

    def closed(self, seconds: float) -> Result:
        count = min(int(seconds * _OURS) + 50, self.members)
        return self._load(Order(self.server.port, self._first(count), count, seconds, self.connections))

    def at_rate(self, rate: float, seconds: float) -> Result:
        count = min(int(rate * seconds), self.members)
        return self._load(Order(self.server.port, self._first(count), count, seconds, self.connections, rate))

    def post(self, count: int) -> Result:
        """All of ``count``, however long it takes."""
        return self._load(Order(self.server.port, self._first(count), count, _FOREVER, self.connections))

    def _first(self, count: int) -> int:
        if self.used + count > self.members:
            filling.renew_drafts(self.url)
            self.used = 0
        return self.used + 1

    def _load(self, order: Order) -> Result:
        result = peers_at.load(order)
        self.used += result.done
        self._check_effects()
        return result

    def _check_effects(self) -> None:
        """A step that takes longer than WeCom waits is answered before it is done; none may be lost."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (changed := filling.answered_drafts(self.url)) != self.used:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.used} callbacks were answered, but {changed} drafts were changed")
            time.sleep(0.2)


def measure(places: Places, scale: Scale) -> None:
    for kind in places.kinds:
        with _everybody(places, scale, kind) as contestants:
            _throughput(kind, contestants, scale)
            _latency(kind, contestants, scale)


@contextlib.contextmanager
def _everybody(places: Places, scale: Scale, kind: str) -> Iterator[dict[str, Contestant]]:
    with contextlib.ExitStack() as stack:
        found: dict[str, Contestant] = {}
        for name, way in ((NOTHING, "nothing"), (ORM, "orm"), (DRIVER, "driver")):
            command = peers_at.python("benchmarks.peers.bare", way, places.migrated(kind, f"a_{way}"))
            found[name] = Contestant(stack.enter_context(peers_at.serving(command)), scale.connections)
        if peers_at.node():
            url = places.migrated(kind, "a_express")
            command = peers_at.script("express.mjs", corp.TOKEN, corp.AES_KEY, corp.PATH, url)
            found[EXPRESS] = Contestant(stack.enter_context(peers_at.serving(command)), scale.connections)
        found[ZHIAN] = stack.enter_context(answering(places, scale, kind, "a_zhian"))
        found[DELIVERING] = stack.enter_context(_delivering(places, scale, kind))
        yield found


@contextlib.contextmanager
def answering(places: Places, scale: Scale, kind: str, name: str, cases: int = 0) -> Iterator[Answering]:
    """The service on a filled database, without its background work."""
    url = places.migrated(kind, name)
    filling.fill(url, scale.members, cases, min(cases, scale.pending))
    environment = corp.environment(url, "http://127.0.0.1:9", places)
    with peers_at.serving(peers_at.python("benchmarks.peers.answering"), environment) as server:
        yield Answering(server, scale.connections, url, scale.members)


@contextlib.contextmanager
def _delivering(places: Places, scale: Scale, kind: str) -> Iterator[Answering]:
    url = places.migrated(kind, "a_delivering")
    filling.fill(url, scale.members)
    with (
        peers_at.serving(peers_at.python("benchmarks.peers.wecom")) as wecom,
        peers_at.serving(peers_at.python("bot", "serve"), corp.environment(url, wecom.url, places)) as server,
    ):
        yield Answering(server, scale.connections, url, scale.members)


def _throughput(kind: str, contestants: dict[str, Contestant], scale: Scale) -> None:
    measures = {
        name: partial(_rate, one, scale.closed_seconds) for name, one in contestants.items() if name != DELIVERING
    }
    figures.interleave(1, measures)  # warm
    found = figures.interleave(scale.rounds, measures)
    figures.table(
        f"(a) {kind}: callbacks a second, closed loop of {scale.connections} connections, "
        f"{scale.rounds} rounds of {scale.closed_seconds:g} s",
        ["", "median (least–most)", "zhian / it"],
        [
            [name, figures.spread(rates), f"{figures.ratio(found, ZHIAN, name):.2f}" if name != ZHIAN else ""]
            for name, rates in found.items()
        ],
    )


def _rate(contestant: Contestant, seconds: float) -> float:
    return contestant.closed(seconds).rate


def _latency(kind: str, contestants: dict[str, Contestant], scale: Scale) -> None:
    rounds = max(1, scale.rounds // 2)
    hundred: dict[str, list[Result]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, one in contestants.items():
            figures.say(f"  100 a second: {name}")
            hundred[name].append(one.at_rate(100, scale.latency_seconds))
    rows = []
    for name, one in contestants.items():
        figures.say(f"  500 a second: {name}")
        seconds = scale.long_seconds if isinstance(one, Answering) else scale.latency_seconds
        rows.append([name, *_middle(hundred[name]), *_middle([one.at_rate(500, seconds)])])
    figures.table(
        f"(a) {kind}: milliseconds from the tick to the answer, open loop; 100 a second for "
        f"{scale.latency_seconds:g} s, {rounds} rounds; 500 a second for {scale.long_seconds:g} s (its peers: "
        f"{scale.latency_seconds:g} s)",
        ["", "100/s p50", "p99", "longest", "500/s p50", "p99", "longest"],
        rows,
    )


def _middle(results: list[Result]) -> list[str]:
    middle = (statistics.median(getattr(r, name) for r in results) for name in ("p50", "p99", "longest"))
    return [f"{value:,.1f}" for value in middle]
