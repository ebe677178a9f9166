"""Where the demo's site pictures come from: the rehearsal's WeCom draws them, the service only fetches."""

from collections.abc import Callable

import aiohttp

from bot.demo import rows

Pictures = Callable[[str], bytes]
"""Gives a picture by its id, as a file."""


async def pictures_from(url: str) -> Pictures:
    """Fetches what the records show from the simulator at ``url``. Raises aiohttp.ClientError."""
    wanted = {photo for record in rows.records() for finding in record.findings for photo in finding.photos}
    async with aiohttp.ClientSession(raise_for_status=True) as http:
        fetched = {one: await _fetch(http, f"{url}/sim/pictures/{one}") for one in sorted(wanted)}
    return fetched.__getitem__


async def _fetch(http: aiohttp.ClientSession, address: str) -> bytes:
    async with http.get(address) as response:
        return await response.read()
