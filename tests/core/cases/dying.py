"""A process that kills itself in the middle of a step: ``python -m tests.core.cases.dying``.

Reads one task per line from standard input, forks a child for it, and says whether the child was killed or came to
its end. The children inherit everything imported, so one task costs milliseconds.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from tortoise.connection import get_connection

from core import clock, database
from core.cases.engine import Engine
from core.people.models import Person
from tests.core.cases import processes
from tests.core.cases.story import CHECK_REPORT, HandClock, PlainTeller
from tests.core.statements import watched

KILLED, ENDED = "killed", "ended"


def main() -> None:
    clock.use(HandClock())  # as the story's own: a number names the year
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(_child(json.loads(line)))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{KILLED if os.WIFSIGNALED(status) else ENDED}\n")
        sys.stdout.flush()


async def _child(task: dict[str, Any]) -> None:
    """Dies at the statement that the task names: on SQLite before it, also where several are sent in one go; on
    PostgreSQL when it was answered, and what is joined there is one statement."""
    await database.open_database(task["url"])
    actor = await Person.get(userid=task["actor"])
    left = task["statements"]

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    async with _counted(count):
        await _step(Engine((CHECK_REPORT, *processes.ALL), PlainTeller()), actor, task)
    await database.close_database()


@asynccontextmanager
async def _counted(count: Callable[[], None]) -> AsyncIterator[None]:
    if database.is_postgresql():
        with watched(after=count):
            yield
        return
    connection = cast(Any, get_connection("default"))._connection
    await connection.set_trace_callback(lambda _statement: count())
    yield
    await connection.set_trace_callback(None)


async def _step(engine: Engine, actor: Person, task: dict[str, Any]) -> None:
    if "process" in task:
        await engine.open(task["process"], actor, task["data"], key=task["key"])
    else:
        await engine.perform(task["case"], task["action"], actor, task["data"], key=task["key"])


if __name__ == "__main__":
    main()
