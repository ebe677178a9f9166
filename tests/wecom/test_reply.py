from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from tests.wecom.story import CORP, CRYPTO, INSPECTOR, NOW, SECONDS, VECTORS, crypto_of, message, received
from wecom import reply
from wecom.events import Callback


@pytest.fixture
def asked() -> Callback:
    return received(message("text", "<Content>帮助</Content>"))


def spoken(xml: str) -> dict[str, str]:
    return {child.tag: child.text or "" for child in ET.fromstring(xml)}


def test_a_text_goes_back_to_the_one_who_wrote(asked: Callback) -> None:
    assert spoken(reply.text(asked, "请说:待办", NOW)) == {
        "ToUserName": INSPECTOR,
        "FromUserName": CORP,
        "CreateTime": SECONDS,
        "MsgType": "text",
        "Content": "请说:待办",
    }


@pytest.mark.parametrize(
    "content", ["a]]>b", "]]>]]>", "]]]>", "<b>&amp;</b>", "a]]><Evil/>", "🚧" * 9, "\u202e逆", "a\nb\tc"]
)
def test_any_text_stays_one_element(asked: Callback, content: str) -> None:
    assert spoken(reply.text(asked, content, NOW))["Content"] == content


def test_characters_that_xml_cannot_carry_are_left_out(asked: Callback) -> None:
    assert spoken(reply.text(asked, "a\0\x08b\ud800c\uffff", NOW))["Content"] == "abc"


@pytest.mark.parametrize(
    ("content", "kept"), [("a" * 2048, 2048), ("a" * 2049, 2048), ("检" * 683, 2046), ("🚧" * 600, 2047)]
)
def test_a_long_text_is_cut_between_two_characters(asked: Callback, content: str, kept: int) -> None:
    said = spoken(reply.text(asked, content, NOW))["Content"]
    assert len(said.encode()) == kept
    assert said.rstrip("…") == content[: len(said.rstrip("…"))]


def test_update_button_is_what_the_vector_holds() -> None:
    vector = VECTORS["S3"]
    clicked = received(
        f"<xml><ToUserName>{vector['receiveid']}</ToUserName><FromUserName>ZhangSan</FromUserName></xml>"
    )
    assert reply.update_button(clicked, "已处理", datetime.fromtimestamp(1700000002, UTC)) == vector["msg"]


def test_pictures_voices_videos_and_news_have_their_own_parts(asked: Callback) -> None:
    tail = {
        "image": reply.image(asked, "M", NOW),
        "voice": reply.voice(asked, "M", NOW),
        "video": reply.video(asked, "M", "题", "述", NOW),
        "news": reply.news(asked, [reply.Article("题", "https://h5.example/1")], NOW),
    }
    assert {kind: xml.split("</MsgType>")[1].removesuffix("</xml>") for kind, xml in tail.items()} == {
        "image": "<Image><MediaId><![CDATA[M]]></MediaId></Image>",
        "voice": "<Voice><MediaId><![CDATA[M]]></MediaId></Voice>",
        "video": "<Video><MediaId><![CDATA[M]]></MediaId><Title><![CDATA[题]]></Title>"
        "<Description><![CDATA[述]]></Description></Video>",
        "news": "<ArticleCount>1</ArticleCount><Articles><item><Title><![CDATA[题]]></Title>"
        "<Description><![CDATA[]]></Description><PicUrl><![CDATA[]]></PicUrl>"
        "<Url><![CDATA[https://h5.example/1]]></Url></item></Articles>",
    }


@pytest.mark.parametrize("count", [0, 9])
def test_news_has_one_to_eight_articles(asked: Callback, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 8"):
        reply.news(asked, [reply.Article("题", "https://h5.example/1")] * count, NOW)


def test_an_envelope_opens_again_with_its_own_signature() -> None:
    parts = spoken(reply.envelope(CRYPTO, "<xml>答</xml>", SECONDS, "own-nonce"))
    opened = CRYPTO.decrypt(parts["MsgSignature"], parts["TimeStamp"], parts["Nonce"], parts["Encrypt"])
    assert (list(parts), opened.decode()) == (["Encrypt", "MsgSignature", "TimeStamp", "Nonce"], "<xml>答</xml>")


def test_the_published_reply_vector_is_signed_as_published() -> None:
    vector = VECTORS["C2"]
    assert (
        crypto_of(vector).signature(vector["timestamp"], vector["nonce"], vector["encrypt"]) == vector["msg_signature"]
    )
