"""The two small pages of signing in: whether a member lets the app read his number, and who an ordinary browser is."""

from html import escape

from aiohttp import web

from simulator.state import Person

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title}</title><style>
body{{font:17px/1.6 system-ui,sans-serif;margin:0;background:#ededed;color:#191919}}
main{{max-width:420px;margin:0 auto;padding:32px 20px}}h1{{font-size:20px}}p,small{{color:#7f7f7f}}
a,button{{display:block;box-sizing:border-box;width:100%;margin:12px 0;padding:12px;border:0;border-radius:8px;
background:#fff;color:inherit;font:inherit;text-align:left;text-decoration:none}}
.go{{background:#07c160;color:#fff;text-align:center}}.no{{text-align:center}}small{{display:block}}
</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"""


def consent(app_name: str, person: Person, allow: str, refuse: str) -> web.Response:
    body = f"""<p>{escape(app_name)}申请获取你的手机号、性别和邮箱。</p>
<p>{escape(person.name)} {escape(person.mobile)}</p>
<a class="go" href="{escape(allow)}">同意</a><a class="no" href="{escape(refuse)}">不同意</a>"""
    return _page("授权登录", body)


def choose(app_name: str, ways: list[tuple[Person, str]], outsider: str) -> web.Response:
    rows = [
        f'<a href="{escape(url)}">{escape(person.name)}<small>{escape(person.org)} {escape(person.title)}</small></a>'
        for person, url in ways
    ]
    body = f"<p>以谁的身份登录{escape(app_name)}？</p>{''.join(rows)}"
    return _page("选择登录的人", body + f'<a href="{escape(outsider)}">不是本企业成员</a>')


def refusal(reason: str, status: int = 200) -> web.Response:
    return _page("无法登录", f"<p>{escape(reason)}</p>", status)


def unreachable(service: str) -> web.Response:
    return _page("服务没有回应", f"<p>连不上 {escape(service)}。请等它启动后再刷新。</p>", 502)


def _page(title: str, body: str, status: int = 200) -> web.Response:
    text = _PAGE.format(title=escape(title), body=body)
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
