"""Processes that migrate a database, some at once, some killed on the way: ``python -m tests.core.migrating``.

Reads one task per line from standard input and answers with a line: how each of its processes ended.
"""

import asyncio
import json
import os
import signal
import sys
from typing import Any

from core import database
from tests.core.statements import watched


def main() -> None:
    for line in sys.stdin:
        task = json.loads(line)
        children = [_begin(task) for _ in range(task["processes"])]
        statuses = [os.waitpid(child, 0)[1] for child in children]
        sys.stdout.write(json.dumps([os.waitstatus_to_exitcode(status) for status in statuses]) + "\n")
        sys.stdout.flush()


def _begin(task: dict[str, Any]) -> int:
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(_migrate(task["url"], task["killed_after"]))
        except BaseException as error:
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    return child


async def _migrate(url: str, statements: int) -> None:
    """Dies as soon as so many statements have been answered; 0: never."""
    left = statements

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    with watched(after=count):
        await database.migrate(url)


if __name__ == "__main__":
    main()
