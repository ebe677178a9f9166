"""What 林小舟 has begun is never lost: not by a restart, not by a wrong word, not by days in between."""

from core.cases.models import Case, Draft
from core.projects.models import Project, SupervisionStatus
from tests.bot.material import photo, spot, words
from tests.town import Phone, Town, read

SUMMARY = (
    "监督检查记录：请核对\n提交后：审核通过（监督内档）。提交后不能修改，请核对无误再提交。\n工程名称：滨江花园一期\n"
    "抽查类型：安全检查\n抽查部位：3号楼\n问题：未发现问题\n上报接收人：无\n下达接收人：无\n[立即提交]\n[修改]\n[在页面上填写]\n[取消]"
)


async def filled(town: Town) -> Phone:
    """林小舟 before her summary."""
    lin = town.phone("lin")
    for said in ("上报", "滨江花园", "安全检查", "3号楼", "未发现问题", "不选"):
        await lin.says(said)
    assert await lin.says("不选") == SUMMARY
    return lin


# ── submitting ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_submitted_by_a_word(small_place: Town) -> None:
    lin = await filled(small_place)
    assert (await lin.says("提交")).splitlines()[0] == "已提交：滨江花园一期 安全检查"


async def test_tapping_submit_twice_submits_once(place: Town) -> None:
    lin = await filled(place)
    card = lin.last
    key = card.live_card["button_list"][0]["key"]
    for _ in range(2):
        place.world.click_card("lin", card.id, key)
    await place.settle()
    assert await Case.all().count() == 1
    said = "\n".join(read(m) for m in lin.messages[-2:])
    assert said.endswith("这份记录已经提交过了，编号：海澄检〔2026〕0001号。发送“我发送的”查看。")
    assert read(card).endswith("[已提交]")


async def test_something_else_at_the_summary_shows_it_again(small_place: Town) -> None:
    lin = await filled(small_place)
    assert await lin.says("等一下，我看看") == SUMMARY


async def test_one_answer_is_changed_from_the_summary(small_place: Town) -> None:
    lin = await filled(small_place)
    assert await lin.taps("修改") == (
        "要修改哪一项？\n☐工程名称\n☐抽查类型\n☐抽查部位\n☐问题\n☐上报接收人\n☐下达接收人\n☐同时下发整改通知\n[修改这一项]"
    )
    assert await lin.chooses("抽查部位") == (
        "请发送「抽查部位」。\n楼栋号、楼层、形象进度、材料等，例如：3号楼 5层 临边"
    )
    assert await lin.says("5号楼屋面") == SUMMARY.replace("3号楼", "5号楼屋面")
    await lin.says("修改")
    assert await lin.chooses("同时下发整改通知") == "同时下发整改通知\n[是]\n[否]"
    changed = await lin.taps("是")
    assert changed.splitlines()[1].endswith("请核对无误再提交。同时下发整改通知：是。")


async def test_the_name_of_an_answer_is_enough_to_change_it(small_place: Town) -> None:
    lin = await filled(small_place)
    assert (await lin.says("抽查类型")).splitlines()[0] == "请选择抽查类型"
    assert "抽查类型：综合检查" in await lin.says("综合")


async def test_people_are_changed_with_the_ones_before_ticked(small_place: Town) -> None:
    lin = await filled(small_place)
    await lin.taps("修改")
    await lin.chooses("上报接收人")
    assert "提交后：待审核。" in await lin.chooses("罗敬川")
    await lin.says("修改")
    assert await lin.chooses("上报接收人") == (
        "请选择上报接收人\n分管领导或站长，可不选；不选则无需审核\n☑罗敬川 站长\n☐秦若岩 分管领导\n☐不选\n[选好了]"
    )


async def test_a_photo_that_comes_at_the_summary_must_be_confirmed_first(small_place: Town) -> None:
    lin = await filled(small_place)
    summary = lin.last
    await lin.photographs()
    await lin.taps("立即提交", card=summary)
    texts = [read(m) for m in lin.messages]
    assert texts[-2] == "还有一条问题没有确认，请先在卡片上确认或放弃。"
    assert texts[-1].splitlines()[0] == "第 1 条问题：请确认"
    assert await Case.all().count() == 0
    await lin.taps("确认，下一步")
    assert "问题：1 条，照片 1 张" in lin.text
    await lin.taps("立即提交")
    assert (await Case.get()).data["findings"][0]["photos"] != []


async def test_submitting_waits_for_a_photo_that_is_still_being_fetched(place: Town) -> None:
    lin = await filled(place)
    summary = lin.last
    place.world.faults.set("-1", "media/get")
    place.world.send_image("lin", photo()[1][0])
    await place.put_off()
    place.world.click_card("lin", summary.id, summary.live_card["button_list"][0]["key"])
    await place.settle(inbox=False)
    assert lin.text == "还有 1 个附件正在保存，请过几秒再点提交，已填的内容都在。"
    place.world.faults.clear()
    place.pass_time(minutes=2)
    await place.settle()
    assert lin.text.splitlines()[0] == "第 1 条问题：请确认"
    assert await Case.all().count() == 0


async def test_a_project_suspended_meanwhile_is_refused_at_the_end(place: Town) -> None:
    lin = await filled(place)
    await Project.filter(id=place.cast.project.id).update(status=SupervisionStatus.SUSPENDED)
    await lin.taps("立即提交")
    texts = [read(m) for m in lin.messages]
    assert texts[-2] == "「滨江花园一期」现在的监督状态是中止，不能办理新的事项，请另选工程。"
    assert texts[-1] == (
        "请选择工程名称\n也可以回复工程名称的关键词或拼音首字母，或发送位置\n☑远洋中学扩建\n[就是这个工程]"
    )
    assert "工程名称：远洋中学扩建" in await lin.chooses("远洋中学扩建")
    assert (await lin.taps("立即提交")).splitlines()[0] == "已提交：远洋中学扩建 安全检查"


