"""罗敬川, the chief, goes away and names 秦若岩 his deputy: what waits for him goes to her as well, and comes back."""

from datetime import UTC, datetime, timedelta

from core import access, clock
from core.cases import history
from core.cases.models import Case, HistoryRow
from core.people import admission, delegation
from core.people.models import Person, Role
from tests.bot.test_review import NUMBER, ROWS, TITLE, report
from tests.town import Phone, Town, read

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # nine in the morning in China


async def monday(place: Town) -> None:
    place.pass_time(seconds=(MONDAY - clock.now()).total_seconds())


async def follows(place: Town, **time: float) -> None:
    """What the service does by itself, after this time."""
    place.pass_time(**time)
    await place.house.engine.sweep()
    await delegation.follow(place.house.engine)
    await place.settle()


async def delegates(phone: Phone, deputy: str = "秦若岩", begins: str = "跳过", until: str = "11月25日") -> str:
    for said in ("委托", deputy, begins, until):
        await phone.says(said)
    return await phone.says("提交")


async def sound() -> None:
    assert [broken async for _, broken in history.verify_all() if broken is not None] == []


async def test_what_waits_goes_to_the_deputy_who_decides_in_his_place(place: Town) -> None:
    await monday(place)
    lin, luo, qin = await report(place, "罗敬川"), place.phone("luo"), place.phone("qin")
    said = await delegates(luo)
    assert said.splitlines()[:2] == ["已提交：委托代办（到11月25日）", "状态：委托中"]
    assert qin.text == (
        "收到一份委托代办\n这段时间里等委托人办理的事项，也发给代理人办理；代理人本人提交的记录除外。\n"
        "代理人：秦若岩\n最后一天：2026年11月25日\n委托人：罗敬川\n结束：11月25日24时"
    )
    await follows(place, minutes=1)
    assert qin.text == f"待审核：监督检查记录\n{NUMBER}\n代罗敬川办理；{TITLE}\n{ROWS}\n[看详情]\n[通过]\n[不通过]"
    assert "在 罗敬川、秦若岩（代罗敬川） 手上" in await lin.says(NUMBER)
    assert (await qin.says("待办")).splitlines()[0] == "等您办理 1 份："

    await qin.taps("通过")
    assert lin.text.splitlines()[:3] == ["监督检查记录审核通过", NUMBER, "秦若岩（代罗敬川）通过"]
    assert read(luo.messages[0]).endswith("[秦若岩已通过]")
    rows = await HistoryRow.filter(case_id=(await Case.get(process="check_report")).id).order_by("seq")
    assert [row.action for row in rows] == ["submit", "stand_in", "pass"]
    assert f'"for":{place.cast.luo.id}' in rows[2].content
    await sound()


async def test_at_its_end_what_still_waits_comes_back_and_both_are_told(place: Town) -> None:
    await monday(place)
    luo, qin = place.phone("luo"), place.phone("qin")
    await delegates(luo)
    await report(place, "罗敬川")
    await follows(place, minutes=1)
    case = await Case.get(process="check_report")
    qin_herself = await Person.get(id=place.cast.qin.id)
    await Person.filter(id=qin_herself.id).update(role=Role.SUPERVISOR)  # who sees no more than what reaches her
    await qin_herself.refresh_from_db()
    assert await access.may_see(qin_herself, case)

    place.pass_time(days=5)
    await follows(place)
    words = "委托代办已到期\n没有办完的事项已交还委托人，请发送“待办”查看；需要时发送“委托”另行委托。"
    assert (luo.text.startswith(words), read(qin.messages[-2]).startswith(words)) == (True, True)
    assert qin.text == f"《{TITLE}》系统已交还罗敬川，您无需再办理。"
    assert (await luo.says("待办")).splitlines()[0] == "等您办理 1 份："
    assert await qin.says("待办") == "现在没有需要您办理的事项。"
    assert not await access.may_see(qin_herself, case)
    await luo.taps("通过", card=luo.card_with("通过"))
    assert (await Case.get(id=case.id)).state == "passed"
    await sound()


async def test_a_delegation_that_begins_later_is_ended_early(place: Town) -> None:
    await monday(place)
    luo, qin = place.phone("luo"), place.phone("qin")
    await report(place, "罗敬川")
    assert (await delegates(luo, begins="11月24日", until="12月1日")).splitlines()[1] == "状态：待开始"
    await follows(place)
    assert [read(m).splitlines()[0] for m in qin.messages] == ["收到一份委托代办"]
    await follows(place, hours=15)  # midnight
    assert [read(m).splitlines()[0] for m in qin.messages[1:]] == ["委托代办委托中", "待审核：监督检查记录"]

    assert await luo.says("收回委托") == (
        "委托代办：委托中\n秦若岩代罗敬川办理，从11月24日到12月1日。\n[看详情]\n[收回]"
    )
    assert (await luo.taps("收回")).splitlines()[:2] == ["已收回：委托代办（到12月1日）", "状态：已收回"]
    assert read(qin.last).splitlines()[0] == "委托代办已收回"
    await follows(place, minutes=1)
    assert await qin.says("待办") == "现在没有需要您办理的事项。"
    await sound()


