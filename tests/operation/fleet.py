"""Real processes of the service on one database, a front that spreads requests over them, and a simulated WeCom."""

import asyncio
import contextlib
import itertools
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import House
from core import clock, database
from core.cases.models import InboxRow, OutboxRow
from simulator import xml
from simulator.app import running
from simulator.config import Config
from simulator.envelope import Envelope
from simulator.world import World
from tests.town import PATIENCE_SECONDS, MovedClock, Town, move_in, settle_down, until_it_begins

ROOT = Path(__file__).parents[2]


@dataclass
class Replica:
    """One process; what it says on stderr lies in `log`."""

    process: asyncio.subprocess.Process
    address: str
    log: Path

    async def stop(self) -> float:
        """SIGTERM, and how many seconds it took."""
        began = time.monotonic()
        self.process.terminate()
        await self.process.wait()
        return time.monotonic() - began

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    def errors(self) -> list[str]:
        """Of its log; a warning may name an error, too, such as a call that a busy machine held back."""
        return [line for line in self.log.read_text().splitlines() if '"level": "error"' in line]

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@dataclass
class Fleet:
    world: World
    folder: Path
    environment: dict[str, str]
    replicas: list[Replica] = field(default_factory=list)
    doors: list[str] = field(default_factory=list)
    served: dict[str, int] = field(default_factory=dict)

    async def serve(self) -> Replica:
        """Another replica behind the front."""
        made = await self._start("serve")
        self.doors.append(made.address)
        return made

    async def work(self, *arguments: str) -> Replica:
        return await self._start("work", *arguments)

    async def retire(self, replica: Replica) -> float:
        """Stops one as a rolling restart does: the front learns of it by being refused."""
        seconds = await replica.stop()
        self.doors.remove(replica.address)
        return seconds

    async def _start(self, *command: str) -> Replica:
        log = self.folder / f"{command[0]}-{len(self.replicas)}.log"
        with log.open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", *command),
                cwd=ROOT,
                env=self.environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
            )
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            line = (await process.stdout.readline()).decode()
        if not line:
            raise AssertionError(f"{command} did not start:\n{log.read_text()}")
        address = re.search(r"http://\S+", line)
        made = Replica(process, address[0] if address else "", log)
        self.replicas.append(made)
        return made

    def logs(self) -> str:
        return "".join(replica.log.read_text() for replica in self.replicas)

    # ── the front ────────────────────────────────────────────────────────────────────────────────────────────────

    async def pass_on(self, request: web.Request) -> web.Response:
        """By turns; a replica that does not answer is passed over, as a reverse proxy does it."""
        body, turn = await request.read(), next(_turns)
        for attempt in range(20 * max(1, len(self.doors))):
            doors = list(self.doors)
            address = doors[(turn + attempt) % len(doors)] if doors else ""
            with contextlib.suppress(aiohttp.ClientError):
                return await self._asked(address, request, body)
            await asyncio.sleep(0.01)
        return web.Response(status=502)

    async def _asked(self, address: str, request: web.Request, body: bytes) -> web.Response:
        session = request.app[_SESSION]
        async with session.request(
            request.method, address + request.path_qs, data=body, headers=_passed(request), allow_redirects=False
        ) as answer:
            self.served[address] = self.served.get(address, 0) + 1
            return web.Response(status=answer.status, body=await answer.read(), content_type=answer.content_type)


_turns = itertools.count()
_SESSION = web.AppKey("session", aiohttp.ClientSession)


def _passed(request: web.Request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name in ("Content-Type", "Cookie")}


AnyFleet = TypeVar("AnyFleet", bound=Fleet)


@asynccontextmanager
async def fleet(
    database_url: str, folder: Path, front_port: int = 0, kind: type[AnyFleet] = Fleet
) -> AsyncIterator[AnyFleet]:
    """Nothing runs yet behind the front; the test's own process has the database open. All of them, and WeCom, read one
    clock, which begins where stories begin."""
    config = Config(port=0, service_url="http://localhost:1", clock_file=folder / "clock.json")
    async with running(config) as world, aiohttp.ClientSession() as session:
        world.clock.advance(until_it_begins().total_seconds())
        before = clock.use(clock.Clock(config.clock_file))
        made = kind(world, folder, _environment(database_url, folder, world))
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app[_SESSION] = session
        app.router.add_route("*", "/{path:.*}", made.pass_on)
        async with TestServer(app, port=front_port) as front:
            address = str(front.make_url("")).rstrip("/")
            world.config = world.config.__class__(**{**_fields(world.config), "service_url": address})
            await database.open_database(database_url)
            try:
                yield made
            finally:
                await asyncio.gather(*(replica.kill() for replica in made.replicas))
                await database.close_database()
                clock.use(before)


