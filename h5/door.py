"""Around every handler: the rule of who may come in, and pages in plain Chinese instead of errors."""

import re
import secrets
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Protocol, TypeAlias

import structlog
from aiohttp import web
from tortoise.exceptions import DBConnectionError, OperationalError

from core.errors import NotYours, Refusal

log = structlog.get_logger()

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
# Before Excel gives a link to the browser it follows it by itself, without the reader's session, and gives the browser
# the end of that way: WeCom's sign-in with a state that no browser knows. With any page it gives the link as it is.
_OFFICE = re.compile("ms-office|Microsoft Office")
_BROWSER = ("请在浏览器中打开", "这个链接要在浏览器或企业微信中打开。\n没有自动打开的，请复制链接，粘贴到浏览器中。")
_STALE = ("请刷新后再试", "这个页面已经过期，请返回上一页，刷新后再试一次。")
_PAGES = {
    404: ("没有找到", f"{NotYours().sentence}\n请从消息或首页重新打开。"),
    413: ("内容太多", "提交的内容太多了，请返回上一页，精简后再提交。"),
}


class Rule(StrEnum):
    OPEN = "open"  # anybody
    MEMBER = "member"  # an admitted member who has not left
    CASE = "case"  # a member who may see the case of the address
    PROJECT = "project"  # a member who may see the project of the address
    SEARCH = "search"  # a member who may search records
    OWN = "own"  # the member whose evidence or draft the address names


class Says(Protocol):
    """A page that says one thing and leads home."""

    def tell(self, title: str, text: str, *, status: int, icon: str = "warn") -> web.Response: ...


def door(pages: Says, rule: Rule, answer: Handler) -> Handler:
    """The handler with its rule written on it (``rule``), never raising anything but a redirect."""

    async def answered(request: web.Request) -> web.StreamResponse:
        if _OFFICE.search(request.headers.get("User-Agent", "")):
            return pages.tell(*_BROWSER, status=200, icon="info")
        try:
            return await answer(request)
        except Refusal as error:
            return _refused(pages, error)
        except web.HTTPRedirection:
            raise
        except web.HTTPException as error:
            return _http(pages, error.status)
        except Exception as error:
            return _failed(pages, request, error)

    answered.rule = rule  # type: ignore[attr-defined]
    return answered


def _refused(pages: Says, error: Refusal) -> web.Response:
    if isinstance(error, NotYours):
        return _http(pages, web.HTTPNotFound.status_code)
    return pages.tell("没有办理成功", error.sentence, status=web.HTTPConflict.status_code)


def _http(pages: Says, status: int) -> web.Response:
    title, text = _PAGES.get(status, _STALE)
    return pages.tell(title, text, status=status, icon="info")


def _failed(pages: Says, request: web.Request, error: Exception) -> web.Response:
    """503 while the database is away: whoever asks may try again."""
    reference = secrets.token_hex(4)
    log.exception("h5.failed", reference=reference, method=request.method, path=request.path)
    text = f"系统暂时出了问题，没有办成。请稍后再试；若仍不行，请把编号 {reference} 告诉管理员。"
    away = isinstance(error, DBConnectionError | OperationalError | OSError)
    return pages.tell("请稍后再试", text, status=503 if away else 500)
