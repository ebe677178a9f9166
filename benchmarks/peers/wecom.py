"""A stand-in for WeCom's server: takes everything after a pause, and counts. ``/figures`` tells."""

import argparse
import asyncio
import bisect
import itertools
import time

from aiohttp import web

from benchmarks.peers import listening

_MINUTE = 60


class Counter:
    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._calls: list[float] = []
        self._numbers = itertools.count(1)

    async def token(self, _request: web.Request) -> web.Response:
        return web.json_response({"errcode": 0, "access_token": "benchmark", "expires_in": 7200})

    async def take(self, request: web.Request) -> web.Response:
        self._calls.append(time.monotonic())
        body = await request.read()
        await asyncio.sleep(self._pause)
        number = next(self._numbers)
        code = {"response_code": f"code{number}"} if b'"button_interaction"' in body else {}
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": f"msg{number}", **code})

    async def figures(self, _request: web.Request) -> web.Response:
        calls = self._calls
        minutes = (bisect.bisect_left(calls, at + _MINUTE) - n for n, at in enumerate(calls))
        seconds = calls[-1] - calls[0] if calls else 0
        return web.json_response({"calls": len(calls), "seconds": seconds, "most_a_minute": max(minutes, default=0)})


def application(pause: float) -> web.Application:
    counter, app = Counter(pause), web.Application()
    app.add_routes(
        [
            web.get("/cgi-bin/gettoken", counter.token),
            web.get("/figures", counter.figures),
            web.post("/cgi-bin/{path:.+}", counter.take),
            web.get("/cgi-bin/{path:.+}", counter.take),
        ]
    )
    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--pause", type=float, default=0, help="seconds before every answer")
    asyncio.run(listening.until_told(application(parser.parse_args().pause)))
