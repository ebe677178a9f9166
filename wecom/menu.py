"""The app's menu (自定义菜单, path/90231): three entries, each with up to five below it."""

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from wecom.fields import Part, Said, Url, at_most, need

KeyType = Literal[
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
]
_MAIN_BYTES, _SUB_BYTES = 16, 40
_MenuUrl = Annotated[Url, AfterValidator(at_most(1024))]
_Name = Annotated[Said, AfterValidator(at_most(_SUB_BYTES))]


class KeyButton(Part):
    type: KeyType = "click"
    name: _Name
    key: Annotated[Said, AfterValidator(at_most(128))]


class ViewButton(Part):
    type: Literal["view"] = "view"
    name: _Name
    url: _MenuUrl


class MiniProgramButton(Part):
    type: Literal["view_miniprogram"] = "view_miniprogram"
    name: _Name
    pagepath: Said
    appid: Said


Button: TypeAlias = KeyButton | ViewButton | MiniProgramButton
_AnyButton = Annotated[Button, Field(discriminator="type")]


class Submenu(Part):
    name: Annotated[Said, AfterValidator(at_most(_MAIN_BYTES))]
    sub_button: Annotated[list[_AnyButton], Field(min_length=1, max_length=5)]


class Menu(Part):
    button: Annotated[list[Submenu | _AnyButton], Field(min_length=1, max_length=3)]

    @model_validator(mode="before")
    @classmethod
    def _drop_empty_submenus(cls, value: Any) -> Any:
        """WeCom's own answer gives a plain entry an empty sub_button."""
        if not isinstance(value, dict) or not isinstance(value.get("button"), list):
            return value
        return {"button": [_plain(entry) for entry in value["button"]]}

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        for entry in self.button:
            need(len(entry.name.encode()) <= _MAIN_BYTES, f"a main entry's name has at most {_MAIN_BYTES} bytes")
        return self


def _plain(entry: Any) -> Any:
    if isinstance(entry, dict) and entry.get("sub_button") == []:
        return {name: value for name, value in entry.items() if name != "sub_button"}
    return entry
