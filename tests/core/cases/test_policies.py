"""Several people in one slot: any decides, all must, each answers for himself in a child case."""

import asyncio

import pytest

from core import clock
from core.cases.models import Case, Participant
from core.cases.turns import whose_turn
from core.errors import BadInput, NotNow, Refusal
from core.people.models import Person
from tests.core.cases import story
from tests.core.cases.story import House


async def test_any_the_first_who_acts_decides_for_all(house: House) -> None:
    cast = house.cast
    case = await house.check(cast.luo, cast.qin)
    assert await story.waiting(case) == ["luo", "qin"]
    await house.engine.perform(case.id, "pass", cast.qin)
    assert await story.waiting(case) == []
    assert (await story.told(case))[2:] == [("lin", "told 通过"), ("luo", "relieved 通过")]


async def test_all_the_step_is_taken_when_everyone_has_acted(house: House) -> None:
    cast = house.cast
    case = await house.plan(cast.luo, cast.qin)
    await house.engine.perform(case.id, "pass", cast.luo)
    assert (await story.state(case), await story.waiting(case)) == ("pending", ["qin"])
    with pytest.raises(NotNow):
        await house.engine.perform(case.id, "pass", cast.luo)
    await house.engine.perform(case.id, "pass", cast.qin)
    assert (await story.state(case), await story.waiting(case)) == ("passed", [])
    assert (await story.told(case))[2:] == [("chen", "told 通过"), ("fang", "told 通过")]


async def test_all_two_who_agree_at_once_both_count(house: House) -> None:
    cast = house.cast
    for number in range(10):
        case = await house.plan(cast.luo, cast.qin, key=f"plan:{number}")
        await asyncio.gather(*(house.engine.perform(case.id, "pass", one) for one in (cast.luo, cast.qin)))
        assert await story.state(case) == "passed"


async def test_all_one_refusal_decides_at_once(house: House) -> None:
    cast = house.cast
    case = await house.plan(cast.luo, cast.qin)
    await house.engine.perform(case.id, "return", cast.luo, {"reason": "缺图"})
    assert (await story.state(case), await story.waiting(case)) == ("returned", ["chen"])
    assert ("qin", "relieved 退回") in await story.told(case)


async def test_all_must_agree_anew_in_the_next_round(house: House) -> None:
    cast = house.cast
    case = await house.plan(cast.luo, cast.qin)
    await house.engine.perform(case.id, "pass", cast.luo)
    await house.engine.perform(case.id, "return", cast.qin, {"reason": "缺图"})
    again = {"project": cast.project.id, "topic": "深基坑", "judges": [cast.luo.id, cast.qin.id]}
    await house.engine.perform(case.id, "change", cast.chen, again)
    assert await story.waiting(case) == ["luo", "qin"]


async def test_a_reminder_is_nobodys_turn_and_changes_nobodys(house: House) -> None:
    """罗敬川 has agreed already: he is reminded of nothing he must do, and 秦若岩 has been waiting since morning."""
    cast = house.cast
    case = await house.plan(cast.luo, cast.qin)
    await house.engine.perform(case.id, "pass", cast.luo)
    house.clock.pass_time(hours=5)
    await house.engine.perform(case.id, "remind", cast.chen)
    assert await story.waiting(case) == ["qin"]
    assert await whose_turn(await Case.get(id=case.id)) == "在 秦若岩 手上，已等 5 小时"
    await house.engine.perform(case.id, "pass", cast.qin)
    assert await story.state(case) == "passed"


async def _children(call: Case) -> dict[str, Case]:
    people = {p.id: str(p.userid) for p in await Person.all()}
    return {people[c.author_id]: c for c in await Case.filter(parent_id=call.id).order_by("id")}


async def test_each_answers_for_himself_and_the_last_closes_the_parent(house: House) -> None:
    cast = house.cast
    call = await house.roll_call(cast.chen, cast.fang)
    children = await _children(call)
    assert {who: child.title for who, child in children.items()} == {"chen": "滨江花园一期", "fang": "滨江花园一期"}
    assert {child.station_id for child in children.values()} == {cast.station.id}
    await house.engine.perform(children["fang"].id, "answer", cast.fang)
    assert await story.state(call) == "called"
    await house.engine.perform(children["chen"].id, "answer", cast.chen)
    assert await story.state(call) == "closed"
    assert await story.told(call) == [("lin", "told 结束")]


async def test_each_nobody_answers_for_another(house: House) -> None:
    call = await house.roll_call(house.cast.chen, house.cast.fang)
    children = await _children(call)
    with pytest.raises(Refusal):
        await house.engine.perform(children["fang"].id, "answer", house.cast.chen)


async def test_each_the_last_two_at_once_close_the_parent_once(house: House) -> None:
    cast = house.cast
    for number in range(10):
        call = await house.roll_call(cast.chen, cast.fang, key=f"call:{number}")
        children = await _children(call)
        answers = [house.engine.perform(children[p.userid or ""].id, "answer", p) for p in (cast.chen, cast.fang)]
        await asyncio.gather(*answers)
        assert await story.actions(call) == ["call", "close"]


async def test_each_with_nobody_to_answer_is_not_begun(house: House) -> None:
    before = await story.rows()
    with pytest.raises(BadInput) as refused:
        await house.roll_call()
    assert (refused.value.sentence, refused.value.field) == ("请选择「被查人员」。", "called")
    assert await story.rows() == before


async def test_an_unrelated_case_beside_it_does_not_close_the_parent(house: House) -> None:
    cast = house.cast
    call = await house.roll_call(cast.chen)
    data = {"project": cast.project.id, "topic": "x"}
    await house.engine.open("plan", cast.chen, data, key="beside", parent=call)
    assert await story.state(call) == "called"


async def test_a_seat_remembers_when_it_acted(house: House) -> None:
    case = await house.check(house.cast.luo)
    house.clock.pass_time(minutes=7)
    await house.engine.perform(case.id, "pass", house.cast.luo)
    seat = await Participant.get(case_id=case.id, slot="reviewers")
    assert (seat.acted_at, seat.action, seat.told_at) == (clock.now(), "pass", story.MONDAY)
