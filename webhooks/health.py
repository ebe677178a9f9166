"""/healthz: the process lives. /readyz: it can work. /metrics: figures for Prometheus."""

import asyncio
import secrets
from dataclasses import dataclass
from ipaddress import ip_address

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from core import health, metrics

log = structlog.get_logger()

_PATIENCE_SECONDS = 3.0
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


@dataclass
class HealthDoor:
    pulse: health.Pulse
    metrics_token: str = ""

    def __post_init__(self) -> None:
        self._looking: asyncio.Task[health.Facts] | None = None

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/healthz", self.healthz),
            web.get("/readyz", self.readyz),
            web.get("/metrics", self.metrics),
        ]

    async def healthz(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def readyz(self, _request: web.Request) -> web.Response:
        """503 names what is wrong under ``troubles``. Meant for alarms; a load balancer asks /healthz, or a WeCom that
        is away (the outbox grows old) would take all replicas out at once."""
        try:
            facts = await self._facts()
        except Exception as error:
            log.warning("readyz.database", error=type(error).__name__)
            return web.json_response({"troubles": ["database"], "database": type(error).__name__}, status=503)
        seconds = {
            "outbox_seconds": facts.outbox_age,
            "sweeper_seconds": self.pulse.age("sweep"),
            "inbox_seconds": facts.inbox_age,
            "deadlines_forgotten": facts.forgotten,
        }
        troubles = health.troubles(facts, self.pulse.age("sweep"))
        shown = {name: round(value) for name, value in seconds.items()}
        return web.json_response({"troubles": troubles, "database": "ok", **shown}, status=503 if troubles else 200)

    async def _facts(self) -> health.Facts:
        """Whoever asks does not wait for long; the question is never cancelled, and never asked twice at once."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(health.look())
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await asyncio.shield(self._looking)

    async def metrics(self, request: web.Request) -> web.Response:
        if not self._may_read_metrics(request):
            return web.Response(status=403, text="only from this machine, or with ZHIAN_METRICS_TOKEN\n")
        await health.measure()
        return web.Response(body=generate_latest(metrics.REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _may_read_metrics(self, request: web.Request) -> bool:
        """What a proxy on this machine passes on comes from elsewhere."""
        if self.metrics_token:
            given = request.headers.get("Authorization", "").removeprefix("Bearer ")
            return secrets.compare_digest(given.encode(), self.metrics_token.encode())
        forwarded = any(name in request.headers for name in _FORWARDED)
        return not forwarded and request.remote is not None and ip_address(request.remote).is_loopback
