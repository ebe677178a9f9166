"""A fleet whose ships are cheap: real processes of the service, forked instead of started anew (see forking)."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import cast

from tests.operation.fleet import ROOT, Fleet, Replica, fleet
from tests.reliability.forking import ARM, Order
from tests.town import PATIENCE_SECONDS


@dataclass
class Forked:
    """One child, as far as `asyncio.subprocess.Process` is asked for."""

    pid: int
    output: asyncio.StreamReader
    returncode: int | None = None
    _watching: asyncio.Task[int] = field(init=False)

    def watch(self) -> None:
        self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> int:
        while line := await self.output.readline():
            if line.startswith(b"ended"):
                self.returncode = int(line.split()[1])
        assert self.returncode is not None
        return self.returncode

    async def wait(self) -> int:
        return await self._watching

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    @property
    def frozen(self) -> bool:
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@dataclass
class Crew(Fleet):
    """`orders` are what every child is told; a child's own go before them."""

    control: socket.socket = field(init=False)
    lease_seconds: int | None = None

    async def another(self, *command: str, moment: str = "", nth: int = 1, strikes: int = signal.SIGKILL) -> Replica:
        """`serve` or `work`; with a moment, one that is killed there (or met by another signal)."""
        settings = {name: value for name, value in self.environment.items() if name.startswith("ZHIAN_")}
        order = Order(command, settings, moment, nth, strikes, self.lease_seconds)
        log = self.folder / f"{command[0]}-{len(self.replicas)}.log"
        forked = await self._forked(order, log)
        async with asyncio.timeout(PATIENCE_SECONDS):
            line = (await forked.output.readline()).decode()
        forked.watch()
        if "zhian" not in line:
            raise AssertionError(f"{command} did not start:\n{log.read_text()}")
        if moment:
            forked.send_signal(ARM)
        made = Replica(cast(asyncio.subprocess.Process, forked), line.split()[-1] if "http" in line else "", log)
        self.replicas.append(made)
        if made.address:
            self.doors.append(made.address)
        return made

    async def _forked(self, order: Order, log: Path) -> Forked:
        reading, writing = os.pipe()
        with log.open("wb") as errors:
            socket.send_fds(self.control, [json.dumps(asdict(order)).encode()], [writing, errors.fileno()])
        os.close(writing)
        output = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            partial(asyncio.StreamReaderProtocol, output), os.fdopen(reading, "rb")
        )
        async with asyncio.timeout(PATIENCE_SECONDS):
            return Forked(int(await output.readline()), output)

    async def lost(self, replica: Replica) -> None:
        """Kills it; the front learns of it by being refused."""
        await replica.kill()
        self.closed(replica)

    def closed(self, replica: Replica) -> None:
        """Nobody knocks at its door any more."""
        if replica.address in self.doors:
            self.doors.remove(replica.address)


@asynccontextmanager
async def crew(database_url: str, folder: Path, lease_seconds: int | None = None) -> AsyncIterator[Crew]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    async with fleet(database_url, folder, kind=Crew) as made:
        made.lease_seconds, made.control = lease_seconds, ours
        made.world.state.knobs.patient = True
        with theirs:
            mother = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.reliability.forking", str(theirs.fileno())),
                cwd=ROOT,
                pass_fds=[theirs.fileno()],
            )
        try:
            yield made
        finally:
            await asyncio.gather(*(replica.kill() for replica in made.replicas))
            ours.close()
            await mother.wait()
