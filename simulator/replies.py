"""Passive replies (path/90241): read, checked, and shown in the member's chat."""

import re
from typing import Any
from xml.etree.ElementTree import Element

from simulator import cards, media, xml
from simulator.checking import cut, size
from simulator.corp import Corp
from simulator.envelope import BadReply
from simulator.errors import ApiError
from simulator.messages import apply_change
from simulator.state import Json

ACCEPTING = (
    "subscribe",
    "enter_agent",
    "location",
    "click",
    "view",
    "view_miniprogram",
    "scancode_waitmsg",
    "template_card_event",
    "template_card_menu_event",
)
_UPDATES = ("update_button", "update_template_card")
_LISTS = {
    "action_list",
    "horizontal_content_list",
    "jump_list",
    "button_list",
    "option_list",
    "select_list",
    "vertical_content_list",
}
_SPELLED_TOGETHER = {"check_box": "checkbox", "key_name": "keyname", "user_id": "userid", "app_id": "appid"}
_SPELLED_TOGETHER |= {"page_path": "pagepath"}
_NUMBERS = {"type", "style", "desc_color", "mode"}
_DECIMAL = re.compile(r"\d+(\.\d+)?")
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def apply(corp: Corp, plain: bytes, userid: str, card_message: str | None) -> str:
    """Shows the reply and says what it was. Raises BadReply for all that the real WeCom would hide."""
    try:
        root = xml.parse(plain)
    except ValueError:
        raise BadReply("应答的内容不是 XML") from None
    _check_parties(corp, root, userid)
    kind = xml.child(root, "MsgType")
    if kind in _UPDATES:
        _update(corp, root, kind, userid, card_message)
    else:
        corp.say("app", userid, kind, _body(corp, root, kind))
    return kind


def _check_parties(corp: Corp, root: Element, userid: str) -> None:
    if xml.child(root, "ToUserName").lower() != userid.lower():
        raise BadReply("应答的 ToUserName 不是发送者")
    if xml.child(root, "FromUserName") != corp.config.corp_id:
        raise BadReply("应答的 FromUserName 不是企业")
    if not xml.child(root, "CreateTime").isdigit():
        raise BadReply("应答没有 CreateTime")


def _body(corp: Corp, root: Element, kind: str) -> Json:
    if kind == "text":
        content = root.findtext("Content") or ""
        if not content:
            raise BadReply("应答的文字是空的")
        return {"content": cut(content)}
    if kind in ("image", "voice", "video"):
        return _media(corp, root, kind)
    if kind == "news":
        return {"articles": _articles(root)}
    raise BadReply(f"应答不能是“{kind}”")


def _media(corp: Corp, root: Element, kind: str) -> Json:
    holder = root.find(kind.capitalize())
    try:
        found = media.find(corp, xml.child(holder, "MediaId") if holder is not None else "", kind)
    except ApiError:
        raise BadReply("应答里的 MediaId 无效") from None
    told = media.shown(found)
    if kind == "video" and holder is not None:
        told |= {"title": xml.child(holder, "Title"), "description": xml.child(holder, "Description")}
    return told


def _articles(root: Element) -> list[Json]:
    items = root.findall("Articles/item")
    if not 1 <= len(items) <= 8 or xml.child(root, "ArticleCount") != str(len(items)):
        raise BadReply("应答的图文数目不对")
    names = {"title": "Title", "description": "Description", "picurl": "PicUrl", "url": "Url"}
    articles: list[Json] = [{key: xml.child(item, name) for key, name in names.items()} for item in items]
    if any(size(a["title"]) > 128 or size(a["description"]) > 512 for a in articles):
        raise BadReply("应答的图文太长")
    return articles


def _update(corp: Corp, root: Element, kind: str, userid: str, card_message: str | None) -> None:
    if card_message is None:
        raise BadReply("只有点击卡片的回调才能更新卡片")
    message = corp.message(userid, card_message)
    if kind == "update_template_card":
        apply_change(corp, userid, message, {"template_card": _card(root)})
        return
    name = (root.findtext("Button/ReplaceName") or "").strip()
    if not name or (message.card or {}).get("card_type") not in cards.INTERACTIVE:
        raise BadReply("这张卡片没有可替换的按钮，或没有 ReplaceName")
    apply_change(corp, userid, message, {"replace_name": name})


def _card(root: Element) -> Json:
    holder = root.find("TemplateCard")
    if holder is None:
        raise BadReply("应答没有 TemplateCard")
    card: Json = _as_json(holder)
    try:
        cards.check(card, update=True)
    except ApiError as error:
        raise BadReply(f"应答里的卡片不合规：{error}") from error
    return card


def _as_json(element: Element) -> Any:
    """CamelCase names to the JSON ones; a list's items are the element repeated, without a wrapper."""
    if not len(element):
        return _leaf(_name(element.tag), (element.text or "").strip())
    told: Json = {}
    for inner in element:
        name, value = _name(inner.tag), _as_json(inner)
        if name in _LISTS:
            told.setdefault(name, []).append(value)
        elif value != "":
            told[name] = value
    return told


def _leaf(name: str, text: str) -> str | int | float | bool:
    if name in _NUMBERS and text.isdigit():
        return int(text)
    if name == "aspect_ratio" and _DECIMAL.fullmatch(text):
        return float(text)
    if name in ("disable", "is_checked") and text in ("true", "false", "0", "1"):
        return text in ("true", "1")
    return text


def _name(tag: str) -> str:
    snake = _WORD.sub("_", tag).lower()
    return _SPELLED_TOGETHER.get(snake, snake)
