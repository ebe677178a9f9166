"""``python -m tests.h5.hanging DATABASE FILE``, for benchmarks: every page of the gallery on a port, and one of which
nothing is asked on another.

What hangs where, and the cookie with which it is seen, is written into the file.
"""

import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import uvloop
from aiohttp import web

from benchmarks.peers import listening
from tests.h5.gallery import PROCESSES, View, hang
from tests.h5.story import Station, station_on


async def main(url: str, file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with station_on(url, Path(folder), PROCESSES) as station:
            views = [_told(station, view) for view in await hang(station)]
            told = json.dumps({"port": station.server.port, "views": views})
            await asyncio.to_thread(file.write_text, told)
            app = web.Application()
            app.add_routes([web.get("/floor", _floor)])
            await listening.until_told(app)


def _told(station: Station, view: View) -> dict[str, object]:
    response = web.Response()
    if view.person is not None:
        station.pages.sessions.enter(response, view.person)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in response.cookies.items())
    return asdict(view) | {"person": None, "cookie": cookie}


async def _floor(_request: web.Request) -> web.Response:
    """As long as most pages are."""
    response = web.Response(text=_TEXT, content_type="text/html")
    response.enable_compression()
    return response


_TEXT = "".join(f'<p class="record">滨江花园{n}期 第{n * 7919 % 997}号</p>\n' for n in range(250))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(sys.argv[1], Path(sys.argv[2])))
