"""Which type a decrypted document becomes, and how its fields are read."""

import hashlib
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypedDict

from wecom import events
from wecom.events import Callback
from wecom.tree import Node

SYSTEM_EVENTS: Final = frozenset(
    {
        "share_agent_change",
        "share_chain_change",
        "inactive_alert",
        "close_inactive_agent",
        "reopen_inactive_agent",
        "low_active_alert",
        "low_active",
        "active_restored",
        "switch_workbench_mode",
        "upload_media_job_finish",
        "sys_approval_change",
    }
)


class _Common(TypedDict):
    to_corp: str
    from_user: str
    at: datetime
    agent_id: int | None
    repeat_key: str
    raw: str


_Reader = Callable[[Node, _Common], Callback]


def callback(root: Node, plain: bytes, received: datetime) -> Callback:
    common = _common(root, plain, received)
    kind = root.value("MsgType").lower()
    if kind != "event":
        return _MESSAGES.get(kind, _unknown_message)(root, common)
    return _EVENTS.get(_event_name(root), _other_event)(root, common)


def _common(root: Node, plain: bytes, received: datetime) -> _Common:
    return {
        "to_corp": root.value("ToUserName"),
        "from_user": root.value("FromUserName"),
        "at": _moment(root.value("CreateTime")) or received,
        "agent_id": _integer(root.value("AgentID")),
        "repeat_key": _repeat_key(root),
        "raw": plain.decode("utf-8", "replace"),
    }


def _repeat_key(root: Node) -> str:
    if root.value("MsgType").lower() != "event" and root.value("MsgId") not in ("", "0"):
        return "m:" + _digest([root.value("AgentID"), root.value("MsgId")])
    return "e:" + _digest([part for leaf in root.leaves() for part in leaf])


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]


def _event_name(root: Node) -> str:
    return root.value("Event").lower()


