"""The clock's button 到下一个工作日 knows the holidays."""

from datetime import datetime

import pytest

from simulator.workdays import CHINA, seconds_to_morning
from simulator.world import World
from tests.simulator.conftest import Caller


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