async def test_a_reviewer_who_left_meanwhile_is_chosen_anew(place: Town) -> None:
    lin = await filled(place)
    await lin.taps("修改")
    await lin.chooses("上报接收人")
    await lin.chooses("罗敬川")
    place.world.leave("luo")
    await place.settle()
    await lin.taps("立即提交")
    texts = [read(m) for m in lin.messages]
    assert texts[-2] == "「上报接收人」中有不能选择的人员，请重新选择。"
    assert texts[-1].splitlines()[2:] == ["☐秦若岩 分管领导", "☐不选", "[选好了]"]
    assert await Case.all().count() == 0


# ── cancelling ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_cancelling_asks_before_anything_is_lost(small_place: Town) -> None:
    lin = small_place.phone("lin")
    await lin.together(spot(), photo(), words("3号楼临边没有栏杆"))
    await lin.taps("确认，下一步")
    assert await lin.says("取消") == (
        "取消这份监督检查记录？\n取消后已填的内容不再保留。\n工程名称：滨江花园一期\n抽查部位：3号楼\n"
        "问题：1 条，照片 1 张\n[继续填写]\n[取消，不保留]"
    )
    assert (await lin.taps("继续填写")).splitlines()[0] == "请选择抽查类型"
    await lin.says("退出")
    assert await lin.taps("取消，不保留") == ("已取消，监督检查记录没有提交。需要时发送“上报”重新开始。")
    assert await Draft.all().count() == 0
    assert await lin.says("取消") == "现在没有正在填写的内容。发送“帮助”查看可以做什么。"


async def test_whether_to_cancel_is_answered_in_words(small_place: Town) -> None:
    lin = await filled(small_place)
    await lin.says("取消")
    assert await lin.says("不") == SUMMARY
    await lin.says("取消")
    assert await lin.says("是") == "已取消，监督检查记录没有提交。需要时发送“上报”重新开始。"


async def test_starting_anew_asks_before_anything_is_lost(small_place: Town) -> None:
    lin = small_place.phone("lin")
    await lin.together(spot(), photo(), words("3号楼临边没有栏杆"))
    await lin.taps("确认，下一步")
    assert await lin.says("重新开始") == (
        "重新开始这份监督检查记录？\n重新开始后已填的内容不再保留。\n工程名称：滨江花园一期\n抽查部位：3号楼\n"
        "问题：1 条，照片 1 张\n[继续填写]\n[重新开始，不保留]"
    )
    assert (await lin.says("不")).splitlines()[0] == "请选择抽查类型"
    await lin.says("重新开始")
    assert (await lin.taps("重新开始，不保留")).splitlines()[0] == "请选择工程名称"
    assert (await Draft.get()).data["answers"] == {}


async def test_starting_anew_is_confirmed_in_words(small_place: Town) -> None:
    lin = await filled(small_place)
    await lin.says("重新开始")
    assert (await lin.says("是")).splitlines()[0] == "请选择工程名称"


async def test_who_goes_on_instead_of_cancelling_just_answers(small_place: Town) -> None:
    lin = small_place.phone("lin")
    for said in ("上报", "滨江花园", "安全检查", "取消"):
        await lin.says(said)
    assert (await lin.says("3号楼")).splitlines()[0] == "请拍摄或描述问题"


async def test_an_empty_report_is_cancelled_at_once(small_place: Town) -> None:
    lin = small_place.phone("lin")
    await lin.says("上报")
    assert await lin.says("取消") == "已取消，监督检查记录没有提交。需要时发送“上报”重新开始。"


async def test_a_card_of_a_cancelled_report_says_so(small_place: Town) -> None:
    lin = await filled(small_place)
    card = lin.last
    await lin.says("取消")
    await lin.taps("取消，不保留")
    assert await lin.taps("立即提交", card=card) == "这份草稿已经提交或取消了。发送“帮助”查看可以做什么。"


# ── going on ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_beginning_again_offers_to_go_on(small_place: Town) -> None:
    lin = small_place.phone("lin")
    for said in ("上报", "滨江花园", "安全检查"):
        await lin.says(said)
    assert await lin.says("上报") == (
        "继续填写监督检查记录？\n您有一份还没有提交的记录，已填内容都在。\n工程名称：滨江花园一期\n抽查类型：安全检查\n"
        "[继续填写]\n[重新开始]"
    )
    assert (await lin.taps("继续填写")).splitlines()[0] == "请发送「抽查部位」。"
    await lin.says("上报")
    assert (await lin.taps("重新开始")).splitlines()[0] == "请选择工程名称"
    assert (await Draft.get()).data["answers"] == {}


async def test_a_report_goes_on_after_the_service_was_stopped(place: Town) -> None:
    lin = place.phone("lin")
    await lin.together(spot(), photo(), words("3号楼临边没有栏杆"))
    await place.restart()
    assert (await lin.taps("确认，下一步")).splitlines()[0] == "请选择抽查类型"
    await lin.taps("安全检查")
    await place.restart(meanwhile=lambda: place.pass_time(days=3))
    await lin.says("不选")
    await lin.says("不选")
    await lin.taps("立即提交")
    case = await Case.get()
    assert (case.number, len(case.data["findings"][0]["photos"])) == ("海澄检〔2026〕0001号", 1)


async def test_what_is_sent_while_the_service_is_away_arrives_later(place: Town) -> None:
    lin = place.phone("lin")
    await lin.says("上报")
    await place.restart(meanwhile=lambda: place.world.type_text("lin", "滨江花园"))
    await place.settle()
    assert lin.text.splitlines()[0] == "请选择抽查类型"
