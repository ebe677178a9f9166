"""罗敬川 and 秦若岩 may decide on what 林小舟 reported; 陈光泽 of the site reads it only once it has passed."""

import re

from core.cases.models import Case, HistoryRow
from tests.town import Phone, Town, read

TITLE = "滨江花园一期 安全检查"
ROWS = "工程名称：滨江花园一期\n抽查类型：安全检查\n抽查部位：3号楼\n问题：未发现问题\n监督员：林小舟"
NUMBER = "海澄检〔2026〕0001号"


async def report(town: Town, reviewers: str = "罗敬川、秦若岩", readers: str = "陈光泽", by: str = "lin") -> Phone:
    """A short report, by words alone."""
    phone = town.phone(by)
    for said in ("上报", "滨江花园", "安全检查", "3号楼", "未发现问题", reviewers, readers, "立即提交"):
        await phone.says(said)
    return phone


async def test_a_pass_at_one_tap_and_everybody_knows(place: Town) -> None:
    lin = await report(place)
    luo, qin, chen = place.phone("luo"), place.phone("qin"), place.phone("chen")
    card = f"待审核：监督检查记录\n{NUMBER}\n{TITLE}\n{ROWS}\n[看详情]\n[通过]\n[不通过]"
    assert (luo.text, qin.text, chen.messages) == (card, card, [])

    assert await luo.taps("通过") == f"已通过：{TITLE}\n编号：{NUMBER}\n状态：审核通过\n查看详情"
    decided = re.sub(r"\d+月\d+日 \d\d:\d\d", "那时", read(qin.messages[0]))
    assert decided == f"监督检查记录\n{NUMBER}\n{TITLE} 那时 罗敬川已通过\n{ROWS}\n[罗敬川已通过]"
    assert read(luo.messages[0]).endswith("[您已通过]")
    assert len(qin.messages) == 1
    assert lin.text == f"监督检查记录审核通过\n{NUMBER}\n罗敬川通过\n{ROWS}"
    assert chen.text == f"收到一份监督检查记录\n{NUMBER}\n{TITLE}\n{ROWS}"
    assert (await Case.get()).state == "passed"


async def test_the_card_opens_the_page(small_place: Town) -> None:
    await report(small_place)
    card = small_place.phone("luo").last.live_card
    page = f"{small_place.house.settings.public_url}/h5/cases/{(await Case.get()).id}"
    assert (card["card_action"]["url"], card["button_list"][0]["url"]) == (page, page)


async def test_a_refusal_needs_its_reason_and_the_author_may_report_again(place: Town) -> None:
    lin = await report(place)
    luo, qin, chen = place.phone("luo"), place.phone("qin"), place.phone("chen")
    assert await luo.taps("不通过") == (
        f"不通过：{TITLE}\n也可以在页面上填写；不办了发送“取消”。\n请发送「不通过的原因」。"
    )
    assert (await Case.get()).state == "pending"
    assert await luo.says("照片看不清楼层") == f"已不通过：{TITLE}\n编号：{NUMBER}\n状态：审核未通过\n查看详情"
    assert read(qin.messages[0]).endswith("[罗敬川已不通过]")
    assert "罗敬川已不通过，意见：照片看不清楼层" in read(qin.messages[0])
    assert lin.text == (
        f"监督检查记录审核未通过\n{NUMBER}\n罗敬川不通过，意见：照片看不清楼层\n{ROWS}\n[看详情]\n[照此重新上报]"
    )
    assert chen.messages == []

    assert await lin.taps("照此重新上报") == (
        "监督检查记录：请核对\n提交后：待审核。提交后不能修改，请核对无误再提交。\n工程名称：滨江花园一期\n"
        "抽查类型：安全检查\n抽查部位：3号楼\n问题：未发现问题\n上报接收人：罗敬川、秦若岩\n下达接收人：陈光泽\n"
        "[立即提交]\n[修改]\n[在页面上填写]\n[取消]"
    )
    await lin.taps("立即提交")
    assert [(c.number, c.state) for c in await Case.all().order_by("id")] == [
        (NUMBER, "failed"),
        ("海澄检〔2026〕0002号", "pending"),
    ]


async def test_who_thinks_again_may_still_pass(small_place: Town) -> None:
    await report(small_place)
    luo = small_place.phone("luo")
    await luo.taps("不通过")
    assert await luo.says("取消") == "已取消「不通过」，这份记录没有变化。发送“待办”可以再办理。"
    await luo.taps("不通过")
    await luo.taps("通过")
    assert (await Case.get()).state == "passed"
    assert (await luo.says("辛苦了大家")).splitlines()[0] == "没有明白您的意思"


async def test_a_decision_in_the_middle_of_ones_own_report(small_place: Town) -> None:
    await report(small_place)
    luo = small_place.phone("luo")
    review = luo.last
    for said in ("上报", "远洋中学", "安全检查"):
        await luo.says(said)
    await luo.taps("不通过", card=review)
    assert (await luo.says("看不清")).splitlines()[-1] == "您还有一份没有提交的监督检查记录，发送“继续填写”接着填。"
    assert (await luo.says("继续填写")).splitlines()[0] == "请发送「抽查部位」。"


