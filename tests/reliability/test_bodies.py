"""Bodies that are too large, packed, broken or never end, at every door: refused, and nobody else waits."""

import asyncio
import gzip
import shutil
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
import pytest
import structlog

from bot.app import web_application
from core.people.models import Person
from core.settings import Settings
from tests.bot.letterbox import PATH, Answer, Letterbox, Sender
from tests.bot.test_review import report
from tests.operation.fleet import Fleet, Replica, fleet, inhabited
from tests.reliability.figures import Figures, many
from tests.reliability.machine import Machine
from tests.reliability.visiting import Visitor, visitor
from tests.town import PATIENCE_SECONDS, Town
from webhooks import callback

MB = 1024 * 1024
BOMB = gzip.compress(bytes(64 * MB))
ENCODINGS = ("gzip", "deflate", "br", "zstd", "nonsense", "gzip, gzip", "identity, gzip", "GZIP")
FORM = "application/x-www-form-urlencoded"
BOUNDARY = "multipart/form-data; boundary=x"
FILLED = {"case": "1", "action": "pass"}
MEGABYTES = 32
"""How much a service may grow by, whatever it is sent."""
SLOW = 200


def doors(town: Town) -> list[str]:
    """Every address that takes a body, from the router itself."""
    routes = web_application(town.house).router.routes()
    paths = {r.resource.canonical for r in routes if r.method == "POST" and r.resource is not None}
    return sorted(path.format_map(_Filled()) for path in paths)


