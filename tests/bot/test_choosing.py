"""Projects and people are found by what a thumb types, and a name that fits two is asked about."""

from core.cases.models import Case
from core.people.models import Organisation, OrgKind, Person, Role
from core.projects.models import Post, Project, ProjectMember, SupervisionStatus
from tests.bot.material import FAR_AWAY, photo, spot, words
from tests.bot.test_review import report
from tests.town import Phone, Town, read

HINT = "也可以回复工程名称的关键词或拼音首字母，或发送位置"
TYPES = "请选择抽查类型\n[质量检查]\n[安全检查]\n[综合检查]"


async def project(town: Town, name: str, **more: object) -> Project:
    number = f"HC-2026-{await Project.all().count() + 1:03d}"
    given = {"station_id": town.cast.station.id, "status": SupervisionStatus.NORMAL} | more
    return await Project.create(name=name, supervision_no=number, **given)


# ── projects ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_project_by_its_card_words_pinyin_or_number(small_place: Town) -> None:
    lin = small_place.phone("lin")
    assert await lin.says("上报") == f"请选择工程名称\n{HINT}\n☑滨江花园一期\n☐远洋中学扩建\n[就是这个工程]"
    assert await lin.taps("就是这个工程") == TYPES
    for said in ("远洋", "yyzx", "yuanyang", "HC-2026-002", "远y中学"):
        await lin.says("上报")
        await lin.taps("重新开始")
        assert await lin.says(said) == TYPES
        assert any(read(m).endswith("[已选：远洋中学扩建]") for m in lin.messages)


async def test_words_that_fit_two_projects_show_both(small_place: Town) -> None:
    await project(small_place, "滨江花园二期")
    lin = small_place.phone("lin")
    await lin.says("上报")
    assert await lin.says("bjhy") == (
        "请选择工程名称\n与“bjhy”相符的工程\n☑滨江花园一期\n☐滨江花园二期\n[就是这个工程]"
    )
    assert await lin.chooses("二期") == TYPES


async def test_phases_with_long_names_can_be_told_apart(small_place: Town) -> None:
    for phase in ("一标段", "二标段"):
        await project(small_place, f"海澄市临港新区安置房及地下管廊工程{phase}")
    lin = small_place.phone("lin")
    await lin.says("上报")
    shown = [line for line in (await lin.says("临港新区")).splitlines() if line[0] in "☐☑"]
    assert (shown[0][-3:], shown[1][-3:]) == ("一标段", "二标段")
    assert {len(line) for line in shown} == {18}


async def test_nothing_found_says_what_to_try(small_place: Town) -> None:
    lin = small_place.phone("lin")
    await lin.says("上报")
    assert await lin.says("火星基地") == "没有找到与“火星基地”相符的工程，请换个关键词，或发送位置查找附近的工程。"
    assert (await lin.together(spot())).splitlines()[2:] == [
        "☑57米 滨江花园一期",
        "☐11.1公里 远洋中学扩建",
        "[就是这个工程]",
    ]


async def test_projects_of_another_station_and_those_that_rest_are_not_offered(small_place: Town) -> None:
    other = await Organisation.create(name="椰林县质监站", short_name="椰林站", kind=OrgKind.STATION, code="椰林")
    await project(small_place, "椰林医院", station_id=other.id)
    await project(small_place, "停缓建商场", status=SupervisionStatus.SUSPENDED)
    lin = small_place.phone("lin")
    await lin.says("上报")
    for said in ("椰林医院", "停缓建商场"):
        assert (await lin.says(said)).startswith("没有找到")


async def test_nobody_checks_a_project_by_a_forged_button(small_place: Town) -> None:
    other = await Organisation.create(name="椰林县质监站", short_name="椰林站", kind=OrgKind.STATION, code="椰林")
    foreign = await project(small_place, "椰林医院", station_id=other.id)
    lin, world = small_place.phone("lin"), small_place.world
    await lin.says("上报")
    key = lin.last.live_card["submit_button"]["key"]
    world._event(
        world.person("lin"), "template_card_event", "点击", {"EventKey": f"{key}{foreign.id}", "TaskId": "forged-1"}
    )
    await small_place.settle()
    assert lin.text == "没有找到这个工程，或者它不在您的范围内，请重新选择。"


async def test_without_any_project_there_is_nothing_to_report(small_place: Town) -> None:
    await Project.all().update(status=SupervisionStatus.TERMINATED)
    lin = small_place.phone("lin")
    assert await lin.says("上报") == "没有可选的「工程名称」，请联系站内管理员登记后再办理。"
    assert await lin.says("取消") == "现在没有正在填写的内容。发送“帮助”查看可以做什么。"


