"""/WW_verify_….txt at the root: WeCom's check that the domain of the pages is ours (可信域名, path/90313 on 85005)."""

import asyncio
from pathlib import Path

import structlog
from aiohttp import web

log = structlog.get_logger()

_PATTERN = r"/{name:WW_verify_[0-9A-Za-z]{1,64}\.txt}"
_MOST_BYTES = 1024


def routes(folder: Path) -> list[web.RouteDef]:
    async def show(request: web.Request) -> web.Response:
        try:
            content = await asyncio.to_thread(_read, folder / request.match_info["name"])
        except OSError as error:
            log.info("domain_file.missing", error=type(error).__name__)
            raise web.HTTPNotFound from None
        return web.Response(body=content, content_type="text/plain")

    return [web.get(_PATTERN, show)]


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST_BYTES)
