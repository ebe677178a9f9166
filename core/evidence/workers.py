"""Threads for work that would block: one photo, one voice and one video at a time per process."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from core.evidence.refusal import Reason, refusal
from core.evidence.sniff import Kind

T = TypeVar("T")

_workers = {kind: ThreadPoolExecutor(1, thread_name_prefix=f"evidence-{kind}") for kind in Kind}


class Patience:
    """How long a piece of work may take from its first look on; giving up from outside ends it at its next look."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until: float | None = None
        self._given_up = threading.Event()

    def give_up(self) -> None:
        self._given_up.set()

    def check(self) -> None:
        now = time.monotonic()
        if self._until is None:  # time spent waiting for the thread does not count
            self._until = now + self._seconds
        if self._given_up.is_set() or now >= self._until:
            raise refusal(Reason.TOO_SLOW)


async def alone(kind: Kind, work: Callable[[], T]) -> T:
    """Run blocking `work` while nothing else of its kind runs in this process."""
    return await asyncio.get_running_loop().run_in_executor(_workers[kind], work)
