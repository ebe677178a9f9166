"""陈光泽 answers findings one by one, with photos and words; 林小舟 returns what does not do, with reasons (BY-04)."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import pytest

from core import clock, database
from core.cases.declaration import AUTHOR, START, SYSTEM, Condition, Process, Slot, State, Step, View
from core.cases.models import Case
from core.forms import Form
from core.people.models import Role
from core.projects import finding
from notices.rounds import Answer, Answers, Verdict, Verdicts
from tests.bot.material import photo, voice, words
from tests.town import Phone, Town, key_of, read, town
from tests.town import photo as town_photo

WORDINGS = [
    "3号楼5层临边没有栏杆",
    "6层配电箱没有上锁",
    "脚手架连墙件缺失",
    "塔吊限位器失灵",
    "基坑边堆载过大",
]


class Reply(Form):
    answers: Annotated[list[Answer], Answers()]


class Judgement(Form):
    verdicts: Annotated[list[Verdict], Verdicts()]


def _all_well(view: View) -> bool:
    return all(one["accepted"] for one in view.data["verdicts"])


REPLY = Process(
    name="small_reply",
    title="整改回复",
    word="",
    heading=lambda view: f"{view.project_name} 整改通知",
    slots=(
        Slot(AUTHOR, "回复人"),
        Slot("issuer", "审核人", judges=True, who=finding.station(Role.SUPERVISOR)),
    ),
    states=(State("waiting", "待回复"), State("review", "待审核回复"), State("closed", "完结", final=True)),
    table=(
        Step(START, "begin", "下发", by=SYSTEM, to="waiting"),
        Step("waiting", "reply", "逐条回复", by=AUTHOR, to="review", form=Reply),
        Step("review", "accept", "全部通过", by="issuer", to="closed", tells=(AUTHOR,)),
        Step("review", "judge", "逐条审核", by="issuer", to="closed", form=Judgement,
             when=Condition("全部合格", _all_well), tells=(AUTHOR,)),
        Step("review", "judge", "逐条审核", by="issuer", to="waiting", form=Judgement),
    ),
)  # fmt: skip


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path, [REPLY]) as made:
        yield made


@pytest.fixture
async def small_place(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Town]:
    database = shutil.copyfile(sqlite_template, tmp_path / "zhian.sqlite3")
    async with town(f"sqlite://{database}", tmp_path, [REPLY]) as made:
        yield made


async def owing(place: Town, count: int = 5) -> Phone:
    """陈光泽, who has been told of this many findings."""
    now, cast = clock.now(), place.cast
    check = await Case.create(
        process="small_reply", title="检查", state="closed", data={}, station_id=cast.station.id,
        project_id=cast.project.id, author_id=cast.lin.id, opened_at=now, changed_at=now, closed_at=now,
    )  # fmt: skip
    data = {"findings": WORDINGS[:count]}
    await database.transaction(lambda: place.house.engine.begin("small_reply", cast.chen, data, "story", check))
    await place.settle()
    return place.phone("chen")


async def answered(place: Town, *statements: str) -> Phone:
    """陈光泽 has answered as many findings as there are statements."""
    chen = await owing(place, len(statements))
    await chen.taps("逐条回复")
    for number, statement in enumerate(statements, 1):
        await chen.says(statement)
        await chen.taps("下一条" if number < len(statements) else "填好了")
    await chen.taps("逐条回复")
    return place.phone("lin")


def lines(text: str, count: int) -> list[str]:
    return text.splitlines()[:count]


# ── answering ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_five_findings_are_answered_one_by_one_with_photos(place: Town) -> None:
    chen = await owing(place)
    assert await chen.taps("逐条回复") == (
        "第 1 条（1/5）：请回复\n请发送整改说明，照片几张都可以\n3号楼5层临边没有栏杆\n[看详情]"
    )
    assert await chen.together(photo(), words("已搭设栏杆"), photo(1)) == (
        "第 1 条（1/5）：请回复\n可以再补文字和照片，完成日期不改就是今天\n3号楼5层临边没有栏杆\n"
        "整改说明：已搭设栏杆\n照片：2 张\n[下一条]\n[重写说明]\n[完成日期]\n[去掉照片]\n[看详情]"
    )
    for statement in ("已上锁", "连墙件已补齐", "限位器已更换"):
        assert "请发送整改说明，照片几张都可以" in (await chen.taps("下一条")).splitlines()
        await chen.together(words(statement), photo(2))
    await chen.taps("下一条")
    await chen.says("堆载已清运")
    assert await chen.taps("填好了") == (
        "整改回复：请核对\n1.已搭设栏杆；2.已上锁；3.连墙件已补齐；4.限位器已更换；5.堆载已清运\n"
        "逐条回复：5条，照片5张\n[逐条回复]\n[修改]\n[在页面上填写]\n[取消]"
    )
    await chen.taps("逐条回复", card=chen.last)
    case = await Case.get(parent_id__not_isnull=True)
    today = clock.today().isoformat()
    assert case.state == "review"
    assert [(a["finding"], a["statement"], len(a["photos"]), a["done_on"]) for a in case.data["answers"]] == [
        (1, "已搭设栏杆", 2, today),
        (2, "已上锁", 1, today),
        (3, "连墙件已补齐", 1, today),
        (4, "限位器已更换", 1, today),
        (5, "堆载已清运", 0, today),
    ]
    assert place.phone("lin").text == (
        "待审核回复：整改回复\n1.已搭设栏杆；2.已上锁；3.连墙件已补齐；4.限位器已更换；5.堆载已清运\n回复人：陈光泽\n"
        "[看详情]\n[全部通过]\n[逐条审核]"
    )


async def test_one_goes_back_to_an_earlier_finding_by_button_or_number(small_place: Town) -> None:
    chen = await owing(small_place, 3)
    await chen.taps("逐条回复")
    await chen.says("已搭设栏杆")
    await chen.taps("下一条")
    await chen.says("已上锁")
    assert lines(await chen.taps("上一条"), 4)[3] == "整改说明：已搭设栏杆"
    assert lines(await chen.says("挂了警示牌"), 4)[3] == "整改说明：已搭设栏杆，挂了警示牌"
    await chen.taps("重写说明")
    assert lines(await chen.says("栏杆和警示牌都已设置"), 4)[3] == "整改说明：栏杆和警示牌都已设置"
    assert lines(await chen.says("第3条"), 1) == ["第 3 条（3/3）：请回复"]
    assert await chen.says("第4条") == "第4条现在不需要回复，需要回复的是第1、2、3条。"


async def test_the_day_of_completion_is_today_unless_said(small_place: Town) -> None:
    chen = await owing(small_place, 1)
    await chen.taps("逐条回复")
    await chen.says("已搭设栏杆")
    assert await chen.taps("完成日期") == (
        "第 1 条哪一天整改完成？\n也可以直接回复日期，例如 11月5日。\n[今天]\n[昨天]\n[前天]"
    )
    assert await chen.says("上周") == "完成日期没有看懂，请按“11月5日”或“2026-11-05”的样子回复。"
    assert await chen.says("2027-01-01") == "第1条的整改完成日期还没有到，请改为实际完成的日期。"
    yesterday = clock.today() - timedelta(days=1)
    shown = f"完成日期：{yesterday.year}年{yesterday.month}月{yesterday.day}日"
    assert shown in (await chen.taps("昨天")).splitlines()
    await chen.taps("填好了")
    await chen.taps("逐条回复")
    assert (await Case.get(parent_id__not_isnull=True)).data["answers"][0]["done_on"] == yesterday.isoformat()


async def test_photos_alone_are_no_answer(small_place: Town) -> None:
    chen = await owing(small_place, 1)
    await chen.taps("逐条回复")
    assert "下一条" not in await chen.photographs(2)
    assert await chen.says("填好了") == "请先用文字说明第1条怎样整改，再点按钮。"
    assert await chen.together(voice()) == "逐条回复只收文字和照片，这一段没有记入回复。请发送文字说明。"
    assert await chen.says("改" * 1001) == "第1条的整改说明最多1000个字，这段文字没有加上。请缩短后重新发送。"
    assert lines(await chen.says("已搭设栏杆"), 5)[3:] == ["整改说明：已搭设栏杆", "照片：2 张"]
    assert "照片：2 张" not in await chen.taps("去掉照片")


async def test_a_photo_that_comes_late_belongs_to_the_finding_it_was_sent_for(small_place: Town) -> None:
    chen = await owing(small_place, 2)
    await chen.taps("逐条回复")
    await chen.says("已搭设栏杆")
    onward = chen.card_with("下一条")
    small_place.world.send_image("chen", town_photo())
    small_place.pass_time(seconds=2)
    small_place.world.click_card("chen", onward.id, key_of(onward, "下一条"))
    await small_place.settle()
    assert lines(chen.text, 3) == ["第 2 条（2/2）：请回复", "请发送整改说明，照片几张都可以", "6层配电箱没有上锁"]
    assert lines(await chen.taps("上一条"), 5)[4] == "照片：1 张"


async def test_one_answer_is_changed_before_it_is_submitted(small_place: Town) -> None:
    chen = await owing(small_place, 2)
    await chen.taps("逐条回复")
    for said in ("已搭设栏杆", "下一条", "已上锁", "填好了"):
        await chen.says(said)
    assert await chen.photographs() == (
        "每一条都已填好，这张照片没有加上。要补照片，请先点“修改”选中那一条，再发送照片。"
    )
    assert await chen.taps("修改") == "要修改哪一条？\n☐1.已搭设栏杆\n☐2.已上锁\n[修改这一条]"
    assert lines(await chen.chooses("2."), 1) == ["第 2 条（2/2）：请回复"]
    await chen.photographs()
    assert "逐条回复：2条，照片1张" in (await chen.taps("改好了")).splitlines()


async def test_a_reply_goes_on_after_the_service_was_stopped(place: Town) -> None:
    chen = await owing(place, 2)
    await chen.taps("逐条回复")
    await chen.together(words("已搭设栏杆"), photo())
    await place.restart(meanwhile=lambda: place.pass_time(days=2))
    await chen.taps("下一条")
    assert lines(await chen.says("继续填写"), 1) == ["第 2 条（2/2）：请回复"]
    await chen.says("已上锁")
    await chen.taps("填好了")
    await chen.taps("逐条回复", card=chen.last)
    assert (await Case.get(parent_id__not_isnull=True)).state == "review"


# ── judging ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_two_are_returned_with_reasons_answered_again_and_accepted(place: Town) -> None:
    lin = await answered(place, "已搭设栏杆", "已上锁", "连墙件已补齐", "限位器已更换", "堆载已清运")
    chen = place.phone("chen")
    asked = await lin.taps("逐条审核")
    assert asked == (
        "请勾选要退回的条目\n不勾选就是全部通过\n☐1.3号楼5层临边没有栏杆\n☐2.6层配电箱没有上锁\n☐3.脚手架连墙件缺失\n"
        "☐4.塔吊限位器失灵\n☐5.基坑边堆载过大\n[选好了]"
    )
    day = f"{clock.today().year}年{clock.today().month}月{clock.today().day}日"
    assert lines(read(lin.messages[-2]), 4) == [
        "逐条审核：滨江花园一期 整改通知",
        "不办了发送“取消”。",
        "1. 3号楼5层临边没有栏杆",
        f"  回复：已搭设栏杆（没有照片，{day}完成）",
    ]
    assert await lin.chooses("2.", "4.") == (
        "第 2 条为什么退回？\n请回复原因，或点常用的原因\n6层配电箱没有上锁；回复：已上锁\n"
        "[照片看不清]\n[整改不到位]\n[照片不是同一部位]\n[缺少整改后的照片]\n[看详情]"
    )
    assert lines(await lin.taps("缺少整改后的照片"), 1) == ["第 4 条为什么退回？"]
    assert await lin.says("没有检测报告") == (
        "整改回复：请核对\n2.缺少整改后的照片；4.没有检测报告\n逐条审核：通过3条，退回2条\n[逐条审核]\n[修改]\n[在页面上填写]\n[取消]"
    )
    await lin.taps("逐条审核")
    assert chen.text == ("待回复：整改回复\n2.缺少整改后的照片；4.没有检测报告\n回复人：陈光泽\n[看详情]\n[逐条回复]")

    assert await chen.taps("逐条回复") == (
        "第 2 条（1/2）：请回复\n上次的说明还在，发送新的会代替它\n6层配电箱没有上锁\n"
        "退回原因：缺少整改后的照片\n整改说明：已上锁\n[下一条]\n[重写说明]\n[完成日期]\n[看详情]"
    )
    await chen.photographs()
    await chen.taps("下一条")
    assert "整改说明：检测报告已补" in (await chen.says("检测报告已补")).splitlines()
    await chen.taps("填好了")
    await chen.taps("逐条回复")
    case = await Case.get(parent_id__not_isnull=True)
    assert [(a["finding"], a["statement"], len(a["photos"])) for a in case.data["answers"]] == [
        (2, "已上锁", 1),
        (4, "检测报告已补", 0),
    ]
    assert "☐2.6层配电箱没有上锁\n☐4.塔吊限位器失灵\n[选好了]" in await lin.taps("逐条审核")
    assert "逐条审核：2条全部通过" in (await lin.says("全部通过")).splitlines()
    await lin.taps("逐条审核")
    assert (await Case.get(id=case.id)).state == "closed"
    assert lines(chen.text, 1) == ["整改回复完结"]


async def test_everything_is_accepted_at_one_tap(small_place: Town) -> None:
    lin = await answered(small_place, "已搭设栏杆", "已上锁")
    assert lines(await lin.taps("全部通过"), 2) == ["已全部通过：滨江花园一期 整改通知", "状态：完结"]


async def test_what_goes_back_may_be_said_by_number(small_place: Town) -> None:
    lin = await answered(small_place, "已搭设栏杆", "已上锁")
    await lin.taps("逐条审核")
    assert await lin.says("退回 3") == "这一轮没有第3条，请在卡片上勾选要退回的条目。"
    assert await lin.says("都不行") == (
        "请在卡片上勾选要退回的条目，或回复序号，例如：退回 2、4；全部合格请回复“全部通过”。"
    )
    assert lines(await lin.says("退回 2"), 1) == ["第 2 条为什么退回？"]


async def test_a_reason_is_words_and_no_photo(small_place: Town) -> None:
    lin = await answered(small_place, "已搭设栏杆", "已上锁")
    await lin.taps("逐条审核")
    await lin.chooses("1.")
    assert await lin.photographs() == "退回的原因请用文字说明，刚才发送的没有记入审核。"
    assert await lin.says("长" * 1001) == "请填写第1条退回的原因，最多1000个字。"
    assert "1.栏杆高度不够" in (await lin.says("栏杆高度不够")).splitlines()


async def test_the_ticks_may_be_changed_before_it_is_submitted(small_place: Town) -> None:
    lin = await answered(small_place, "已搭设栏杆", "已上锁")
    await lin.taps("逐条审核")
    await lin.chooses("1.")
    await lin.says("栏杆高度不够")
    assert await lin.taps("修改") == (
        "请勾选要退回的条目\n不勾选就是全部通过\n☑1.3号楼5层临边没有栏杆\n☐2.6层配电箱没有上锁\n[选好了]"
    )
    await lin.chooses("2.")
    assert "2.照片看不清" in (await lin.taps("照片看不清")).splitlines()


async def test_an_answer_after_closure_is_told_who_was_faster(small_place: Town) -> None:
    lin = await answered(small_place, "已搭设栏杆", "已上锁")
    await lin.taps("逐条审核")
    await lin.chooses("1.")
    await lin.says("栏杆高度不够")
    case = await Case.get(parent_id__not_isnull=True)
    await small_place.house.engine.perform(case.id, "accept", small_place.cast.lin, key="page")
    said = await lin.taps("逐条审核", card=lin.last)
    assert said.endswith("办理（全部通过），无需再处理。\n您填的内容都留着，不能再提交，可以在这里查看和复制。")
