"""The whole way of a notice, by real clicks on the phones in Chromium, while the clock runs ahead."""

from PIL import Image
from playwright.async_api import expect
from zxingcpp import BarcodeFormat, read_barcodes

from tests.e2e.desk import Desk, Phone
from tests.e2e.notice_story import TITLE, fills, issues, passes_what_waits_for_him
from tests.e2e.story import GARDEN
from tests.e2e.wire import Wire

REPAIRED = (
    ("opening-covered", "洞口已加盖并固定"),
    ("honeycomb-repaired", "柱根已修补"),
    ("", "保养记录已补签"),
    ("", "冲洗平台已装好"),
    ("", "三人已补训，教育卡在附件"),
)


async def test_one_replier_answers_twice_and_the_other_lets_it_run_out(desk: Desk) -> None:
    lin, luo, chen = await desk.lay_out("linxiaozhou", "luojingchuan", "chenguangze")
    await desk.waits_for_a_working_morning()
    await passes_what_waits_for_him(luo)
    number = await issues(lin, desk.wire("linxiaozhou"))

    await _answers_each_finding(chen, desk.wire("chenguangze"), number)
    await _returns_two(lin, number)
    await _answers_these_again(chen, desk.wire("chenguangze"))
    await (await lin.sees(number, "全部通过")).tap("全部通过")
    await chen.sees("通知回复完结", "林晓舟全部通过")
    await chen.sees("的文书已生成", number)  # as soon as it is, whatever else happens
    heard = await desk.wire("chenguangze").about(number)

    fang = await desk.hands_the_phone_of("chenguangze", "fangzhengqing", "方正清")
    await desk.moves_the_clock("workday")
    await desk.moves_the_clock("workday")
    await fang.sees(f"《{TITLE}》要求在", "只剩1个工作日", number)
    await desk.moves_the_clock("workday")
    await desk.moves_the_clock("workday")
    await fang.sees("已超期：通知回复", number)
    await luo.sees("通知回复已超期", number, "方正清")
    await lin.sees(f"《{TITLE}》已经超期", "回复人：方正清")
    await luo.sees("【早报】", "超期", f"{TITLE}（方正清）")
    await _proposes_a_penalty(lin, number)
    await (await luo.sees("待站长批准：超期处理", number)).tap("批准")
    await lin.sees("超期处理已形成", "汐港质安罚建〔")
    assert await desk.wire("chenguangze").about(number) == heard


async def _answers_each_finding(chen: Phone, wire: Wire, number: str) -> None:
    await (await chen.sees("待回复：通知回复", number, "申请延期")).tap("回复")
    await chen.sees("第 1 条（1/5）")
    picture, words = REPAIRED[0]
    await chen.photographs(picture)
    await chen.writes(words)
    await (await chen.sees("第 1 条（1/5）", words, "1 张")).tap("下一条")
    await chen.sees("第 2 条（2/5）")
    for place, (picture, words) in enumerate(REPAIRED[1:], 2):
        if picture:
            await wire.photographs(picture)
        await wire.says(words, then=words)
        if place < len(REPAIRED):
            await wire.taps("下一条", then=f"第 {place + 1} 条")
    await wire.taps("填好了", then="请核对")
    await (await chen.sees("通知回复：请核对", "5条，照片2张")).tap("回复")
    await chen.sees("已回复：", "待审核回复")


async def _returns_two(lin: Phone, number: str) -> None:
    card = await lin.sees("待审核回复：通知回复", number)
    await card.tap("逐条审核")
    await (await lin.sees("请勾选要退回的条目")).tick("2.", "4.", then="选好了")
    await lin.sees("第 2 条为什么退回？")
    await lin.writes("只抹了一层浆，请凿除后修补")
    await (await lin.sees("第 4 条为什么退回？")).tap("照片看不清")
    await (await lin.sees("通知回复：请核对", "通过3条，退回2条")).tap("逐条审核")


async def _answers_these_again(chen: Phone, wire: Wire) -> None:
    card = await chen.sees("待回复：通知回复", "2.只抹了一层浆，请凿除后修补；4.照片看不清")
    await card.tap("回复")
    await (await chen.sees("第 2 条（1/2）", "退回原因", "只抹了一层浆")).says("柱根已修补")
    await wire.photographs("honeycomb-repaired")
    await wire.says("已凿除并用灌浆料修补", then="已凿除并用灌浆料修补")
    await wire.taps("下一条", then="第 4 条（2/2）")
    await wire.taps("填好了", then="请核对")
    await (await chen.sees("通知回复：请核对", "2条")).tap("回复")


