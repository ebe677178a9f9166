"""(e) From start to ready, and the memory of ``zhian serve`` at rest and after a long day of callbacks."""

import contextlib
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TypeVar

from benchmarks import corp, figures, filling, peers_at
from benchmarks.callbacks import Answering
from benchmarks.peers_at import Server
from benchmarks.places import Places
from benchmarks.scale import Scale

_REST_SECONDS = 3
T = TypeVar("T")


def measure(places: Places, scale: Scale) -> None:
    rows = [_life(places, scale, kind) for kind in places.kinds]
    figures.table(
        f"(e) zhian serve: seconds from start to ready ({scale.rounds} starts), and resident megabytes at rest and "
        f"after {scale.callbacks:,} callbacks with their deliveries",
        ["", "empty database", "migrated one", "MB at rest", "after 10 %", "after all", "growth", "since 10 %"],
        rows,
    )


def _life(places: Places, scale: Scale, kind: str) -> list[str]:
    with peers_at.serving(peers_at.python("benchmarks.peers.wecom")) as wecom:
        empty = [_start(places, places.url(kind, f"e_empty_{n}"), wecom, _nothing)[0] for n in range(scale.rounds)]
        url = places.migrated(kind, "e")
        filling.fill(url, scale.members)
        again = [_start(places, url, wecom, _nothing)[0] for _ in range(scale.rounds)]
        _, (rest, early, late) = _start(places, url, wecom, lambda server, at: _day(server, at, scale))
    grown = [f"{late / rest - 1:+.0%}", f"{late / early - 1:+.0%}"]
    memory = [f"{value:.0f}" for value in (rest, early, late)]
    return [kind, figures.spread(empty, 2), figures.spread(again, 2), *memory, *grown]


def _start(places: Places, url: str, wecom: Server, then: Callable[[Server, str], T]) -> tuple[float, T]:
    """Seconds until /readyz says yes."""
    environment, began = corp.environment(url, wecom.url, places), time.perf_counter()
    with peers_at.serving(peers_at.python("bot", "serve"), environment) as server:
        while not _ready(server):
            time.sleep(0.01)
        taken = time.perf_counter() - began
        return taken, then(server, url)


def _nothing(_server: Server, _url: str) -> None:
    return


def _ready(server: Server) -> bool:
    with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(f"{server.url}/readyz") as answer:
        return bool(answer.status == 200)
    return False


def _day(server: Server, url: str, scale: Scale) -> tuple[float, float, float]:
    time.sleep(_REST_SECONDS)
    rest, early, posted = server.megabytes, 0.0, 0
    members = Answering(server, scale.connections, url, scale.members)
    while posted < scale.callbacks:
        count = min(scale.members, max(1, scale.callbacks // 10), scale.callbacks - posted)
        posted += members.post(count).done
        early = early or server.megabytes
        figures.say(f"  {posted:,} callbacks, {server.megabytes:.0f} MB")
    return rest, early, server.megabytes
