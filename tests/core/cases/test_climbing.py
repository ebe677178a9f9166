"""Ladders on running clocks: each rung once, in its hour, whoever sweeps and however long nobody did."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

from core import clock
from core.cases import history
from core.cases.declaration import Happened
from core.cases.models import Case, ClockRow, HistoryRow, OutboxRow, Participant
from tests.core.cases import story
from tests.core.cases.processes import DEMAND
from tests.core.cases.story import House

REPLY = {"done": "已补齐"}

# The house stands at nine on Monday, 12 October 2026; the demand ends with Friday the 16th.


async def until(house: House, **time: float) -> list[tuple[str, str]]:
    """Lets time pass, sweeps as often as there is something, and tells what was said since."""
    before = await OutboxRow.all().count()
    house.clock.pass_time(**time)
    while await house.engine.sweep():
        pass
    rows = await OutboxRow.all().order_by("id").offset(before)
    return [(row.recipient, row.body) for row in rows]


async def sound(case: Case) -> None:
    assert await history.verify(await Case.get(id=case.id)) is None


async def test_reminders_come_in_their_hour_and_the_deadline_between_them(house: House) -> None:
    case = await house.demand()
    assert await until(house, days=1, hours=23) == []
    assert await until(house, hours=1) == [("chen", "《补齐临边防护》10月16日24时到期。")]
    assert await until(house, days=1) == [("chen", "《补齐临边防护》明天到期。"), ("lin", "《补齐临边防护》明天到期。")]
    assert await until(house, days=1, hours=14, minutes=59) == []
    assert await until(house, minutes=1) == [("lin", "told 超期"), ("chen", "told 超期")]
    assert await until(house, days=2, hours=9) == [("luo", "滨江花园一期的《补齐临边防护》已超期。")]
    assert await story.actions(case) == ["issue", "soon", "tomorrow", "expire", "late"]
    await sound(case)


async def test_a_reminder_moves_nothing_and_is_sealed_with_whom_it_told(house: House) -> None:
    case = await house.demand()
    await until(house, days=2)
    row = await HistoryRow.get(case_id=case.id, action="soon")
    assert (row.actor_id, row.from_state, row.to_state) == (None, "open", "open")
    sealed = json.loads(row.content)
    assert (sealed["note"], sealed["data"]) == (
        "提醒（截止前2个工作日）",
        {"told": [house.cast.chen.id], "skipped": []},
    )
    assert await story.waiting(case) == ["chen"]
    await sound(case)


async def test_after_an_outage_only_the_newest_reminder_is_given_and_the_deadline_is_made_up_for(house: House) -> None:
    case = await house.demand()
    said = await until(house, days=8)
    assert said == [("lin", "told 超期"), ("chen", "told 超期"), ("luo", "滨江花园一期的《补齐临边防护》已超期。")]
    assert await story.actions(case) == ["issue", "expire", "late"]
    late = await HistoryRow.get(case_id=case.id, action="late")
    assert json.loads(late.content)["data"]["skipped"] == ["soon", "tomorrow"]
    await sound(case)


async def test_what_is_said_at_night_waits_for_the_working_morning(house: House) -> None:
    await house.demand()
    await until(house, days=2, hours=13)  # Wednesday, ten at night
    (row,) = await OutboxRow.filter(body="《补齐临边防护》10月16日24时到期。")
    assert row.not_before - clock.now() == timedelta(hours=10, minutes=30)


async def test_danger_does_not_wait(house: House) -> None:
    await house.demand()
    assert await until(house, days=8, hours=13, minutes=5) == [
        ("lin", "told 超期"),
        ("chen", "told 超期"),
        ("luo", "急"),
    ]
    assert (await OutboxRow.get(body="急")).not_before == clock.now()


async def test_a_round_that_fails_does_not_move_the_deadline(house: House) -> None:
    cast = house.cast
    case = await house.demand()
    await until(house, days=2)
    await house.engine.perform(case.id, "reply", cast.chen, REPLY)
    assert await until(house, days=1) == []  # nobody is reminded of what he has answered
    await house.engine.perform(case.id, "reject", cast.fang)
    row = await ClockRow.get(case_id=case.id)
    assert clock.local(row.due_at).isoformat() == "2026-10-17T00:00:00+08:00"
    assert await until(house) == [("chen", "《补齐临边防护》明天到期。"), ("lin", "《补齐临边防护》明天到期。")]
    await sound(case)


async def test_who_is_answered_too_late_is_overdue_at_once(house: House) -> None:
    cast = house.cast
    case = await house.demand()
    await until(house, days=3)
    await house.engine.perform(case.id, "reply", cast.chen, REPLY)
    assert await until(house, days=2) == []
    await house.engine.perform(case.id, "reject", cast.fang)
    assert await until(house) == [("lin", "told 超期"), ("chen", "told 超期")]
    assert (await story.state(case), await story.waiting(case)) == ("overdue", ["chen"])


async def test_it_goes_on_while_the_case_is_overdue_and_ends_with_it(house: House) -> None:
    cast = house.cast
    case = await house.demand()
    await until(house, days=4, hours=15)
    await house.engine.perform(case.id, "reply", cast.chen, REPLY)
    await house.engine.perform(case.id, "confirm", cast.fang)
    assert await until(house, days=30) == []
    assert await story.actions(case) == ["issue", "expire", "reply", "confirm"]
    await sound(case)


async def test_many_sweepers_give_each_reminder_once(house: House) -> None:
    cases = [await house.demand(f"demand:{n}") for n in range(20)]
    house.clock.pass_time(days=2)
    await asyncio.gather(*(house.engine.sweep(limit=7) for _ in range(6)))
    while await house.engine.sweep():
        pass
    assert [await story.actions(case) for case in cases] == [["issue", "soon"]] * 20


async def test_who_is_told_by_a_ladder_may_see_the_case(house: House) -> None:
    case = await house.demand()
    await until(house, days=7)
    told = await Participant.get(case_id=case.id, slot="chief")
    assert told.told_at == clock.now()


async def test_a_clock_from_before_there_were_ladders_still_ends(house: House) -> None:
    case = await house.order()
    await ClockRow.filter(case_id=case.id).update(rungs="[]")
    assert await until(house, days=3) == [("lin", "told 超期"), ("chen", "relieved 超期")]


async def test_a_deadline_that_its_own_step_moves_is_not_called_over(house: House) -> None:
    """What was to be said after the old end is not said of the new one."""

    async def more_time(happened: Happened) -> None:
        await happened.works.postpone(happened.case.id, "term", clock.now() + timedelta(days=20), "雨天停工")

    table = tuple(replace(step, effect=more_time) if step.action == "expire" else step for step in DEMAND.table)
    house.engine.processes["demand"] = replace(DEMAND, table=table)
    case = await house.demand()
    assert await until(house, days=8) == [("lin", "told 超期"), ("chen", "told 超期")]
    assert await story.actions(case) == ["issue", "expire", "postpone"]
    await sound(case)
