"""Who is registered is let in at the first word; a stranger hears once what to do; who leaves is out at once."""

from bot import departures
from bot.directory import Directory
from core import clock
from core.cases.models import Case, OutboxRow
from core.people.models import Person, Role
from simulator import state
from tests.bot.material import photo
from tests.bot.test_review import NUMBER, TITLE, report
from tests.bot.test_wecom_trouble import ready_to_submit
from tests.town import Phone, Town, read

STRANGER = (
    "您好！系统中还没有您的登记信息，暂时不能使用。\n"
    "· 监督人员：请联系本站管理员登记您的实名手机号；\n"
    "· 参建单位人员：请由建设单位在网上报监中登记您的实名手机号，监督站受理并分配监督员后即可使用；\n"
    "· 建设局人员：请向省级质监机构备案。\n"
    "登记后请点下方「验证手机号」，须使用本人已绑定微信的手机号。\n"
    "验证手机号"
)


def member(town: Town, userid: str, mobile: str) -> Phone:
    """Somebody whom the station has not seen yet; WeCom tells the mobile or keeps it to itself."""
    town.world.admit(state.Person(userid=userid, name="白晓川", mobile=mobile))
    return town.phone(userid)


async def registered(town: Town, mobile: str) -> Person:
    return await Person.create(
        name="白晓川", mobile=mobile, org_id=town.cast.station.id, role=Role.SUPERVISOR, title="监督员"
    )


async def test_a_stranger_hears_once_what_to_do(place: Town) -> None:
    bai = member(place, "bai", "10000000050")
    for number in range(10):
        await bai.says(f"在吗 {number}")
    place.world.enter("bai")
    await bai.photographs()
    assert bai.messages[0].body["content"].endswith('/login?verify=1">验证手机号</a>')
    assert (len(bai.messages), bai.text) == (1, STRANGER)
    place.pass_time(hours=2)
    await bai.says("还在吗")
    assert len(bai.messages) == 2


async def test_who_is_registered_is_let_in_at_the_first_word(place: Town) -> None:
    person = await registered(place, "10000000051")
    bai = member(place, "Bai", "10000000051")
    assert (await bai.says("上报")).splitlines()[0] == "请选择工程名称"
    await person.refresh_from_db()
    assert person.userid == "bai"


async def test_a_first_photo_is_not_lost(place: Town) -> None:
    await registered(place, "10000000051")
    bai = member(place, "bai", "10000000051")
    assert (await bai.together(photo(), photo(1))).splitlines()[2] == "材料：2 张照片"


async def test_opening_the_app_is_enough_and_is_greeted_once(small_place: Town) -> None:
    await registered(small_place, "10000000051")
    bai = member(small_place, "bai", "10000000051")
    for _ in range(2):
        small_place.world.enter("bai")
        await small_place.settle()
    assert [text.splitlines()[0] for text in map(read, bai.messages)] == ["白晓川，欢迎使用质安监督"]


async def test_where_wecom_does_not_know_the_number_the_member_confirms_it(small_place: Town) -> None:
    await registered(small_place, "10000000051")
    assert await member(small_place, "bai", "10000000052").says("上报") == STRANGER


async def test_a_registered_number_lets_in_one_member_only(small_place: Town) -> None:
    await registered(small_place, "10000000051")
    await member(small_place, "bai", "10000000051").says("帮助")
    assert await member(small_place, "other", "10000000051").says("帮助") == STRANGER


def out_of_range(town: Town, userid: str) -> None:
    town.world.admit(town.world.person(userid).model_copy(update={"visible": False}), announce=True)


async def test_who_leaves_is_out_at_once(place: Town) -> None:
    lin = place.phone("lin")
    await lin.says("上报")
    before = len(lin.messages)
    out_of_range(place, "lin")
    await place.settle()
    assert (await Person.get(name="林小舟")).active is False
    place.world.put_person(place.world.person("lin").model_copy(update={"visible": True}))
    assert await lin.says("滨江花园") == "您已不在本系统的使用范围内，暂时不能使用。如有疑问，请联系本站管理员。"
    assert len(lin.messages) == before + 1


async def test_who_comes_back_into_range_goes_on(place: Town) -> None:
    lin = place.phone("lin")
    await lin.says("上报")
    out_of_range(place, "lin")
    await place.settle()
    place.world.admit(place.world.person("lin").model_copy(update={"visible": True}), announce=True)
    await place.settle()
    assert lin.text.splitlines()[0] == "林小舟，欢迎使用质安监督"
    assert (await lin.says("滨江花园")).splitlines()[0] == "请选择抽查类型"


async def begun_and_deleted(town: Town) -> Phone:
    await Person.filter(userid="lin").update(mobile="10000000061", admitted_at=clock.now())
    lin = town.phone("lin")
    await lin.says("上报")
    town.world.leave("lin")
    await town.settle()
    return lin


