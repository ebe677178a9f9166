"""The service without its background work: it answers callbacks and delivers nothing, as the peers do."""

import asyncio

import uvloop

from benchmarks.peers import listening
from bot import app, logs
from core import settings


async def main() -> None:
    logs.configure()
    async with app.house(settings.load()) as parts:
        await listening.until_told(app.web_application(parts))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as ``zhian serve``
        runner.run(main())
