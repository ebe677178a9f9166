"""What a member does in the app, as the callback it becomes (path/90239, 90240)."""

from typing import Any

from simulator import cards
from simulator.callbacks import Callback
from simulator.corp import Corp
from simulator.messages import issue_code
from simulator.state import CardState, Json, Message, Person

_FIRST_MSG_ID = 7_300_000_000_000_000_000


class Refused(ValueError):
    """Something a member cannot do just now; the text is for the browser."""


def require_reachable(person: Person) -> None:
    if not person.reachable:
        raise Refused(f"{person.name}不在应用的可见范围内，看不到这个应用")


def message(corp: Corp, person: Person, kind: str, summary: str, fields: Json) -> Callback:
    """A normal message, with its MsgId."""
    common = _common(corp, person.userid, kind)
    last = {"MsgId": _FIRST_MSG_ID + corp.serial(), "AgentID": corp.config.agent_id}
    app_type = {"AppType": "wxwork"} if kind == "location" else {}
    return Callback(person.userid, {**common, **fields, **last, **app_type}, f"{person.name}：{summary}")


def event(
    corp: Corp, person: Person, name: str, summary: str, fields: Json | None = None, card_message: str | None = None
) -> Callback:
    common = {**_common(corp, person.userid, "event"), "Event": name}
    told = {**common, **(fields or {"EventKey": ""}), "AgentID": corp.config.agent_id}
    return Callback(person.userid, told, f"{person.name}：{summary}", card_message)


def contact_change(corp: Corp, change: str, person: Person, new_userid: str | None = None) -> Callback:
    """The reduced body that callbacks configured after 2022-08-15 get: ids only (path/96302)."""
    departments = ",".join(map(str, person.department)) if change != "delete_user" else None
    fields = {"Event": "change_contact", "ChangeType": change, "UserID": person.userid, "Department": departments}
    if new_userid:
        fields["NewUserID"] = new_userid
    return Callback("sys", {**_common(corp, "sys", "event"), **fields}, f"通讯录变更 {change} {person.userid}")


def card_click(corp: Corp, person: Person, clicked: Message, key: str, selected: dict[str, list[str]]) -> Callback:
    """Raises Refused for a key or option that the card, as it is now, does not have."""
    card, state = clicked.live_card, _state(clicked)
    if state.inert_text is not None:
        raise Refused(f"按钮已失效：{state.inert_text}")
    if key not in cards.keys(card):
        raise Refused("卡片上没有这个按钮")
    answers = _answers(card, selected)
    state.clicked, state.selected = key, answers
    corp.updated(person.userid, clicked)
    items = [{"QuestionKey": q, "OptionIds": {"OptionId": ids}} for q, ids in answers.items()]
    chosen = {"SelectedItems": {"SelectedItem": items}} if items else {}
    return _card_event(corp, person, clicked, "template_card_event", key, chosen)


def card_menu(corp: Corp, person: Person, clicked: Message, key: str) -> Callback:
    """Raises Refused."""
    _state(clicked)
    if key not in cards.menu_keys(clicked.live_card):
        raise Refused("卡片的菜单里没有这一项")
    return _card_event(corp, person, clicked, "template_card_menu_event", key, {})


def _state(clicked: Message) -> CardState:
    if clicked.card_state is None or clicked.recalled:
        raise Refused("这不是一张可以点击的卡片")
    return clicked.card_state


def _card_event(corp: Corp, person: Person, clicked: Message, name: str, key: str, more: Json) -> Callback:
    original = clicked.card or {}
    fields = {
        "EventKey": key,
        "TaskId": original["task_id"],
        "CardType": clicked.live_card["card_type"],
        "ResponseCode": issue_code(corp, clicked.msgid or "", person.userid),
    }
    return event(corp, person, name, f"点击卡片 {key}", {**fields, **more}, card_message=clicked.id)


def _answers(card: Json, selected: dict[str, list[str]]) -> dict[str, list[str]]:
    """One answer per question; a select that was not touched answers with its default."""
    asked = cards.questions(card)
    for question, ids in selected.items():
        if question not in asked or not set(ids) <= asked[question]:
            raise Refused("卡片上没有这个选项")
    return {question: ids for question in asked if (ids := selected.get(question) or _default(card, question))}


def _default(card: Json, question: str) -> list[str]:
    for part in [*card.get("select_list", []), card.get("button_selection")]:
        if part and part["question_key"] == question:
            return [part.get("selected_id") or part["option_list"][0]["id"]]
    box = card.get("checkbox") or {"option_list": []}
    return [option["id"] for option in box["option_list"] if option.get("is_checked")]


def _common(corp: Corp, sender: str, kind: str) -> dict[str, Any]:
    created = int(corp.clock.now())
    return {"ToUserName": corp.config.corp_id, "FromUserName": sender, "CreateTime": created, "MsgType": kind}
