"""A bell wakes a worker as soon as there is something to do; without it the worker looks by itself once a second."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

_IDLE_SECONDS = 1.0


class Bell:
    """Rung from anywhere in this process; nobody hears it until a worker listens."""

    def __init__(self) -> None:
        self._event: asyncio.Event | None = None

    def ring(self) -> None:
        if self._event is not None:
            self._event.set()

    async def work(self, name: str, once: Callable[[], Awaitable[int]], stop: asyncio.Event) -> None:
        """Calls ``once`` until it finds nothing to do, then waits; ends between two rounds, never inside one."""
        self._event = asyncio.Event()
        while not stop.is_set():
            self._event.clear()
            if not await _guarded(name, once) and not stop.is_set():
                await self._heard()

    async def _heard(self) -> None:
        assert self._event is not None  # noqa: S101  # only work() calls
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                await self._event.wait()
        except TimeoutError:
            return


async def _guarded(name: str, once: Callable[[], Awaitable[int]]) -> int:
    try:
        return await once()
    except Exception:
        # The database may be away for a moment; the next round tries again.
        log.exception("worker.failed", worker=name)
        return 0
