"""Looks over the shoulder of both database drivers: a hook is called around each statement."""

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


def _nothing() -> None:
    return


@contextmanager
def watched(*, before: Callable[[], None] = _nothing, after: Callable[[], None] = _nothing) -> Iterator[None]:
    """``before`` a statement is sent, ``after`` its answer has come; BEGIN and COMMIT are statements too."""
    with ExitStack() as stack:
        for driver, name in _SENDERS:
            stack.enter_context(mock.patch.object(driver, name, _hooked(getattr(driver, name), before, after)))
        yield


def _hooked(send: Callable[..., Any], before: Callable[[], None], after: Callable[[], None]) -> Callable[..., Any]:
    async def hooked(self: Any, *arguments: Any, **more: Any) -> Any:
        before()
        answer = await send(self, *arguments, **more)
        after()
        return answer

    return hooked
