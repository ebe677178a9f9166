"""许若澜 of the client enters hazardous works; 陈光泽 plans, 方知远 reviews. No code but P28's table."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import clock
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
    xu = await Person.create(
        userid="xu", name="许若澜", org_id=owner.id, role=Role.PARTICIPANT, title="甲方代表", admitted_at=clock.now()
    )
    seat = {"project_id": made.cast.project.id, "person_id": xu.id, "org_id": owner.id}
    await ProjectMember.create(**seat, post=Post.CLIENT_REPRESENTATIVE)
    made.world.admit(state.Person(userid="xu", name="许若澜", org=owner.name))


async def registered(place: Town, scale: str) -> None:
    xu = place.phone("xu")
    await xu.says("危大工程")
    await xu.chooses("滨江花园一期")
    await xu.says("2号楼高支模")
    await xu.taps(scale)
    assert "在 陈光泽 手上" in await xu.taps("登记")


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
    await chen.taps("提交论证")
    await chen.taps("通过")
    await chen.says("周、吴、郑三位专家")
    assert "状态：方案已批准" in await chen.taps("提交论证")
    assert "危大工程专项方案方案已批准" in place.phone("xu").text


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
    await chen.chooses("专项施工方案")
    await chen.says("搭设高度6米，立杆间距0.9米")
    await chen.taps("修改后提交")

    assert "状态：方案已批准" in await fang.taps("审核通过")
    assert (await Case.get()).data["plan"] == "搭设高度6米，立杆间距0.9米"


async def _handed_in(place: Town, plan: str) -> str:
    """What becomes part of the record is confirmed on a summary; only a remark is taken as it is said."""
    chen = place.phone("chen")
    assert f"专项施工…：{plan}"[:20] in await chen.says(plan)
    return await chen.taps("提交方案")
