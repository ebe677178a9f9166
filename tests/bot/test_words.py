"""Words and menu entries that work everywhere: 帮助, 待办, 我发送的, 我接收的, 在谁手上, 取消."""

from core.cases.models import Draft
from tests.bot.material import FAR_AWAY, photo
from tests.bot.test_review import NUMBER, TITLE, report
from tests.town import Town

HELP = (
    "直接发送现场照片、语音、位置或文字即可开始上报；发送“上报”逐项填写，“新建通知”下发文书，"
    "“委托”请同事代办，“催办”提醒对方；发送“取消”随时停止。"
)
INSPECTORS = "[上报]\n[新建通知]\n[待办]\n[我发送的]\n[我接收的]"
PARTY = "收到的检查记录和通知会发到这里，点开即可查看、回复。发送“我接收的”查看全部。\n[需我回复的]\n[待办]\n[我接收的]"
ALL = "在页面上查看全部"


async def test_help_offers_what_this_member_can_do(small_place: Town) -> None:
    lin, chen = small_place.phone("lin"), small_place.phone("chen")
    for said in ("帮助", "？", "help", "你好。"):
        assert await lin.says(said) == f"可以这样使用\n{HELP}\n{INSPECTORS}"
    assert await chen.says("帮助") == f"可以这样使用\n{PARTY}"
    assert (await lin.taps("待办")) == "现在没有需要您办理的事项。"


async def test_unknown_words_get_a_short_help(small_place: Town) -> None:
    lin, chen = small_place.phone("lin"), small_place.phone("chen")
    assert await chen.says("吃饭了吗") == f"没有明白您的意思\n{PARTY}"
    assert await lin.says("谢谢") == f"没有明白您的意思\n{HELP}\n{INSPECTORS}"


async def test_a_link_or_another_unknown_message_gets_help(small_place: Town) -> None:
    lin = small_place.phone("lin")
    assert await lin.sends("link", "一篇文章", "https://news.example/1") == f"暂不支持这类消息\n{HELP}\n{INSPECTORS}"


async def test_opening_the_app_or_a_page_says_nothing(small_place: Town) -> None:
    lin, world = small_place.phone("lin"), small_place.world
    world.enter("lin")
    world._event(world.person("lin"), "LOCATION", "上报位置", {"Latitude": 20.02, "Longitude": 110.35, "Precision": 30})
    world._event(world.person("lin"), "something_new", "以后的事件")
    await lin.presses("首页")
    assert lin.messages == []


async def test_the_menu_does_what_the_words_do(small_place: Town) -> None:
    lin = small_place.phone("lin")
    assert (await lin.presses("监督检查上报")).splitlines()[0] == "请选择工程名称"
    await lin.says("取消")
    assert await lin.presses("全部待办") == "现在没有需要您办理的事项。"
    assert await lin.presses("我发送的") == "您还没有提交过记录。发送“上报”开始第一次上报。"
    assert await lin.presses("我接收的") == "您还没有收到记录。有记录发给您时，会在这里通知您。"
    assert await lin.presses("帮助") == f"可以这样使用\n{HELP}\n{INSPECTORS}"


async def test_the_menu_takes_photos_and_a_place(small_place: Town) -> None:
    lin = small_place.phone("lin")
    pictures = [photo(number)[1][0] for number in range(3)]
    assert (await lin.presses("拍照上报", pictures=pictures)).splitlines()[2] == "材料：3 张照片"
    assert len(lin.messages) == 1
    latitude, longitude, label = FAR_AWAY
    assert "位置：椰林镇" in await lin.presses("发送位置", lat=latitude, lon=longitude, label=label)


async def test_todo_lists_what_waits_longest_first(place: Town) -> None:
    await report(place)
    place.pass_time(hours=3)
    await report(place)
    luo = place.phone("luo")
    assert await luo.says("待办") == (
        "等您办理 2 份：\n"
        f"· {TITLE}\n  {NUMBER}｜在 罗敬川、秦若岩 手上，已等 3 小时\n"
        f"· {TITLE}\n  海澄检〔2026〕0002号｜在 罗敬川、秦若岩 手上，刚刚\n"
        f"{ALL}"
    )


async def test_todo_remembers_what_i_have_not_finished(small_place: Town) -> None:
    lin = small_place.phone("lin")
    await lin.photographs()
    assert await lin.says("待办") == (
        "现在没有需要您办理的事项。\n您还有一份没有提交的监督检查记录，发送“继续填写”接着填。"
    )
    assert (await lin.says("继续填写")).splitlines()[0] == "第 1 条问题：请确认"


