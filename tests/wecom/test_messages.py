import json
from typing import Any

import pytest
from pydantic import ValidationError

from wecom import cards, messages
from wecom.text import cut_bytes, split_bytes

URL = "https://h5.example/c/1"
CARD = cards.TextNotice(card_action=cards.CardAction(url=URL), sub_title_text="请查看")


def test_a_text_is_written_for_one_member() -> None:
    assert messages.Text(content="请说:待办").body(["lin.jian"], 1000002) == {
        "touser": "lin.jian",
        "msgtype": "text",
        "agentid": 1000002,
        "text": {"content": "请说:待办"},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 1800,
    }


PAYLOADS = [
    (messages.Markdown(content="**重大**"), {"markdown": {"content": "**重大**"}}),
    (
        messages.TextCard(title="题", description="述", url=URL),
        {"textcard": {"title": "题", "description": "述", "url": URL}},
    ),
    (
        messages.News(articles=[messages.Article(title="题", url=URL)]),
        {"news": {"articles": [{"title": "题", "url": URL}]}},
    ),
    (messages.Image(media_id="M"), {"image": {"media_id": "M"}}),
    (messages.Voice(media_id="M"), {"voice": {"media_id": "M"}}),
    (messages.File(media_id="M"), {"file": {"media_id": "M"}}),
    (messages.Video(media_id="M", title="题"), {"video": {"media_id": "M", "title": "题"}}),
    (
        messages.TemplateCard(card=CARD),
        {
            "template_card": {
                "card_type": "text_notice",
                "sub_title_text": "请查看",
                "card_action": {"type": 1, "url": URL},
            }
        },
    ),
]


@pytest.mark.parametrize(("said", "payload"), PAYLOADS)
def test_each_kind_carries_its_own_part(said: messages.Message, payload: dict[str, Any]) -> None:
    body = said.body(["lin"], 1)
    assert (body["msgtype"], {said.msgtype: body[said.msgtype]}) == (said.msgtype, payload)


def test_receivers_are_joined_by_bars_and_named_once() -> None:
    body = messages.Text(content="x").body(["lin", "wu", "lin"], 1, toparty=[2, 3], totag=[4])
    assert (body["touser"], body["toparty"], body["totag"]) == ("lin|wu", "2|3", "4")


def test_everybody_stands_alone() -> None:
    assert messages.Text(content="x").body(["lin", messages.EVERYBODY], 1)["touser"] == "@all"


def test_options_are_written_only_when_wanted() -> None:
    body = messages.Text(content="x").body(["lin"], 1, safe=True, id_trans=True)
    assert (body["safe"], body["enable_id_trans"]) == (1, 1)


@pytest.mark.parametrize(
    "receivers",
    [
        {"touser": []},
        {"touser": [f"u{n}" for n in range(1001)]},
        {"touser": ["a|b"]},
        {"touser": ["林"]},
        {"touser": [""]},
        {"touser": ["a" * 65]},
        {"touser": [], "toparty": list(range(101))},
        {"touser": [], "totag": list(range(101))},
    ],
)
def test_receivers_wecom_refuses_are_refused(receivers: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        messages.Text(content="x").body(**receivers, agentid=1)


def test_news_and_cards_cannot_be_confidential() -> None:
    with pytest.raises(ValueError, match="cannot be confidential"):
        messages.TemplateCard(card=CARD).body(["lin"], 1, safe=True)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (messages.Text, {"content": ""}),
        (messages.Text, {"content": " \n"}),
        (messages.Text, {"content": "行" * 683}),
        (messages.Text, {"content": "\ud800"}),
        (messages.Markdown, {"content": "a" * 2049}),
        (messages.TextCard, {"title": "题" * 129, "description": "述", "url": URL}),
        (messages.TextCard, {"title": "题", "description": "述" * 513, "url": URL}),
        (messages.TextCard, {"title": "题", "description": "述", "url": "h5.example"}),
        (messages.TextCard, {"title": "题", "description": "述", "url": URL, "btntxt": "查看详情吧"}),
        (messages.News, {"articles": []}),
        (messages.News, {"articles": [{"title": "题", "url": URL}] * 9}),
        (messages.News, {"articles": [{"title": "题"}]}),
        (messages.News, {"articles": [{"title": "题" * 43, "url": URL}]}),
        (messages.Image, {"media_id": ""}),
        (messages.Video, {"media_id": "M", "title": "题" * 43}),
        (messages.TemplateCard, {"card": {"card_type": "text_notice"}}),
    ],
)
def test_contents_wecom_refuses_are_refused(kind: type[messages.Message], fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        kind(**fields)


def test_frozen_bytes_depend_on_what_is_said_only() -> None:
    body = messages.Text(content="3号楼🚧").body(["lin"], 1)
    shuffled = dict(reversed(body.items()))
    assert messages.freeze(body) == messages.freeze(shuffled)
    assert "3号楼🚧".encode() in messages.freeze(body)
    assert json.loads(messages.freeze(body)) == body


def test_characters_json_would_have_to_escape_are_left_out() -> None:
    assert messages.Text(content="a\x07b").body(["lin"], 1)["text"] == {"content": "ab"}


def test_an_update_makes_the_clickers_buttons_inert() -> None:
    update = messages.CardUpdate(response_code="rc", userids=["lin"], replace_name="已通过")
    assert update.body(1000002) == {
        "userids": ["lin"],
        "atall": 0,
        "agentid": 1000002,
        "response_code": "rc",
        "button": {"replace_name": "已通过"},
    }


def test_an_update_replaces_everybodys_card() -> None:
    body = messages.CardUpdate(response_code="rc", everybody=True, card=CARD).body(1)
    assert (body["atall"], body["userids"], body["template_card"]) == (1, [], CARD.to_json())


@pytest.mark.parametrize(
    "fields",
    [
        {"userids": ["lin"]},
        {"userids": ["lin"], "replace_name": "x", "card": CARD},
        {"replace_name": "x"},
        {"userids": ["a|b"], "replace_name": "x"},
        {"userids": ["lin"], "replace_name": "x", "response_code": ""},
    ],
)
def test_an_update_needs_one_change_and_somebody(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        messages.CardUpdate(**({"response_code": "rc"} | fields))


@pytest.mark.parametrize(
    ("said", "limit", "kept"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "…"),
        ("abcdef", 5, "ab…"),
        ("检查", 6, "检查"),
        ("检查员", 8, "检…"),
        ("检", 2, ""),
    ],
)
def test_cutting_by_bytes(said: str, limit: int, kept: str) -> None:
    assert cut_bytes(said, limit) == kept


def test_a_long_text_is_split_at_line_ends() -> None:
    lines = "\n".join(["检查" * 10] * 100)
    pieces = split_bytes(lines, 2048)
    assert "\n".join(pieces) == lines
    assert max(len(piece.encode()) for piece in pieces) <= 2048


def test_a_line_longer_than_a_piece_is_split_between_characters() -> None:
    assert split_bytes("检查员", 6) == ["检查", "员"]
