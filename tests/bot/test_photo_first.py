"""林小舟 has one hand free: photos, a voice, where she stands and a word become a finding, and few taps a report."""

from itertools import permutations

import pytest

from core.cases.models import Case
from tests.bot.material import Thing, drawn, photo, spot, video, voice, words
from tests.town import Phone, Town, read

EDGE = "3号楼5层临边没有栏杆"
EDGE_TERM = "临边防护缺失，坠落高度2米及以…"
TERMS = (
    "▼不引用术语\n"
    f"▽{EDGE_TERM}\n"
    "▽临边防护栏杆高度不足、横杆间距…\n"
    "▽临边防护栏杆未设置挡脚板或未张…\n"
    "▽楼梯口、楼梯边未设置防护栏杆或…\n"
    "▽基坑、沟槽、深坑周边未设置防护…\n"
)
BUTTONS = "[确认，下一步]\n[确认，再记一条]\n[选术语]\n[违法行为]\n[修改]\n"
SEVERAL, ONE = BUTTONS + "[拆成每图一条]", BUTTONS + "[放弃]"


async def test_a_whole_report_in_six_taps(place: Town) -> None:
    lin, luo = place.phone("lin"), place.phone("luo")
    faults = [drawn(picture) for picture in ("edge-open", "scaffold-loose", "box-open")]
    assert await lin.together(*faults, voice(), spot(), words(EDGE)) == (
        "第 1 条问题：请确认\n"
        f"{EDGE}\n"
        "材料：3 张照片、1 段录音\n"
        "严重程度：一般\n"
        "位置：海澄市滨江路 8 号\n"
        "工程：滨江花园一期（57米）\n"
        "部位：3号楼5层\n" + TERMS + SEVERAL
    )
    assert len(lin.messages) == 1

    assert await lin.taps("确认，下一步") == "请选择抽查类型\n[质量检查]\n[安全检查]\n[综合检查]"
    assert await lin.taps("安全检查") == (
        "请选择上报接收人\n分管领导或站长，可不选；不选则无需审核\n☐罗敬川 站长\n☐秦若岩 分管领导\n☐不选\n[选好了]"
    )
    await lin.chooses("罗敬川")
    assert await lin.chooses("陈光泽") == (
        "监督检查记录：请核对\n"
        "提交后：待审核。提交后不能修改，请核对无误再提交。1.一般：3号楼5层临边没有栏杆\n"
        "工程名称：滨江花园一期\n"
        "抽查类型：安全检查\n"
        "抽查部位：3号楼5层\n"
        "问题：1 条，照片 3 张，录音 1 段\n"
        "上报接收人：罗敬川\n"
        "下达接收人：陈光泽\n"
        "[立即提交]\n[修改]\n[在页面上填写]\n[取消]"
    )
    assert await lin.taps("立即提交") == (
        "已提交：滨江花园一期 安全检查\n编号：海澄检〔2026〕0001号\n状态：待审核\n在 罗敬川 手上，刚刚\n查看详情"
    )
    assert luo.text == (
        "待审核：监督检查记录\n"
        "海澄检〔2026〕0001号\n"
        "1.一般：3号楼5层临边没有栏杆\n"
        "工程名称：滨江花园一期\n"
        "抽查类型：安全检查\n"
        "抽查部位：3号楼5层\n"
        "问题：1 条，照片 3 张，录音 1 段\n"
        "监督员：林小舟\n"
        "[看详情]\n[通过]\n[不通过]"
    )
    finding = (await Case.get()).data["findings"][0]
    assert [len(finding[kind]) for kind in ("photos", "voices", "videos")] == [3, 1, 0]
    assert finding["place"]["label"] == "海澄市滨江路 8 号"


ORDERS = list(permutations(["photo", "voice", "spot", "words"]))


@pytest.mark.parametrize("order", ORDERS[::5], ids="-".join)
async def test_any_order_makes_one_proposal(small_place: Town, order: tuple[str, ...]) -> None:
    lin = small_place.phone("lin")
    things: dict[str, Thing] = {"photo": photo(), "voice": voice(), "spot": spot(), "words": words("5层临边没有栏杆")}
    await lin.together(*(things[name] for name in order))
    assert proposals(lin) == [
        "第 1 条问题：请确认\n"
        "5层临边没有栏杆\n"
        "材料：1 张照片、1 段录音\n"
        "严重程度：一般\n"
        "位置：海澄市滨江路 8 号\n"
        "工程：滨江花园一期（57米）\n"
        "部位：5层\n" + TERMS + ONE
    ]


async def test_one_after_the_other_the_newest_card_counts(small_place: Town) -> None:
    lin = small_place.phone("lin")
    await lin.together(spot())
    assert lin.text == "已收到位置，附近的工程是：滨江花园一期。请接着发送这里的照片、语音或文字。"
    await lin.photographs()
    await lin.together(video())
    await lin.says("钢筋间距太大")
    cards = proposals(lin)
    assert [card.splitlines()[-1] for card in cards] == ["[已有新卡片]", "[已有新卡片]", "[放弃]"]
    assert cards[-1].splitlines()[:3] == ["第 1 条问题：请确认", "钢筋间距太大", "材料：1 张照片、1 段视频"]


async def test_words_alone_may_be_a_finding(small_place: Town) -> None:
    lin = small_place.phone("lin")
    assert await lin.says("配电箱没有上锁") == (
        "没有明白您的意思\n"
        "直接发送现场照片、语音、位置或文字即可开始上报；发送“上报”逐项填写，“新建通知”下发文书，“委托”请同事代办，“催办”提醒对方；发送“取消”随时停止。\n"
        "[记为检查问题]\n[上报]\n[新建通知]\n[待办]\n[我发送的]\n[我接收的]"
    )
    assert (await lin.taps("记为检查问题")).splitlines()[:2] == ["第 1 条问题：请确认", "配电箱没有上锁"]


async def test_words_before_the_photo_belong_to_it_for_five_minutes(small_place: Town) -> None:
    lin = small_place.phone("lin")
    await lin.says("配电箱没有上锁")
    small_place.pass_time(minutes=4)
    assert (await lin.photographs()).splitlines()[1:3] == ["配电箱没有上锁", "材料：1 张照片"]
    await lin.taps("放弃")
    await lin.taps("未发现问题")
    await lin.says("取消")
    await lin.taps("取消，不保留")

    await lin.says("洞口没有盖板")
    small_place.pass_time(minutes=6)
    assert (await lin.photographs()).splitlines()[1:3] == ["可以再补一句文字说明，或选择标准术语。", "材料：1 张照片"]


async def test_the_next_photos_after_five_minutes_are_the_next_finding(small_place: Town) -> None:
    lin = small_place.phone("lin")
    await lin.together(photo(), words("3号楼5层临边没有栏杆"))
    small_place.pass_time(minutes=6)
    assert (await lin.photographs(2)).splitlines()[0] == "第 2 条问题：请确认"
    first, second = proposals(lin)
    assert first.endswith("[放弃]")
    assert second.endswith("[拆成每图一条]")

    card = lin.messages[0]
    assert (await lin.taps("确认，下一步", card=card)).splitlines()[0] == "第 2 条问题：请确认"
    assert proposals(lin)[0].endswith("[已记第1条·一般]")


def proposals(phone: Phone) -> list[str]:
    return [text for message in phone.messages if (text := read(message)).startswith("第 ")]
