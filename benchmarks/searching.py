"""(h) Searching a province's years of records on the query page, as phones ask for it: few records beside very many."""

import contextlib
import http.client
import os
import re
import statistics
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from aiohttp import web

from benchmarks import archive, corp, figures, peers_at, terms
from benchmarks.peers_at import Server
from benchmarks.places import Places
from benchmarks.scale import Scale
from benchmarks.terms import NOTHING, Query
from core import clock, settings
from core.people.models import Person
from h5.session import Sessions
from h5.statistics import asking

READERS = {
    "the province, all records": archive.PROVINCE,
    "a station, one in 20": archive.CHIEF,
    "a supervisor's projects": archive.SUPERVISOR,
}
_PAGES = (1, 10, 50)
_OLDER = re.compile(rb"/h5/search\?before=(\d+)")
_TICK = 1000 / os.sysconf("SC_CLK_TCK")


def measure(places: Places, scale: Scale) -> None:
    for kind in places.kinds:
        with contextlib.ExitStack() as stack:
            shelves = [stack.enter_context(_shelf(places, kind, count)) for count in scale.cases]
            _terms(kind, shelves, scale)
            _pages(kind, shelves, scale)
            _statistics(kind, shelves, scale)


@dataclass
class Shelf:
    """The service beside so many records. ``ask`` gives milliseconds."""

    server: Server
    name: str
    cookies: Mapping[int, str]
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port)

    def ask(self, person: int, address: str) -> tuple[float, bytes]:
        began = time.perf_counter()
        self.connection.request("GET", address, headers={"Cookie": self.cookies[person], "Accept-Encoding": ""})
        answer = self.connection.getresponse()
        body = answer.read()
        taken = (time.perf_counter() - began) * 1000
        if answer.status != http.client.OK:
            raise RuntimeError(f"{address} was answered with {answer.status}")
        return taken, body

    def processor(self) -> float:
        """Milliseconds that the service and the backends of its database have worked so far."""
        return sum(map(_worked, [self.server.process.pid, *_backends(self.name)]))


@contextlib.contextmanager
def _shelf(places: Places, kind: str, count: int) -> Iterator[Shelf]:
    name = f"h{count}"
    url = places.migrated(kind, name)
    figures.say(f"  filling {kind} with {count:,} records")
    archive.fill(url, count)
    environment = corp.environment(url, "http://127.0.0.1:9", places)
    with peers_at.serving(peers_at.python("benchmarks.peers.answering"), environment) as server:
        yield Shelf(server, name, cookies(environment, READERS.values()))


def cookies(environment: Mapping[str, str], people: Iterable[int]) -> dict[int, str]:
    """As signing in would set them."""
    with mock.patch.dict(os.environ, environment):
        sessions = Sessions(settings.load())
    return {one: _cookie(sessions, one) for one in people}


def _cookie(sessions: Sessions, person: int) -> str:
    response = web.Response()
    sessions.enter(response, Person(id=person))
    return "; ".join(f"{name}={morsel.value}" for name, morsel in response.cookies.items())


def _worked(pid: int) -> float:
    with contextlib.suppress(OSError):
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) * _TICK
    return 0.0


def _backends(database: str) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if f"postgres: postgres {database} [local]" in path.read_text():
                yield int(path.parent.name)


# ── terms ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Seen:
    taken: list[float] = field(default_factory=list)
    processor: float = 0

    def cells(self) -> list[str]:
        middle, late, longest = figures.quantiles(self.taken)
        return [f"{middle:.1f}", f"**{late:.1f}**", f"{longest:.0f}", f"{self.processor / len(self.taken):.1f}"]


def _terms(kind: str, shelves: Sequence[Shelf], scale: Scale) -> None:
    asked = terms.queries(scale.looks * scale.rounds)
    rows = [_row(shelves, "the province, all records", name, found) for name, found in asked.items()]
    mixed = [query for name, found in asked.items() if name != NOTHING for query in found]
    rows += [_row(shelves, reader, "any of these", mixed[:: len(asked)]) for reader in list(READERS)[1:]]
    few, many = scale.cases
    figures.table(
        f"(h) {kind}: milliseconds from the request to the last byte of the page of the newest 20, one reader, "
        f"{scale.looks * scale.rounds} terms of each kind in turns; and processor time of service and database",
        [
            *("who looks", "for what"),
            *(f"{words}, {count:,}" for count in (few, many) for words in ("p50", "p95", "longest", "processor")),
        ],
        rows,
    )


