"""The long run: `python -m tests.reliability.soak 30m`, or `make soak SOAK=30m`.

Two thirds of the time go to PostgreSQL and one third to SQLite. Then the other suites run with larger figures (half of
their largest in two hours, an eighth in thirty minutes), together no longer than that once more. Ends with a table,
and with 1 where a promise was broken. ZHIAN_SEED replays kills, faults and members.
"""

import argparse
import asyncio
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.databases import PostgresServer, throw_away_cluster
from tests.operation.fleet import ROOT
from tests.reliability import figures
from tests.reliability.soak.run import Plan, Result, ready

UNITS = {"s": 1, "m": 60, "h": 3600}
WHOLE_SECONDS = 4 * 3600  # in which the other suites get their large figures in full
SHARES = {"postgresql": 2 / 3, "sqlite": 1 / 3}
SUITES = Path(__file__).parents[1]
_LONGEST_TEST_SECONDS = 1800  # whatever takes longer hangs
_STOPPED = 2


def seconds(text: str) -> float:
    """`90s`, `30m`, `2h`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is no time; write 90s, 30m or 2h")
    return float(found[1]) * UNITS[found[2]]


def main() -> int:
    asked = _asked()
    figures.SEED = figures.thrown()
    say(f"Seed {figures.SEED}; ZHIAN_SEED={figures.SEED} replays kills, faults and members.")
    results = {kind: _soaked(kind, asked) for kind in asked.databases}
    span = asked.seconds if asked.suites is None else asked.suites
    lines, broken = _suites(span, span / WHOLE_SECONDS) if span else ([], [])
    say("\n".join(table(results)))
    say("\n".join(lines))
    broken += [f"{kind}: {sentence}" for kind, result in results.items() for sentence in result.broken]
    say("\n".join(f"BROKEN {sentence}" for sentence in broken) or "Every promise was kept.")
    return 1 if broken else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="soak", description="the service under load, kills and faults for long")
    parser.add_argument("seconds", nargs="?", type=seconds, default="2h", metavar="TIME", help="90s, 30m, 2h (default)")
    parser.add_argument("--rate", type=float, default=50, help="callbacks a second (default 50)")
    parser.add_argument("--kill-every", type=seconds, metavar="TIME", help="5m, or a sixth of a shorter run")
    parser.add_argument("--fault-every", type=seconds, metavar="TIME", help="2m, or a sixth of a shorter run")
    parser.add_argument("--databases", nargs="+", choices=SHARES, default=list(SHARES))
    parser.add_argument("--suites", type=seconds, metavar="TIME", help="for the other suites; 0s leaves them out")
    return parser.parse_args()


def _soaked(kind: str, asked: argparse.Namespace) -> Result:
    span = asked.seconds * SHARES[kind] / sum(SHARES[one] for one in asked.databases)
    plan = Plan(span, asked.rate, asked.kill_every or min(300, span / 6), asked.fault_every or min(120, span / 6))
    dice = random.Random(f"{figures.SEED} {kind}")
    say(f"{kind}: {span / 60:.1f} minutes at {plan.rate:g} callbacks a second, a kill every {plan.kill_every:.0f} s")
    with _database(kind) as url, tempfile.TemporaryDirectory(prefix="zhian-soak-") as folder:
        return asyncio.run(_run(url.format(folder=folder), Path(folder), plan, dice))


async def _run(url: str, folder: Path, plan: Plan, dice: random.Random) -> Result:
    async with ready(url, folder, plan, dice, say) as run:
        return await run.through()


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield "sqlite://{folder}/zhian.sqlite3"
        return
    with throw_away_cluster() as cluster:
        server = PostgresServer(cluster.url)
        try:
            yield server.url(server.create())
        finally:
            server.close()


def _suites(span: float, factor: float) -> tuple[list[str], list[str]]:
    """Their lines of figures, and those that failed."""
    files, lines, broken = sorted(SUITES.glob("test_*.py")), list[str](), list[str]()
    ends = time.monotonic() + span
    for left, file in zip(range(len(files), 0, -1), files, strict=True):
        share = max(0.0, (ends - time.monotonic()) / left)
        say(f"{file.name}: no new test after {share:.0f} s")
        code, said = _suite(file, share, factor)
        lines += _figures(said)
        if code == _STOPPED and " failed" not in said.strip().splitlines()[-1]:
            lines.append(f"{file.stem}: not all of it; {said.strip().splitlines()[-1].strip('= ')}")
        elif code != 0:
            broken.append(f"{file.name}:\n{said[-4000:]}")
    return lines, broken


def _suite(file: Path, most_seconds: float, factor: float) -> tuple[int, str]:
    environment = os.environ | {"ZHIAN_SOAK": f"{factor:g}", "ZHIAN_SEED": str(figures.SEED)}
    stopping = ("-p", "tests.reliability.soak.time_is_up", "--most-seconds", f"{most_seconds:.0f}")
    command = [sys.executable, "-m", "pytest", str(file), "-q", "--color=no", *stopping]
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            process.wait(most_seconds + _LONGEST_TEST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        output.seek(0)
        return process.returncode, output.read()


def _figures(said: str) -> list[str]:
    return [line for line in said.splitlines() if f"ZHIAN_SEED={figures.SEED}" in line]


def table(results: dict[str, Result]) -> list[str]:
    """Markdown, one column for each database."""
    names = list(dict.fromkeys(name for result in results.values() for name in result.figures))
    rows: list[Sequence[str]] = [
        ["", *results],
        ["---"] * (1 + len(results)),
        *([name, *(result.figures.get(name, "") for result in results.values())] for name in names),
    ]
    return [f"| {' | '.join(row)} |" for row in rows]


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