async def _proposes_a_penalty(lin: Phone, number: str) -> None:
    card = await lin.sees("待处理：超期处理", "方正清", number)
    assert await card.buttons() == ["看详情", "提出处理意见", "不予处理"]
    await card.tap("提出处理意见")
    await (await lin.sees("请选择处理方式")).tap("处罚建议书")
    await lin.sees("事实与依据")
    await lin.writes("到期没有回复，经提醒仍未整改")
    await (await lin.sees("请核对", "处罚建议书")).tap("提出处理意见")


# ── stop-work ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_stop_is_refused_issued_again_and_lifted_by_its_name(desk: Desk) -> None:
    he, luo, huang = await desk.lay_out("helicheng", "luojingchuan", "huangweijian")
    await _drafts_a_stop(desk.wire("helicheng"))
    await (await he.sees("请核对", "待站长批准", "停工通知")).tap("立即提交")
    await he.sees("已提交：", f"{GARDEN.name} 停工通知", "在 罗敬川 手上")
    await (await luo.sees("待站长批准：通知", GARDEN.name)).tap("不批准")
    await luo.writes("先写明停工的部位")
    refused = await he.sees("通知审核未通过", "罗敬川不批准，意见：先写明停工的部位")
    assert await desk.wire("huangweijian").about("停工通知") == 0

    await refused.tap("照此新建通知")
    await (await he.sees("请核对", "待站长批准", "停工通知")).tap("立即提交")
    await (await luo.sees("待站长批准：通知", "批准")).tap("批准")
    await huang.sees("待回复：通知回复", "汐港质安停〔", GARDEN.name, "签收")
    page = await huang.follows(await huang.sees("的文书已生成", "责令停工通知书"), "查看文书")
    await _is_the_paper(await page.paper(), desk, "责令停工通知书", GARDEN.name)
    await page.close()
    assert "监督状态：停工" in await desk.wire("luojingchuan").says("工程 澜湾花园", then="监督状态")

    await desk.moves_the_clock("workday")
    await _drafts_what_lifts_it(desk.wire("helicheng"))
    await (await he.sees("请核对", "复工通知")).tap("立即提交")
    await he.sees("已提交：", f"{GARDEN.name} 复工通知")
    assert "监督状态：正常\n" in await desk.wire("luojingchuan").says("工程 澜湾花园", then="监督状态")
    await (await huang.sees("待签收：通知回复", "汐港质安复〔")).tap("签收")
    await huang.sees("已签收：", "完结")
    await he.sees("通知完结", f"{GARDEN.name} 复工通知")


async def _is_the_paper(pages: list[Image.Image], desk: Desk, *words: str) -> None:
    """Each page's code leads whoever scans it, without signing in, to where the station vouches for the paper."""
    codes = [[one.text for one in read_barcodes(page, formats=BarcodeFormat.QRCode)] for page in pages]
    assert codes == [codes[0]] * len(pages)
    async with desk.stranger() as page:
        await page.goto(codes[0][0])
        for said in words:
            await expect(page.locator("body")).to_contain_text(said)


async def _drafts_a_stop(wire: Wire) -> None:
    await fills(
        wire,
        ("新建通知", "请选择通知类型"),
        ("停工通知", "请选择工程名称"),
        ("澜湾花园", "请选择通知对象单位"),
        ("屹澜建设", "请选择问题详情"),
        ("1", "请发送通知详情"),
        ("9号楼临边、洞口没有防护，立即停止施工", "请选择截止日期"),
        ("3个工作日", "请选择回复人"),
        ("黄苇坚", "请选择上报接收人"),
        ("不选", "请选择下达接收人"),
        ("不选", "请核对"),
    )


async def _drafts_what_lifts_it(wire: Wire) -> None:
    await fills(
        wire,
        ("新建通知", "请选择通知类型"),
        ("复工通知", "请选择工程名称"),
        ("澜湾花园", "请选择通知对象单位"),
        ("屹澜建设", "请选择问题详情"),
        ("1", "请选择解除的停工通知"),
        ("1", "请发送通知详情"),
        ("跳过", "请选择截止日期"),
        ("不设期限", "请选择回复人"),
        ("黄苇坚", "请选择上报接收人"),
        ("不选", "请选择下达接收人"),
        ("不选", "请核对"),
    )
