"""许若澜 of the client enters hazardous works; 陈光泽 plans, 方知远 reviews. No code but P28's table."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import clock
from core.cases import history
from core.cases.models import Case
from core.people.models import Organisation, OrgKind, Person, Role
from core.projects.models import Post, ProjectMember
from simulator import state
from tests.processes.hazardous_plan import HAZARDOUS_PLAN
from tests.town import Town, town


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path, [HAZARDOUS_PLAN]) as made:
        await _client_of(made)
        yield made


async def _client_of(made: Town) -> None:
    owner = await Organisation.create(name="海澄听潮置业有限公司", short_name="听潮置业", kind=OrgKind.CLIENT)
    await _joins(made, "xu", "许若澜", Post.CLIENT_REPRESENTATIVE, owner.id)


async def _joins(made: Town, userid: str, name: str, post: Post, org_id: int) -> None:
    person = await Person.create(
        userid=userid, name=name, org_id=org_id, role=Role.PARTICIPANT, title="", admitted_at=clock.now()
    )
    await ProjectMember.create(project_id=made.cast.project.id, person_id=person.id, org_id=org_id, post=post)
    made.world.admit(state.Person(userid=userid, name=name))


async def registered(place: Town, scale: str) -> None:
    xu = place.phone("xu")
    await xu.says("危大工程")
    await xu.chooses("滨江花园一期")
    await xu.says("2号楼高支模")
    await xu.taps(scale)
    assert "在 陈光泽" in await xu.taps("登记")


async def test_an_ordinary_plan_is_approved_by_the_chief_engineer(place: Town) -> None:
    chen, fang = place.phone("chen"), place.phone("fang")
    await registered(place, "危大工程")

    assert "请发送「专项施工方案」" in await chen.taps("提交方案")
    assert "在 方知远 手上" in await _handed_in(place, "搭设高度6米，立杆间距0.9米")
    assert "状态：方案已批准" in await fang.taps("审核通过")
    assert "危大工程专项方案方案已批准" in chen.text


async def test_an_over_scale_plan_has_to_be_argued_first(place: Town) -> None:
    chen, fang = place.phone("chen"), place.phone("fang")
    await registered(place, "超危大工程")
    await chen.taps("提交方案")
    await _handed_in(place, "搭设高度12米")

    assert "状态：待论证" in await fang.taps("审核通过")
    assert "状态：方案已批准" in await _argued(place, "通过")
    assert "危大工程专项方案方案已批准" in place.phone("xu").text
    assert (await Case.get()).data["argued_on"] == "2026-12-05"


async def test_a_plan_that_fails_its_argument_is_changed_and_argued_again(place: Town) -> None:
    chen, fang = place.phone("chen"), place.phone("fang")
    await registered(place, "超危大工程")
    await chen.taps("提交方案")
    await _handed_in(place, "搭设高度12米")
    await fang.taps("审核通过")

    assert "状态：已退回" in await _argued(place, "不通过")
    assert "搭设高度12米" in await chen.taps("修改后提交")
    await chen.taps("修改")
    await chen.says("搭设高度12米，增设连墙件")
    await chen.taps("修改后提交")
    await fang.taps("审核通过")

    assert "论证意见：增设连墙件" in await chen.taps("提交论证")
    await chen.taps("修改")
    await chen.chooses("论证结论")
    await chen.taps("通过")
    assert "状态：方案已批准" in await chen.taps("提交论证")
    assert await history.verify(await Case.get()) is None


async def _argued(place: Town, result: str) -> str:
    chen = place.phone("chen")
    await chen.taps("提交论证")
    await chen.taps(result)
    await chen.says("增设连墙件")
    await chen.says("12月5日")
    await chen.photographs(2)
    await chen.taps("发完了")
    assert "论证报告：2 张照片" in await chen.says("周、吴、郑三位专家")
    return await chen.taps("提交论证")


async def test_a_returned_plan_comes_back_with_its_reason_and_its_text(place: Town) -> None:
    chen, fang = place.phone("chen"), place.phone("fang")
    await registered(place, "危大工程")
    await chen.taps("提交方案")
    await _handed_in(place, "搭设高度6米")

    assert "请发送「退回原因」" in await fang.taps("退回")
    await fang.says("缺少立杆间距")
    assert "方知远退回，意见：缺少立杆间距" in chen.text
    assert "搭设高度6米" in await chen.taps("修改后提交")
    await chen.taps("修改")
    await chen.says("搭设高度6米，立杆间距0.9米")
    await chen.taps("修改后提交")

    assert "状态：方案已批准" in await fang.taps("审核通过")
    assert (await Case.get()).data["plan"] == "搭设高度6米，立杆间距0.9米"


async def test_what_was_begun_before_a_colleague_submitted_is_not_mixed_with_it(place: Town) -> None:
    """沈砚 begins to change the plan, 陈光泽 is faster; in the next round 沈砚 finds what 陈光泽 wrote."""
    chen, fang, shen = (place.phone(u) for u in ("chen", "fang", "shen"))
    await _joins(place, "shen", "沈砚", Post.PM, place.cast.chen.org_id)
    await registered(place, "危大工程")
    await chen.taps("提交方案")
    await _handed_in(place, "第一稿")
    await fang.taps("退回")
    await fang.says("缺少立杆间距")

    await shen.taps("修改后提交")
    await shen.taps("修改")
    await shen.says("沈砚的稿子")
    await chen.taps("修改后提交")
    await chen.taps("修改")
    await chen.says("第二稿")
    await chen.taps("修改后提交")
    await fang.taps("退回")
    await fang.says("再核一遍")

    assert "方案：第二稿" in await shen.taps("修改后提交")


async def _handed_in(place: Town, plan: str) -> str:
    """What becomes part of the record is confirmed on a summary; only a remark is taken as it is said."""
    chen = place.phone("chen")
    assert f"方案：{plan}"[:20] in await chen.says(plan)
    return await chen.taps("提交方案")