def _fields(config: Config) -> dict[str, Any]:
    return {name: getattr(config, name) for name in config.__dataclass_fields__}


def _environment(database_url: str, folder: Path, world: World) -> dict[str, str]:
    config = world.config
    own = {
        "DATABASE_URL": database_url,
        "MEDIA_URL": str(folder / "media"),
        "PUBLIC_URL": "http://localhost:8080",
        "SECRET_KEY": "a key for stories that protects nothing",
        "WECOM_API_URL": world.base_url,
        "WECOM_CORP_ID": config.corp_id,
        "WECOM_AGENT_ID": str(config.agent_id),
        "WECOM_SECRET": config.secret,
        "WECOM_CALLBACK_TOKEN": config.callback_token,
        "WECOM_CALLBACK_AES_KEY": config.callback_aes_key,
        "PORT": "0",
        "QUIET_HOURS": "",
        "DIGEST_AT": "",
        "CLOCK_FILE": str(config.clock_file),
    }
    foreign = {name: value for name, value in os.environ.items() if not name.startswith("ZHIAN_")}
    return foreign | {f"ZHIAN_{name}": value for name, value in own.items()}


@asynccontextmanager
async def inhabited(made: Fleet) -> AsyncIterator[Town]:
    """The people of the stories' town, served by the fleet."""
    moved = MovedClock()
    moved.moved = timedelta(seconds=made.world.clock.offset)
    before = clock.use(moved)
    try:
        town = Town(made.world, cast(House, None), made.world.config.service_url, await settle_down(), moved)
        yield await move_in(town)
    finally:
        clock.use(before)


@dataclass
class Load:
    """Members who say 帮助 at a steady pace; every callback has an id of its own, and is repeated as WeCom does."""

    fleet: Fleet
    members: list[str]
    per_second: float
    acknowledged: set[str] = field(default_factory=set)
    refused: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Load"]:
        ends = asyncio.Event()
        async with aiohttp.ClientSession() as session:
            pacing = asyncio.create_task(self._run(session, ends))
            try:
                yield self
            finally:
                ends.set()
                await pacing

    async def until(self, count: int) -> None:
        """Until so many more have been acknowledged."""
        wanted = len(self.acknowledged) + count
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.acknowledged) < wanted:  # noqa: ASYNC110  # other tasks count
                await asyncio.sleep(0.01)

    async def _run(self, session: aiohttp.ClientSession, ends: asyncio.Event) -> None:
        on_the_way: set[asyncio.Task[None]] = set()
        for n in itertools.count(1):
            if ends.is_set():
                break
            task = asyncio.create_task(self._say(session, n))
            on_the_way.add(task)
            task.add_done_callback(on_the_way.discard)
            await asyncio.sleep(1 / self.per_second)
        await asyncio.gather(*on_the_way)

    async def _say(self, session: aiohttp.ClientSession, n: int) -> None:
        config, at = self.fleet.world.config, self.fleet.world.clock.now()
        identity = f"{7_000_000_000 + n}"
        message = xml.document(
            {
                "ToUserName": config.corp_id,
                "FromUserName": self.members[n % len(self.members)],
                "CreateTime": str(int(at)),
                "MsgType": "text",
                "Content": "帮助",
                "MsgId": identity,
                "AgentID": str(config.agent_id),
            }
        )
        sealed = Envelope(config).seal(message, at)
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with session.post(
                config.callback_url.with_query(sealed.query),
                data=sealed.body,
                headers={"Content-Type": "text/xml"},
                timeout=aiohttp.ClientTimeout(total=5),
            ) as answer:
                if answer.status == 200:
                    self.acknowledged.add(identity)
                    return
        self.refused += 1


KEPT_ASIDE = "kept:"  # begins the key of a callback that was kept beside a transaction that takes long


async def missing_and_doubled(load: Load) -> tuple[set[str], int, int]:
    """Acknowledged callbacks that are not kept, callbacks kept twice, and answers too few or too many."""
    found = await InboxRow.all().values_list("repeat_key", "body")
    kept = [identity for _, body in found for identity in _identities(body)]
    done = [identity for key, body in found if not key.startswith(KEPT_ASIDE) for identity in _identities(body)]
    promised = await OutboxRow.all().count()
    return load.acknowledged - set(kept), len(done) - len(set(done)), promised - len(done)


def _identities(body: str) -> list[str]:
    return re.findall(r"<MsgId>(?:<!\[CDATA\[)?(\d+)", body)
