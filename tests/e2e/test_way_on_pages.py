"""The whole way of a check and its notice on pages, as large as a phone, in Chromium; the phones are the way in."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from openpyxl import load_workbook
from playwright.async_api import Browser, expect

from tests.e2e.desk import Desk, sitting_at
from tests.e2e.inside import Inside, home
from tests.e2e.rehearsal import Rehearsal, rehearsal
from tests.e2e.story import GARDEN

POOL = "云渚市体育公园游泳馆"
CENTRE = "云渚市文化艺术中心"
CHECK, NOTICE = f"{CENTRE} 安全检查", f"{CENTRE} 整改通知"
EDGE = "临边防护缺失，坠落高度2米及以上的作业面临空一侧未设置防护栏杆。"
HELMETS = "两名工人没有戴安全帽"
AGAIN = "已补发安全帽并教育，重新拍照"
REPAIRED = {
    1: ("edge-guarded", "已装好防护栏杆"),
    2: ("opening-covered", "洞口已加盖并固定"),
    3: ("box-locked", "破损的安全网已更换"),
}
STOP, RESUME = f"{GARDEN.name} 停工通知", f"{GARDEN.name} 复工通知"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """One of its own: in the other stories' the clock runs ahead, and an objection has a term."""
    with rehearsal(tmp_path_factory.mktemp("pages")) as running:
        yield running


