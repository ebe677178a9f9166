"""What passes after the faults: the clock is moved over every wait, and still counted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from core import clock
from core.cases.models import Delivery, OutboxRow, Pause
from core.sharing.models import CallPace
from simulator.world import World

DRAINED_SECONDS = 60
_PATIENCE_SECONDS = 120
_REREAD_SECONDS = 0.25  # until every process has seen that the clock was moved


async def _move_to(world: World, moment: datetime) -> None:
    world.clock.advance((moment - clock.now()).total_seconds() + 0.01)
    await asyncio.sleep(_REREAD_SECONDS)


async def block_over(world: World) -> None:
    """WeCom refused for frequency (45009): the clock is moved to the end of that."""
    blocks = [
        *await Pause.all().values_list("until", flat=True),
        *await CallPace.all().values_list("blocked_until", flat=True),
    ]
    ends = max((until for until in blocks if until), default=clock.now())
    if ends > clock.now():
        await _move_to(world, ends)


@asynccontextmanager
async def passing_blocks(world: World) -> AsyncIterator[None]:
    """A block takes a minute or more, in which nothing could be seen to happen."""

    async def work() -> None:
        while True:
            await block_over(world)
            await asyncio.sleep(0.1)

    passing = asyncio.create_task(work())
    try:
        yield
    finally:
        passing.cancel()
        with suppress(asyncio.CancelledError):
            await passing
    await block_over(world)


async def drained(world: World) -> float:
    """Until every question has its answer; the seconds that this took by the service's clock."""
    began = clock.now()
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await world.settled()
        while waiting := await OutboxRow.filter(state__in=[Delivery.PENDING, Delivery.SENDING]).order_by("-id"):
            first = {row.recipient: row for row in waiting}.values()
            if all(row.state == Delivery.PENDING and row.not_before > clock.now() for row in first):
                await _move_to(world, min(row.not_before for row in first))
            await asyncio.sleep(0.02)
    return (clock.now() - began) / timedelta(seconds=1)
