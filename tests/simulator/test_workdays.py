"""The clock's buttons: 下一个工作日 knows the holidays, and 到下一个提醒或截止 asks the service."""

from datetime import datetime

import pytest
from aiohttp import web

from simulator.workdays import CHINA, seconds_to_morning
from simulator.world import World
from tests.simulator.conftest import Caller, Service
from tests.town import until_it_begins


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-09-30 18:00", "2026-10-08 09:00"),  # the National Day week
        ("2026-10-09 12:00", "2026-10-10 09:00"),  # a Saturday that is worked for it
        ("2026-11-20 09:00", "2026-11-23 09:00"),  # Friday, when work has begun
        ("2026-11-23 03:00", "2026-11-23 09:00"),
        ("2080-11-22 03:00", "2080-11-22 09:00"),  # no plan is known yet: a Friday is worked
    ],
)
def test_work_begins_at_nine_of_a_working_day(now: str, morning: str) -> None:
    begins = datetime.fromisoformat(now).replace(tzinfo=CHINA)
    assert begins.timestamp() + seconds_to_morning(begins.timestamp()) == (
        datetime.fromisoformat(morning).replace(tzinfo=CHINA).timestamp()
    )


async def test_the_button_moves_the_clock_there(api: Caller, world: World) -> None:
    await api.sim("/clock", {"to": "workday"})
    assert datetime.fromtimestamp(world.clock.now(), CHINA).strftime("%H:%M") == "09:00"


async def test_tomorrow_is_worked_or_not(api: Caller, world: World) -> None:
    world.clock.advance(until_it_begins().total_seconds())
    await api.sim("/clock", {"to": "tomorrow"})
    after = datetime.fromtimestamp(world.clock.now(), CHINA)
    assert after.strftime("%Y-%m-%d %H:%M") == "2026-11-21 09:00"


async def test_the_service_says_when_something_comes_next(api: Caller, world: World, service: Service) -> None:
    figures = {"at": world.clock.now() + 1000.0}

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(text=f"# HELP\nzhian_next_step_timestamp_seconds {figures['at']}\n")

    service.pages["/metrics"] = metrics
    await api.sim("/clock", {"to": "step"})
    assert 0 <= world.clock.now() - figures["at"] < 30
    figures["at"] = 0.0
    assert await api.sim("/clock", {"to": "step"}) == {"error": "现在没有正在计时的期限。"}
