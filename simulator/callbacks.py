"""Callbacks on their way to the service (path/90930, 90238): in order for each member, repeated when unanswered."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import ClientSession, ClientTimeout

from simulator import replies, xml
from simulator.corp import Corp
from simulator.envelope import BadReply, Envelope, Sealed

_URL_CHECK_SECONDS = 1.0
_SHUFFLE_SECONDS = 0.3
_LONGEST_PAUSE = 30.0
_NO_REPLY = (b"", b"success")


@dataclass(frozen=True, slots=True)
class Callback:
    """`userid` is the member or `sys`; `card_message` is the clicked card's place in his chat."""

    userid: str
    fields: dict[str, Any]
    summary: str
    card_message: str | None = None

    @property
    def document(self) -> str:
        return xml.document(self.fields)

    def require_reply_accepted(self) -> None:
        """Raises BadReply for the events that take none (path/90241)."""
        event = str(self.fields.get("Event", ""))
        if self.fields["MsgType"] == "event" and event.lower() not in replies.ACCEPTING:
            raise BadReply("这种回调不接受应答")


@dataclass(frozen=True, slots=True)
class _Outcome:
    status: int | None
    body: bytes
    error: str
    ms: float


class Courier:
    def __init__(self, corp: Corp) -> None:
        self._corp = corp
        self._envelope = Envelope(corp.config)
        self._queues: dict[str, asyncio.Queue[Callback]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._http: ClientSession | None = None

    async def open(self) -> None:
        self._http = ClientSession()

    async def close(self) -> None:
        for worker in self._workers.values():
            worker.cancel()
        await asyncio.gather(*self._workers.values(), return_exceptions=True)
        if self._http:
            await self._http.close()

    def post(self, callback: Callback) -> None:
        """Returns at once; each member's callbacks arrive in the order they were posted."""
        queue = self._queues.setdefault(callback.userid, asyncio.Queue())
        queue.put_nowait(callback)
        worker = self._workers.get(callback.userid)
        if worker is None or worker.done():
            self._workers[callback.userid] = asyncio.create_task(self._drain(queue))

    async def settled(self) -> None:
        """Returns when nothing is on its way any more."""
        while busy := [worker for worker in self._workers.values() if not worker.done()]:
            await asyncio.wait(busy)

    async def verify_url(self) -> bool:
        """The GET with which WeCom checks a callback address (path/90930); within one second."""
        message = str(int(self._corp.clock.now() * 1000)) + "4711"
        sealed = self._envelope.seal(message, self._corp.clock.now())
        query = sealed.query | {"echostr": sealed.encrypt}
        outcome = await self._request("GET", query, b"", _URL_CHECK_SECONDS)
        good = outcome.status == 200 and outcome.body == message.encode()
        self._record("GET", outcome, "验证回调地址：" + ("通过" if good else "未通过"), None, {"echostr": "***"}, None)
        return good

    async def _drain(self, queue: asyncio.Queue[Callback]) -> None:
        while not queue.empty():
            callback = queue.get_nowait()
            if self._corp.faults.strikes("out_of_order"):
                await asyncio.sleep(_SHUFFLE_SECONDS)
                if not queue.empty():
                    await self._deliver(queue.get_nowait())
            await self._deliver(callback)

    async def _deliver(self, callback: Callback) -> None:
        if self._corp.faults.strikes("drop"):
            self._note(callback, "回调被丢弃（故障开关）")
            return
        if self._corp.faults.strikes("duplicate"):
            await asyncio.gather(self._persist(callback), self._persist(callback, copy=True))
        else:
            await self._persist(callback)

    async def _persist(self, callback: Callback, *, copy: bool = False) -> None:
        """Tries until it is answered, or until the retries are used up."""
        knobs, tries, sealed = self._corp.knobs, 0, None
        while True:
            if sealed is None or knobs.fresh_nonce_per_retry:
                sealed = self._seal(callback)
            outcome = await self._attempt(callback, sealed, tries, copy=copy)
            if outcome.status == 200 or (outcome.status and not knobs.retry_on_non_200):
                return
            tries += 1
            if tries > knobs.callback_retries and not knobs.patient:
                self._note(callback, f"重试 {knobs.callback_retries} 次后放弃")
                return
            await asyncio.sleep(min(knobs.callback_retry_spacing_seconds * tries, _LONGEST_PAUSE))

    def _seal(self, callback: Callback) -> Sealed:
        strikes = self._corp.faults.strikes
        return self._envelope.seal(
            callback.document,
            self._corp.clock.now(),
            wrong_receiver=strikes("wrong_receiveid"),
            bad_signature=strikes("bad_signature"),
        )

    async def _attempt(self, callback: Callback, sealed: Sealed, tries: int, *, copy: bool) -> _Outcome:
        timeout = self._corp.knobs.callback_timeout_seconds
        outcome = await self._request("POST", sealed.query, sealed.body, timeout)
        reply = self._reply(callback, outcome, copy=copy)
        again = f"（第 {tries} 次重试）" if tries else "（重复）" if copy else ""
        self._record("POST", outcome, callback.summary + again, callback.userid, callback.document, reply)
        return outcome

    async def _request(self, method: str, query: dict[str, str], body: bytes, seconds: float) -> _Outcome:
        if self._http is None:
            raise RuntimeError("open() the courier first")
        url = self._corp.config.callback_url.with_query(query)
        started = time.monotonic()
        try:
            async with self._http.request(
                method,
                url,
                data=body or None,
                headers={"Content-Type": "text/xml"} if body else None,
                timeout=ClientTimeout(total=seconds),
                allow_redirects=False,
            ) as answer:
                return _Outcome(answer.status, await answer.read(), "", _ms(started))
        except TimeoutError:
            return _Outcome(None, b"", f"{seconds:g} 秒内没有应答", _ms(started))
        except aiohttp.ClientError as error:
            return _Outcome(None, b"", f"连不上服务：{type(error).__name__}", _ms(started))

    def _reply(self, callback: Callback, outcome: _Outcome, *, copy: bool) -> Any:
        """Applies a passive reply. What the real WeCom would swallow in silence stands in the traffic."""
        if outcome.error or outcome.status != 200 or outcome.body.strip() in _NO_REPLY:
            return outcome.error or outcome.body[:300].decode("utf-8", "replace")
        try:
            callback.require_reply_accepted()
            plain = self._envelope.open_reply(outcome.body)
            if not copy:
                replies.apply(self._corp, plain, callback.userid, callback.card_message)
            return plain.decode("utf-8", "replace")
        except BadReply as error:
            return f"应答无效（真实的企业微信会不声不响地忽略）：{error}"

    def _record(
        self, method: str, outcome: _Outcome, summary: str, userid: str | None, request: Any, response: Any
    ) -> None:
        self._corp.traffic.record(
            at=self._corp.clock.now(),
            direction="callback",
            method=method,
            path=self._corp.config.callback_url.path,
            status=outcome.status,
            errcode=None,
            ms=outcome.ms,
            summary=summary,
            userid=userid,
            request=request,
            response=response if response is not None else outcome.error,
            fault=None,
        )

    def _note(self, callback: Callback, why: str) -> None:
        nothing = _Outcome(None, b"", why, 0.0)
        self._record("POST", nothing, f"{callback.summary}：{why}", callback.userid, callback.document, why)


def _ms(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 1)
