"""Nobody performs what the declaration does not give him, now, in this state, on this case; nobody judges his own."""

from typing import Any

import pytest

from core import clock
from core.cases.models import Case
from core.errors import BadInput, NotNow, NotYours, Refusal
from core.people.models import Person
from core.projects.models import Post, Project, ProjectMember, SupervisionStatus
from tests.core.cases import story
from tests.core.cases.story import House


async def _refused(house: House, case: Case, action: str, actor: Person | None, **data: Any) -> str:
    before = await story.rows()
    with pytest.raises(Refusal) as refused:
        await house.engine.perform(case.id, action, actor, data)
    assert await story.rows() == before
    return refused.value.sentence


async def test_only_the_slot_that_is_declared_acts(house: House) -> None:
    cast = house.cast
    case = await house.check(cast.luo, readers=(cast.chen,))
    assert await _refused(house, case, "pass", cast.chen) == "这一步不由您办理。"
    assert await _refused(house, case, "pass", cast.lin) == "这一步不由您办理。"
    assert await _refused(house, case, "pass", None) == "系统现在不能对《滨江花园一期 安全检查》执行此操作。"
    assert await story.state(case) == "pending"


async def test_a_stranger_learns_nothing_about_a_case(house: House) -> None:
    case = await house.check(house.cast.luo)
    with pytest.raises(NotYours) as strange:
        await house.engine.perform(case.id, "pass", house.cast.qin)
    with pytest.raises(NotYours) as absent:
        await house.engine.perform(case.id + 1000, "pass", house.cast.qin)
    assert strange.value.sentence == absent.value.sentence


async def test_an_action_of_another_state_is_not_open(house: House) -> None:
    case = await house.plan(house.cast.luo)
    sentence = await _refused(house, case, "drop", house.cast.chen)
    assert sentence == "《滨江花园一期 深基坑》已由陈光泽于 10月12日 09:00 办理（提交），无需再处理。"


async def test_an_action_that_was_never_declared_is_refused(house: House) -> None:
    case = await house.plan(house.cast.luo)
    with pytest.raises(NotNow):
        await house.engine.perform(case.id, "abolish", house.cast.luo)


async def test_the_steps_on_offer_are_those_that_may_be_taken(house: House) -> None:
    cast = house.cast
    case = await house.plan(cast.luo, cast.qin)
    offered = {
        person.userid: [step.action for step in await house.engine.open_steps(case, person)]
        for person in (cast.chen, cast.luo, cast.fang, cast.lin)
    }
    assert offered == {"chen": ["remind"], "luo": ["pass", "return"], "fang": [], "lin": []}


async def test_roles_limit_who_begins(house: House) -> None:
    with pytest.raises(Refusal) as refused:
        await house.engine.open("order", house.cast.luo, {"project": house.cast.project.id, "wanted": "x"}, key="k")
    assert refused.value.sentence == "「整改通知」由监督员办理，您的岗位不能发起。"


async def test_a_rule_limits_who_begins(house: House) -> None:
    with pytest.raises(BadInput) as refused:
        await house.engine.open("plan", house.cast.fang, {"project": house.cast.project.id, "topic": "x"}, key="k")
    assert refused.value.sentence == "「施工方案」由项目经理发起，您不是这个工程的项目经理，请重新选择工程。"
    assert refused.value.field == "project"


@pytest.mark.parametrize("project", ["other", "missing"])
async def test_a_project_out_of_reach_is_refused_like_one_that_is_not_there(house: House, project: str) -> None:
    wanted = house.cast.other_project.id if project == "other" else 10_000
    with pytest.raises(BadInput) as refused:
        await house.engine.open("plan", house.cast.chen, {"project": wanted, "topic": "x"}, key="k")
    assert refused.value.sentence == "没有找到这个工程，或者它不在您的范围内，请重新选择。"


async def test_nothing_begins_on_a_project_whose_supervision_is_suspended(house: House) -> None:
    project = house.cast.project
    await Project.filter(id=project.id).update(status=SupervisionStatus.SUSPENDED)
    with pytest.raises(BadInput) as refused:
        await house.engine.open("plan", house.cast.chen, {"project": project.id, "topic": "x"}, key="k")
    sentence = f"「{project.name}」现在的监督状态是中止，不能办理新的事项，请另选工程。"
    assert (refused.value.sentence, refused.value.field) == (sentence, "project")


async def test_only_people_on_offer_can_be_chosen(house: House) -> None:
    with pytest.raises(BadInput) as refused:
        await house.check(house.cast.chen)
    assert refused.value.sentence == "「上报接收人」中有不能选择的人员，请重新选择。"
    assert refused.value.field == "reviewers"


