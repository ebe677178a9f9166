"""The app's menu (path/90231 to 90233)."""

from typing import Any

from simulator.call import Answer, Call, ok, require_agent_query
from simulator.checking import items, size
from simulator.errors import ApiError
from simulator.state import Json

PICTURES = ("pic_sysphoto", "pic_photo_or_album", "pic_weixin")
SCANS = ("scancode_push", "scancode_waitmsg")
_KEYED = ("click", *SCANS, *PICTURES, "location_select")


def create(call: Call) -> Answer:
    require_agent_query(call)
    buttons = items(call.json, "button", 1, 3, code=40016)
    call.corp.state.app.menu = [_main(button) for button in buttons]
    _changed(call)
    return ok()


def get(call: Call) -> Answer:
    require_agent_query(call)
    if call.corp.state.app.menu is None:
        raise ApiError(46003)
    return ok(button=call.corp.state.app.menu)


def delete(call: Call) -> Answer:
    require_agent_query(call)
    call.corp.state.app.menu = None
    _changed(call)
    return ok()


def _changed(call: Call) -> None:
    call.corp.store.changed()
    call.corp.hub.publish("menu", button=call.corp.state.app.menu)


def find(menu: list[Json] | None, key: str) -> Json | None:
    """The button with this key; a `view` button is known by its url, a mini-program's by its page."""
    buttons = [inner for button in menu or [] for inner in button.get("sub_button") or [button]]
    return next((button for button in buttons if key in _names(button)), None)


def _names(button: Json) -> tuple[Any, ...]:
    return button.get("key"), button.get("url"), button.get("pagepath")


def _main(button: Json) -> Json:
    _limit(button, "name", 16, 40018)
    if not button.get("sub_button"):
        _action(button, 40017, 40019, 40020)
        return button
    inner = items(button, "sub_button", 1, 5, code=40023)
    for sub in inner:
        _limit(sub, "name", 40, 40025)
        _action(sub, 40024, 40026, 40027)
    return {"name": button["name"], "sub_button": inner}


def _action(button: Json, type_code: int, key_code: int, url_code: int) -> None:
    kind = button.get("type")
    if kind in _KEYED:
        _limit(button, "key", 128, key_code)
    elif kind == "view":
        _limit(button, "url", 1024, url_code)
    elif kind == "view_miniprogram":
        _limit(button, "pagepath", 1024, url_code)
    else:
        raise ApiError(type_code)


def _limit(button: Json, field: str, most: int, code: int) -> None:
    value = button.get(field)
    if not isinstance(value, str) or not 0 < size(value) <= most:
        raise ApiError(code, f"field `{field}`")