def _integer(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 20 else None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _moment(text: str) -> datetime | None:
    seconds = _integer(text)
    return datetime.fromtimestamp(seconds, UTC) if seconds and 0 < seconds < 2**32 else None


def _position(latitude: str, longitude: str) -> tuple[float | None, float | None]:
    north, east = _number(latitude), _number(longitude)
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:
        return None, None
    return north, east


def _list(text: str) -> list[str]:
    return [part for part in (piece.strip() for piece in text.split(",")) if part]


def _integers(text: str) -> list[int]:
    return [number for number in map(_integer, _list(text)) if number is not None]


def _from_wechat(root: Node) -> bool:
    return root.value("AppType").lower() != "wxwork"


def _text(root: Node, common: _Common) -> Callback:
    return events.TextMessage(content=root.child("Content").text, **common)


def _image(root: Node, common: _Common) -> Callback:
    return events.ImageMessage(media_id=root.value("MediaId"), picture_url=root.value("PicUrl"), **common)


def _voice(root: Node, common: _Common) -> Callback:
    return events.VoiceMessage(media_id=root.value("MediaId"), format=root.value("Format").lower(), **common)


def _video(root: Node, common: _Common) -> Callback:
    return events.VideoMessage(media_id=root.value("MediaId"), thumb_media_id=root.value("ThumbMediaId"), **common)


def _location(root: Node, common: _Common) -> Callback:
    latitude, longitude = _position(root.value("Location_X"), root.value("Location_Y"))
    return events.LocationMessage(
        latitude=latitude,
        longitude=longitude,
        scale=_integer(root.value("Scale")),
        label=root.value("Label"),
        from_wechat=_from_wechat(root),
        **common,
    )


def _link(root: Node, common: _Common) -> Callback:
    return events.LinkMessage(
        title=root.value("Title"),
        description=root.value("Description"),
        url=root.value("Url"),
        picture_url=root.value("PicUrl"),
        **common,
    )


def _unknown_message(root: Node, common: _Common) -> Callback:
    return events.UnknownMessage(message_type=root.value("MsgType").lower(), **common)


def _subscribe(_root: Node, common: _Common) -> Callback:
    return events.Subscribe(**common)


def _unsubscribe(_root: Node, common: _Common) -> Callback:
    return events.Unsubscribe(**common)


def _enter_agent(_root: Node, common: _Common) -> Callback:
    return events.EnterAgent(**common)


def _reported_location(root: Node, common: _Common) -> Callback:
    latitude, longitude = _position(root.value("Latitude"), root.value("Longitude"))
    return events.ReportedLocation(
        latitude=latitude,
        longitude=longitude,
        precision=_number(root.value("Precision")),
        from_wechat=_from_wechat(root),
        **common,
    )


def _menu_click(root: Node, common: _Common) -> Callback:
    return events.MenuClick(key=root.value("EventKey"), **common)


def _menu_view(root: Node, common: _Common) -> Callback:
    mini_program = _event_name(root) == "view_miniprogram"
    return events.MenuView(target=root.value("EventKey"), mini_program=mini_program, **common)


def _scan_code(root: Node, common: _Common) -> Callback:
    info = root.child("ScanCodeInfo")
    return events.ScanCode(
        key=root.value("EventKey"),
        kind=info.value("ScanType").lower(),
        result=info.value("ScanResult"),
        waits=_event_name(root) == "scancode_waitmsg",
        **common,
    )


def _pics_sent(root: Node, common: _Common) -> Callback:
    info = root.child("SendPicsInfo")
    md5s = [item.value("PicMd5Sum") for item in info.child("PicList").every("item")]
    return events.PicsSent(
        key=root.value("EventKey"),
        source=_event_name(root).removeprefix("pic_"),
        count=_integer(info.value("Count")) or len(md5s),
        md5s=md5s,
        **common,
    )


def _location_selected(root: Node, common: _Common) -> Callback:
    info = root.child("SendLocationInfo")
    latitude, longitude = _position(info.value("Location_X"), info.value("Location_Y"))
    return events.LocationSelected(
        key=root.value("EventKey"),
        latitude=latitude,
        longitude=longitude,
        scale=_integer(info.value("Scale")),
        label=info.value("Label"),
        place=info.value("Poiname"),
        from_wechat=_from_wechat(root),
        **common,
    )


def _card_click(root: Node, common: _Common) -> Callback:
    return events.CardClick(
        key=root.value("EventKey"),
        task_id=root.value("TaskId"),
        card_type=root.value("CardType"),
        response_code=root.value("ResponseCode"),
        selected=_selected(root.child("SelectedItems")),
        **common,
    )


def _selected(items: Node) -> dict[str, list[str]]:
    return {
        item.value("QuestionKey"): [option.text.strip() for option in item.child("OptionIds").every("OptionId")]
        for item in items.every("SelectedItem")
    }


def _card_menu_click(root: Node, common: _Common) -> Callback:
    return events.CardMenuClick(
        key=root.value("EventKey"),
        task_id=root.value("TaskId"),
        card_type=root.value("CardType"),
        response_code=root.value("ResponseCode"),
        **common,
    )


def _contact_change(root: Node, common: _Common) -> Callback:
    return events.ContactChange(
        change=root.value("ChangeType").lower(),
        user_id=root.value("UserID"),
        new_user_id=root.value("NewUserID"),
        name=root.value("Name"),
        departments=_integers(root.value("Department")),
        leads=[flag == "1" for flag in _list(root.value("IsLeaderInDept"))],
        status=_integer(root.value("Status")),
        party_id=_integer(root.value("Id")),
        parent_id=_integer(root.value("ParentId")),
        tag_id=_integer(root.value("TagId")),
        added_users=_list(root.value("AddUserItems")),
        removed_users=_list(root.value("DelUserItems")),
        added_parties=_integers(root.value("AddPartyItems")),
        removed_parties=_integers(root.value("DelPartyItems")),
        fields={node.name: node.text.strip() for node in root.children if not node.children},
        **common,
    )


def _batch_job_result(root: Node, common: _Common) -> Callback:
    job = root.child("BatchJob")
    return events.BatchJobResult(
        job_id=job.value("JobId"),
        job_type=job.value("JobType"),
        error_code=_integer(job.value("ErrCode")),
        error_text=job.value("ErrMsg"),
        **common,
    )


def _approval_change(root: Node, common: _Common) -> Callback:
    info = root.child("ApprovalInfo")
    return events.ApprovalChange(
        third_no=info.value("ThirdNo"),
        template_id=info.value("OpenTemplateId"),
        status=_integer(info.value("OpenSpStatus")),
        applicant=info.value("ApplyUserId"),
        nodes=[_approval_node(node) for node in info.child("ApprovalNodes").every("ApprovalNode")],
        notified=[node.value("ItemUserId") for node in info.child("NotifyNodes").every("NotifyNode")],
        step=_integer(info.value("approverstep")),
        **common,
    )


def _approval_node(node: Node) -> events.ApprovalNode:
    return events.ApprovalNode(
        status=_integer(node.value("NodeStatus")),
        mode=_integer(node.value("NodeAttr")),
        kind=_integer(node.value("NodeType")),
        items=[_approval_item(item) for item in node.child("Items").every("Item")],
    )


def _approval_item(item: Node) -> events.ApprovalItem:
    return events.ApprovalItem(
        user_id=item.value("ItemUserId"),
        status=_integer(item.value("ItemStatus")),
        speech=item.value("ItemSpeech"),
        at=_moment(item.value("ItemOpTime")),
    )


def _other_event(root: Node, common: _Common) -> Callback:
    name = _event_name(root)
    if name in SYSTEM_EVENTS:
        return events.SystemEvent(name=name, effective=_moment(root.value("EffectTime")), **common)
    return events.UnknownEvent(name=name, **common)


_MESSAGES: Final[dict[str, _Reader]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "location": _location,
    "link": _link,
}
_EVENTS: Final[dict[str, _Reader]] = {
    "subscribe": _subscribe,
    "unsubscribe": _unsubscribe,
    "enter_agent": _enter_agent,
    "location": _reported_location,
    "click": _menu_click,
    "view": _menu_view,
    "view_miniprogram": _menu_view,
    "scancode_push": _scan_code,
    "scancode_waitmsg": _scan_code,
    "pic_sysphoto": _pics_sent,
    "pic_photo_or_album": _pics_sent,
    "pic_weixin": _pics_sent,
    "location_select": _location_selected,
    "template_card_event": _card_click,
    "template_card_menu_event": _card_menu_click,
    "change_contact": _contact_change,
    "batch_job_result": _batch_job_result,
    "open_approval_change": _approval_change,
}
