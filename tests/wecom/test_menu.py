from typing import Any

import pytest
from pydantic import ValidationError

from wecom.menu import KeyButton, Menu, Submenu, ViewButton

EXAMPLE = {
    "button": [
        {
            "name": "上报",
            "sub_button": [
                {"type": "pic_sysphoto", "name": "拍照上报", "key": "REPORT_PHOTO"},
                {"type": "location_select", "name": "选位置", "key": "REPORT_LOC"},
                {"type": "scancode_waitmsg", "name": "扫构件码", "key": "SCAN"},
            ],
        },
        {"type": "view", "name": "工作台", "url": "https://h5.example/"},
        {"type": "click", "name": "我的任务", "key": "MY_TASKS"},
    ]
}


def test_the_reference_example_is_written_as_it_stands() -> None:
    assert Menu.model_validate(EXAMPLE).to_json() == EXAMPLE


def test_a_menu_is_built_from_types() -> None:
    menu = Menu(
        button=[
            Submenu(name="上报", sub_button=[KeyButton(name="检查", key="CHECK")]),
            KeyButton(name="待办", key="TODO"),
        ]
    )
    assert menu.to_json()["button"][1] == {"type": "click", "name": "待办", "key": "TODO"}


def test_the_empty_submenus_of_wecoms_own_answer_are_no_submenus() -> None:
    plain = {"type": "click", "name": "待办", "key": "TODO"}
    assert Menu.model_validate({"button": [plain | {"sub_button": []}]}).to_json() == {"button": [plain]}


CLICK = {"type": "click", "name": "待办", "key": "TODO"}
REFUSED: list[Any] = [
    [],
    [CLICK] * 4,
    [{"name": "上报", "sub_button": [CLICK] * 6}],
    [CLICK | {"name": "六个汉字太长"}],
    [{"name": "六个汉字太长", "sub_button": [CLICK]}],
    [{"name": "上报", "sub_button": [CLICK | {"name": "字" * 14}]}],
    [{"name": "上报", "sub_button": [{"name": "二级", "sub_button": [CLICK]}]}],
    [CLICK | {"key": ""}],
    [CLICK | {"key": "k" * 129}],
    [CLICK | {"type": "shake"}],
    [{"type": "view", "name": "页", "url": "h5.example"}],
    [{"type": "view", "name": "页", "url": "https://h5.example/" + "x" * 1010}],
    [{"type": "view_miniprogram", "name": "页", "pagepath": "p"}],
]


@pytest.mark.parametrize("entries", REFUSED)
def test_a_menu_wecom_refuses_cannot_be_built(entries: list[Any]) -> None:
    with pytest.raises(ValidationError):
        Menu.model_validate({"button": entries})


def test_a_main_entrys_name_may_have_five_chinese_characters() -> None:
    assert Menu(button=[ViewButton(name="我的工作台", url="https://h5.example/")]).button[0].name == "我的工作台"
