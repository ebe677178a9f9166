"""What the replicas do together towards WeCom: one token for all, one pace for all, one pause for all."""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from core import metrics
from core.sharing import credentials, pace
from core.sharing.pace import Blocked, Reserved
from wecom.errors import FREQUENCY, WeComError, block_seconds, from_answer, no_answer
from wecom.gate import UNMETERED
from wecom.tokens import Token

log = structlog.get_logger()

_MOST_AT_ONCE = 200
_LOOK_SECONDS = 10.0
_LATE_SECONDS = 0.5  # the room that core.sharing.pace leaves under WeCom's limit
_FREE = UNMETERED - pace.HOURS.keys()
_KNOWS_ITS_OWN_PAUSES = "gettoken"  # wecom.tokens.Credential


class SharedTokens:
    """A wecom.tokens.TokenStore in the database. While that is away no call leaves, and each may be tried again."""

    def __init__(self, kept: credentials.Credentials) -> None:
        self._kept = kept

    async def get(self, key: str) -> Token | None:
        async with _or_held_back(key):
            kept = await self._kept.get(key)
        return _token(kept) if kept else None

    async def put(self, key: str, token: Token) -> None:
        async with _or_held_back(key):
            replaced = token.replaced_at.isoformat() if token.replaced_at else ""
            await self._kept.put(key, f"{replaced} {token.value}", token.use_until)

    @asynccontextmanager
    async def lock(self, key: str) -> AsyncIterator[None]:
        async with _or_held_back(key), self._kept.lease(key):
            yield


def _token(kept: credentials.Kept) -> Token:
    replaced, _, value = kept.value.rpartition(" ")
    return Token(value, kept.use_until, datetime.fromisoformat(replaced) if replaced else None)


@dataclass(frozen=True)
class Place:
    """From which moment of the event loop's clock a call may leave, and how many blocks in a row came before it."""

    moment: float
    blocks: int


class SharedGate:
    """A wecom.gate.Gate. Calls to one API that wait here together take their places with one statement."""

    def __init__(self) -> None:
        self._queues: dict[str, list[asyncio.Future[Place]]] = {}
        self._reserving: dict[str, asyncio.Task[None]] = {}
        self._looked: dict[str, tuple[float, Reserved | Blocked]] = {}

    @asynccontextmanager
    async def call(self, path: str) -> AsyncIterator[None]:
        blocks = await self._enter(path)
        try:
            with metrics.wecom_seconds.labels(path).time():
                yield
        except WeComError as error:
            metrics.wecom_errors.labels(path, str(error.code)).inc()
            if error.code == FREQUENCY and path != _KNOWS_ITS_OWN_PAUSES:
                await self._note(path, self._blocked(path, error))
            raise
        if blocks:
            self._looked.pop(path, None)
            await self._note(path, pace.passed(path))

    async def _enter(self, path: str) -> int:
        """How many blocks in a row came before this call."""
        if path == _KNOWS_ITS_OWN_PAUSES:
            return 0
        if path not in _FREE:
            return await self._take_place(path)
        async with _or_held_back(path):
            found = await self._look(path)
        return _let_in(path, found).blocks

    async def _look(self, path: str) -> Reserved | Blocked:
        """What is known is enough for some seconds: sending a message must not cost a question each."""
        at, found = self._looked.get(path, (float("-inf"), Reserved([0.0], 0)))
        now = asyncio.get_running_loop().time()
        if isinstance(found, Blocked) or now - at > _LOOK_SECONDS:
            found = await pace.look(path)
            self._looked[path] = (now, found)
        return found

    async def _blocked(self, path: str, error: WeComError) -> None:
        self._looked.pop(path, None)
        remaining = await pace.block(path, block_seconds)
        error.wait_seconds = _whole_seconds(remaining)
        log.warning("wecom.blocked", api=path, seconds=error.wait_seconds)

    @staticmethod
    async def _note(path: str, writing: Coroutine[Any, Any, None]) -> None:
        """The call has been made and its outcome is known, whether or not the database hears of it."""
        try:
            await writing
        except Exception:
            log.exception("pace.not_noted", api=path)

    # ── places ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def _take_place(self, path: str) -> int:
        loop = asyncio.get_running_loop()
        place: asyncio.Future[Place] = loop.create_future()
        self._queues.setdefault(path, []).append(place)
        if path not in self._reserving:
            # In a context of its own: a caller may be inside a database transaction, and this must not be.
            task = asyncio.create_task(self._reserve(path), context=contextvars.Context())
            self._reserving[path] = task
        found = await place
        if loop.time() - found.moment > _LATE_SECONDS:
            # This process was stopped: others have taken the places of the minute that this call would fall into.
            raise _held_back(path, TimeoutError())
        return found.blocks

    async def _reserve(self, path: str) -> None:
        try:
            while waiting := self._queues.pop(path, []):
                now, later = waiting[:_MOST_AT_ONCE], waiting[_MOST_AT_ONCE:]
                if later:
                    self._queues[path] = later
                await self._hand_out(path, now)
        finally:
            del self._reserving[path]

    async def _hand_out(self, path: str, waiting: list[asyncio.Future[Place]]) -> None:
        waiting = [place for place in waiting if not place.done()]
        try:
            reserved = _let_in(path, await pace.reserve(path, len(waiting)))
        except Exception as error:
            _refuse(path, waiting, error)
            return
        loop = asyncio.get_running_loop()
        for place, seconds in zip(waiting, reserved.waits, strict=True):
            if seconds:
                metrics.wecom_held.labels(path).inc()
            moment = loop.time() + seconds
            loop.call_at(moment, _open, place, Place(moment, reserved.blocks))


def _open(waiting: asyncio.Future[Place], place: Place) -> None:
    if not waiting.done():
        waiting.set_result(place)


def _refuse(path: str, waiting: list[asyncio.Future[Place]], error: Exception) -> None:
    refusal = error if isinstance(error, WeComError) else _held_back(path, error)
    for place in waiting:
        if not place.done():
            place.set_exception(refusal)


@asynccontextmanager
async def _or_held_back(what: str) -> AsyncIterator[None]:
    try:
        yield
    except WeComError:
        raise
    except Exception as error:
        raise _held_back(what, error) from error


def _held_back(path: str, error: Exception) -> WeComError:
    """The call did not leave, so whoever wanted it may simply want it again, later."""
    if isinstance(error, pace.TooMany):
        metrics.wecom_held.labels(path).inc()
    else:
        log.warning("wecom.held_back", call=path, error=type(error).__name__)
    return no_answer(f"{path}: held back", unknown_outcome=False)


def _let_in(path: str, found: Reserved | Blocked) -> Reserved:
    if isinstance(found, Reserved):
        return found
    metrics.wecom_held.labels(path).inc()
    refusal = from_answer(FREQUENCY, "")
    refusal.wait_seconds = _whole_seconds(found.remaining)
    raise refusal


def _whole_seconds(span: timedelta) -> int:
    return int(span.total_seconds()) + 1
