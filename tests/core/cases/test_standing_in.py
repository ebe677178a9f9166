"""A deputy's seat: beside the one he stands for, for as long as it is the turn of both, and never a second voice."""

from datetime import timedelta

import pytest

from core import access, clock
from core.cases.models import Case, Participant
from core.errors import NotNow, NotYours
from core.people.models import Person
from tests.core.cases.story import House, content, state, told, waiting


async def colleague(house: House) -> Person:
    lin = house.cast.lin
    return await Person.create(userid="wen", name="温书宁", mobile="10000000020", org_id=lin.org_id, role=lin.role)


async def handed_over(house: House, case: Case, principal: Person, deputy: Person) -> bool:
    return await house.engine.hand_over(case.id, principal, deputy, clock.now() + timedelta(days=2))


async def test_where_all_must_act_the_deputy_acts_for_one_and_not_for_the_other(house: House) -> None:
    luo, qin, wen = house.cast.luo, house.cast.qin, await colleague(house)
    plan = await house.plan(luo, qin)
    assert await handed_over(house, plan, luo, wen)
    assert await waiting(plan) == ["luo", "qin", "wen"]
    await house.engine.perform(plan.id, "pass", wen, key="wen")
    assert (await state(plan), await waiting(plan)) == ("pending", ["qin"])
    assert (await told(plan))[-1] == ("luo", "relieved 通过")
    with pytest.raises(NotNow):
        await house.engine.perform(plan.id, "pass", luo, key="luo")
    await house.engine.perform(plan.id, "pass", qin, key="qin")
    assert await state(plan) == "passed"
    assert ((await content(plan, 3))["for"], "for" in await content(plan, 4)) == (luo.id, False)


async def test_who_acts_himself_needs_no_deputy_any_more(house: House) -> None:
    luo, qin, wen = house.cast.luo, house.cast.qin, await colleague(house)
    plan = await house.plan(luo, qin)
    await handed_over(house, plan, luo, wen)
    await house.engine.perform(plan.id, "pass", luo, key="luo")
    assert (await waiting(plan), (await told(plan))[-1]) == (["qin"], ("wen", "relieved 通过"))
    with pytest.raises(NotNow):
        await house.engine.perform(plan.id, "pass", wen, key="wen")
    assert not await access.may_see(wen, plan)


async def test_who_sits_there_himself_has_one_voice(house: House) -> None:
    luo, qin = house.cast.luo, house.cast.qin
    plan = await house.plan(luo, qin)
    assert not await handed_over(house, plan, luo, qin)
    assert await Participant.filter(case_id=plan.id, slot="judges").count() == 2


async def test_after_its_last_moment_the_seat_is_worth_nothing_even_if_nobody_swept(house: House) -> None:
    luo, wen = house.cast.luo, await colleague(house)
    check = await house.check(luo)
    await handed_over(house, check, luo, wen)
    assert [step.action for step in await house.engine.open_steps(check, wen)] == ["pass", "fail"]
    assert await access.may_see(wen, check)
    house.clock.pass_time(days=2)
    assert await house.engine.open_steps(check, wen) == []
    assert not await access.may_see(wen, check)
    with pytest.raises(NotNow, match="这一步不由您办理"):
        await house.engine.perform(check.id, "pass", wen, key="late")


async def test_what_the_deputy_acted_on_he_sees_afterwards(house: House) -> None:
    luo, wen = house.cast.luo, await colleague(house)
    check = await house.check(luo)
    await handed_over(house, check, luo, wen)
    await house.engine.perform(check.id, "pass", wen, key="wen")
    house.clock.pass_time(days=30)
    assert await access.may_see(wen, await Case.get(id=check.id))
    with pytest.raises(NotYours):
        await house.engine.perform(check.id, "pass", house.cast.fang, key="fang")
