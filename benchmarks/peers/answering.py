"""The service without its background work: it answers callbacks and delivers nothing, as the peers do."""

import asyncio

from benchmarks.peers import listening
from bot import app, logs
from core import settings


async def main() -> None:
    logs.configure()
    async with app.house(settings.load()) as parts:
        await listening.until_told(app.web_application(parts))


if __name__ == "__main__":
    asyncio.run(main())
