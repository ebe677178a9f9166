"""A refusal says what to do and leaves no trace; slots that a rule fills matter when their turn comes."""

from typing import Any

import pytest

from core import clock, database
from core.cases.models import Case
from core.errors import BadInput, Refusal
from core.projects.models import ProjectMember
from tests.core.cases import story
from tests.core.cases.story import House

NO_MANAGER = "这个工程还没有登记项目经理，请先在工程资料中登记，再办理。"


async def _leaves(house: House, *people: str) -> None:
    for person in people:
        await ProjectMember.filter(person_id=getattr(house.cast, person).id).update(until=clock.now())


async def test_a_rule_fills_a_slot(house: House) -> None:
    case = await house.order()
    assert await story.waiting(case) == ["chen"]
    assert (await story.content(case, 1))["slots"] == {
        "author": [house.cast.lin.id],
        "judge": [house.cast.chen.id, house.cast.fang.id],
        "manager": [house.cast.chen.id],
    }


async def test_a_turn_of_nobody_is_refused_with_the_rules_sentence(house: House) -> None:
    await _leaves(house, "chen")
    before = await story.rows()
    with pytest.raises(Refusal) as refused:
        await house.order()
    assert refused.value.sentence == NO_MANAGER
    assert await story.rows() == before


async def test_an_empty_slot_whose_turn_has_not_come_is_no_matter(house: House) -> None:
    await _leaves(house, "fang")
    case = await house.plan(house.cast.luo)
    assert await story.waiting(case) == ["luo"]


async def test_a_refusal_inside_anothers_transaction_leaves_no_trace(house: House) -> None:
    """The conversation goes on in its transaction: it says the sentence, and the case must not have begun."""
    await _leaves(house, "chen")
    before = await story.rows()

    async def conversation() -> str:
        with pytest.raises(Refusal) as refused:
            await house.order()
        return refused.value.sentence

    assert await database.transaction(conversation) == NO_MANAGER
    assert await story.rows() == before


async def test_a_parent_whose_child_is_refused_stays_as_it_was(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: Any) -> None:
        raise Refusal("子任务无法下达。")

    letters = house.engine._teller.letters

    async def refuse_children(change: Any) -> Any:
        return await (refuse() if change.process.name == "presence" else letters(change))

    monkeypatch.setattr(house.engine._teller, "letters", refuse_children)
    before = await story.rows()

    async def conversation() -> None:
        with pytest.raises(Refusal):
            await house.roll_call(house.cast.chen)

    await database.transaction(conversation)
    assert await story.rows() == before


async def test_what_does_not_fit_is_named(house: House) -> None:
    with pytest.raises(BadInput) as refused:
        await house.check(house.cast.luo, checked_location="  ")
    assert (refused.value.sentence, refused.value.field) == ("请填写「抽查部位」。", "checked_location")


async def test_a_step_that_no_branch_allows_is_refused(house: House) -> None:
    case = await house.order()
    house.clock.pass_time(days=4)
    await house.engine.sweep()
    before = await story.rows()
    with pytest.raises(Refusal) as refused:
        await house.engine.perform(case.id, "close", house.cast.lin)
    assert refused.value.sentence == "按现在填写的内容，这一步无法办理，请检查后再试。"
    assert await story.rows() == before


async def test_an_answer_left_out_in_the_next_round_is_taken_out(house: House) -> None:
    cast = house.cast
    case = await house.plan(cast.luo, note="先行施工")
    await house.engine.perform(case.id, "return", cast.luo, {"reason": "缺图"})
    again = {"project": cast.project.id, "topic": "深基坑", "judges": [cast.luo.id]}
    await house.engine.perform(case.id, "change", cast.chen, again)
    assert (await Case.get(id=case.id)).data["note"] is None


async def test_a_remark_stays_in_the_history(house: House) -> None:
    case = await house.check(house.cast.luo)
    await house.engine.perform(case.id, "fail", house.cast.luo, {"opinion": "照片不清"})
    assert "opinion" not in (await Case.get(id=case.id)).data
    assert (await story.content(case, 2))["data"] == {"opinion": "照片不清"}
