"""A deadline that stands still, and a mark that somebody does not agree with, as everybody's phone shows them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from checks.report import CHECK_REPORT
from notices.processes import NOTICES
from tests.bot.test_notices import FOUND, MONDAY, NUMBER, TITLE, day, issued, lines, passes, replies, since, until
from tests.town import Town, read, town

ABOUT = f"{NUMBER} 滨江花园一期"


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path, [CHECK_REPORT, *NOTICES]) as made:
        until(made, MONDAY)
        yield made


async def test_of_more_people_than_a_card_has_buttons_one_is_named(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.commands.pausing._MOST", 1)
    await issued(place, FOUND[0])
    lin = place.phone("lin")
    assert await lin.says(f"暂停 {NUMBER}") == (
        f"暂停谁的计时？\n每位回复人各自计时，请选择要暂停谁的。未列出的，请发送“暂停 {NUMBER} 姓名”。\n[陈光泽]"
    )
    await lin.says(f"暂停 {NUMBER} 方知远")
    for said in ("等待检测结果", "不定日期", "跳过", "提交"):
        await lin.says(said)
    assert read(place.phone("fang").messages[-1]).splitlines()[:2] == ["暂停计时已生效", "林小舟提交"]


async def test_the_judge_pauses_one_replier_s_time_and_lets_it_go_on(place: Town) -> None:
    chen = await issued(place, FOUND[0])
    lin = place.phone("lin")
    assert await lin.says("暂停 海澄质安改2026-1") == (
        "暂停谁的计时？\n每位回复人各自计时，请选择要暂停谁的。\n[陈光泽]\n[方知远]"
    )
    assert await lin.taps("陈光泽") == "请发送「暂停的原因」。\n例如：等待检测结果、封路、台风停工"
    assert lines(await lin.says("等待检测结果"), 0, 1, -1) == [
        "请选择暂停到",
        "也可以回复：10天、5个工作日、12月5日。到时自动恢复；不定日期的，事由消除后再恢复",
        "[不定日期]",
    ]
    await lin.taps("不定日期")
    assert lines(await lin.says("跳过"), 0, 1) == ["暂停计时：请核对", "提交后：已生效。"]
    await lin.taps("提交")
    about = f"暂停的原因：等待检测结果\n提出人：林小舟\n文号：{NUMBER}\n回复人：陈光泽"
    assert [chen.text, read(lin.messages[-2])] == [
        f"暂停计时已生效\n林小舟提交\n{about}",
        f"已生效：暂停计时\n滨江花园一期 暂停计时\n{about}\n[看详情]\n[恢复计时]",
    ]
    assert lines(await chen.says("需我回复的"), 1) == ["【待回复·暂停计时】1 份"]
    await chen.taps("签收")
    assert lines(read(chen.card_with("回复")), 0, 4) == [
        "待回复·暂停计时：通知回复",
        "截止日期：12月2日24时（暂停计时）",
    ]
    again = "已经到期、已经暂停，或者已经回复。"
    assert await chen.says("暂停 海澄质安改2026-1") == f"《{TITLE}》现在不能暂停计时：没有截止日期、{again}"
    quiet = len(chen.messages)
    await passes(place, day(12, 8))
    assert len(chen.messages) == quiet
    await lin.taps("恢复计时")
    assert chen.text == (
        f"待回复：通知回复\n{NUMBER} {TITLE}\n已恢复计时；1.3号楼5层临边没有栏杆\n回复人：陈光泽\n"
        "截止日期：12月17日24时\n后续安排：12月14日起提醒5次，逾期将处理\n[看详情]\n[回复]\n[申请延期]\n[暂停计时]"
    )
    assert await place.phone("luo").says("恢复 海澄质安改2026-1") == "这份通知没有可以由您恢复的暂停计时，请核对文号。"


async def test_a_replier_asks_for_a_pause_by_its_button(place: Town) -> None:
    chen = await issued(place, FOUND[0], repliers="陈光泽")
    lin = place.phone("lin")
    await chen.taps("暂停计时")
    await chen.says("台风停工")
    await chen.taps("3个工作日")
    assert lines(await chen.says("跳过"), 1) == ["提交后：待审批。"]
    await chen.taps("提交")
    assert lines(lin.text, 0, -2, -1) == ["待审批：暂停计时", "[同意]", "[不同意]"]
    await lin.taps("同意")
    assert lines(chen.text, 0, 1) == ["暂停计时已生效", "林小舟同意"]
    await passes(place, day(11, 27, hour=0))
    assert lines(chen.text, 0, 2, 4) == [
        "待回复：通知回复",
        "已恢复计时；1.3号楼5层临边没有栏杆",
        "截止日期：12月8日24时",
    ]


# ── marks ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_overdue_mark_is_objected_to_from_the_card_that_tells_of_it(place: Town) -> None:
    chen = await issued(place, FOUND[0], repliers="陈光泽")
    lin, luo, qin = (place.phone(one) for one in ("lin", "luo", "qin"))
    await passes(place, day(12, 3, hour=0))
    assert lines(chen.text, 0, -1) == ["已超期：通知回复", "[我有异议]"]
    assert await chen.taps("我有异议") == "请发送「异议的理由」。\n请写明事实，照片放在下一项"
    await chen.says("检测机构停电")
    await chen.photographs(1)
    about = "异议事项：12月3日超期\n异议的理由：检测机构停电"
    assert (await chen.taps("发完了")).startswith(f"异议：请核对\n提交后：待裁决。\n{about}\n证明照片：1 张照片\n")
    await chen.taps("提交")
    about = f"{about}\n提出人：陈光泽\n文号：{NUMBER}"
    asked = f"待裁决：异议\n滨江花园一期 异议\n{about}\n[看详情]\n[维持]\n[更正]"
    assert [luo.text, qin.text, lin.text] == [asked, asked, f"收到一份异议\n滨江花园一期 异议\n{about}"]
    assert await chen.says("异议 海澄质安改2026-1") == "您已经对“12月3日超期”提出异议，请等待裁决。"
    assert lines(await chen.says("需我回复的"), 1) == ["【已超期·有异议】1 份"]

    await qin.taps("更正")
    seen = (len(chen.messages), len(lin.messages))
    assert lines(await qin.says("停电属实"), 1) == ["状态：成立（已更正）"]
    decided = f"异议成立（已更正）\n秦若岩更正，意见：停电属实\n{about}"
    told, again = since(chen, seen[0])
    assert (told, lines(again, 0, 4)) == (decided, ["待回复·已更正：通知回复", "截止日期：12月10日24时"])
    told, dropped = since(lin, seen[1])
    assert (told, lines(dropped, 0)) == (decided, ["超期处理不予处理·已更正"])
    assert luo.text.splitlines()[-1] == "[秦若岩已更正]"


async def test_what_came_of_being_overdue_is_told_and_may_be_objected_to(place: Town) -> None:
    chen = await issued(place, FOUND[0], repliers="陈光泽")
    lin, luo, qin = (place.phone(one) for one in ("lin", "luo", "qin"))
    await passes(place, day(12, 3, hour=0))
    await lin.taps("提出处理意见")
    for said in ("处罚建议书", "逾期没有整改"):
        await lin.says(said)
    await lin.taps("提出处理意见", card=lin.last)
    await luo.taps("批准")
    assert lines(chen.text, 0, 1, -1) == ["收到一份超期处理", "海澄质安罚建〔2026〕001号", "[我有异议]"]
    assert await chen.says("异议 海澄质安罚建2026-1") == "请发送「异议的理由」。\n请写明事实，照片放在下一项"
    for said in ("已提前电话说明", "跳过"):
        await chen.says(said)
    quiet = len(luo.messages)
    await chen.taps("提交")
    assert lines(qin.text, 0, 2) == ["待裁决：异议", "异议事项：处罚建议书海澄质安罚建〔2026〕001号"]
    assert [read(m).splitlines()[0] for m in luo.messages[quiet:]] == ["收到一份异议"]  # he has approved it
    await qin.taps("维持")
    await qin.says("没有通话记录")
    assert lines(chen.text, 0, 1) == ["异议不成立（维持）", "秦若岩维持，意见：没有通话记录"]
    assert await chen.says("异议 海澄质安罚建2026-1") == (
        "对“处罚建议书海澄质安罚建〔2026〕001号”的异议已经裁决（维持），不能再次提出。"
    )
    assert await place.phone("fang").says("异议 海澄质安罚建2026-1") == (
        "没有找到需要您回复的这份通知，请核对文号，或发送“需我回复的”查看。"
    )


async def test_a_return_is_objected_to_and_goes_back_to_its_judge(place: Town) -> None:
    chen = await issued(place, FOUND[0], repliers="陈光泽")
    lin, luo = place.phone("lin"), place.phone("luo")
    await replies(chen, "已搭设栏杆")
    await lin.taps("逐条审核")
    await lin.chooses("1.")
    await lin.taps("照片看不清")
    await lin.taps("逐条审核", card=lin.last)
    assert lines(chen.text, 0, -1) == ["待回复：通知回复", "[我有异议]"]
    await chen.taps("我有异议")
    for said in ("照片清楚", "跳过"):
        await chen.says(said)
    assert lines(chen.text, 2) == ["异议事项：11月23日退回第1条"]
    await chen.taps("提交")
    await luo.taps("更正")
    await luo.says("照片看得清")
    assert lines(lin.text, 0) == ["待审核回复·已更正：通知回复"]
    assert "照片核对" not in lin.text  # the same answer again is no photo that was used before
    await lin.taps("全部通过", card=lin.last)
    assert lines(chen.text, 0) == ["通知回复完结·已整改·已更正"]
    assert lines(await lin.says("我上报的"), 0, 1) == [
        "我上报的，共 1 份，已完结 1 份，其中已整改 1 份。",
        "【完结·已整改】1 份",
    ]
