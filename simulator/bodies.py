"""The bodies of app messages (path/90236): what is refused, and what a member's chat shows of them."""

from collections.abc import Callable

from simulator import cards, media
from simulator.call import Call
from simulator.checking import TEXT_BYTES, cut, items, number, obj, size, text, url
from simulator.errors import ApiError
from simulator.state import Json

_CONFIDENTIAL_FILES = {".txt", ".pdf", ".doc", ".docx", ".ppt", ".pptx", ".xls", ".xlsx", ".xml", ".jpg", ".jpeg"}
_CONFIDENTIAL_FILES |= {".png", ".bmp", ".gif"}


def shown(call: Call) -> tuple[str, Json, Json | None]:
    """Kind, body and card for the chat. Raises ApiError for what WeCom refuses."""
    kind = call.json.get("msgtype")
    if not isinstance(kind, str) or kind not in _READERS:
        raise ApiError(40008)
    body = obj(call.json.get(kind), kind)
    if kind == "template_card":
        return kind, {}, _card(call, body)
    return kind, _READERS[kind](call, body), None


def _text(_: Call, body: Json) -> Json:
    return {"content": cut(text(body, "content", missing=44004))}


def _markdown(_: Call, body: Json) -> Json:
    content = text(body, "content", missing=44004)
    if size(content) > TEXT_BYTES:
        raise ApiError(45002)
    return {"content": content}


def _media(call: Call, body: Json) -> Json:
    media_id = text(body, "media_id", missing=41006)
    found = media.find(call.corp, media_id, call.json["msgtype"])
    if call.json.get("safe") == 1 and found.type == "file":
        _refuse_confidential(found.filename)
    return media.shown(found)


def _refuse_confidential(filename: str) -> None:
    if not filename.lower().endswith(tuple(_CONFIDENTIAL_FILES)):
        raise ApiError(40004, "confidential file type")


def _video(call: Call, body: Json) -> Json:
    told = {"title": text(body, "title", most=128), "description": text(body, "description", most=512)}
    return _media(call, body) | told


def _textcard(_: Call, body: Json) -> Json:
    title, description = text(body, "title", missing=41033), text(body, "description", missing=41016)
    button = text(body, "btntxt") or "详情"
    if len(title) > 128 or len(description) > 512 or len(button) > 4:
        raise ApiError(45002)
    return {"title": title, "description": description, "url": url(body, "url"), "btntxt": button}


def _news(call: Call, body: Json) -> Json:
    if call.json.get("safe"):
        raise ApiError(40074)
    return {"articles": [_article(article) for article in items(body, "articles", 1, 8, code=45008)]}


def _article(article: Json) -> Json:
    by_app = bool(article.get("appid") and article.get("pagepath"))
    return {
        "title": text(article, "title", most=128, missing=41033),
        "description": text(article, "description", most=512),
        "url": url(article, "url", required=not by_app),
        "picurl": url(article, "picurl", required=False),
    }


def _mpnews(call: Call, body: Json) -> Json:
    articles = items(body, "articles", 1, 8, code=45008)
    return {"articles": [_rich_article(call, article) for article in articles]}


def _rich_article(call: Call, article: Json) -> Json:
    text(article, "author", most=64)
    content = text(article, "content", most=666 * 1024, missing=44004)
    thumb = media.find(call.corp, text(article, "thumb_media_id", missing=41006), "image")
    return {
        "title": text(article, "title", most=128, missing=41033),
        "description": text(article, "digest", most=512),
        "content": content,
        "url": url(article, "content_source_url", required=False),
        "picurl": media.address(thumb),
    }


def _miniprogram(call: Call, body: Json) -> Json:
    if call.json.get("touser") == "@all":
        raise ApiError(40058, "miniprogram_notice to @all")
    text(body, "appid", missing=40058)
    rows = [{"key": text(row, "key"), "value": text(row, "value")} for row in items(body, "content_item", 0, 10)]
    title, description = text(body, "title", missing=41033), text(body, "description")
    return {"title": title, "description": description, "content_item": rows}


def _card(call: Call, body: Json) -> Json:
    cards.check(body)
    if cards.updatable(body) and not call.corp.config.service_url:
        raise ApiError(43012)
    for row in body.get("horizontal_content_list") or []:
        if number(row, "type", range(4)) == 2:
            media.find(call.corp, row["media_id"], "file", "image", "voice", "video")
    return body


_READERS: dict[str, Callable[[Call, Json], Json]] = {
    "text": _text,
    "markdown": _markdown,
    "image": _media,
    "voice": _media,
    "file": _media,
    "video": _video,
    "textcard": _textcard,
    "news": _news,
    "mpnews": _mpnews,
    "miniprogram_notice": _miniprogram,
    "template_card": lambda call, body: {},
}