async def test_a_reason_that_comes_too_late_is_told_who_was_faster(place: Town) -> None:
    await report(place)
    luo, qin = place.phone("luo"), place.phone("qin")
    await luo.taps("不通过")
    await qin.taps("通过")
    said = re.sub(r"\d+月\d+日 \d\d:\d\d", "那时", await luo.says("照片看不清"))
    kept = "您填的内容都留着，不能再提交，可以在这里查看和复制。"
    assert said == f"《{TITLE}》已由秦若岩于 那时 办理（通过），无需再处理。\n{kept}"
    assert (await luo.says("取消")) == "现在没有正在填写的内容。发送“帮助”查看可以做什么。"


async def test_the_same_tap_twice_decides_once(place: Town) -> None:
    await report(place)
    luo = place.phone("luo")
    card, world = luo.last, place.world
    key = card.live_card["button_list"][1]["key"]
    for _ in range(2):
        world.click_card("luo", card.id, key)
    await place.settle()
    assert [row.action for row in await HistoryRow.all().order_by("id")] == ["submit", "pass"]
    said = [re.sub(r"\d+月\d+日 \d\d:\d\d", "那时", read(m)) for m in luo.messages[1:]]
    done = f"已通过：{TITLE}\n编号：{NUMBER}\n状态：审核通过\n查看详情"
    again = f"《{TITLE}》已由罗敬川于 那时 办理（通过），无需再处理。"
    assert "\n────────\n".join(said) == f"{done}\n────────\n{again}"


async def test_two_chiefs_at_the_same_moment(place: Town) -> None:
    await report(place)
    luo, qin, world = place.phone("luo"), place.phone("qin"), place.world
    for phone in (luo, qin):
        world.click_card(phone.userid, phone.last.id, phone.last.live_card["button_list"][1]["key"])
    await place.settle()
    first = (await HistoryRow.get(action="pass")).actor_id
    winner, loser = (luo, qin) if first == place.cast.luo.id else (qin, luo)
    name = "罗敬川" if winner is luo else "秦若岩"
    assert winner.text == f"已通过：{TITLE}\n编号：{NUMBER}\n状态：审核通过\n查看详情"
    said = re.sub(r"\d+月\d+日 \d\d:\d\d", "那时", loser.text)
    assert said == f"《{TITLE}》已由{name}于 那时 办理（通过），无需再处理。"
    assert read(loser.messages[0]).endswith(f"[{name}已通过]")


async def test_two_cards_tapped_at_once_both_count(place: Town) -> None:
    await report(place)
    await report(place)
    luo = place.phone("luo")
    for card in luo.messages:
        place.world.click_card("luo", card.id, card.live_card["button_list"][1]["key"])
    await place.settle()
    assert [case.state for case in await Case.all()] == ["passed", "passed"]
    assert [read(card).splitlines()[-1] for card in luo.messages[:2]] == ["[您已通过]"] * 2


async def test_the_word_does_what_the_button_does(small_place: Town) -> None:
    await report(small_place)
    luo = small_place.phone("luo")
    assert await luo.says("通过") == f"已通过：{TITLE}\n编号：{NUMBER}\n状态：审核通过\n查看详情"


async def test_the_word_alone_does_not_say_which_of_two(small_place: Town) -> None:
    await report(small_place)
    await report(small_place)
    luo = small_place.phone("luo")
    assert await luo.says("通过") == (
        "有 2 份记录可以「通过」，请在各自的卡片或页面上办理：\n"
        f"· {TITLE}\n  {NUMBER}｜在 罗敬川、秦若岩 手上，刚刚\n"
        f"· {TITLE}\n  海澄检〔2026〕0002号｜在 罗敬川、秦若岩 手上，刚刚\n"
        "在页面上查看全部"
    )
    assert (await luo.taps("通过", card=luo.messages[1])).splitlines()[-1] == "还有 1 份等您办理，发送“待办”查看。"
    assert sorted([c.state for c in await Case.all()]) == ["passed", "pending"]


async def test_a_chief_does_not_review_his_own_record(small_place: Town) -> None:
    luo = small_place.phone("luo")
    for said in ("上报", "滨江花园", "安全检查", "3号楼"):
        await luo.says(said)
    assert await luo.says("未发现问题") == (
        "请选择上报接收人\n分管领导或站长，可不选；不选则无需审核\n☐秦若岩 分管领导\n☐不选\n[选好了]"
    )
    assert await luo.says("罗敬川") == (
        "「上报接收人」中没有找到“罗敬川”，请在卡片上选择，或回复姓名，多人用顿号隔开。"
    )


async def test_without_reviewers_it_is_issued_at_once(place: Town) -> None:
    lin = await report(place, reviewers="不选")
    assert "提交后：审核通过。提交后不能修改，请核对无误再提交。" in read(lin.messages[-2])
    assert lin.text == f"已提交：{TITLE}\n编号：{NUMBER}\n状态：审核通过\n查看详情"
    assert place.phone("chen").text == f"收到一份监督检查记录\n{NUMBER}\n{TITLE}\n{ROWS}"


async def test_with_neither_it_becomes_an_internal_file(place: Town) -> None:
    lin = await report(place, reviewers="不选", readers="不选")
    assert "提交后：审核通过（监督内档）。" in read(lin.messages[-2])
    assert lin.text == f"已提交：{TITLE}\n编号：{NUMBER}\n状态：审核通过（监督内档）\n查看详情"
    assert [place.phone(u).messages for u in ("luo", "qin", "chen", "fang")] == [[], [], [], []]
