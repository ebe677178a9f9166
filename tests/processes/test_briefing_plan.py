"""林小舟 leads the supervision of 滨江花园: his plan goes to 罗敬川, then to the site. No code but P07's table."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.cases import history
from core.cases.models import Case
from tests.processes.briefing_plan import BRIEFING_PLAN
from tests.town import Phone, Town, read, town


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path, [BRIEFING_PLAN]) as made:
        yield made


async def submitted(lin: Phone) -> None:
    await lin.says("交底计划")
    assert "交底日期" in await lin.chooses("滨江花园一期")
    assert "请发送「交底地点」" in await lin.says("12月5日")
    assert "请发送「交底内容」" in await lin.says("项目部会议室")
    assert "监督交底计划：请核对" in await lin.says("质量安全责任、关键节点、资料要求")
    assert "在 罗敬川 手上" in await lin.taps("提交")


async def test_a_plan_that_passes_reaches_the_enterprises(place: Town) -> None:
    lin, luo, chen, fang = (place.phone(u) for u in ("lin", "luo", "chen", "fang"))
    await submitted(lin)

    assert "请发送「审核意见」" in await luo.taps("审核通过")
    assert "状态：审核通过" in await luo.says("同意")

    assert "收到一份监督交底计划" in chen.text
    assert "收到一份监督交底计划" in fang.text
    assert "意见：同意" in lin.text
    assert (await Case.get()).state == "passed"


async def test_a_refused_plan_is_opened_for_editing_and_comes_again(place: Town) -> None:
    lin, luo = place.phone("lin"), place.phone("luo")
    await submitted(lin)
    await luo.taps("审核不通过")
    await luo.says("地点请改在监督站")
    assert "意见：地点请改在监督站" in lin.text

    assert "交底地点：项目部会议室" in await lin.taps("修改后提交")
    await lin.taps("修改")
    await lin.chooses("交底地点")
    assert "交底地点：监督站三楼会议室" in await lin.says("监督站三楼会议室")
    assert "在 罗敬川 手上" in await lin.taps("修改后提交")

    assert "交底地点：监督站三楼会议室" in luo.text
    await luo.taps("审核通过")
    assert "状态：审核通过" in await luo.says("同意")
    case = await Case.get()
    assert (case.state, case.data["content"]) == ("passed", "质量安全责任、关键节点、资料要求")
    assert await history.verify(case) is None


async def test_a_refused_plan_can_be_deleted(place: Town) -> None:
    lin, luo = place.phone("lin"), place.phone("luo")
    await submitted(lin)
    await luo.taps("审核不通过")
    await luo.says("请重新编制")

    assert "状态：已删除" in await lin.taps("删除")
    assert (await Case.get()).state == "deleted"


async def test_only_the_lead_of_the_project_begins_one(place: Town) -> None:
    luo = place.phone("luo")
    await luo.says("交底计划")
    await luo.chooses("滨江花园一期")
    await luo.says("12月5日")
    await luo.says("项目部会议室")
    await luo.says("内容")

    await luo.taps("提交")

    assert "您不是这个工程的监督组长" in "\n".join(read(message) for message in luo.messages[-2:])
    assert await Case.all().count() == 0
