"""What a step sets in motion beside its own case: another end for a deadline, a record of the system's own."""

from datetime import datetime

import pytest

from core import clock
from core.cases import history
from core.cases.models import Case, ClockRow, HistoryRow
from core.errors import Refusal
from tests.core.cases import story
from tests.core.cases.story import House
from tests.core.cases.test_climbing import REPLY, until


async def asked(house: House, demand: Case, days: int = 4, key: str = "more") -> Case:
    data = {"project": house.cast.project.id, "days": days}
    return (await house.engine.open("extension", house.cast.chen, data, key=key, parent=demand)).case


async def ends(case: Case) -> str:
    return clock.local((await ClockRow.get(case_id=case.id)).due_at).isoformat()


async def sound(*cases: Case) -> None:
    assert [await history.verify(await Case.get(id=case.id)) for case in cases] == [None] * len(cases)


async def test_granted_time_moves_the_deadline_and_all_reminders(house: House) -> None:
    demand = await house.demand()
    assert await until(house, days=2) == [("chen", "《补齐临边防护》10月16日24时到期。")]
    extension = await asked(house, demand)
    await house.engine.perform(extension.id, "grant", house.cast.fang)
    assert await ends(demand) == "2026-10-21T00:00:00+08:00"
    assert await until(house, days=1) == []
    assert await until(house, days=1) == [("chen", "《补齐临边防护》10月20日24时到期。")]
    await until(house, days=3)
    await until(house, days=1, hours=15)
    assert await story.actions(demand) == ["issue", "soon", "postpone", "soon", "tomorrow", "expire"]
    await sound(demand, extension)


async def test_why_it_was_moved_is_sealed(house: House) -> None:
    demand = await house.demand()
    extension = await asked(house, demand)
    await house.engine.perform(extension.id, "grant", house.cast.fang)
    moved = {"term": "2026-10-20T16:00:00+00:00", "term_why": "雨天停工"}
    sealed = await story.content(demand, 2)
    assert (sealed["data"], sealed["note"]) == (moved, "改期")
    assert (await Case.get(id=demand.id)).data | moved == (await Case.get(id=demand.id)).data
    await sound(demand)


async def test_a_deadline_that_stands_still_is_moved_as_well(house: House) -> None:
    demand = await house.demand()
    extension = await asked(house, demand)
    await house.engine.perform(demand.id, "reply", house.cast.chen, REPLY)
    await house.engine.perform(extension.id, "grant", house.cast.fang)
    assert await until(house, days=6) == []
    await house.engine.perform(demand.id, "reject", house.cast.fang)
    assert await until(house) == [("chen", "《补齐临边防护》10月20日24时到期。")]


async def test_the_system_begins_a_record_with_what_it_knows(house: House) -> None:
    demand = await house.demand()
    extension = await asked(house, demand)
    await house.engine.perform(extension.id, "refuse", house.cast.fang)
    visit = await Case.get(process="visit")
    assert (visit.title, visit.parent_id, visit.author_id) == ("延期后复查", extension.id, house.cast.chen.id)
    assert await story.waiting(visit) == ["chen"]
    await sound(visit, extension)


async def test_a_step_whose_effect_fails_has_not_been_taken(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    demand = await house.demand()
    extension = await asked(house, demand)
    before = await story.rows()

    async def refuse(*_: object) -> None:
        raise Refusal("现在不能改期。")

    monkeypatch.setattr(type(house.engine), "postpone", refuse)
    with pytest.raises(Refusal, match="现在不能改期。"):
        await house.engine.perform(extension.id, "grant", house.cast.fang)
    assert await story.rows() == before


async def test_the_number_series_may_depend_on_the_answers(house: House) -> None:
    demand = await house.demand()
    numbers = [(await asked(house, demand, days, f"more:{days}")).number for days in (3, 5, 20)]
    assert numbers == ["海澄短〔2026〕01号", "海澄短〔2026〕02号", "海澄长〔2026〕01号"]


async def test_a_child_begins_with_what_its_parent_gives_it(house: House) -> None:
    call = await house.roll_call(house.cast.chen, house.cast.fang)
    children = await Case.filter(parent_id=call.id)
    assert [child.data for child in children] == [{"asked_at": "滨江花园一期"}] * 2
    await sound(call, *children)


async def test_a_moved_deadline_is_found_in_the_history_in_order(house: House) -> None:
    demand = await house.demand()
    for days in (2, 4):
        extension = await asked(house, demand, days, f"more:{days}")
        await house.engine.perform(extension.id, "grant", house.cast.fang)
    moved = await HistoryRow.filter(case_id=demand.id, action="postpone").order_by("seq")
    assert len(moved) == 2
    assert await ends(demand) == datetime(2026, 10, 21, tzinfo=clock.ZONE).isoformat()
