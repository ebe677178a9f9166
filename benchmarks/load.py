"""The load generator: a process of its own that seals all callbacks first, then posts them over kept-open connections.

``closed``: every connection posts as soon as it was answered. ``open``: one callback at each tick of the rate, whether
the ones before were answered or not; its time runs from the tick, so that a server that stalls cannot hide it.
"""

import asyncio
import json
import secrets
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from benchmarks import corp
from wecom.crypto import Crypto


@dataclass(frozen=True)
class Order:
    """``rate`` 0 is the closed loop; it ends after ``seconds`` or after ``count`` callbacks, one from each member from
    member ``first`` on."""

    port: int
    first: int
    count: int
    seconds: float
    connections: int
    rate: float = 0


@dataclass(frozen=True)
class Result:
    """Times in milliseconds; ``wrong`` are answers that are not 200."""

    done: int
    wrong: int
    seconds: float
    p50: float
    p99: float
    longest: float

    @property
    def rate(self) -> float:
        return self.done / self.seconds


def requests(order: Order) -> list[bytes]:
    crypto, run = Crypto(corp.TOKEN, corp.AES_KEY, corp.CORP_ID), secrets.randbelow(10**9)
    return [_request(crypto, order.port, run * 10**6 + n, order.first + n) for n in range(order.count)]


def _request(crypto: Crypto, port: int, message_id: int, member: int) -> bytes:
    now = str(int(time.time()))
    plain = (
        f"<xml><ToUserName><![CDATA[{corp.CORP_ID}]]></ToUserName><FromUserName><![CDATA[m{member}]]></FromUserName>"
        f"<CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{corp.WORDS}]]></Content>"
        f"<MsgId>{message_id}</MsgId><AgentID>{corp.AGENT_ID}</AgentID></xml>"
    )
    encrypt, nonce = crypto.encrypt(plain.encode()), str(secrets.randbelow(10**10))
    query = urlencode({"msg_signature": crypto.signature(now, nonce, encrypt), "timestamp": now, "nonce": nonce})
    body = (
        f"<xml><ToUserName><![CDATA[{corp.CORP_ID}]]></ToUserName><AgentID><![CDATA[{corp.AGENT_ID}]]></AgentID>"
        f"<Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
    ).encode()
    head = f"POST {corp.PATH}?{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: text/xml\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Line(asyncio.Protocol):
    """One connection, one request at a time; reads no more of an answer than its status and length."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport
        self._answer: asyncio.Future[int]
        self._got = b""
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    async def ask(self, request: bytes) -> int:
        """The status."""
        self._answer, self._got = asyncio.get_running_loop().create_future(), b""
        self._transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        if end and len(body) >= _length(head):
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, _error: Exception | None) -> None:
        self.lost = True
        if hasattr(self, "_answer") and not self._answer.done():
            self._answer.set_result(0)


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0] or 0)


async def _line(port: int) -> Line:
    _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", port)
    return line


@dataclass
class Tally:
    statuses: list[int]
    times: list[float]

    async def post(self, line: Line, request: bytes, began: float) -> None:
        self.statuses.append(await line.ask(request))
        self.times.append(time.perf_counter() - began)

    def result(self, seconds: float) -> Result:
        times, wrong = sorted(self.times), sum(status != 200 for status in self.statuses)
        p50, p99, longest = (times[int(share * (len(times) - 1))] * 1000 for share in (0.5, 0.99, 1))
        return Result(len(times), wrong, seconds, p50, p99, longest)


async def closed(order: Order) -> Result:
    waiting, tally = iter(requests(order)), Tally([], [])
    lines = [await _line(order.port) for _ in range(order.connections)]
    began = time.perf_counter()
    await asyncio.gather(*(_keep_posting(line, waiting, tally, began + order.seconds) for line in lines))
    return tally.result(time.perf_counter() - began)


async def _keep_posting(line: Line, waiting: Iterator[bytes], tally: Tally, until: float) -> None:
    for request in waiting:
        await tally.post(line, request, time.perf_counter())
        if time.perf_counter() >= until:
            return


async def open_loop(order: Order) -> Result:
    tally, idle = Tally([], []), [await _line(order.port) for _ in range(order.connections)]
    under_way: set[asyncio.Task[None]] = set()
    waiting = requests(order)
    began = time.perf_counter()
    for number, request in enumerate(waiting):
        tick = began + number / order.rate
        await asyncio.sleep(tick - time.perf_counter())
        task = asyncio.create_task(_post_on_idle(order.port, idle, tally, request, tick))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    return tally.result(time.perf_counter() - began)


async def _post_on_idle(port: int, idle: list[Line], tally: Tally, request: bytes, tick: float) -> None:
    while idle and idle[-1].lost:  # servers close what was quiet for some seconds
        idle.pop()
    line = idle.pop() if idle else await _line(port)
    await tally.post(line, request, tick)
    idle.append(line)


def main() -> None:
    order = Order(**json.loads(sys.stdin.read()))
    result = asyncio.run(open_loop(order) if order.rate else closed(order))
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
