"""What the app may know of the corp: its visible members, without their private fields."""

import pytest

from simulator.state import Department
from simulator.world import World
from tests.simulator.conftest import Caller


@pytest.fixture(autouse=True)
def departments(world: World) -> None:
    world.put_department(Department(id=2, name="监督一科", parentid=1))
    world.put_department(Department(id=3, name="一组", parentid=2))
    world.person("linyue").department = [3]


async def test_a_member_is_read_without_his_number(api: Caller) -> None:
    told = await api.get("user/get", userid="linyue")

    assert (told["userid"], told["name"], told["department"], told["status"]) == ("LinYue", "林越", [3], 1)
    assert not {"mobile", "email", "gender", "avatar", "qr_code", "address", "biz_mail"} & set(told)


@pytest.mark.parametrize(("userid", "errcode"), [("outsider", 60011), ("nobody", 60111)])
async def test_others_are_not_read(api: Caller, userid: str, errcode: int) -> None:
    assert (await api.get("user/get", userid=userid))["errcode"] == errcode


async def test_who_left_is_gone(api: Caller, world: World) -> None:
    world.leave("hebo")

    assert (await api.get("user/get", userid="hebo"))["errcode"] == 60111
    assert (await api.post("user/getuserid", {"mobile": "10000000003"}))["errcode"] == 46004


async def test_a_member_is_found_by_his_number(api: Caller) -> None:
    assert (await api.post("user/getuserid", {"mobile": "10000000001"}))["userid"] == "LinYue"


async def test_a_department_lists_its_direct_members(api: Caller) -> None:
    async def names(department_id: str, call: str = "user/simplelist") -> list[str]:
        return [user["userid"] for user in (await api.get(call, department_id=department_id))["userlist"]]

    assert await names("1") == ["zhaoning", "hebo"]
    assert await names("2") == []
    assert await names("3", "user/list") == ["LinYue"]


async def test_departments_come_with_those_below(api: Caller) -> None:
    assert [d["id"] for d in (await api.get("department/list"))["department"]] == [1, 2, 3]
    assert (await api.get("department/simplelist", id="2"))["department_id"] == [
        {"id": 2, "parentid": 1, "order": 0},
        {"id": 3, "parentid": 2, "order": 0},
    ]
    assert (await api.get("department/get", id="3"))["department"]["name"] == "一组"
    assert (await api.get("department/get", id="9"))["errcode"] == 60003


async def test_all_ids_are_for_the_contact_sync_only(api: Caller) -> None:
    assert (await api.post("user/list_id", {"limit": 10}))["errcode"] == 48002


async def test_a_message_to_a_department_reaches_those_below(api: Caller, world: World) -> None:
    body = {"toparty": "2|9", "msgtype": "text", "agentid": 1000002, "text": {"content": "好"}}

    assert (await api.post("message/send", body))["invalidparty"] == "9"
    assert [len(world.chat(p)) for p in ("LinYue", "zhaoning")] == [1, 0]


async def test_a_tag_gathers_members(api: Caller, world: World) -> None:
    tagid = (await api.post("tag/create", {"tagname": "值班"}))["tagid"]
    added = await api.post("tag/addtagusers", {"tagid": tagid, "userlist": ["LinYue", "nobody"], "partylist": [9]})
    body = {"totag": str(tagid), "msgtype": "text", "agentid": 1000002, "text": {"content": "好"}}

    assert (added["invalidlist"], added["invalidparty"]) == ("nobody", [9])
    assert (await api.get("tag/get", tagid=str(tagid)))["userlist"] == [{"userid": "LinYue", "name": "林越"}]
    assert (await api.post("message/send", body))["errcode"] == 0
    assert len(world.chat("LinYue")) == 1
    assert (await api.post("tag/create", {"tagname": "值班"}))["errcode"] == 40071
    assert (await api.post("tag/deltagusers", {"tagid": tagid, "userlist": ["nobody"]}))["errcode"] == 40070
    assert (await api.get("tag/delete", tagid=str(tagid)))["errcode"] == 0
    assert (await api.get("tag/list"))["taglist"] == []


async def test_the_app_knows_who_sees_it(api: Caller) -> None:
    told = await api.get("agent/get", agentid="1000002")

    assert [user["userid"] for user in told["allow_userinfos"]["user"]] == ["LinYue", "zhaoning", "hebo"]


async def test_the_apps_settings_can_be_changed(api: Caller) -> None:
    body = {"agentid": 1000002, "name": "质安监督", "isreportenter": 0}

    assert (await api.post("agent/set", {**body, "description": "短"}))["errcode"] == 45004
    assert (await api.post("agent/set", body))["errcode"] == 0
    assert (await api.get("agent/get", agentid="1000002"))["name"] == "质安监督"