class _Filled(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return FILLED.get(name, "1")


@asynccontextmanager
async def visiting(service: str, settings: Settings, userid: str) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession() as http:
        yield visitor(service, settings, await Person.get(userid=userid), http)


@asynccontextmanager
async def chief(town: Town) -> AsyncIterator[Visitor]:
    """罗敬川, who has a record to decide on."""
    await report(town)
    async with visiting(town.service, town.house.settings, "luo") as luo:
        yield luo


async def test_packed_bodies_are_refused_at_every_door(small_place: Town, figures: Figures) -> None:
    async with chief(small_place) as luo:
        everywhere = doors(small_place)
        assert {PATH, "/logout", "/h5/cases/1/actions/pass"} <= set(everywhere)
        form = urlencode({"csrf": luo.csrf, "key": "0" * 32}).encode()
        packed = [(gzip.compress(form), "gzip"), (BOMB, "gzip"), (zlib.compress(bytes(MB)), "deflate")]
        for body, encoding in [*packed, *((form, encoding) for encoding in ENCODINGS)]:
            for door in everywhere:
                headers = {"Content-Encoding": encoding, "Content-Type": FORM}
                status, said = await luo.post(door, body, headers)
                assert (door, encoding, status, "Traceback" in said) == (door, encoding, 400, False)
                figures.add(bodies=1)
    assert await untouched(small_place)


async def untouched(town: Town) -> bool:
    """罗敬川 has not decided, and still may."""
    return (await town.phone("luo").taps("通过")).startswith("已通过")


UNREAD = ("/findings/files", "/photos/files", "/cover", "/uploads")
"""Here forms bring photos as well, where no script sends them one by one, or the answer needs no body; all refuse for
another reason."""


async def test_two_megabytes_are_refused_at_every_door(small_place: Town, figures: Figures) -> None:
    async with chief(small_place) as luo:
        form = urlencode({"csrf": luo.csrf, "key": "0" * 32, "opinion": "x" * 2 * MB}).encode()
        parts = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + b"y" * 2 * MB + b"\r\n--x--\r\n"
        for door, (body, kind) in product(doors(small_place), ((form, FORM), (parts, BOUNDARY))):
            status, _ = await luo.post(door, body, {"Content-Type": kind})
            expected = {403, 404, 422} if door.endswith(UNREAD) else {413}
            assert (door, kind, status in expected) == (door, kind, True)
            figures.add(bodies=1)
    assert await untouched(small_place)


BROKEN = {
    "a chunk of no size": b"Transfer-Encoding: chunked\r\n\r\nzz\r\nxx\r\n0\r\n\r\n",
    "a chunk of negative size": b"Transfer-Encoding: chunked\r\n\r\n-5\r\nxx\r\n0\r\n\r\n",
    "a chunk that is longer than it says": b"Transfer-Encoding: chunked\r\n\r\n2\r\nxxxxxx\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nxxxxx",
    "a length and chunks": b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxxx\r\n0\r\n\r\n",
    "a length of words": b"Content-Length: many\r\n\r\nxxx",
    "a negative length": b"Content-Length: -1\r\n\r\nxxx",
    "an unknown transfer encoding": b"Transfer-Encoding: gzip\r\n\r\nxxx",
    "a header of 64 KB": b"X: " + b"y" * 64 * 1024 + b"\r\n\r\n",
    "2,000 headers": b"".join(b"X-%d: y\r\n" % n for n in range(2000)) + b"\r\n",
    "a header with a null": b"X: \0\r\n\r\n",
    "a foreign charset": b"Content-Type: %s; charset=klingon\r\nContent-Length: 3\r\n\r\nx=1" % FORM.encode(),
    "half a multipart": b"Content-Type: %s\r\nContent-Length: 9\r\n\r\n--x\r\nnone" % BOUNDARY.encode(),
    "no boundary": b"Content-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\nxxx",
}


async def spoken(service: str, start: bytes, broken: bytes) -> bytes:
    """The status line in the end, empty when the connection is just closed. The body follows when the door waits for
    it, so that it breaks in the middle of the work."""
    address, (headers, _, body) = urlsplit(service), broken.partition(b"\r\n\r\n")
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(start + b"Expect: 100-continue\r\n" + headers + b"\r\n\r\n")
        async with asyncio.timeout(PATIENCE_SECONDS):
            said = await reader.readline()
            if b" 100 " in said:
                writer.write(body)
                await reader.readline()
                said = await reader.readline()
            return said
    except ConnectionError:
        return b""
    finally:
        writer.close()


def failures(log: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [entry for entry in log if entry["log_level"] == "error"]


def head(luo: Visitor, door: str) -> bytes:
    cookie = "; ".join(f"{name}={value}" for name, value in luo.cookie.items())
    lines = (f"POST {door} HTTP/1.1", "Host: localhost", f"Origin: {luo.public_url}", f"Cookie: {cookie}")
    return "".join(f"{line}\r\n" for line in lines).encode()


async def test_broken_requests_are_no_fault_of_ours(
    small_place: Town, figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callback, "BODY_SECONDS", 0.2)
    async with chief(small_place) as luo:
        with structlog.testing.capture_logs() as log:
            for door, name in product(doors(small_place), BROKEN):
                said = await spoken(small_place.service, head(luo, door), BROKEN[name])
                assert said[9:10] in {b"4", b""}, f"{name} at {door}: {said!r}"
                figures.add(requests=1)
        assert failures(log) == []
    assert await untouched(small_place)


async def test_whoever_hangs_up_in_the_middle_breaks_nothing(small_place: Town, figures: Figures) -> None:
    async with chief(small_place) as luo, Letterbox(small_place) as letterbox:
        address, asks = urlsplit(small_place.service), b"Expect: 100-continue\r\nContent-Length: 500\r\n\r\n"
        with structlog.testing.capture_logs() as log:
            for door in doors(small_place) * many(10, 500):
                reader, writer = await asyncio.open_connection(address.hostname, address.port)
                writer.write(head(luo, door) + asks)
                assert b" 100 " in await reader.readline()
                writer.write(b"x=1")
                writer.transport.abort()
                figures.add(hung_up=1)
            assert await letterbox.post(letterbox.text("lin", "帮助", 1)) == Answer(200, "")
        assert failures(log) == []
    assert await untouched(small_place)


# ── a real process ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Alone:
    """A real process that serves the town, and 罗敬川's browser."""

    ships: Fleet
    replica: Replica
    luo: Visitor
    sender: Sender

    @property
    def machine(self) -> Machine:
        return Machine(self.replica.process.pid)


def settings_of(ships: Fleet) -> Settings:
    given = {name: value for name, value in ships.environment.items() if name.startswith("ZHIAN_")}
    return Settings.model_validate({name.removeprefix("ZHIAN_").lower(): value for name, value in given.items()})


@pytest.fixture
async def alone(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Alone]:
    database = tmp_path / "zhian.sqlite3"
    shutil.copyfile(sqlite_template, database)
    async with AsyncExitStack() as stack:
        ships = await stack.enter_async_context(fleet(f"sqlite://{database}", tmp_path))
        replica = await ships.serve()
        town = await stack.enter_async_context(inhabited(ships))
        sender = await stack.enter_async_context(Sender(replica.address, town.world.config))
        luo = await stack.enter_async_context(visiting(replica.address, settings_of(ships), "luo"))
        yield Alone(ships, replica, luo, sender)


async def test_memory_stays_where_it_is(alone: Alone, figures: Figures) -> None:
    query, body = alone.sender.sealed("<xml/>")
    bodies = {"gzip": BOMB, "deflate": zlib.compress(bytes(64 * MB)), "identity": body + bytes(2 * MB)}
    assert await alone.sender.post(alone.sender.text("luo", "帮助", 1)) == Answer(200, "")
    await alone.luo.page("/h5/")
    alone.machine.forget_the_most()
    before = alone.machine.memory

    async def attack(encoding: str) -> set[int]:
        headers = {"Content-Encoding": encoding}
        answer = await alone.sender.raw(query, bodies[encoding], headers)
        status, _ = await alone.luo.post("/logout", bodies[encoding], headers | {"Content-Type": FORM})
        return {answer.status, status}

    for _ in range(many(2, 200)):
        statuses = await asyncio.gather(*(attack(encoding) for encoding in bodies for _ in range(4)))
        assert set().union(*statuses) <= {400, 413}
        figures.add(bodies=2 * len(statuses))
    grown = alone.machine.most_memory - before
    figures.add(grown_mb=grown)
    assert grown <= MEGABYTES


async def test_slow_senders_leave_the_others_alone(alone: Alone, figures: Figures) -> None:
    """They hold their doors half open; whoever comes meanwhile is served as if nobody were there."""
    address, files = urlsplit(alone.replica.address), alone.machine.open_files
    beginnings = [head(alone.luo, PATH), head(alone.luo, "/logout"), b"POST /wecom/callback HTTP/1.1\r\nHost: x\r\nX-"]
    slow = []
    for n in range(many(SLOW, 5 * SLOW)):
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(beginnings[n % 3] + (b"Content-Length: 500\r\n\r\nx" if n % 3 < 2 else b""))
        slow.append((reader, writer))
    first = asyncio.create_task(slow[0][0].readline())
    async with asyncio.timeout(PATIENCE_SECONDS):  # the first may be over before a busy machine has taken in the last
        while alone.machine.open_files - files < len(slow) and not first.done():  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.01)
    spent = []
    for n in range(50):
        began = asyncio.get_running_loop().time()
        assert await alone.sender.post(alone.sender.text("luo", "帮助", 100 + n)) == Answer(200, "")
        spent.append(asyncio.get_running_loop().time() - began)
    assert await first == b"HTTP/1.1 400 Bad Request\r\n"
    for _, writer in slow:
        writer.close()
    figures.add(slow=len(slow), others=len(spent), median_ms=sorted(spent)[25] * 1000)
    assert sorted(spent)[25] < 1
