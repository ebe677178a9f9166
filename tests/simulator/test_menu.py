"""The app's menu: what WeCom takes, and what a member's press becomes."""

import hashlib
from typing import Any

import pytest

from simulator.world import World
from tests.simulator.conftest import Caller, Service
from tests.simulator.recorded import jpeg

MENU: dict[str, Any] = {
    "button": [
        {
            "name": "上报",
            "sub_button": [
                {"type": "pic_sysphoto", "name": "拍照上报", "key": "PHOTO"},
                {"type": "location_select", "name": "选位置", "key": "PLACE"},
                {"type": "scancode_waitmsg", "name": "扫一扫", "key": "SCAN"},
            ],
        },
        {"type": "view", "name": "工作台", "url": "https://h5.example/"},
        {"type": "click", "name": "待办", "key": "TODO"},
    ]
}


@pytest.fixture
async def menu(api: Caller) -> None:
    assert (await api.post("menu/create", MENU, agentid="1000002"))["errcode"] == 0


async def test_a_menu_comes_back_as_it_was_made(api: Caller, menu: None) -> None:
    assert await api.get("menu/get", agentid="1000002") == {"errcode": 0, "errmsg": "ok", **MENU}
    assert (await api.sim("/persons/LinYue/chat"))["menu"] == MENU


async def test_without_a_menu_there_is_none(api: Caller, menu: None) -> None:
    await api.get("menu/delete", agentid="1000002")

    assert (await api.get("menu/get", agentid="1000002"))["errcode"] == 46003


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ([], 40016),
        ([{"type": "click", "name": "一", "key": "1"}] * 4, 40016),
        ([{"type": "click", "name": "一二三四五六", "key": "1"}], 40018),
        ([{"type": "shout", "name": "一", "key": "1"}], 40017),
        ([{"type": "click", "name": "一", "key": "k" * 129}], 40019),
        ([{"name": "一", "sub_button": [{"type": "click", "name": "二", "key": "2"}] * 6}], 40023),
        ([{"name": "一", "sub_button": [{"type": "click", "name": "字" * 14, "key": "2"}]}], 40025),
    ],
)
async def test_a_menu_that_wecom_would_refuse_is_refused(api: Caller, buttons: Any, errcode: int) -> None:
    assert (await api.post("menu/create", {"button": buttons}, agentid="1000002"))["errcode"] == errcode


async def press(api: Caller, **given: Any) -> Any:
    return await api.sim("/persons/LinYue/menu", given)


async def test_a_click_is_told_with_its_key(api: Caller, menu: None, world: World, service: Service) -> None:
    assert await press(api, key="TODO") == {"done": True}
    await world.settled()

    assert (service.heard[-1]["Event"], service.heard[-1]["EventKey"]) == ("click", "TODO")


async def test_a_link_opens_and_is_told(api: Caller, menu: None, world: World, service: Service) -> None:
    assert await press(api, key="https://h5.example/") == {"open": "https://h5.example/"}
    await world.settled()

    assert (service.heard[-1]["Event"], service.heard[-1]["EventKey"]) == ("view", "https://h5.example/")


async def test_photos_are_told_by_their_sums_and_follow_one_by_one(
    api: Caller, menu: None, world: World, service: Service
) -> None:
    assert await press(api, key="PHOTO") == {"needs": "pictures"}
    world.press_menu("LinYue", "PHOTO", pictures=[jpeg(), jpeg(32, 32)])
    await world.settled()

    assert [heard.get("Event") or heard["MsgType"] for heard in service.heard] == ["pic_sysphoto", "image", "image"]
    assert service.heard[0]["Count"] == "2"
    assert service.heard[0]["PicMd5Sum"] == hashlib.md5(jpeg(32, 32)).hexdigest()


async def test_a_place_is_chosen(api: Caller, menu: None, world: World, service: Service) -> None:
    assert await press(api, key="PLACE") == {"needs": "location"}
    assert await press(api, key="PLACE", lat=20.02, lon=110.35, label="望海路") == {"done": True}
    await world.settled()

    heard = service.heard[-1]
    told = [heard[name] for name in ("Event", "Location_X", "Location_Y", "Label", "AppType")]
    assert told == ["location_select", "20.02", "110.35", "望海路", "wxwork"]


async def test_a_code_is_scanned(api: Caller, menu: None, world: World, service: Service) -> None:
    assert await press(api, key="SCAN") == {"needs": "scan"}
    await api.sim("/persons/LinYue/scan", {"key": "SCAN", "result": "MAT-0001"})
    await world.settled()

    assert (service.heard[-1]["ScanType"], service.heard[-1]["ScanResult"]) == ("qrcode", "MAT-0001")


async def test_a_button_that_is_not_there(api: Caller, menu: None) -> None:
    assert await press(api, key="NO") == {"error": "菜单里没有这个按钮"}
