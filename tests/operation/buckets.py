"""An S3-compatible store in a thread of the tests, and a line to it that can be cut in the middle of an upload."""

import asyncio
import contextlib
import logging
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from moto.server import ThreadedMotoServer

BUCKET = "evidence"
_KEYS = "access_key_id=rehearsal&secret_access_key=rehearsal&region=us-east-1"


@contextmanager
def bucket() -> Iterator[tuple[str, int]]:
    """Host and port of a store with one empty bucket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        for path in ("/moto-api/reset", f"/{BUCKET}"):
            method = "PUT" if path.endswith(BUCKET) else "POST"
            urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}{path}", method=method)).close()
        yield host, port
    finally:
        server.stop()


def media_url(host: str, port: int) -> str:
    """ZHIAN_MEDIA_URL of the bucket behind this address."""
    return f"s3://{BUCKET}/zhian?endpoint=http://{host}:{port}&{_KEYS}"


class Line:
    """Passes bytes on; after `cut` it ends every connection as soon as so many bytes have gone up."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._budget = 0
        self._cuts_left = 0
        self.cuts = 0

    def cut(self, after_bytes: int, times: int) -> None:
        self._budget, self._cuts_left = after_bytes, times

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._target)
        down = asyncio.create_task(_pour(there, writer))
        try:
            if await self._up(reader, back):
                writer.transport.abort()
                back.transport.abort()
            await down
        finally:
            writer.close()
            back.close()

    async def _up(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> bool:
        """Whether the line was cut."""
        gone = 0
        while data := await reader.read(16 * 1024):
            gone += len(data)
            if self._cuts_left and gone > self._budget:
                self._cuts_left -= 1
                self.cuts += 1
                return True
            back.write(data)
            await back.drain()
        back.write_eof()
        return False


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(64 * 1024):
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def line_to(host: str, port: int) -> AsyncIterator[tuple[Line, int]]:
    """The line, and the port where it begins."""
    line = Line(host, port)
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    async with server:
        yield line, server.sockets[0].getsockname()[1]
