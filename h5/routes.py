"""Every address of the pages, with the rule of who may come in."""

from aiohttp import web

from h5 import assets, cases, files, lists
from h5.access import Visit, everybody, member, of_case
from h5.pages import Button, Pages


def routes(pages: Pages) -> list[web.RouteDef]:
    """To be added after nothing and before nothing else under ``/h5``: the last one answers whatever is left."""
    return [
        web.route("GET", "/h5/static/{version}/{name}", everybody(pages, assets.serve)),
        web.route("GET", "/h5", everybody(pages, _home)),
        web.route("GET", "/h5/", member(pages, lists.todo)),
        web.route("GET", "/h5/todo", member(pages, lists.todo)),
        web.route("GET", "/h5/sent", member(pages, lists.sent)),
        web.route("GET", "/h5/received", member(pages, lists.received)),
        web.route("GET", "/h5/cases/{case}", of_case(pages, cases.show)),
        web.route("POST", "/h5/cases/{case}/actions/{action}", of_case(pages, cases.act)),
        web.route("GET", "/h5/cases/{case}/files/{evidence}/{copy}", of_case(pages, files.send)),
        web.route("POST", "/logout", member(pages, _leave)),
        web.route("*", "/h5/{rest:.*}", everybody(pages, _nothing)),
    ]


async def _home(request: web.Request) -> web.Response:
    raise web.HTTPFound("/h5/")


async def _nothing(request: web.Request) -> web.Response:
    raise web.HTTPNotFound


async def _leave(visit: Visit) -> web.Response:
    text = "您已退出登录。"
    response = visit.pages.message("已退出", text, icon="success", buttons=(Button("重新登录", "/login"),))
    visit.pages.sessions.leave(response)
    return response