def given_an_account(town: Town, name: str, mobile: str) -> None:
    """With the id that was 林小舟's before."""
    new = {"name": name, "mobile": mobile, "status": state.ACTIVE, "visible": True}
    town.world.admit(town.world.person("lin").model_copy(update=new), announce=True)


async def test_an_id_that_now_belongs_to_somebody_else_is_a_strangers(place: Town) -> None:
    lin = await begun_and_deleted(place)
    given_an_account(place, "林小川", "10000000062")
    await place.settle()
    assert lin.text == STRANGER
    assert (await Person.get(name="林小舟")).active is False


async def test_who_gets_a_new_account_proves_the_same_mobile_and_goes_on(place: Town) -> None:
    lin = await begun_and_deleted(place)
    given_an_account(place, "林小舟", "10000000061")
    await place.settle()
    assert lin.text.splitlines()[0] == "林小舟，欢迎使用质安监督"
    assert (await lin.says("滨江花园")).splitlines()[0] == "请选择抽查类型"


async def test_a_new_id_gets_all_that_waited_under_the_old_one(place: Town) -> None:
    """林小舟 photographs and a record waits for 罗敬川 while WeCom is away; both are renamed meanwhile."""
    lin, luo = await ready_to_submit(place), place.phone("luo-new")
    place.world.faults.set("-1")
    place.world.click_card("lin", lin.last.id, lin.last.live_card["button_list"][0]["key"])
    await place.settle(inbox=False)
    place.world.send_image("lin", photo()[1][0])
    await place.settle(inbox=False)
    for old in ("lin", "luo"):
        place.world.rename(old, f"{old}-new")
    await place.settle(inbox=False)
    place.world.faults.clear()
    for _ in range(3):
        place.pass_time(minutes=1)
        await place.settle()
    assert luo.text.splitlines()[0] == "待审核：监督检查记录"
    told = [read(message).splitlines()[0] for message in place.phone("lin-new").messages]
    assert told == ["已提交：滨江花园一期 安全检查", "第 1 条问题：请确认"]
    assert (await luo.taps("通过")).splitlines()[0] == "已通过：滨江花园一期 安全检查"


async def test_the_full_pull_finds_who_left_silently(place: Town) -> None:
    for userid in ("qin", "fang"):
        gone = place.world.person(userid).model_copy(update={"visible": False})
        place.world.put_person(gone)
    assert await Directory(place.house.client).pull() == 2
    assert {p.userid for p in await Person.filter(active=False)} == {"qin", "fang"}


async def test_the_full_pull_knows_who_is_in_range_by_a_tag(place: Town) -> None:
    """秦若岩 by herself, 方远 by a department that the tag holds as well; 罗敬川 by nothing any more."""
    place.world.put_department(state.Department(id=7, name="方远的部门", parentid=1))
    for userid, changes in (("fang", {"department": [7]}), ("luo", {"visible": False})):
        place.world.put_person(place.world.person(userid).model_copy(update=changes))
    tag = state.Tag(tagid=3, tagname="质安", userlist=["qin"], partylist=[7], in_range=True)
    place.world.state.tags[3] = tag
    assert await Directory(place.house.client).pull() == 1
    assert [p.userid for p in await Person.filter(active=False)] == ["luo"]


async def test_a_pull_that_fails_locks_nobody_out(small_place: Town) -> None:
    small_place.world.faults.set("-1", "agent/get")
    assert await Directory(small_place.house.client).pull() == 0
    assert await Person.filter(active=False).count() == 0


async def test_a_record_in_the_hands_of_somebody_who_left(place: Town) -> None:
    """The other reviewer may still decide; when nobody is left, the author hears it once."""
    lin = await report(place)
    place.world.leave("luo")
    await place.settle()
    assert await departures.see_to(place.house.engine) == 0
    place.world.leave("qin")
    await place.settle()
    for _ in range(2):
        assert await departures.see_to(place.house.engine) == 1
        await place.settle()
    assert lin.text == (
        f"《{TITLE}》（{NUMBER}）在 秦若岩 手上，但 秦若岩 已离开，现在没有人能办理。"
        "请联系站长安排，或重新上报并另选接收人。"
    )
    assert len([m for m in lin.messages if "已离开" in str(m.body)]) == 1


async def test_nothing_is_promised_to_who_left(small_place: Town) -> None:
    await report(small_place)
    small_place.world.leave("qin")
    await small_place.settle()
    sent = await OutboxRow.filter(recipient="qin").count()
    await small_place.phone("luo").taps("通过")
    assert await OutboxRow.filter(recipient="qin").count() == sent
    assert (await Case.get()).closed_at is not None