@pytest.fixture
async def hand(town: Rehearsal, chromium: Browser, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk as large as a phone."""
    async with sitting_at(chromium, town.address, tmp_path, (375, 812)) as made:
        yield made


async def test_two_findings_become_a_notice_that_is_answered_twice(hand: Desk) -> None:
    jiang, duan, gao = [await home(one) for one in await hand.lay_out("jiangpeiran", "duanguodong", "gaoyuanzheng")]
    await _captures(jiang)
    await _passes(duan)
    number = await _issues(jiang)
    await _asks_for_time(gao, number)
    await _grants(jiang)
    first = {1: ("edge-guarded", "五层临边已装好防护栏杆"), 2: ("fire-complete", "已补发安全帽")}
    await _answers(gao, number, first)
    await _returns_the_second(jiang)
    await _answers(gao, number, {2: ("box-locked", AGAIN)})
    await _accepts(jiang)
    await gao.goes("首页")
    await gao.follows("我回复的")
    await gao.follows(number)
    await gao.says("完结", AGAIN)
    assert await gao.part("#bar").count() == 0


async def _captures(page: Inside) -> None:
    await page.goes("首页")
    await page.presses("监督上报")
    await page.heading("监督检查记录")
    await page.fills("查找工程", "艺术中心")
    await page.body.get_by_label(CENTRE).check()
    await page.body.get_by_label("抽查类型").select_option(label="安全检查")
    await page.fills("抽查部位", "主楼 四层 临边")
    await page.body.get_by_role("checkbox", name="段国栎").check()
    await page.body.get_by_label("同时下发整改通知").check()
    await _finds_a_bare_edge(page)
    await _finds_bare_heads_without_a_network(page)
    await page.presses("核对并提交")
    await page.heading("请核对：监督检查记录")
    await page.says(CENTRE, "2 条，照片 2 张", "提交后：待审核")
    await page.presses("立即提交")
    await page.heading(CHECK)
    await page.says("待审核", EDGE, "重大", HELMETS)
    await expect(page.part("a.photo")).to_have_count(2)  # each as it was drawn on


async def _finds_a_bare_edge(page: Inside) -> None:
    await page.presses("记一条问题")
    finding = page.part(".finding-edit").nth(0)
    await page.photographs(finding, "edge-open")
    await page.queue("已传 1 张，全部传完")
    await page.circles(finding)
    await page.queue("已传 2 张，全部传完")
    await expect(finding.locator(".evidence-marked")).to_have_text("标注")
    await finding.get_by_role("button", name="选标准术语").click()
    await page.fills("关键词或拼音首字母，如 lbfh", "lbfh")
    await page.presses("查找")
    await page.body.get_by_label(EDGE).check()
    await page.presses("引用选中的")
    await expect(finding.locator(".cited-text")).to_contain_text(EDGE)
    await expect(finding.get_by_role("radio", name="重大")).to_be_checked()


async def _finds_bare_heads_without_a_network(page: Inside) -> None:
    await expect(page.tab.locator("html[data-kept]")).to_be_attached()
    await page.tab.context.set_offline(True)
    await page.presses("再记一条问题")
    finding = page.part(".finding-edit").nth(1)
    await page.photographs(finding, "no-helmet")
    await page.queue("离线，联网后自动上传。等待 1 张")
    await page.circles(finding)
    await page.queue("离线，联网后自动上传。等待 2 张")
    await finding.get_by_label("补充说明").fill(HELMETS)
    await page.tab.reload()
    await expect(finding.get_by_label("补充说明")).to_have_value(HELMETS)
    await expect(finding.locator(".evidence-said")).to_have_text(["已存在手机里"] * 2)
    await page.presses("核对并提交")
    await page.says("还有 2 个文件没有传完")
    await page.tab.context.set_offline(False)
    await page.queue("已传 2 张，全部传完")
    await expect(finding.locator(".evidence-marked")).to_have_text("标注")


async def _passes(page: Inside) -> None:
    await page.goes("首页")
    await page.follows(CHECK)
    await page.says("轮到您办理")
    await page.presses("通过")
    await page.says("审核通过")


async def _issues(page: Inside) -> str:
    """Gives the number of the notice."""
    await page.goes("首页")
    await page.follows(CHECK)
    await page.presses("下发整改通知")
    await page.heading("通知")
    await expect(page.body.get_by_label("通知类型")).to_have_value("rectification")
    repliers = page.part("#field-repliers")
    await repliers.get_by_label("高远峥").check()
    await page.presses("3个工作日")
    await expect(page.part("#said-deadline")).to_contain_text("其中工作日3天")
    await expect(page.part("#foretold")).to_contain_text("提醒高远峥")
    await page.presses("核对并提交")
    await page.heading("请核对：通知")
    await page.presses("立即提交")
    await page.heading(NOTICE)
    return await _number(page)


async def _number(notice: Inside) -> str:
    """Within its year."""
    return (await notice.part(".head .head-number").inner_text()).partition("〕")[2].strip("\u2060")


async def _asks_for_time(page: Inside, number: str) -> None:
    await page.goes("首页")
    await page.follows(number)
    await page.presses("签收")
    await page.says("办理（签收）")
    await page.presses("申请延期")
    await page.heading(f"延期申请：{NOTICE}")
    await page.presses("7个工作日")
    await page.fills("延期的原因", "栏杆材料下周到场")
    await page.presses("核对并提交")
    await page.heading("请核对")
    await page.presses("提交")
    await page.says("待审批", "在谁手上", "江沛苒")


async def _grants(page: Inside) -> None:
    await page.goes("首页")
    await page.follows("高远峥的延期申请")
    await page.presses("同意")
    await page.says("办理（同意）")


async def _answers(
    page: Inside, number: str, answers: dict[int, tuple[str, str]], title: str = NOTICE, photos: int = 2
) -> None:
    """``photos``: in a second round with those that came back."""
    await page.goes("首页")
    await page.follows(number)
    await page.presses("回复")
    await page.heading(f"回复：{title}")
    await expect(page.part(".answering")).to_have_count(len(answers))
    for finding, (picture, words) in answers.items():
        answer = page.part(f"#answer-{finding}")
        await page.photographs(answer, picture)
        await answer.get_by_label("整改说明").fill(words)
    await page.queue(f"已传 {len(answers)} 张，全部传完")
    await page.presses("核对并提交")
    await page.says(f"{len(answers)}条，照片{photos}张")
    await page.presses("回复")
    await page.heading(title)
    await page.says("待审核回复", *(words for _, words in answers.values()))


async def _returns_the_second(page: Inside) -> None:
    await page.goes("首页")
    await page.follows("待审核回复")
    await page.presses("逐条审核")
    second = page.part(".ruling").nth(1)
    await second.get_by_role("radio", name="退回").check()
    await second.get_by_role("checkbox", name="照片看不清").check()
    await page.presses("退回 1 条")
    await page.says("办理（逐条审核）", "待回复")


async def _accepts(page: Inside) -> None:
    await page.goes("首页")
    await page.follows("待审核回复")
    await page.says("第2轮，2项中剩1项")
    await page.presses("逐条审核")
    ruling = page.part(".ruling")
    await expect(ruling).to_have_count(1)
    await expect(ruling.locator(".ruling-said")).to_have_text(AGAIN)
    await ruling.get_by_role("radio", name="通过").check()
    await page.presses("全部通过")
    await page.says("办理（逐条审核）", "完结")


async def test_a_leader_finds_records_and_takes_them_along_as_a_workbook(hand: Desk, tmp_path: Path) -> None:
    [duan] = await hand.lay_out("duanguodong")
    page = await home(duan)
    await page.goes("查询")
    await page.fills("记录中的字", "终拧")
    await page.part(".asking-first").get_by_role("button").click()
    await page.says("导出 Excel")
    await page.tab.wait_for_load_state()
    found = await page.part(".record-title").all_inner_texts()
    await expect(page.part(".found-total")).to_have_text(f"共 {len(found)} 份")
    async with page.tab.expect_download() as download:
        await page.presses("导出 Excel")
    file = tmp_path / "found.xlsx"
    await (await download.value).save_as(file)
    records, enclosed = load_workbook(file).worksheets
    rows = list(records.iter_rows(values_only=True))
    assert rows[1][0] == "条件：全文：“终拧”"
    assert [row[2] for row in rows[4:]] == found
    assert [rows[4][1], rows[-1][1]] == ["超期处理：处罚建议书", "监督检查记录：综合检查"]
    addresses = [row[-1].hyperlink.target for row in records.iter_rows(min_row=5)]
    shown = await page.part("a.record").evaluate_all("records => records.map(one => one.pathname)")
    assert [urlsplit(one).path for one in addresses] == shown
    assert {row[2] for row in enclosed.iter_rows(min_row=2, values_only=True)} == {"照片", "文件"}


async def test_an_objection_is_written_on_a_page_and_decided_on_one(hand: Desk) -> None:
    zhu, zhuying = [await home(one) for one in await hand.lay_out("zhushouye", "zhuyinghua")]
    await zhu.goes("首页")
    await zhu.follows(f"{POOL} 整改通知")
    await zhu.presses("我有异议")
    await zhu.heading(f"异议：{POOL} 整改通知")
    await zhu.body.get_by_label("超期").check()
    await zhu.fills("异议的理由", "台风停工三天，现场无法施工")
    await zhu.photographs(zhu.part("#field-evidence"), "edge-open")
    await zhu.queue("已传 1 张，全部传完")
    await zhu.presses("核对并提交")
    await zhu.heading(f"请核对：异议：{POOL} 整改通知")
    await zhu.presses("提交")
    await zhu.says("待裁决", "祝颖桦", "台风停工三天，现场无法施工")
    await zhuying.goes("首页")
    await zhuying.follows("朱守晔的异议")
    await zhuying.says("轮到您办理", "台风停工三天，现场无法施工")
    await zhuying.presses("更正")
    await zhuying.fills("更正的理由", "台风停工情况属实")
    await zhuying.presses("确认更正")
    await zhuying.says("办理（更正）")


# ── stop-work ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_stop_is_passed_approved_answered_and_lifted(hand: Desk) -> None:
    people = await hand.lay_out("helicheng", "fuyueting", "luojingchuan", "huangweijian")
    he, fu, luo, huang = [await home(one) for one in people]
    await _drafts_a_stop(he)
    await _decides(fu, STOP, "通过")
    await fu.says("待站长批准", "罗敬川")
    await _stands(luo, "正常")
    await _decides(luo, STOP, "批准")
    await luo.says("待回复")
    number = await _number(luo)
    await _stands(luo, "停工")
    await _signs(huang, STOP)
    await _answers(huang, number, REPAIRED, STOP, photos=3)
    await _accepts_each(he)
    await _stands(luo, "停工")  # put right is not yet released
    await _drafts_what_lifts_it(he)
    await _decides(fu, RESUME, "通过")
    await _stands(luo, "正常")
    await _signs(huang, RESUME)
    await huang.says("完结")
    await he.goes("首页")
    await he.follows(RESUME)
    await he.says("完结")


async def _drafts_a_stop(page: Inside) -> None:
    await page.goes("首页")
    await page.presses("新建通知")
    await page.heading("通知")
    await page.body.get_by_label("通知类型").select_option(label="停工通知")
    await page.fills("查找工程", "澜湾花园")
    await page.body.get_by_label(GARDEN.name).check()
    await page.part("#field-addressee_units").get_by_label("屹澜").check()
    await page.part("#field-cited_check").get_by_role("radio").first.check()
    await page.fills("通知详情", "临边、洞口没有防护，立即停止施工")
    await page.presses("3个工作日")
    await page.part("#field-repliers").get_by_label("黄苇坚").check()
    await page.part("#field-reviewers").get_by_label("傅岳庭").check()
    await page.presses("核对并提交")
    await page.heading("请核对：通知")
    await page.says("停工通知", "提交后：待审核")
    await page.presses("立即提交")
    await page.heading(STOP)
    await page.says("待审核", "傅岳庭")


async def _decides(page: Inside, title: str, decision: str) -> None:
    await page.goes("首页")
    await page.follows(title)
    await page.says("轮到您办理")
    await page.presses(decision)
    await page.says(f"办理（{decision}）")


async def _stands(page: Inside, status: str) -> None:
    """The site, as its own page says."""
    await page.goes("工程")
    await page.follows(GARDEN.name)
    await expect(page.part("p.state")).to_have_text(status)


async def _signs(page: Inside, title: str) -> None:
    await page.goes("首页")
    await page.follows(title)
    await page.presses("签收")
    await page.says("办理（签收）")


async def _accepts_each(page: Inside) -> None:
    await page.goes("首页")
    await page.follows("待审核回复")
    await page.presses("逐条审核")
    await page.presses("全部通过")
    await page.says("办理（逐条审核）", "完结")


async def _drafts_what_lifts_it(page: Inside) -> None:
    """From the notice that stopped it: all that it says is filled in."""
    await page.goes("首页")
    await page.follows(STOP)
    await page.says("完结·已整改")
    await page.presses("下发复工通知")
    await expect(page.body.get_by_label("通知类型")).to_have_value("resume_work")
    await expect(page.part("#field-lifts").get_by_role("radio").first).to_be_checked()
    await expect(page.part("#field-repliers").get_by_label("黄苇坚")).to_be_checked()
    await expect(page.part("#field-reviewers").get_by_label("傅岳庭")).to_be_checked()  # as the last time
    await page.presses("核对并提交")
    await page.heading("请核对：通知")
    await page.says("复工通知", "提交后：待审核")
    await page.presses("立即提交")
    await page.heading(RESUME)
