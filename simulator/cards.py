"""What WeCom refuses in a template card (path/90236). Written from the platform's page, apart from the
service's own types, so that one side's mistake is seen by the other."""

import re
from collections.abc import Callable

from simulator.checking import items, number, obj, text, unique, url
from simulator.errors import ApiError
from simulator.state import Json

_KEY_BYTES = 1024
_ID_BYTES = 128
_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]+")
INTERACTIVE = ("button_interaction", "vote_interaction", "multiple_interaction")


def check(card: Json, *, update: bool = False) -> None:
    """Raises ApiError. A card that replaces another (`update`) needs no task_id."""
    try:
        parts = _PARTS[card.get("card_type", "")]
    except (KeyError, TypeError):
        raise ApiError(40058, "invalid field `card_type`") from None
    for part in (_source, _menu, _main_title, *parts):
        part(card)
    if not update:
        _task_id(card)


def updatable(card: Json) -> bool:
    """Whether sending it gives a response_code."""
    return card["card_type"] in INTERACTIVE or bool(card.get("action_menu"))


def keys(card: Json) -> list[str]:
    """Keys that a member may press on it, the corner menu's not included."""
    pressed = [button["key"] for button in card.get("button_list", []) if not button.get("type")]
    submit = card.get("submit_button")
    return [*pressed, submit["key"]] if submit else pressed


def menu_keys(card: Json) -> list[str]:
    return [action["key"] for action in (card.get("action_menu") or {}).get("action_list", [])]


def questions(card: Json) -> dict[str, set[str]]:
    """Question keys with the option ids they offer."""
    asked = [*card.get("select_list", []), card.get("button_selection"), card.get("checkbox")]
    return {q["question_key"]: {option["id"] for option in q["option_list"]} for q in asked if q}


def _task_id(card: Json) -> None:
    task_id = text(card, "task_id", most=_ID_BYTES)
    if not task_id and updatable(card):
        raise ApiError(42014, "missing field `task_id`")
    if task_id and not _TASK_ID.fullmatch(task_id):
        raise ApiError(42014)


def _source(card: Json) -> None:
    if "source" in card:
        source = obj(card["source"], "source")
        text(source, "desc")
        number(source, "desc_color", range(4))
        url(source, "icon_url", required=False)


def _menu(card: Json) -> None:
    if "action_menu" not in card:
        return
    if card["card_type"] in ("vote_interaction", "multiple_interaction"):
        raise ApiError(40058, "field `action_menu` not allowed")
    actions = items(obj(card["action_menu"], "action_menu"), "action_list", 1, 3)
    for action in actions:
        text(action, "text", missing=40058)
        text(action, "key", most=_KEY_BYTES, missing=42017)
    unique([action["key"] for action in actions], "action_list.key")


def _main_title(card: Json) -> None:
    title = obj(card.get("main_title", {}), "main_title")
    text(title, "desc")
    needed = card["card_type"] != "text_notice" or not card.get("sub_title_text")
    text(title, "title", missing=41033 if needed else None)


def _quote_area(card: Json) -> None:
    if "quote_area" in card:
        _jump(obj(card["quote_area"], "quote_area"))


def _jump(part: Json, *, kinds: range = range(3)) -> None:
    kind = number(part, "type", kinds)
    if kind == 1:
        url(part, "url")
    if kind == 2:
        text(part, "appid", missing=40058)


def _horizontal(card: Json) -> None:
    for row in items(card, "horizontal_content_list", 0, 6):
        text(row, "keyname", missing=40058)
        text(row, "value")
        kind = number(row, "type", range(4))
        if kind == 1:
            url(row, "url")
        if kind in (2, 3):
            text(row, {2: "media_id", 3: "userid"}[kind], missing={2: 41006, 3: 41009}[kind])


def _jump_list(card: Json) -> None:
    for jump in items(card, "jump_list", 0, 3):
        text(jump, "title", missing=41033)
        _jump(jump)


def _required_action(card: Json) -> None:
    action = obj(card.get("card_action"), "card_action")
    number(action, "type", (1, 2))
    _jump(action)


def _optional_action(card: Json) -> None:
    if "card_action" in card:
        _jump(obj(card["card_action"], "card_action"))


def _emphasis(card: Json) -> None:
    part = obj(card.get("emphasis_content", {}), "emphasis_content")
    text(part, "title")
    text(part, "desc")
    text(card, "sub_title_text")


def _picture(card: Json) -> None:
    if "image_text_area" not in card and "card_image" not in card:
        raise ApiError(40058, "missing field `card_image` or `image_text_area`")
    if "card_image" in card:
        image = obj(card["card_image"], "card_image")
        url(image, "url")
        ratio = image.get("aspect_ratio", 1.3)
        if not isinstance(ratio, int | float) or not 1.3 <= ratio < 2.25:
            raise ApiError(40058, "invalid field `aspect_ratio`")
    if "image_text_area" in card:
        area = obj(card["image_text_area"], "image_text_area")
        url(area, "image_url")
        _jump(area)


def _vertical(card: Json) -> None:
    for row in items(card, "vertical_content_list", 0, 4):
        text(row, "title", missing=41033)
        text(row, "desc")


def _buttons(card: Json) -> None:
    buttons = items(card, "button_list", 1, 6)
    for button in buttons:
        text(button, "text", missing=40058)
        number(button, "style", range(1, 5), default=1)
        if number(button, "type", (0, 1)):
            url(button, "url")
        else:
            text(button, "key", most=_KEY_BYTES, missing=42017)
    unique([button["key"] for button in buttons if not button.get("type")], "button_list.key")


def _selection(card: Json) -> None:
    if "button_selection" in card:
        _question(obj(card["button_selection"], "button_selection"), most=10)


def _question(part: Json, *, most: int) -> None:
    text(part, "question_key", most=_KEY_BYTES, missing=40058)
    options = items(part, "option_list", 1, most)
    for option in options:
        text(option, "id", most=_ID_BYTES, missing=40058)
        text(option, "text", missing=40058)
    ids = [option["id"] for option in options]
    unique(ids, "option_list.id")
    if part.get("selected_id") and part["selected_id"] not in ids:
        raise ApiError(40058, "invalid field `selected_id`")


def _checkbox(card: Json) -> None:
    box = obj(card.get("checkbox"), "checkbox")
    number(box, "mode", (0, 1))
    _question(box, most=20)


def _selects(card: Json) -> None:
    selects = items(card, "select_list", 1, 3)
    for select in selects:
        _question(select, most=10)
    unique([select["question_key"] for select in selects], "select_list.question_key")


def _submit(card: Json) -> None:
    button = obj(card.get("submit_button"), "submit_button")
    text(button, "text")
    text(button, "key", most=_KEY_BYTES, missing=42017)


_PARTS: dict[str, tuple[Callable[[Json], None], ...]] = {
    "text_notice": (_quote_area, _emphasis, _horizontal, _jump_list, _required_action),
    "news_notice": (_quote_area, _picture, _vertical, _horizontal, _jump_list, _required_action),
    "button_interaction": (_quote_area, _emphasis, _horizontal, _selection, _buttons, _optional_action),
    "vote_interaction": (_checkbox, _submit),
    "multiple_interaction": (_selects, _submit),
}
