"""Cancels a caller at any of the moments of its work: whenever it, or a task begun on its behalf, falls asleep (an
await that has to wait) and whenever one of them wakes, with the answer just there."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from functools import partial
from typing import Any

from tortoise.connection import get_connection

from core import database

PATIENCE_SECONDS = 20
Call = Callable[[], Awaitable[object]]


class Interrupted:
    """One call. ``moments``: how many it had; ``struck``: whether the caller was still there at the moment wanted."""

    def __init__(self, at: int) -> None:
        self.moments = 0
        self.struck = False
        self._at = at
        self._tasks: list[asyncio.Task[Any]] = []

    async def run(self, call: Call) -> None:
        """Returns when all that the call has begun is over, whatever became of the caller."""
        loop = asyncio.get_running_loop()
        loop.set_task_factory(self._task)  # type: ignore[arg-type]  # the factory of one call, not of all
        try:
            caller = loop.create_task(_called(call))
            await self._over()
        finally:
            loop.set_task_factory(None)
        assert caller.cancelled() == self.struck, "a caller that is cancelled has to end so"
        if not self.struck:
            caller.result()

    async def _over(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while left := [task for task in self._tasks if not task.done()]:
                await asyncio.wait(left)

    def _task(self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **more: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(_Watched(work, self), loop=loop, **more)
        self._tasks.append(task)
        return task

    def is_wanted(self) -> bool:
        self.moments += 1
        return self.moments == self._at

    def strike(self) -> None:
        self.struck = self._tasks[0].cancel()

    def strike_awake(self) -> bool:
        """Who is just being woken loses the answer; a caller who still sleeps is woken. One whom his own timer has just
        woken is left alone: the timer would take what is thrown here, and counted nowhere, for its own doing."""
        caller = self._tasks[0]
        if asyncio.current_task() is caller:
            self.struck = not caller.cancelling()
            return self.struck
        self.strike()
        return False


class _Watched(Coroutine[Any, Any, Any]):
    """Work as the event loop runs it, with each of its moments told."""

    def __init__(self, work: Coroutine[Any, Any, Any], call: Interrupted) -> None:
        self._work = work
        self._call = call
        self._slept = False

    def send(self, value: Any) -> Any:
        return self._go_on(partial(self._work.send, value))

    def throw(self, error: Any, *more: Any) -> Any:
        return self._go_on(partial(self._work.throw, error, *more))

    def close(self) -> None:
        self._work.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._work.__await__()

    def _go_on(self, step: Callable[[], Any]) -> Any:
        if self._slept and self._call.is_wanted() and self._call.strike_awake():
            step = partial(self._work.throw, asyncio.CancelledError())
        asleep = step()
        self._slept = True
        if self._call.is_wanted():
            self._call.strike()
        return asleep


async def _called(call: Call) -> None:
    await call()


async def interrupted(call: Call, at: int = 0) -> Interrupted:
    """Cancelled at the moment with this number, or never."""
    made = Interrupted(at)
    await made.run(call)
    return made


async def nothing_is_held() -> None:
    """No connection, no lock, no open transaction."""
    client: Any = get_connection("default")
    if database.is_postgresql():
        pool = client._pool
        assert pool.get_idle_size() == pool.get_size()
        (row,) = await database.rows(
            "SELECT count(*) AS open FROM pg_stat_activity "
            "WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
        )
        assert row["open"] == 0
    else:
        assert (client._lock.locked(), client.group, client._connection.in_transaction) == (False, None, False)


async def connect_anew() -> None:
    """Whoever comes next waits for PostgreSQL to be connected to, and for each statement to be prepared."""
    client: Any = get_connection("default")
    await client._pool.expire_connections()
