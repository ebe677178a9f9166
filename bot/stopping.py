"""Stopping on SIGTERM or Ctrl-C: in order if it can be, within ten seconds in any case."""

import asyncio
import os
import signal
import threading

import structlog

log = structlog.get_logger()

_AT_MOST_SECONDS = 9.0  # a busy machine needs the rest to notice


def stop_signal() -> asyncio.Event:
    """Set by the first signal. A process that hangs afterwards is ended: whatever was acknowledged is in the database,
    and what was under way is taken over when its lease runs out."""
    stop = asyncio.Event()

    def begin() -> None:
        if not stop.is_set():
            _end_later()
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, begin)
    return stop


def _end_later() -> None:
    """By a thread: an event loop that hangs would not hear its own alarm."""
    timer = threading.Timer(_AT_MOST_SECONDS, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    log.error("stop.too_slow", seconds=_AT_MOST_SECONDS)
    os._exit(1)
