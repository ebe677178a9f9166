"""Where the demo's site pictures come from: the rehearsal's WeCom draws them, the service only fetches."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import aiohttp

Pictures = Callable[[str], Awaitable[bytes]]
"""Gives a picture by its id, as a file."""


def pictures_from(url: str) -> Pictures:
    """Those of the simulator at ``url``; each raises aiohttp.ClientError when it cannot be had."""

    async def fetch(picture: str) -> bytes:
        async with (
            aiohttp.ClientSession(raise_for_status=True) as http,
            http.get(f"{url}/sim/pictures/{picture}") as response,
        ):
            return await response.read()

    return fetch


def ahead(pictures: Pictures, wanted: Iterable[str]) -> Pictures:
    """The same, but all of them are fetched at once: drawing takes longer than anything else in the demo."""
    fetching = {picture: asyncio.ensure_future(pictures(picture)) for picture in wanted}

    async def fetch(picture: str) -> bytes:
        return await fetching[picture]

    return fetch
