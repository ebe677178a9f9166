"""GET and POST /wecom/callback: verify, decrypt, hand over, answer within five seconds whatever happens behind."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from core import clock
from core.moments import Moment
from core.settings import CALLBACK_PATH
from wecom import callback, reply
from wecom.crypto import BAD_BODY, Crypto, Refused, TooLarge
from wecom.events import Callback, TextMessage

log = structlog.get_logger()

PATIENCE_SECONDS = 3.5
BODY_SECONDS = 5
KEEPING_SECONDS = 1.0  # what is left of WeCom's five then is for the way
_KEPT_AT_ONCE = 4
STILL_WORKING = "正在处理，请稍候。"
_REFUSED = "refused"


@dataclass
class CallbackDoor:
    """``receive`` stores the callback and its effect; it is never interrupted, only not waited for any longer.
    ``keep`` stores the callback alone, beside a ``receive`` that takes too long, for a worker to make sure of it."""

    crypto: Crypto
    receive: Callable[[Callback], Awaitable[None]]
    keep: Callable[[Callback], Awaitable[None]]
    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _keeping: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_KEPT_AT_ONCE))

    def routes(self) -> list[web.RouteDef]:
        return [web.get(CALLBACK_PATH, self.verify), web.post(CALLBACK_PATH, self.post)]

    async def verify(self, request: web.Request) -> web.Response:
        try:
            return web.Response(text=callback.verify_url(self.crypto, request.query, clock.now()))
        except Refused as refused:
            return _refusal(refused)

    async def post(self, request: web.Request) -> web.Response:
        try:
            body = await _body(request)
            event = callback.read(self.crypto, request.query, body, clock.now())
        except Refused as refused:
            return _refusal(refused)
        return await self._hand_over(event)

    async def _hand_over(self, event: Callback) -> web.Response:
        task: asyncio.Task[None] = asyncio.create_task(_run(self.receive, event))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)
        await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        if not task.done() and await self._kept(event):
            return web.Response(text=self._still_working(event), content_type="text/xml")
        if not task.done() or task.exception() is not None:
            # Not stored: a refusal of the delivery makes WeCom bring it again.
            return web.Response(status=503, text="try again")
        Moment.BEFORE_ANSWER.reached()
        return web.Response()

    async def _kept(self, event: Callback) -> bool:
        """What is answered will not be brought again, so nothing may take it from us any more."""
        try:
            async with asyncio.timeout(KEEPING_SECONDS), self._keeping:
                await self.keep(event)
        except Exception as error:
            log.warning("callback.not_kept", kind=type(event).__name__, error=type(error).__name__)
            return False
        return True

    def _still_working(self, event: Callback) -> str:
        if not isinstance(event, TextMessage):
            return ""
        xml = reply.text(event, STILL_WORKING, clock.now())
        return reply.envelope(self.crypto, xml, str(int(clock.now().timestamp())), secrets.token_hex(8))

    async def finish(self, seconds: float) -> None:
        """Waits for what is under way; used when the service stops."""
        if self.under_way:
            await asyncio.wait(self.under_way, timeout=seconds)


async def _run(receive: Callable[[Callback], Awaitable[None]], event: Callback) -> None:
    try:
        await receive(event)
    except Exception:
        log.exception("callback.failed", kind=type(event).__name__)
        raise


async def _body(request: web.Request) -> bytes:
    """At most one byte more than allowed is read, whatever the headers promise."""
    parts, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.content.iter_chunked(16 * 1024):
                parts.append(part)
                size += len(part)
                if size > callback.BODY_LIMIT:
                    raise TooLarge(BAD_BODY, "the body is too large")
    except TimeoutError:
        raise Refused(BAD_BODY, "the body came too slowly") from None
    except (ConnectionError, web.RequestPayloadError):
        raise Refused(BAD_BODY, "the body broke off") from None
    return b"".join(parts)


def _refusal(refused: Refused) -> web.Response:
    log.warning("callback.refused", code=refused.code, reason=refused.reason)
    response = web.Response(status=refused.status, text=_REFUSED)
    response.force_close()  # what is left of the body is not read
    return response
