"""守护哨 (BY-20): a watchman outside hears from us while deadlines and messages are looked after. When the calls stop,
he raises the alarm: also when this machine, its power or its network is gone."""

import aiohttp
import structlog

from core import health

log = structlog.get_logger()

_PATIENCE = aiohttp.ClientTimeout(total=10)


class Lifesign:
    def __init__(self, url: str, pulse: health.Pulse, session: aiohttp.ClientSession) -> None:
        """``url`` empty: nobody watches."""
        self._url = url
        self._pulse = pulse
        self._session = session

    async def give(self) -> bool:
        """Whether the watchman has heard us. He is called by every process that is well: one is enough. His address may
        be a secret, so it is not logged."""
        if not self._url:
            return False
        found = health.troubles(await health.look(), self._pulse.age("sweep"))
        if found:
            log.error("lifesign.withheld", troubles=found)
            return False
        try:
            async with self._session.get(self._url, timeout=_PATIENCE, allow_redirects=False) as answer:
                heard = answer.status < 300  # any success
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("lifesign.unheard", error=type(error).__name__)
            return False
        if not heard:
            log.warning("lifesign.unheard", status=status)
        return heard
