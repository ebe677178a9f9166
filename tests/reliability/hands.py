"""Processes that act on notices and are killed where it matters: ``python -m tests.reliability.hands``.

Reads a JSON list of tasks per line, forks a child for each, all at once, and answers with what each said, or that it
was killed. The children inherit everything imported, so a death costs milliseconds.
"""

import asyncio
import json
import os
import signal
import sys
import time
import traceback
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from subprocess import PIPE, Popen
from typing import Any

from bot.processes import PROCESSES
from core import clock, database, moments
from core.cases.engine import Engine
from core.cases.models import Case, ClockRow
from core.errors import Refusal
from core.moments import Moment
from core.people.models import Person
from tests.core.cases.story import PlainTeller
from tests.source import ROOT

KILLED = "killed"


@dataclass(frozen=True)
class Task:
    """``at`` is when it begins; each real second is ``pace`` seconds. With ``dies`` the process is killed before its
    ``nth`` commit, or after it when that is BEFORE_ANSWER. Without an ``actor`` it sweeps until nothing is due, and
    begins when ``time.monotonic`` says ``starts``."""

    url: str
    at: str
    actor: str = ""
    action: str = ""
    case: int = 0
    begins: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    dies: str = ""
    nth: int = 1
    pace: float = 0
    limit: int = 100
    until_idle: bool = False
    starts: float = 0


class PacedClock(clock.Clock):
    def __init__(self, at: datetime, pace: float) -> None:
        super().__init__()
        self._at, self._pace, self._began = at, pace, time.monotonic()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=self._pace * (time.monotonic() - self._began))


class Hands:
    """The process that forks, as a test holds it."""

    def __init__(self) -> None:
        self._process = Popen(
            [sys.executable, "-m", "tests.reliability.hands"], cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True
        )

    def do(self, *tasks: Task) -> list[str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([asdict(task) for task in tasks]) + "\n")
        self._process.stdin.flush()
        said: list[str] = json.loads(self._process.stdout.readline())
        return said

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # the log is none of the answers
    for line in sys.stdin:
        children = [_forked(Task(**task)) for task in json.loads(line)]
        answers.write(json.dumps([_said(child) for child in children]) + "\n")
        answers.flush()


def _forked(task: Task) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            os.write(writing, asyncio.run(_carried_out(task)).encode())
        except BaseException:
            traceback.print_exc()
        os._exit(0)  # whatever happened: going on, it would answer in its parent's place
    os.close(writing)
    return child, reading


def _said(child: tuple[int, int]) -> str:
    pid, reading = child
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    return KILLED if os.WIFSIGNALED(status) else said


async def _carried_out(task: Task) -> str:
    clock.use(PacedClock(datetime.fromisoformat(task.at), task.pace))
    await _opened(task)
    left = task.nth

    def watch(moment: Moment) -> None:
        nonlocal left
        left -= moment == task.dies
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    moments.watcher = watch if task.dies == Moment.BEFORE_COMMIT else None
    engine = Engine(PROCESSES, PlainTeller())
    try:
        said = await (_acted(engine, task) if task.actor else _swept(engine, task))
    except Refusal as refusal:
        said = f"refused: {refusal.sentence}"
    if task.dies == Moment.BEFORE_ANSWER:
        os.kill(os.getpid(), signal.SIGKILL)
    await database.close_database()
    return said


async def _opened(task: Task) -> None:
    """With ``until_idle`` the database may be away just now, too."""
    while True:
        try:
            return await database.open_database(task.url)
        except Exception:
            if not task.until_idle:
                raise
        await asyncio.sleep(0.05)


async def _acted(engine: Engine, task: Task) -> str:
    actor = await Person.get(userid=task.actor)
    if task.begins:
        parent = await Case.get_or_none(id=task.case)
        await engine.open(task.begins, actor, task.data, key=task.key, parent=parent)
    else:
        await engine.perform(task.case, task.action, actor, task.data, key=task.key)
    return "done"


async def _swept(engine: Engine, task: Task) -> str:
    """How many clocks it took. With ``until_idle`` it goes on until no clock is due or held by anybody, whatever
    happens to the database meanwhile."""
    taken = 0
    await asyncio.sleep(max(0.0, task.starts - time.monotonic()))
    while True:
        try:
            taken += await engine.sweep_all(task.limit)
            if not task.until_idle or not await _due():
                return str(taken)
        except Exception:
            if not task.until_idle:
                raise
        await asyncio.sleep(0.05)


async def _due() -> bool:
    """Within a lease from now."""
    return await ClockRow.filter(next_step_at__lte=clock.now() + timedelta(seconds=31)).exists()


if __name__ == "__main__":
    main()
