"""All replicas together stay under WeCom's frequency limits, and one refusal for frequency stops them all."""

import asyncio
from collections.abc import Iterator

import pytest

from bot import pacing
from core import clock
from core.sharing import pace
from core.sharing.models import CallPace
from core.sharing.pace import HOUR, MINUTE, Blocked, Limit, Reserved
from tests.core.cases.story import HandClock
from tests.operation.conftest import Replicas
from tests.wecom.stub import OK, failing
from wecom.client import Client
from wecom.errors import Action, WeComError

SLOW = Limit(burst=3, every=0.5)
WIDE = Limit(burst=100_000, every=0.001)


@pytest.fixture(autouse=True)
def hands() -> Iterator[HandClock]:
    made = HandClock()
    before = clock.use(made)
    yield made
    clock.use(before)


@pytest.fixture
def at_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database's clock stands still, so that a wait is what was reserved, however busy the machine."""
    monkeypatch.setattr(pace, "_now", lambda: "CAST(1000 AS double precision)")


def test_the_limits_stay_under_wecoms_and_waste_little() -> None:
    assert 9_800 <= MINUTE.burst + 60 / MINUTE.every <= 9_900
    assert 140_000 <= HOUR.burst + 3600 / HOUR.every <= 150_000


async def waits(count: int, minute: Limit = SLOW, hour: Limit = WIDE) -> list[float]:
    reserved = await pace.reserve("media/get", count, minute, hour)
    assert isinstance(reserved, Reserved)
    return [round(seconds, 1) for seconds in reserved.waits]


@pytest.mark.usefixtures("at_one_moment")
async def test_a_burst_leaves_at_once_and_the_rest_evenly(replicas: Replicas) -> None:
    assert await waits(5) == [0.0, 0.0, 0.0, 0.5, 1.0]


@pytest.mark.usefixtures("at_one_moment")
async def test_a_second_replica_stands_behind_the_first(replicas: Replicas) -> None:
    await waits(5)
    assert await waits(2) == [1.5, 2.0]


@pytest.mark.usefixtures("at_one_moment")
async def test_the_hours_limit_holds_as_well(replicas: Replicas) -> None:
    assert await waits(3, minute=WIDE, hour=Limit(burst=1, every=2.0)) == [0.0, 2.0, 4.0]


@pytest.mark.usefixtures("at_one_moment")
async def test_whoever_would_wait_too_long_takes_no_place(replicas: Replicas) -> None:
    await waits(3, minute=Limit(burst=3, every=10))
    with pytest.raises(pace.TooMany):
        await pace.reserve("media/get", 1, Limit(burst=3, every=10), WIDE)
    assert await waits(1, minute=Limit(burst=4, every=10)) == [0.0]


@pytest.mark.usefixtures("at_one_moment")
async def test_replicas_that_reserve_at_the_same_moment_never_share_a_place(replicas: Replicas) -> None:
    await waits(1)
    before = (await CallPace.get()).minute_at
    await asyncio.gather(*(waits(2, minute=Limit(burst=1, every=0.3)) for _ in range(10)))
    assert round((await CallPace.get()).minute_at - before, 3) == 20 * 0.3


async def test_calls_that_wait_together_take_their_places_at_once(
    replicas: Replicas, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = pace.reserve

    async def counted(api: str, count: int) -> Reserved | Blocked:
        asked.append(count)
        return await real(api, count)

    monkeypatch.setattr(pace, "reserve", counted)
    client = replicas.another()
    await asyncio.gather(*(client.recall(str(n)) for n in range(50)))
    assert (sum(asked), len(asked) <= 3) == (50, True)


# Blocks


async def refusal(client: Client) -> WeComError:
    with pytest.raises(WeComError) as caught:
        await client.recall("m")
    return caught.value


async def test_a_frequency_refusal_stops_every_replica(replicas: Replicas) -> None:
    first, second = replicas.another(), replicas.another()
    replicas.stub.answers["message/recall"] = [failing(45009), OK]
    assert (await refusal(first)).wait_seconds in (60, 61)
    error = await refusal(second)
    assert (error.action, error.wait_seconds in (60, 61)) == (Action.WAIT, True)
    assert replicas.calls("message/recall") == 1


async def test_refusals_that_were_on_their_way_belong_to_one_block(replicas: Replicas) -> None:
    replicas.stub.answers["message/recall"] = [failing(45009)]
    client = replicas.another()
    errors = await asyncio.gather(*(refusal(client) for _ in range(8)))
    assert {error.wait_seconds in (60, 61) for error in errors} == {True}
    assert (await CallPace.get()).blocks == 1


async def test_the_next_block_in_a_row_is_longer_whoever_meets_it(replicas: Replicas, hands: HandClock) -> None:
    replicas.stub.answers["message/recall"] = [failing(45009)]
    await refusal(replicas.another())
    hands.pass_time(seconds=62)
    assert (await refusal(replicas.another())).wait_seconds in (3600, 3601)


async def test_a_call_that_goes_through_ends_the_row(replicas: Replicas, hands: HandClock) -> None:
    first, second = replicas.another(), replicas.another()
    replicas.stub.answers["message/recall"] = [failing(45009), OK, failing(45009)]
    await refusal(first)
    hands.pass_time(seconds=62)
    await second.recall("m")
    assert (await refusal(first)).wait_seconds in (60, 61)


async def test_sending_keeps_the_minutes_pace_and_is_blocked(
    replicas: Replicas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "_LATE_SECONDS", 60.0)  # a busy machine stops this process, too
    first, second = replicas.another(), replicas.another()
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(client.send(b"{}") for _ in range(60) for client in (first, second)))
    assert asyncio.get_running_loop().time() - began >= (120 - MINUTE.burst - 1) * MINUTE.every
    replicas.stub.answers["message/send"] = [failing(45009)]
    for _ in range(2):
        with pytest.raises(WeComError) as caught:
            await first.send(b"{}")
        assert caught.value.wait_seconds in (60, 61)
    assert replicas.calls("message/send") == 121


async def test_sending_has_no_limit_of_the_hour(replicas: Replicas) -> None:
    await pace.reserve("message/send", 1)
    row = await CallPace.get()
    assert row.minute_at == row.hour_at


async def test_a_call_that_was_stopped_on_its_way_does_not_leave_late(
    replicas: Replicas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stopped process goes on; by then others may have used up the minute."""
    monkeypatch.setattr(pacing, "_LATE_SECONDS", -1.0)
    client = replicas.another()
    error = await refusal(client)
    assert (error.action, error.unknown_outcome, replicas.calls("message/recall")) == (Action.RETRY, False, 0)


async def test_without_the_database_a_call_is_held_back_for_another_try(
    replicas: Replicas, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> Reserved:
        raise OSError

    monkeypatch.setattr(pace, "reserve", away)
    client = replicas.another()
    error = await refusal(client)
    assert (error.action, error.unknown_outcome, replicas.calls("message/recall")) == (Action.RETRY, False, 0)
