"""Passive replies (path/90241): the answer inside the callback's own response.

Any mistake in one is silent at the platform: the member just sees nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wecom.crypto import Crypto
from wecom.events import Callback
from wecom.text import cdata, cut_bytes

TEXT_BYTES = 2048
ARTICLES = 8


@dataclass(frozen=True, slots=True)
class Article:
    title: str
    url: str
    description: str = ""
    picture_url: str = ""


def text(to: Callback, content: str, at: datetime) -> str:
    """Longer than 2048 bytes is cut at a character, ending with …"""
    return _reply(to, at, "text", _element("Content", cut_bytes(content, TEXT_BYTES)))


def image(to: Callback, media_id: str, at: datetime) -> str:
    return _reply(to, at, "image", f"<Image>{_element('MediaId', media_id)}</Image>")


def voice(to: Callback, media_id: str, at: datetime) -> str:
    return _reply(to, at, "voice", f"<Voice>{_element('MediaId', media_id)}</Voice>")


def video(to: Callback, media_id: str, title: str, description: str, at: datetime) -> str:
    inner = _element("MediaId", media_id) + _element("Title", title) + _element("Description", description)
    return _reply(to, at, "video", f"<Video>{inner}</Video>")


def news(to: Callback, articles: Sequence[Article], at: datetime) -> str:
    if not 1 <= len(articles) <= ARTICLES:
        raise ValueError(f"a news reply has 1 to {ARTICLES} articles, not {len(articles)}")
    items = "".join(map(_article, articles))
    return _reply(to, at, "news", f"<ArticleCount>{len(articles)}</ArticleCount><Articles>{items}</Articles>")


def update_button(to: Callback, replace_name: str, at: datetime) -> str:
    """Makes the clicked card's buttons inert, showing this text; button, vote and multiple cards only."""
    return _reply(to, at, "update_button", f"<Button>{_element('ReplaceName', replace_name)}</Button>")


def envelope(crypto: Crypto, xml: str, timestamp: str, nonce: str) -> str:
    """The encrypted and signed answer; timestamp (seconds) and nonce are our own, not the request's."""
    encrypt = crypto.encrypt(xml.encode())
    return (
        f"<xml>{_element('Encrypt', encrypt)}"
        f"{_element('MsgSignature', crypto.signature(timestamp, nonce, encrypt))}"
        f"<TimeStamp>{int(timestamp)}</TimeStamp>{_element('Nonce', nonce)}</xml>"
    )


def _reply(to: Callback, at: datetime, kind: str, inner: str) -> str:
    return (
        f"<xml>{_element('ToUserName', to.from_user)}{_element('FromUserName', to.to_corp)}"
        f"<CreateTime>{int(at.timestamp())}</CreateTime>{_element('MsgType', kind)}{inner}</xml>"
    )


def _article(article: Article) -> str:
    return (
        f"<item>{_element('Title', cut_bytes(article.title, 128))}"
        f"{_element('Description', cut_bytes(article.description, 512))}"
        f"{_element('PicUrl', article.picture_url)}{_element('Url', article.url)}</item>"
    )


def _element(name: str, content: str) -> str:
    return f"<{name}>{cdata(content)}</{name}>"
