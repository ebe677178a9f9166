"""What passes after the faults: the clock is moved over every wait, and still counted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.cases.models import Delivery, InboxRow, OutboxRow, Pause
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


async def drained(world: World) -> float:
    """Until every question has its answer; the seconds that this took by the service's clock. A block that began before
    is none of them (the database may carry out the statement of a killed process after its death)."""
    await block_over(world)
    began = clock.now()
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await world.settled()
        while open_ := await _first_of_each():
            if all(state != Delivery.SENDING and not_before > clock.now() for state, not_before in open_):
                await _move_to(world, min(not_before for _, not_before in open_))
            await asyncio.sleep(0.02)
    return (clock.now() - began) / timedelta(seconds=1)


async def _first_of_each() -> list[tuple[str, datetime]]:
    """State and time of what has to be done before everything else of the same person."""
    sends = OutboxRow.filter(state__in=[Delivery.PENDING, Delivery.SENDING]).order_by("-id")
    found: list[Any] = await sends.values_list("recipient", "state", "not_before")
    callbacks: list[Any] = await InboxRow.filter(waiting=True).values_list("not_before", flat=True)
    first = {recipient: (state, not_before) for recipient, state, not_before in found}
    return [*first.values(), *(("waiting", not_before) for not_before in callbacks)]
