"""When the service will do something by itself: its own figures say so."""

import re

import aiohttp

from simulator.members import Refused

_NEXT = re.compile(r"^zhian_next_step_timestamp_seconds (\S+)$", re.MULTILINE)
_PATIENCE = aiohttp.ClientTimeout(total=5)


async def seconds_to_next_step(service_url: str, now: float) -> float:
    """Until the next reminder or deadline. Raises Refused in a sentence when there is none, or nobody answers."""
    try:
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE, raise_for_status=True) as http,
            http.get(f"{service_url}/metrics") as answer,
        ):
            found = _NEXT.search(await answer.text())
    except (aiohttp.ClientError, TimeoutError):
        raise Refused("服务没有应答，请等它启动后再试。") from None
    at = float(found[1]) if found else 0.0
    if not at:
        raise Refused("现在没有正在计时的期限。")
    return max(0.0, at - now)