async def test_nobody_chooses_himself_as_judge(house: House) -> None:
    cast = house.cast
    data = {"project": cast.project.id, "check_type": "safety", "checked_location": "x", "reviewers": [cast.luo.id]}
    with pytest.raises(BadInput) as refused:
        await house.engine.open("check_report", cast.luo, data, key="k")
    assert (refused.value.sentence, refused.value.field) == ("不能由本人担任「上报接收人」，请改选他人。", "reviewers")


async def test_who_submitted_does_not_judge_though_the_rule_finds_him(house: House) -> None:
    """方知远 and 陈光泽 both may confirm, but 陈光泽 has replied himself."""
    cast = house.cast
    case = await house.order()
    await house.engine.perform(case.id, "reply", cast.chen, {"done": "已补齐"})
    assert await story.waiting(case) == ["fang"]
    assert await house.engine.open_steps(await Case.get(id=case.id), cast.chen) == []
    assert await _refused(house, case, "confirm", cast.chen) == "这一步不由您办理。"
    await house.engine.perform(case.id, "confirm", cast.fang)
    assert await story.state(case) == "closed"


async def test_a_case_that_only_its_own_people_could_judge_is_not_submitted(house: House) -> None:
    cast = house.cast
    await ProjectMember.filter(person_id=cast.fang.id).update(until=clock.now())
    case = await house.order()
    sentence = await _refused(house, case, "reply", cast.chen, done="已补齐")
    assert sentence == "「审核人」只有经办人本人，不能自己审核，请先登记其他人员再办理。"


async def test_who_was_replaced_may_not_act_any_more(house: House) -> None:
    cast = house.cast
    case = await house.plan(cast.luo)
    await house.engine.perform(case.id, "return", cast.luo, {"reason": "缺图"})
    again = {"project": cast.project.id, "topic": "深基坑", "judges": [cast.qin.id]}
    await house.engine.perform(case.id, "change", cast.chen, again)
    assert await story.waiting(case) == ["qin"]
    assert await _refused(house, case, "pass", cast.luo) == "这一步不由您办理。"
    await house.engine.perform(case.id, "pass", cast.qin)
    assert await story.state(case) == "passed"


async def test_somebody_who_is_chosen_again_has_his_seat_back(house: House) -> None:
    cast = house.cast
    case = await house.plan(cast.luo)
    for judge, returned_by in ((cast.qin, cast.luo), (cast.luo, cast.qin)):
        await house.engine.perform(case.id, "return", returned_by, {"reason": "缺图"})
        data = {"project": cast.project.id, "topic": "深基坑", "judges": [judge.id]}
        await house.engine.perform(case.id, "change", cast.chen, data)
    assert await story.waiting(case) == ["luo"]


async def test_a_case_keeps_its_project(house: House) -> None:
    cast = house.cast
    case = await house.plan(cast.luo)
    await house.engine.perform(case.id, "return", cast.luo, {"reason": "缺图"})
    await ProjectMember.create(
        project_id=cast.other_project.id, person_id=cast.chen.id, org_id=cast.chen.org_id, post=Post.PM
    )
    moved = {"project": cast.other_project.id, "topic": "深基坑", "judges": [cast.luo.id]}
    assert await _refused(house, case, "change", cast.chen, **moved) == "提交后不能更换工程。"


async def test_a_step_without_a_form_takes_no_words(house: House) -> None:
    case = await house.check(house.cast.luo)
    assert await _refused(house, case, "pass", house.cast.luo, opinion="好") == "这一步不需要填写内容。"


async def test_somebody_elses_photo_cannot_be_submitted(house: House) -> None:
    foreign = await story.picture(house.cast.luo)
    with pytest.raises(BadInput) as refused:
        await house.plan(pictures=[foreign.id])
    assert refused.value.sentence == "有附件没有保存成功，请重新发送该附件后再提交。"


async def test_a_photo_that_the_case_has_may_be_submitted_again_by_another(house: House) -> None:
    """A second manager corrects what the first had sent."""
    cast = house.cast
    kept = await story.picture(cast.chen)
    case = await house.plan(cast.luo, pictures=[kept.id])
    await house.engine.perform(case.id, "return", cast.luo, {"reason": "缺图"})
    again = {"project": cast.project.id, "topic": "深基坑", "judges": [cast.luo.id], "pictures": [kept.id]}
    await kept.filter(id=kept.id).update(taken_by_id=cast.fang.id)
    await house.engine.perform(case.id, "change", cast.chen, again)
    assert (await story.content(case, 3))["attachments"] == {str(kept.id): "a" * 64}