async def test_sent_and_received_in_their_groups(place: Town) -> None:
    lin, luo, qin, chen = (place.phone(u) for u in ("lin", "luo", "qin", "chen"))
    await report(place)
    await luo.taps("通过")
    await report(place)
    await luo.taps("不通过")
    await luo.says("看不清")
    await report(place, readers="不选")
    await report(place, reviewers="不选", readers="不选")

    two, three, four = (f"海澄检〔2026〕000{n}号" for n in (2, 3, 4))
    assert await lin.says("我发送的") == (
        f"【监督检查记录·待审核】1 份\n· {TITLE}\n  {three}｜在 罗敬川、秦若岩 手上，刚刚\n"
        f"【监督检查记录·审核通过】2 份\n· {TITLE}\n  {four}｜审核通过（监督内档）\n· {TITLE}\n  {NUMBER}\n"
        f"【监督检查记录·审核未通过】1 份\n· {TITLE}\n  {two}\n{ALL}"
    )
    assert await luo.says("我接收的") == (
        f"【待我审核】1 份\n· {TITLE}\n  {three}｜在 罗敬川、秦若岩 手上，刚刚\n"
        f"【已审核】1 份\n· {TITLE}\n  {NUMBER}｜审核通过\n"
        f"【我未通过的】1 份\n· {TITLE}\n  {two}｜审核未通过\n{ALL}"
    )
    assert await qin.says("我接收的") == (
        f"【待我审核】1 份\n· {TITLE}\n  {three}｜在 罗敬川、秦若岩 手上，刚刚\n"
        f"【他人已审核】2 份\n· {TITLE}\n  {two}｜审核未通过\n· {TITLE}\n  {NUMBER}｜审核通过\n{ALL}"
    )
    assert await chen.says("我接收的") == f"【下达接收】1 份\n· {TITLE}\n  {NUMBER}｜审核通过\n{ALL}"


async def test_a_long_list_never_ends_in_half_a_link(small_place: Town) -> None:
    lin = small_place.phone("lin")
    small_place.cast.project.name = "滨江花园" + "综合开发配套安置房及地下综合管廊工程" * 6
    await small_place.cast.project.save()
    for reviewers, readers in (("不选", "不选"), ("罗敬川", "不选")) * 5:
        await report(small_place, reviewers, readers)
    await lin.says("我发送的")
    content = str(lin.last.body["content"])
    assert len(content.encode()) <= 2048
    assert content.count("<a href=") == content.count("</a>")
    assert lin.text.splitlines()[-1] == ALL


async def test_where_a_record_is(place: Town) -> None:
    lin = await report(place)
    line = f"· {TITLE}\n  {NUMBER}｜在 罗敬川、秦若岩 手上，刚刚"
    assert await lin.says("在谁手上") == f"还没有办结的，需要催办的请发送“催办 编号”：\n{line}\n{ALL}"
    for said in (NUMBER, "海澄检2026-1", "海澄检(2026)1号", "在谁手上 海澄检[2026]0001号"):
        assert await lin.says(said) == line
    stranger = place.phone("fang")
    assert (await stranger.says(NUMBER)).splitlines()[0] == "没有明白您的意思"


async def test_asking_for_a_record_does_not_disturb_what_is_being_filled_in(small_place: Town) -> None:
    lin = await report(small_place)
    for said in ("上报", "滨江花园", "安全检查"):
        await lin.says(said)
    assert await lin.says(f"在谁手上 {NUMBER}") == f"· {TITLE}\n  {NUMBER}｜在 罗敬川、秦若岩 手上，刚刚"
    assert (await lin.says("待办")).splitlines()[-1] == "您还有一份没有提交的监督检查记录，发送“继续填写”接着填。"
    assert (await lin.says("5号楼")).splitlines()[0] == "请拍摄或描述问题"


async def test_somebody_of_the_site_sends_a_photo(small_place: Town) -> None:
    chen = small_place.phone("chen")
    assert await chen.photographs() == "已收到，但现在没有需要您提交材料的事项。发送“待办”查看等您办理的事项。"
    assert await chen.says("上报") == "「监督检查记录」由监督员办理，您的岗位不能发起。"
    assert await Draft.all().count() == 0


async def test_a_button_from_an_old_menu(small_place: Town) -> None:
    lin, world = small_place.phone("lin"), small_place.world
    world._event(world.person("lin"), "click", "点击菜单", {"EventKey": "OLD_MENU_1"})
    await small_place.settle()
    assert lin.text == "这个按钮已经失效。发送“帮助”查看可以做什么。"