async def test_a_place_far_from_every_project_leaves_the_question_open(small_place: Town) -> None:
    lin = small_place.phone("lin")
    assert (await lin.together(spot(FAR_AWAY))).startswith("已收到位置。请接着发送")
    assert "工程：" not in await lin.together(photo(), words("5层临边没有栏杆"))
    assert (await lin.taps("确认，下一步")).splitlines()[0] == "请选择工程名称"


async def test_the_project_one_stands_on_can_be_changed(small_place: Town) -> None:
    lin = small_place.phone("lin")
    await lin.together(spot(), photo())
    for button in ("确认，下一步", "安全检查"):
        await lin.taps(button)
    for said in ("3号楼", "不选", "不选", "修改"):
        await lin.says(said)
    assert (await lin.chooses("工程名称")).splitlines()[2] == "☑57米 滨江花园一期"
    assert "工程名称：远洋中学扩建" in await lin.chooses("远洋中学扩建")


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def asked_for_readers(town: Town) -> Phone:
    lin = town.phone("lin")
    for said in ("上报", "滨江花园", "安全检查", "3号楼", "未发现问题", "不选"):
        await lin.says(said)
    return lin


async def joins(town: Town, userid: str, name: str, post: Post = Post.SAFETY_OFFICER, title: str = "安全员") -> Person:
    firm = await Organisation.get(short_name="临港建工")
    mobile = f"100000001{await Person.all().count():02d}"
    person = await Person.create(
        userid=userid, name=name, mobile=mobile, org_id=firm.id, role=Role.PARTICIPANT, title=title
    )
    await ProjectMember.create(project_id=town.cast.project.id, person_id=person.id, org_id=firm.id, post=post)
    return person


async def test_people_by_name_pinyin_and_several_at_once(place: Town) -> None:
    lin = await asked_for_readers(place)
    assert lin.text == (
        "请选择下达接收人\n施工、监理等单位人员，只能阅读，可不选\n"
        "☐陈光泽 临港建工 项目经理\n☐方知远 正衡监理 总监\n☐不选\n[选好了]"
    )
    assert "下达接收人：陈光泽、方知远" in await lin.says("cgz、方知远")


async def test_a_name_that_fits_two_is_asked_about(small_place: Town) -> None:
    for userid in ("liwei1", "liwei2"):
        await joins(small_place, userid, "李伟")
    lin = await asked_for_readers(small_place)
    assert await lin.says("李伟 方知远") == (
        "请选择下达接收人\n“李伟”不止一人，请勾选\n☑方知远 正衡监理 总监\n"
        "☐李伟 手机尾号0105\n☐李伟 手机尾号0106\n☐不选\n[选好了]"
    )
    boxes = lin.last.live_card["checkbox"]["option_list"]
    card = lin.last
    small_place.world.click_card(
        "lin", card.id, card.live_card["submit_button"]["key"], {"q": [boxes[0]["id"], boxes[2]["id"]]}
    )
    await small_place.settle()
    assert "下达接收人：方知远、李伟" in lin.text


async def test_more_people_than_a_card_shows_are_found_by_name(small_place: Town) -> None:
    for number in range(25):
        await joins(small_place, f"worker{number}", f"工长{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{number}")
    lin = await asked_for_readers(small_place)
    assert lin.text.splitlines()[1] == "共 27 人，未列出的请回复姓名或拼音"
    assert len([line for line in lin.text.splitlines() if line.startswith("☐")]) == 20
    assert "下达接收人：工长戊24" in await lin.says("工长戊24")


async def test_the_ones_of_last_time_are_ticked(place: Town) -> None:
    await report(place, reviewers="秦若岩", readers="方知远")
    lin = place.phone("lin")
    for said in ("上报", "滨江花园", "安全检查", "3号楼"):
        await lin.says(said)
    assert (await lin.says("未发现问题")).splitlines()[2:4] == ["☑秦若岩 分管领导", "☐罗敬川 站长"]
    assert (await lin.taps("选好了")).splitlines()[2:4] == ["☑方知远 正衡监理 总监", "☐陈光泽 临港建工 项目经理"]
    await lin.taps("选好了")
    await lin.taps("立即提交")
    last = await Case.all().order_by("-id").first()
    assert last is not None
    assert (last.data["reviewers"], last.data["recipients"]) == ([place.cast.qin.id], [place.cast.fang.id])
