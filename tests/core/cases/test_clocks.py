"""Deadlines: started and stopped by the steps, swept by any number of workers, each due step once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.cases import clocks
from core.cases.engine import Engine
from core.cases.models import Case, ClockRow
from tests.core.cases import processes, story
from tests.core.cases.story import House, PlainTeller

REPLY = {"done": "已补齐"}


async def _running(case: Case) -> ClockRow | None:
    return await ClockRow.get_or_none(case_id=case.id, stopped_at=None)


async def test_a_clock_runs_while_the_case_is_in_its_state(house: House) -> None:
    cast = house.cast
    case = await house.order()
    row = await _running(case)
    assert row is not None
    assert (row.due_at, row.next_step_at) == (story.MONDAY + timedelta(days=3),) * 2
    house.clock.pass_time(days=1)
    await house.engine.perform(case.id, "reply", cast.chen, REPLY)
    stopped = await ClockRow.get(case_id=case.id)
    assert (stopped.stopped_at, stopped.next_step_at) == (clock.now(), None)


async def test_a_clock_starts_anew_when_the_case_comes_back(house: House) -> None:
    cast = house.cast
    case = await house.order()
    house.clock.pass_time(days=2)
    await house.engine.perform(case.id, "reply", cast.chen, REPLY)
    await house.engine.perform(case.id, "reject", cast.fang)
    row = await _running(case)
    assert row is not None
    assert row.due_at == story.MONDAY + timedelta(days=5)
    house.clock.pass_time(days=2)
    assert await house.engine.sweep() == 0
    house.clock.pass_time(days=1)
    await house.engine.sweep()
    assert await story.state(case) == "overdue"


async def test_nothing_happens_a_second_before(house: House) -> None:
    case = await house.order()
    house.clock.pass_time(days=3, seconds=-1)
    assert await house.engine.sweep() == 0
    house.clock.pass_time(seconds=1)
    assert await house.engine.sweep() == 1
    assert (await story.state(case), await story.waiting(case)) == ("overdue", ["lin"])
    assert (await story.told(case))[1:] == [("lin", "told 超期"), ("chen", "relieved 超期")]


async def test_a_due_moment_may_be_given_in_the_peoples_own_zone(house: House) -> None:
    """A deadline at midnight in Hainan is 16:00 the day before in UTC, on both databases."""
    midnight = replace(
        processes.ORDER.state("open").deadline,  # type: ignore[type-var]
        due=lambda _view, at: clock.local(at).replace(hour=0, minute=0) + timedelta(days=1),
    )
    state = replace(processes.ORDER.state("open"), deadline=midnight)
    order = replace(processes.ORDER, states=(state, *processes.ORDER.states[1:]))
    house.engine = Engine([order], PlainTeller())
    case = await house.order()
    house.clock.pass_time(hours=14, minutes=59)
    assert await house.engine.sweep() == 0
    house.clock.pass_time(minutes=1)
    await house.engine.sweep()
    assert await story.state(case) == "overdue"


async def test_many_sweepers_at_once_take_each_due_step_once(house: House) -> None:
    cases = [await house.order(f"order:{n}") for n in range(30)]
    house.clock.pass_time(days=3)
    swept = await asyncio.gather(*(house.engine.sweep(limit=10) for _ in range(6)))
    while await house.engine.sweep():
        pass
    assert sum(swept) <= 30
    assert [await story.actions(case) for case in cases] == [["issue", "expire"]] * 30


async def test_one_that_fails_stops_no_other_and_comes_up_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = [await house.order(key) for key in ("bad", "good")]
    house.clock.pass_time(days=3)
    letters = PlainTeller.letters

    async def fail_for_bad(self: PlainTeller, change: Any) -> Any:
        if change.case.id == bad.id:
            raise RuntimeError("this one cannot be told")
        return await letters(self, change)

    with monkeypatch.context() as broken:
        broken.setattr(PlainTeller, "letters", fail_for_bad)
        await house.engine.sweep()
        assert await house.engine.sweep() == 0  # held back for one lease, so it cannot keep a sweeper busy
    assert (await story.state(bad), await story.state(good)) == ("open", "overdue")
    house.clock.pass_time(seconds=30)
    await house.engine.sweep()
    assert await story.state(bad) == "overdue"


async def test_a_case_that_is_gone_stops_no_other(house: House) -> None:
    gone, good = [await house.order(key) for key in ("gone", "good")]
    await gone.delete()
    house.clock.pass_time(days=3)
    await house.engine.sweep()
    assert await story.state(good) == "overdue"


@pytest.mark.parametrize("back", [False, True])
async def test_who_replies_in_the_last_moment_is_not_overdue(
    house: House, monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    """陈光泽 replies after a sweeper has claimed the clock and before it acts; it may even be open again by then."""
    case = await house.order()
    house.clock.pass_time(days=3)
    claim = clocks.claim_due

    async def claim_while_chen_replies(limit: int) -> list[ClockRow]:
        claimed = await claim(limit)
        await house.engine.perform(case.id, "reply", house.cast.chen, REPLY)
        if back:
            house.clock.pass_time(minutes=1)
            await house.engine.perform(case.id, "reject", house.cast.fang)
        return claimed

    monkeypatch.setattr(clocks, "claim_due", claim_while_chen_replies)
    assert await house.engine.sweep() == 1
    assert await story.state(case) == ("open" if back else "replied")


async def test_a_claim_is_taken_over_when_its_sweeper_died(house: House) -> None:
    case = await house.order()
    house.clock.pass_time(days=3)
    assert len(await clocks.claim_due(10)) == 1
    assert await house.engine.sweep() == 0
    house.clock.pass_time(seconds=30)
    assert await house.engine.sweep() == 1
    assert await story.actions(case) == ["issue", "expire"]
