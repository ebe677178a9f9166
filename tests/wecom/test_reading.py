"""What each message and event of the platform's pages becomes."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.wecom.story import (
    CORP,
    CRYPTO,
    INSPECTOR,
    NOW,
    SECONDS,
    VECTORS,
    click,
    crypto_of,
    document,
    envelope,
    event,
    message,
    moment_of,
    query_of,
    received,
    signed,
)
from wecom import callback, events
from wecom.events import Callback, Common

COMMON = set(Common.__dataclass_fields__)


def own(one: Callback) -> dict[str, Any]:
    """The fields a kind adds to what all share."""
    return {name: value for name, value in asdict(one).items() if name not in COMMON}


def test_every_callback_says_who_when_and_to_which_app() -> None:
    told = received(message("text", "<Content><![CDATA[帮助]]></Content>"))
    assert (told.to_corp, told.from_user, told.at, told.agent_id) == (CORP, INSPECTOR, NOW, 1000002)
    assert told.at.tzinfo is UTC


def test_the_stored_document_reads_to_the_same_callback() -> None:
    told = received(message("text", "<Content><![CDATA[3号楼🚧]]></Content>"))
    assert callback.parse(told.raw.encode(), NOW) == told


MESSAGES = [
    ("text", "<Content><![CDATA[3号楼 5层\n临边防护缺失🚧]]></Content>", {"content": "3号楼 5层\n临边防护缺失🚧"}),
    (
        "image",
        "<PicUrl><![CDATA[https://p.example/1]]></PicUrl><MediaId><![CDATA[M1]]></MediaId>",
        {"media_id": "M1", "picture_url": "https://p.example/1"},
    ),
    (
        "voice",
        "<MediaId><![CDATA[M2]]></MediaId><Format><![CDATA[AMR]]></Format>",
        {"media_id": "M2", "format": "amr"},
    ),
    (
        "video",
        "<MediaId><![CDATA[M3]]></MediaId><ThumbMediaId><![CDATA[T3]]></ThumbMediaId>",
        {"media_id": "M3", "thumb_media_id": "T3"},
    ),
    (
        "location",
        "<Location_X>20.03</Location_X><Location_Y>110.33</Location_Y><Scale>15</Scale>"
        "<Label><![CDATA[海口市]]></Label><AppType><![CDATA[wxwork]]></AppType>",
        {"latitude": 20.03, "longitude": 110.33, "scale": 15, "label": "海口市", "from_wechat": False},
    ),
    (
        "link",
        "<Title>标题</Title><Description>说明</Description><Url>https://l.example</Url><PicUrl>https://p.example</PicUrl>",
        {"title": "标题", "description": "说明", "url": "https://l.example", "picture_url": "https://p.example"},
    ),
    ("file", "<MediaId>M4</MediaId>", {"message_type": "file"}),
]
MESSAGE_TYPES = [
    events.TextMessage,
    events.ImageMessage,
    events.VoiceMessage,
    events.VideoMessage,
    events.LocationMessage,
    events.LinkMessage,
    events.UnknownMessage,
]


@pytest.mark.parametrize(
    ("kind", "inner", "fields", "expected"), [(*row, t) for row, t in zip(MESSAGES, MESSAGE_TYPES, strict=True)]
)
def test_a_message(kind: str, inner: str, fields: dict[str, Any], expected: type) -> None:
    told = received(message(kind, inner))
    assert (type(told), own(told)) == (expected, fields)


@pytest.mark.parametrize("position", ["", "<Location_X></Location_X>", "<Location_X>nan</Location_X>",
                                      "<Location_X>91</Location_X>", "<Location_X>北</Location_X>",
                                      "<Location_X>1e999</Location_X>"])  # fmt: skip
def test_a_location_without_usable_coordinates_has_none(position: str) -> None:
    told = received(message("location", position + "<Location_Y>110</Location_Y>"))
    assert isinstance(told, events.LocationMessage)
    assert (told.latitude, told.longitude, told.from_wechat) == (None, None, True)


def key(text: str) -> str:
    return f"<EventKey><![CDATA[{text}]]></EventKey>"


SCAN = "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>MAT-1</ScanResult></ScanCodeInfo>"
PLACE = (
    "<SendLocationInfo><Location_X>20.1</Location_X><Location_Y>110.2</Location_Y><Scale>16</Scale>"
    "<Label>海口</Label><Poiname>一号工地</Poiname></SendLocationInfo><AppType>wxwork</AppType>"
)
PICTURES = (
    "<SendPicsInfo><Count>2</Count><PicList><item><PicMd5Sum>a1</PicMd5Sum></item>"
    "<item><PicMd5Sum>b2</PicMd5Sum></item></PicList></SendPicsInfo>"
)
BATCH = "<BatchJob><JobId>j1</JobId><JobType>sync_user</JobType><ErrCode>0</ErrCode><ErrMsg>ok</ErrMsg></BatchJob>"
EVENTS = [
    ("subscribe", key(""), events.Subscribe, {}),
    ("unsubscribe", "", events.Unsubscribe, {}),
    ("enter_agent", key(""), events.EnterAgent, {}),
    (
        "LOCATION",
        "<Latitude>20.5</Latitude><Longitude>110.5</Longitude><Precision>65.0</Precision><AppType>wxwork</AppType>",
        events.ReportedLocation,
        {"latitude": 20.5, "longitude": 110.5, "precision": 65.0, "from_wechat": False},
    ),
    ("click", key("TODO"), events.MenuClick, {"key": "TODO"}),
    ("CLICK", key("TODO"), events.MenuClick, {"key": "TODO"}),
    ("view", key("https://h5.example/"), events.MenuView, {"target": "https://h5.example/", "mini_program": False}),
    ("view_miniprogram", key("pages/a"), events.MenuView, {"target": "pages/a", "mini_program": True}),
    (
        "scancode_push",
        key("SCAN") + SCAN,
        events.ScanCode,
        {"key": "SCAN", "kind": "qrcode", "result": "MAT-1", "waits": False},
    ),
    (
        "scancode_waitmsg",
        key("SCAN") + SCAN,
        events.ScanCode,
        {"key": "SCAN", "kind": "qrcode", "result": "MAT-1", "waits": True},
    ),
    *(
        (
            f"pic_{source}",
            key("P") + PICTURES,
            events.PicsSent,
            {"key": "P", "source": source, "count": 2, "md5s": ["a1", "b2"]},
        )
        for source in ("sysphoto", "photo_or_album", "weixin")
    ),
    (
        "location_select",
        key("LOC") + PLACE,
        events.LocationSelected,
        {
            "key": "LOC",
            "latitude": 20.1,
            "longitude": 110.2,
            "scale": 16,
            "label": "海口",
            "place": "一号工地",
            "from_wechat": False,
        },
    ),
    (
        "template_card_menu_event",
        key("mute") + "<TaskId>t1</TaskId><CardType>text_notice</CardType><ResponseCode>rc</ResponseCode>",
        events.CardMenuClick,
        {"key": "mute", "task_id": "t1", "card_type": "text_notice", "response_code": "rc"},
    ),
    (
        "batch_job_result",
        BATCH,
        events.BatchJobResult,
        {"job_id": "j1", "job_type": "sync_user", "error_code": 0, "error_text": "ok"},
    ),
    (
        "inactive_alert",
        "<EffectTime>1800000000</EffectTime>",
        events.SystemEvent,
        {"name": "inactive_alert", "effective": datetime.fromtimestamp(1800000000, UTC)},
    ),
    *(
        (name, "", events.SystemEvent, {"name": name, "effective": None})
        for name in (
            "share_agent_change",
            "share_chain_change",
            "close_inactive_agent",
            "reopen_inactive_agent",
            "low_active_alert",
            "low_active",
            "active_restored",
            "switch_workbench_mode",
            "upload_media_job_finish",
            "sys_approval_change",
        )
    ),
    ("taskcard_click", key("x"), events.UnknownEvent, {"name": "taskcard_click"}),
]


@pytest.mark.parametrize(("name", "inner", "expected", "fields"), EVENTS)
def test_an_event(name: str, inner: str, expected: type, fields: dict[str, Any]) -> None:
    told = received(event(name, inner))
    assert (type(told), own(told)) == (expected, fields)


def question(name: str, *options: str) -> str:
    chosen = "".join(f"<OptionId><![CDATA[{option}]]></OptionId>" for option in options)
    return f"<SelectedItem><QuestionKey>{name}</QuestionKey><OptionIds>{chosen}</OptionIds></SelectedItem>"


@pytest.mark.parametrize(
    ("items", "selected"),
    [
        ("", {}),
        (f"<SelectedItems>{question('cat', 'fall')}</SelectedItems>", {"cat": ["fall"]}),
        (
            f"<SelectedItems>{question('cat', 'fall', 'fire')}{question('days', '3')}</SelectedItems>",
            {"cat": ["fall", "fire"], "days": ["3"]},
        ),
        (f"<SelectedItems>{question('cat')}</SelectedItems>", {"cat": []}),
    ],
)
def test_a_card_click_maps_each_question_to_a_list(items: str, selected: dict[str, list[str]]) -> None:
    told = received(click(response_code="rc-1", selected=items))
    assert own(told) == {
        "key": "approve",
        "task_id": "check-12",
        "card_type": "button_interaction",
        "response_code": "rc-1",
        "selected": selected,
    }


CHANGES = {
    "create_user": (
        "<UserID>wu.mei</UserID><Name>吴梅</Name><Department>1,2</Department><IsLeaderInDept>1,0</IsLeaderInDept>"
        "<Status>1</Status><Mobile>10000000007</Mobile>",
        {"user_id": "wu.mei", "name": "吴梅", "departments": [1, 2], "leads": [True, False], "status": 1},
    ),
    "update_user": (
        "<UserID>wu.mei</UserID><NewUserID>wu.mei2</NewUserID>",
        {"user_id": "wu.mei", "new_user_id": "wu.mei2"},
    ),
    "delete_user": ("<UserID>wu.mei</UserID>", {"user_id": "wu.mei"}),
    "create_party": (
        "<Id>7</Id><Name>二科</Name><ParentId>1</ParentId>",
        {"party_id": 7, "name": "二科", "parent_id": 1},
    ),
    "update_party": ("<Id>7</Id><ParentId>2</ParentId>", {"party_id": 7, "parent_id": 2}),
    "delete_party": ("<Id>7</Id>", {"party_id": 7}),
    "update_tag": (
        "<TagId>5</TagId><AddUserItems>a,b</AddUserItems><DelUserItems>c</DelUserItems>"
        "<AddPartyItems>1,2</AddPartyItems><DelPartyItems>3</DelPartyItems>",
        {
            "tag_id": 5,
            "added_users": ["a", "b"],
            "removed_users": ["c"],
            "added_parties": [1, 2],
            "removed_parties": [3],
        },
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_contact_change_tells_only_what_changed(change: str) -> None:
    inner, fields = CHANGES[change]
    told = received(event("change_contact", f"<ChangeType>{change}</ChangeType>{inner}", sender="sys"))
    assert isinstance(told, events.ContactChange)
    said = {name: value for name, value in own(told).items() if value not in ("", [], None) and name != "fields"}
    assert (told.from_user, said) == ("sys", {"change": change} | fields)


def test_a_contact_change_keeps_the_plain_fields_as_sent() -> None:
    inner = "<ChangeType>update_user</ChangeType><UserID>wu.mei</UserID><Position>科长</Position>"
    told = received(event("change_contact", inner, sender="sys"))
    assert isinstance(told, events.ContactChange)
    assert (told.fields["position"], told.fields["userid"]) == ("科长", "wu.mei")


def test_an_approval_change_is_read_in_either_case_and_always_as_lists() -> None:
    item = (
        "<Item><ItemUserid>chen</ItemUserid><ItemStatus>2</ItemStatus><ItemSpeech>同意</ItemSpeech>"
        "<ItemOpTime>1800000000</ItemOpTime></Item>"
    )
    node = (
        f"<ApprovalNode><NodeStatus>2</NodeStatus><NodeAttr>1</NodeAttr><NodeType>3</NodeType>"
        f"<Items>{item}</Items></ApprovalNode>"
    )
    told = received(
        event(
            "open_approval_change",
            "<ApprovalInfo><ThirdNo>ZG-1</ThirdNo><OpenTemplateId>T</OpenTemplateId><OpenSpStatus>2</OpenSpStatus>"
            f"<ApplyUserId>lin</ApplyUserId><ApprovalNodes>{node}</ApprovalNodes>"
            "<NotifyNodes><NotifyNode><ItemUserId>wu</ItemUserId></NotifyNode></NotifyNodes>"
            "<approverstep>0</approverstep></ApprovalInfo>",
            sender="sys",
        )
    )
    assert own(told) == {
        "third_no": "ZG-1",
        "template_id": "T",
        "status": 2,
        "applicant": "lin",
        "nodes": [
            {
                "status": 2,
                "mode": 1,
                "kind": 3,
                "items": [
                    {
                        "user_id": "chen",
                        "status": 2,
                        "speech": "同意",
                        "at": datetime.fromtimestamp(1800000000, UTC),
                    }
                ],
            }
        ],
        "notified": ["wu"],
        "step": 0,
    }


def test_a_document_without_a_time_or_app_is_still_read() -> None:
    told = received("<xml><MsgType>event</MsgType><Event>subscribe</Event><CreateTime>later</CreateTime></xml>")
    assert (type(told), told.at, told.agent_id, told.from_user) == (events.Subscribe, NOW, None, "")


def test_forbidden_and_broken_characters_do_not_lose_the_message() -> None:
    told = received(message("text", "<Content><![CDATA[a\x07b]]></Content>").encode().replace(b"b]]", b"b\xff]]"))
    assert isinstance(told, events.TextMessage)
    assert told.content == "ab\ufffd"


def test_a_text_that_looks_like_a_document_type_is_text() -> None:
    told = received(message("text", "<Content><![CDATA[<!DOCTYPE html><!ENTITY x>]]></Content>"))
    assert isinstance(told, events.TextMessage)
    assert told.content == "<!DOCTYPE html><!ENTITY x>"


def test_a_json_envelope_is_accepted() -> None:
    encrypt = CRYPTO.encrypt(message("text", "<Content>你好</Content>").encode())
    body = f' {{"tousername":"{CORP}","encrypt":"{encrypt}","agentid":"1000002"}}'.encode()
    told = callback.read(CRYPTO, signed(encrypt), body, NOW)
    assert own(told) == {"content": "你好"}


def test_a_json_document_is_accepted() -> None:
    told = received('{"MsgType":"event","Event":"change_contact","ChangeType":"delete_user","UserID":"wu","AgentID":3}')
    assert isinstance(told, events.ContactChange)
    assert (told.user_id, told.agent_id) == ("wu", 3)


def test_personal_words_are_not_in_the_printed_form() -> None:
    told = received(message("text", "<Content>我的电话10000000007</Content>"))
    assert "10000000007" not in repr(told)


def test_the_whole_document_is_kept_as_sent() -> None:
    sent = document("<MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId>", seconds=SECONDS)
    assert received(sent).raw == sent


@pytest.mark.parametrize(
    ("name", "sender", "content"),
    [
        ("A2", "mycreate", "hello"),
        ("B2", "foobar", "x123"),
        ("B3", "xen0n", "x123"),
        ("S1", "ZhangSan", "3号楼5层 临边防护缺失🚧"),
    ],
)
def test_the_vectors_are_read_as_messages(name: str, sender: str, content: str) -> None:
    vector = VECTORS[name]
    told = callback.read(crypto_of(vector), query_of(vector), envelope(vector["encrypt"]), moment_of(vector))
    assert (type(told), told.from_user, own(told)) == (events.TextMessage, sender, {"content": content})


def test_the_card_vector_is_read_with_lists_of_one() -> None:
    vector = VECTORS["S2"]
    told = callback.read(crypto_of(vector), query_of(vector), envelope(vector["encrypt"]), moment_of(vector))
    assert own(told) == {
        "key": "submit",
        "task_id": "task-0001",
        "card_type": "vote_interaction",
        "response_code": "RC-0001",
        "selected": {"cat": ["fall"]},
    }
