"""What a process holds while it runs: memory, open files, and the connections of all replicas together."""

import asyncio
import statistics
from dataclasses import dataclass, field
from pathlib import Path

from core import database

EVERY_SECONDS = 2.0


@dataclass(frozen=True)
class Look:
    at: float
    kilobytes: int
    files: int
    connections: int


@dataclass
class Watch:
    pid: int
    looks: list[Look] = field(default_factory=list)

    async def keep(self, ends: asyncio.Event) -> None:
        while not ends.is_set():
            self.looks.append(await self._look())
            await asyncio.sleep(EVERY_SECONDS)

    async def _look(self) -> Look:
        process = Path(f"/proc/{self.pid}")
        status = process.joinpath("status").read_text()
        resident = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
        files = sum(1 for _ in process.joinpath("fd").iterdir())
        return Look(asyncio.get_running_loop().time(), int(resident), files, await _connections())

    def median(self, what: str, begin: float, end: float) -> float:
        """Of the looks in this span of the loop's time."""
        return statistics.median(self._seen(what, begin, end))

    def most(self, what: str, begin: float, end: float) -> int:
        return max(self._seen(what, begin, end))

    def _seen(self, what: str, begin: float, end: float) -> list[int]:
        return [getattr(look, what) for look in self.looks if begin <= look.at <= end]


async def _connections() -> int:
    if not database.is_postgresql():
        return 0
    rows = await database.rows(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND backend_type = $1",
        "client backend",
    )
    return int(rows[0]["n"])