def _row(shelves: Sequence[Shelf], reader: str, name: str, queries: Sequence[Query]) -> list[str]:
    figures.say(f"  {reader}: {name}")
    seen = [Seen() for _ in shelves]
    for shelf in shelves:
        shelf.ask(READERS[reader], terms.address(queries[0]))  # warm
    before = [shelf.processor() for shelf in shelves]
    for query in queries:
        for shelf, one in zip(shelves, seen, strict=True):
            one.taken.append(shelf.ask(READERS[reader], terms.address(query))[0])
    for shelf, one, began in zip(shelves, seen, before, strict=True):
        one.processor = shelf.processor() - began
    return [reader, name, *(cell for one in seen for cell in one.cells())]


# ── page after page ──────────────────────────────────────────────────────────────────────────────────────────────────

_READ_ON: dict[str, Query] = {
    "nothing: the newest": {},
    "a common word": {"q": "防护"},
    "a state and days": {"state": "check_report.passed", "from": f"{archive.day(900):%Y-%m-%d}"},
    "1 digit": {"q": "7"},
}


def _pages(kind: str, shelves: Sequence[Shelf], scale: Scale) -> None:
    shelf = shelves[-1]
    rows = [_read_on(shelf, name, query, scale) for name, query in _READ_ON.items()]
    figures.table(
        f"(h) {kind}: page k by key among {scale.cases[-1]:,} records, milliseconds, medians of {scale.looks} in turns",
        ["", *(f"page {number}" for number in _PAGES), *(f"{number} / 1" for number in _PAGES[1:])],
        rows,
    )


def _read_on(shelf: Shelf, name: str, query: Query, scale: Scale) -> list[str]:
    figures.say(f"  page after page: {name}")
    reader = archive.PROVINCE
    keys = [key for number, key in enumerate(_keys(shelf, reader, query), start=1) if number in _PAGES]
    taken: list[list[float]] = [[] for _ in keys]
    for _ in range(scale.looks):
        for key, times in zip(keys, taken, strict=True):
            times.append(shelf.ask(reader, terms.address(query, key))[0])
    medians = [statistics.median(times) for times in taken]
    ratios = [f"**{one / medians[0]:.2f}**" for one in medians[1:]]
    blank = [""] * (len(_PAGES) - len(keys))
    return [name, *(f"{one:.1f}" for one in medians), *blank, *ratios, *blank]


def _keys(shelf: Shelf, reader: int, query: Query) -> Iterator[str]:
    """Where each page begins."""
    key = ""
    for _ in range(max(_PAGES)):
        yield key
        older = _OLDER.search(shelf.ask(reader, terms.address(query, key))[1])
        if older is None:
            return
        key = older[1].decode()


# ── statistics ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _statistics(kind: str, shelves: Sequence[Shelf], scale: Scale) -> None:
    address = "/h5/statistics"
    spans = {"12 months": address, "36 months": f"{address}?first={asking.moved(f'{clock.today():%Y-%m}', -35)}"}
    rows = [
        [reader, span, *(cell for shelf in shelves for cell in _counted(shelf, READERS[reader], where, scale.rounds))]
        for reader in READERS
        for span, where in spans.items()
    ]
    figures.table(
        f"(h) {kind}: statistics of all that one may see, milliseconds, and processor time of service and database",
        ["who looks", "at", *(f"{count:,}{words}" for count in scale.cases for words in ("", ", processor"))],
        rows,
    )


def _counted(shelf: Shelf, person: int, address: str, rounds: int) -> list[str]:
    figures.say(f"  statistics: {person}, {address}")
    before = shelf.processor()
    taken = [shelf.ask(person, address)[0] for _ in range(rounds)]
    return [figures.spread(taken), f"{(shelf.processor() - before) / rounds:.0f}"]
