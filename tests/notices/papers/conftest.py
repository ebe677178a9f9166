from collections.abc import AsyncIterator

import pytest_asyncio

from notices.papers.rendering import Press


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def press() -> AsyncIterator[Press]:
    async with Press() as running:
        yield running
