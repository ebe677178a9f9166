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
_PAUSES = (0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60)  # seconds between tries to store what is answered already
STILL_WORKING = "正在处理，请稍候。"
_REFUSED = "refused"


@dataclass
class CallbackDoor:
    """``receive`` stores the callback and its effect; it is never interrupted, only not waited for any longer."""

    crypto: Crypto
    receive: Callable[[Callback], Awaitable[None]]
    under_way: set[asyncio.Task[None]] = field(default_factory=set)

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
        done, _ = await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        if not done:
            self._keep(event, task)
            return web.Response(text=self._still_working(event), content_type="text/xml")
        if task.exception() is not None:
            # Not stored: a refusal of the delivery makes WeCom bring it again.
            return web.Response(status=503, text="try again")
        Moment.BEFORE_ANSWER.reached()
        return web.Response()

    def _keep(self, event: Callback, task: asyncio.Task[None]) -> None:
        """It is answered, so WeCom will not bring it again: from here on we go on until it is stored."""
        keeper: asyncio.Task[None] = asyncio.create_task(self._until_stored(event, task))
        self.under_way.add(keeper)
        keeper.add_done_callback(self.under_way.discard)

    async def _until_stored(self, event: Callback, task: asyncio.Task[None]) -> None:
        for pause in _PAUSES:
            await asyncio.wait({task})
            if task.exception() is None:
                return
            await asyncio.sleep(pause)
            task = asyncio.create_task(_run(self.receive, event))
        await asyncio.wait({task})

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
