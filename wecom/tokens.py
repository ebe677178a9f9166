"""Tokens and tickets: kept where all processes see them, renewed by one of them, never written to a log."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from wecom.errors import Action, WeComError, block_seconds

Now = Callable[[], datetime]

_AHEAD = timedelta(minutes=5)
_WRONG_SECRET: Final = frozenset({40001, 40013, 40091})
_WRONG_SECRET_PAUSE = timedelta(minutes=10)  # WeCom blocks our address for an hour when a wrong one keeps coming
_SETTINGS_PAUSE = timedelta(seconds=10)
_REPLACED_ENOUGH = timedelta(seconds=20)  # a new token that is refused as well: asking more often helps nobody
_NOT_ABOUT_US: Final = frozenset({Action.DROP, Action.BUG, Action.REFRESH})

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Token:
    """`replaced_at`: when it took the place of one that WeCom had refused."""

    value: str = field(repr=False)
    use_until: datetime
    replaced_at: datetime | None = None


class TokenStore(Protocol):
    """`lock` has at most one holder among all processes that share the store, for at most half a minute.

    A holder of one key's lock may take another key's: fetching a ticket may need a new token.
    """

    async def get(self, key: str) -> Token | None: ...

    async def put(self, key: str, token: Token) -> None: ...

    def lock(self, key: str) -> AbstractAsyncContextManager[object]: ...


class MemoryTokens:
    """A TokenStore for one process."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, key: str) -> Token | None:
        return self._tokens.get(key)

    async def put(self, key: str, token: Token) -> None:
        self._tokens[key] = token

    def lock(self, key: str) -> AbstractAsyncContextManager[object]:
        return self._locks.setdefault(key, asyncio.Lock())


@dataclass(frozen=True, slots=True)
class Issued:
    value: str = field(repr=False)
    expires_in: int


class Credential:
    """One token or ticket. However many callers wait, one fetch runs, and all share its result or its error."""

    def __init__(self, key: str, store: TokenStore, fetch: Callable[[], Awaitable[Issued]], now: Now) -> None:
        self._key = key
        self._store = store
        self._fetch = fetch
        self._now = now
        self._held: Token | None = None
        self._renewal: asyncio.Task[Token] | None = None
        self._pause: tuple[datetime, WeComError] | None = None
        self._blocks = 0

    async def get(self, stale: str = "") -> str:
        """Not `stale`, the one WeCom has just refused, unless WeCom itself hands out the same again, or it took the
        place of a refused one moments ago."""
        if self._usable(self._held, stale):
            return self._held.value if self._held else ""
        return (await self._renewed(stale)).value

    def _usable(self, token: Token | None, stale: str) -> bool:
        if token is None or self._now() >= token.use_until:
            return False
        return token.value != stale or self._just_replaced(token)

    def _just_replaced(self, token: Token) -> bool:
        return token.replaced_at is not None and self._now() - token.replaced_at < _REPLACED_ENOUGH

    async def _renewed(self, stale: str) -> Token:
        if self._renewal is None or self._renewal.done():
            # In a context of its own: a caller may be inside a database transaction, and the renewal must not be.
            self._renewal = asyncio.create_task(self._renew(stale), context=contextvars.Context())
            self._renewal.add_done_callback(_seen)
        return await asyncio.shield(self._renewal)

    async def _renew(self, stale: str) -> Token:
        token = await self._store.get(self._key)
        if token is None or not self._usable(token, stale):
            self._keep_pause()
            token = await self._renew_locked(stale)
        self._held = token
        return token

    async def _renew_locked(self, stale: str) -> Token:
        async with self._store.lock(self._key):
            token = await self._store.get(self._key)
            if token is None or not self._usable(token, stale):
                token = replace(await self._issue(), replaced_at=self._now() if stale else None)
                await self._store.put(self._key, token)
        return token

    async def _issue(self) -> Token:
        try:
            issued = await self._fetch()
        except WeComError as error:
            if error.action in _NOT_ABOUT_US:  # what somebody wanted to send is not at fault, and must wait
                error.action = Action.CONFIG
            self._begin_pause(error)
            raise
        self._pause, self._blocks = None, 0
        life = timedelta(seconds=issued.expires_in)
        _log.info("wecom_credential_renewed", credential=self._key, seconds=issued.expires_in)
        return Token(issued.value, self._now() + life - min(_AHEAD, life / 5))

    def _begin_pause(self, error: WeComError) -> None:
        if error.action is Action.RETRY:
            return
        self._pause = (self._now() + self._pause_length(error), error)

    def _pause_length(self, error: WeComError) -> timedelta:
        if error.code in _WRONG_SECRET:
            return _WRONG_SECRET_PAUSE
        if error.action is not Action.WAIT:
            return _SETTINGS_PAUSE
        error.wait_seconds = block_seconds(self._blocks, self._now())
        self._blocks += 1
        return timedelta(seconds=error.wait_seconds)

    def _keep_pause(self) -> None:
        if self._pause and self._now() < self._pause[0]:
            raise self._pause[1].with_traceback(None)


def _seen(task: asyncio.Task[Token]) -> None:
    """Every waiter may have been cancelled; their absence is no reason for a warning about an unread error."""
    if not task.cancelled():
        task.exception()
