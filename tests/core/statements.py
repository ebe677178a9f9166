"""Looks over the shoulder of both database drivers: a hook is called just before each statement is sent."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import aiosqlite.core
import asyncpg.connection

_SENDERS = (
    (aiosqlite.core.Connection, "_execute"),
    (asyncpg.connection.Connection, "execute"),
    (asyncpg.connection.Connection, "executemany"),
    (asyncpg.connection.Connection, "fetch"),
    (asyncpg.connection.Connection, "fetchrow"),
)


@contextmanager
def before_each(hook: Callable[[], None]) -> Iterator[None]:
    with ExitStack() as stack:
        for driver, name in _SENDERS:
            stack.enter_context(mock.patch.object(driver, name, _hooked(getattr(driver, name), hook)))
        yield


def _hooked(send: Callable[..., Any], hook: Callable[[], None]) -> Callable[..., Any]:
    async def hooked(self: Any, *arguments: Any, **more: Any) -> Any:
        hook()
        return await send(self, *arguments, **more)

    return hooked
