"""Around every request: a number for the log, the time that a callback took, no packed bodies, and an end for what
nobody expected."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from core import metrics
from core.settings import CALLBACK_PATH

log = structlog.get_logger()


@web.middleware
async def watched(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=secrets.token_hex(4))
    began, status = asyncio.get_running_loop().time(), 500
    try:
        response = await handler(request) if _plain(request) else _packed(request)
        status = response.status
    except web.HTTPException as answer:
        status = answer.status
        raise
    except Exception:
        log.exception("request.failed", method=request.method, route=_route(request))
        return web.Response(status=500, text="failed\n")
    finally:
        if request.path == CALLBACK_PATH:
            metrics.callback_seconds.labels(str(status)).observe(asyncio.get_running_loop().time() - began)
    return response


def _plain(request: web.Request) -> bool:
    return request.headers.get("Content-Encoding", "identity").lower() in {"", "identity"}


def _packed(request: web.Request) -> web.Response:
    """Neither WeCom nor a browser packs a body. Unpacking costs memory, and one that is broken would be our failure."""
    log.warning("request.packed", route=_route(request))
    response = web.Response(status=400, text="refused")
    response.force_close()  # what is left of the body is not read
    return response


def _route(request: web.Request) -> str:
    """The pattern, not the path: that may hold what is nobody's business."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""