async def test_who_acts_for_whom_is_said_whoever_was_registered_first(small_place: Town) -> None:
    await monday(small_place)
    qin, luo = small_place.phone("qin"), small_place.phone("luo")
    await delegates(qin, deputy="罗敬川")
    said = "委托代办：委托中\n罗敬川代秦若岩办理，到11月25日。\n[看详情]"
    assert [await luo.says("我的委托"), await qin.says("我的委托")] == [said, f"{said}\n[收回]"]
    chen = "现在没有与您有关的委托。发送“帮助”查看可以做什么。"  # who is of no station, and has nobody to delegate to
    assert await small_place.phone("chen").says("我的委托") == chen


async def test_the_author_of_a_record_never_gets_the_turn_on_it(place: Town) -> None:
    await monday(place)
    lin, luo = await report(place, "罗敬川"), place.phone("luo")
    await delegates(luo, deputy="林小舟")
    await report(place, "罗敬川", by="qin")
    await follows(place, minutes=1)
    assert "林小舟" not in await lin.says(NUMBER)
    assert [part for part in (await lin.says("待办")).splitlines() if "手上" in part] == [
        "  海澄检〔2026〕0002号｜在 罗敬川、林小舟（代罗敬川） 手上，已等 1 分钟"
    ]
    await sound()


async def test_neither_chains_nor_two_at_once(small_place: Town) -> None:
    await monday(small_place)
    luo, qin, lin = (small_place.phone(one) for one in ("luo", "qin", "lin"))
    await delegates(luo)
    assert await delegates(luo, deputy="林小舟") == (
        "您在这段时间已有一份委托（到11月25日）。请先发送“收回委托”收回，再另行委托。"
    )
    await luo.says("取消")
    await luo.taps("取消，不保留")
    seen = len(lin.messages)
    await delegates(lin, deputy="罗敬川")
    assert [read(m).splitlines()[0] for m in lin.messages[seen:]][-2:] == [
        "罗敬川在这段时间也委托了他人代办（到11月25日），请改选他人。",
        "请选择代理人",
    ]
    # A deputy who goes away herself ends what she was trusted with.
    await delegates(qin, deputy="林小舟")
    await follows(small_place, minutes=1)
    assert read(luo.last).splitlines()[0] == "委托代办代理人不能代办，已失效"
    assert await Case.filter(process="delegation").order_by("id").values_list("state", flat=True) == [
        "lapsed",
        "running",
    ]


async def test_exactly_one_is_chosen_on_the_card_and_in_words(small_place: Town) -> None:
    await monday(small_place)
    luo = small_place.phone("luo")
    assert await luo.says("委托") == "请选择代理人\n本站人员\n☐林小舟 监督员\n☐秦若岩 分管领导\n[确定]"
    assert luo.last.live_card["checkbox"]["mode"] == 0
    await luo.says("林小舟、秦若岩")
    assert await luo.says("林小舟、秦若岩") == "「代理人」只能选一位，请重新选择。"
    assert (await luo.says("秦若岩")).splitlines()[0] == "请选择开始日期"


async def test_a_deputy_who_leaves_ends_it_and_the_principal_is_told(place: Town) -> None:
    await monday(place)
    luo = place.phone("luo")
    await report(place, "罗敬川")
    await delegates(luo)
    await follows(place, minutes=1)
    await admission.leave("qin")
    await follows(place, minutes=1)
    assert luo.text.splitlines()[0] == "委托代办代理人不能代办，已失效"
    assert luo.text.splitlines()[-1] == "[照此重新委托]"
    assert "在 罗敬川 手上" in await place.phone("lin").says(NUMBER)
    await sound()


async def test_what_waited_during_an_outage_is_made_up_for_once(place: Town) -> None:
    await monday(place)
    await report(place, "罗敬川")
    await delegates(place.phone("luo"), until="11月23日")
    place.pass_time(days=2)  # nobody swept
    await follows(place)
    await follows(place)
    assert [read(m).splitlines()[0] for m in place.phone("qin").messages] == ["收到一份委托代办", "委托代办已到期"]
    until = clock.now() - timedelta(minutes=1)
    assert not await Case.filter(process="check_report", changed_at__gt=until).exists()


async def test_nobody_from_outside_delegates(small_place: Town) -> None:
    assert await small_place.phone("chen").says("委托") == "「委托代办」由委托人办理，您的岗位不能发起。"
    assert (await small_place.phone("chen").says("我的委托")).startswith("现在没有与您有关的委托。")
