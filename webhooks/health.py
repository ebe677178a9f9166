"""/healthz says that the process lives, /readyz that it can work: the database answers and the outbox moves."""

from datetime import timedelta

from aiohttp import web

from core import clock, database
from core.cases.models import Delivery, OutboxRow

_STUCK = timedelta(minutes=10)


async def healthz(_request: web.Request) -> web.Response:
    return web.Response(text="ok")


async def readyz(_request: web.Request) -> web.Response:
    try:
        await database.rows("SELECT 1 AS one")
        oldest = (
            await OutboxRow.filter(state=Delivery.PENDING, not_before__lt=clock.now()).order_by("not_before").first()
        )
    except Exception as error:
        return web.json_response({"database": type(error).__name__}, status=503)
    waiting = clock.now() - oldest.not_before if oldest else timedelta(0)
    stuck = waiting > _STUCK
    return web.json_response(
        {"database": "ok", "outbox_seconds": int(waiting.total_seconds())}, status=503 if stuck else 200
    )


def routes() -> list[web.RouteDef]:
    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]
