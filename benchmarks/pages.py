"""(i) Every page of the gallery: what its first view weighs on the wire without photos, and how long it takes."""

import http.client
import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from urllib.parse import quote

from benchmarks import figures, peers_at
from benchmarks.places import Places
from benchmarks.scale import Scale

WANTED = 60  # kilobytes
_STRANGERS = 20  # looks of somebody who has not signed in: one address may not ask more often
_BARE = "nothing is asked, nothing found"
_LINKED = re.compile(rb'<(?:link|script)\b[^>]*?\b(?:href|src)="(/h5/static/[^"]+\.(?:css|js))"')
_IMPORTED = re.compile(rb'(?:\bfrom|\bimport) ?"(/h5/static/[^"]+)"')


@dataclass(frozen=True)
class Seen:
    """An answer; ``wire`` is its length with its head, ``text`` what it says when it is unpacked."""

    status: int
    wire: int
    milliseconds: float


class Line:
    """One kept-open connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self.weight = cache(self._weight)

    def look(self, address: str, cookie: str = "", packing: str = "gzip") -> tuple[Seen, bytes]:
        began = time.perf_counter()
        self._connection.request("GET", address, headers={"Cookie": cookie, "Accept-Encoding": packing})
        answer = self._connection.getresponse()
        body = answer.read()
        taken = (time.perf_counter() - began) * 1000
        head = sum(len(f"{name}: {value}\r\n") for name, value in answer.getheaders()) + len("HTTP/1.1 200 OK\r\n\r\n")
        return Seen(answer.status, head + len(body), taken), body

    def _weight(self, address: str) -> int:
        return self.look(address)[0].wire

    def needed(self, page: bytes) -> set[str]:
        """Styles and scripts of the first view; what is imported when it is used does not belong to it."""
        found, new = set[str](), {one.decode() for one in _LINKED.findall(page)}
        while new:
            found |= new
            scripts = [self.look(one, packing="")[1] for one in new if one.endswith(".js")]
            new = {one.decode() for script in scripts for one in _IMPORTED.findall(script)} - found
        return found


@dataclass(frozen=True)
class Hung:
    name: str
    address: str
    cookie: str
    status: int


def measure(places: Places, scale: Scale) -> None:
    for kind in places.kinds:
        file = places.folder / f"i_{kind}.json"
        command = peers_at.python("tests.h5.hanging", places.migrated(kind, "i"), str(file))
        with peers_at.serving(command) as server:
            told = json.loads(file.read_text())
            views = [Hung(one["name"], _asked(one["address"]), one["cookie"], one["status"]) for one in told["views"]]
            rows = _rows(Line(told["port"]), Line(server.port), views, scale)
        figures.table(
            f"(i) {kind}: kilobytes of the first view, compressed, with heads and without photos (wanted: < {WANTED}); "
            f"milliseconds from the request to the last byte, {scale.rounds * _looks(scale)} looks in turns",
            ["page", "HTML", "styles", "scripts", "in all", "p50", "p95"],
            rows,
        )


def _asked(address: str) -> str:
    """As a browser sends it."""
    return quote(address.partition("#")[0], safe="/?&=%")


def _rows(pages: Line, bare: Line, views: Sequence[Hung], scale: Scale) -> list[list[str]]:
    contestants = {_BARE: partial(_taken, bare, Hung(_BARE, "/floor", "", http.client.OK))}
    contestants |= {view.name: partial(_taken, pages, view) for view in views}
    guarded = {view.name for view in views if not view.cookie}
    taken: Mapping[str, list[float]] = {name: [] for name in contestants}
    for number in range(scale.rounds * _looks(scale) + 1):
        for name, look in contestants.items():
            if number > _STRANGERS and name in guarded:
                continue
            milliseconds = look()
            if number:  # the first one is slow: templates are read
                taken[name].append(milliseconds)
    times = {name: [f"{one:.1f}" for one in figures.quantiles(found)[:2]] for name, found in taken.items()}
    empty = ["", "", "", ""]
    return [[_BARE, *empty, *times[_BARE]], *([view.name, *_weights(pages, view), *times[view.name]] for view in views)]


def _looks(scale: Scale) -> int:
    return max(1, scale.looks // 4)


def _taken(line: Line, view: Hung) -> float:
    seen, _ = line.look(view.address, view.cookie)
    if seen.status != view.status:
        raise RuntimeError(f"{view.name} was answered with {seen.status}")
    return seen.milliseconds


def _weights(line: Line, view: Hung) -> Iterable[str]:
    plain = line.look(view.address, view.cookie, packing="")[1]
    packed, needed = line.look(view.address, view.cookie)[0].wire, line.needed(plain)
    styles = sum(line.weight(one) for one in needed if one.endswith(".css"))
    scripts = sum(line.weight(one) for one in needed if one.endswith(".js"))
    kilobytes = [f"{one / 1024:.1f}" for one in (packed, styles, scripts)]
    return [*kilobytes, f"**{(packed + styles + scripts) / 1024:.1f}**"]
