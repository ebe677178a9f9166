"""What the figures were measured on."""

import os
import platform
import sqlite3
import statistics
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks import peers_at, places

_PACKAGES = ("aiohttp", "tortoise-orm", "aiosqlite", "asyncpg", "cryptography")


def describe() -> list[str]:
    return [
        f"{os.cpu_count()} cores, {_processor()}, {_memory()} of memory, {platform.system()} {platform.release()}",
        f"a write and fsync of 4 KB takes {_fsync_milliseconds():.2f} ms; load before the run {os.getloadavg()[0]:.1f}",
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
        f"SQLite {sqlite3.sqlite_version} (WAL, synchronous=FULL), {_postgres()} ({' '.join(places.DURABLE)})",
        peers_at.versions(),
    ]


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def _postgres() -> str:
    program = places.program("postgres")
    if program is None:
        return "no PostgreSQL"
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()


def _fsync_milliseconds() -> float:
    taken = []
    with tempfile.TemporaryFile(buffering=0) as file:
        for _ in range(200):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000
