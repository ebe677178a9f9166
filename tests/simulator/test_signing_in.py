"""Pages inside a phone and in an ordinary browser: who is signed in, and what the browser may not see."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from aiohttp import ClientSession, DummyCookieJar, web

from simulator.corp import phone_label
from simulator.world import World
from tests.simulator.conftest import Caller, Service


@pytest.fixture
async def browser(world: World) -> AsyncIterator[ClientSession]:
    """It keeps no cookies, as a frame of another site might not."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        yield http


def in_phone(world: World, userid: str) -> dict[str, str]:
    return {"Host": f"{phone_label(userid)}.localhost:{urlsplit(world.base_url).port}"}


def authorize(world: World, back: str, scope: str = "snsapi_base") -> str:
    config = world.config
    query = f"appid={config.corp_id}&redirect_uri={quote(back, safe='')}&response_type=code&scope={scope}"
    return f"/connect/oauth2/authorize?{query}&state=abc&agentid={config.agent_id}"


def code_in(location: str) -> str:
    return parse_qs(urlsplit(location).query)["code"][0]


async def code_for(browser: ClientSession, world: World, userid: str) -> str:
    url = world.base_url + authorize(world, f"{world.config.service_url}/login")
    async with browser.get(url, headers=in_phone(world, userid), allow_redirects=False) as response:
        assert response.status == 302
        return code_in(response.headers["Location"])


async def test_a_code_names_the_member_once(browser: ClientSession, api: Caller, world: World) -> None:
    code = await code_for(browser, world, "LinYue")

    assert (await api.get("auth/getuserinfo", code=code))["userid"] == "LinYue"
    assert (await api.get("auth/getuserinfo", code=code))["errcode"] == 40029


async def test_a_code_lives_five_minutes(browser: ClientSession, api: Caller, world: World) -> None:
    code = await code_for(browser, world, "LinYue")
    world.clock.advance(300)

    assert (await api.get("auth/getuserinfo", code=code))["errcode"] == 40029


async def test_the_way_back_must_lead_to_the_trusted_domain(browser: ClientSession, world: World) -> None:
    url = world.base_url + authorize(world, "https://elsewhere.example/login")
    async with browser.get(url, headers=in_phone(world, "LinYue"), allow_redirects=False) as response:
        assert "50001" in await response.text()


async def test_private_fields_need_the_members_consent(browser: ClientSession, api: Caller, world: World) -> None:
    url = world.base_url + authorize(world, f"{world.config.service_url}/login", "snsapi_privateinfo")
    headers = in_phone(world, "LinYue")
    async with browser.get(url, headers=headers, allow_redirects=False) as response:
        page = await response.text()
    assert (response.status, "同意" in page) == (200, True)

    async with browser.get(url + "&_as=yes", headers=headers, allow_redirects=False) as response:
        told = await api.get("auth/getuserinfo", code=code_in(response.headers["Location"]))
    details = await api.post("auth/getuserdetail", {"user_ticket": told["user_ticket"]})
    assert (details["userid"], details["mobile"]) == ("LinYue", "10000000001")

    async with browser.get(url + "&_as=_refuse", headers=headers, allow_redirects=False) as response:
        assert "user_ticket" not in await api.get("auth/getuserinfo", code=code_in(response.headers["Location"]))


async def test_an_ordinary_browser_is_asked_who_it_is(browser: ClientSession, api: Caller, world: World) -> None:
    url = world.base_url + authorize(world, f"{world.config.service_url}/login")
    async with browser.get(url) as response:
        assert "赵宁" in await response.text()
    async with browser.get(url + "&_as=zhaoning", allow_redirects=False) as response:
        code = code_in(response.headers["Location"])
    async with browser.get(url + "&_as=", allow_redirects=False) as response:
        stranger = code_in(response.headers["Location"])

    assert (await api.get("auth/getuserinfo", code=code))["userid"] == "zhaoning"
    assert set(await api.get("auth/getuserinfo", code=stranger)) == {"errcode", "errmsg", "openid"}


async def sign_in(request: web.Request) -> web.Response:
    answer = web.Response(status=302, headers={"Location": f"http://{request.host}/h5/"})
    answer.set_cookie("session", request.query["who"], httponly=True)
    return answer


async def greet(request: web.Request) -> web.Response:
    told = {name: request.headers.get(name) for name in ("Host", "Origin", "Referer", "User-Agent")}
    headers = {
        "X-Frame-Options": "DENY",
        "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; img-src data:",
    }
    return web.json_response({**told, "session": request.cookies.get("session")}, headers=headers)


@pytest.fixture
def pages(service: Service) -> None:
    service.pages |= {"/login": sign_in, "/h5/": greet, "/echo": echo, "/start": start}


async def echo(request: web.Request) -> web.Response:
    return web.Response(body=await request.read(), headers={"X-Range": request.headers.get("Range", "")})


async def start(_: web.Request) -> web.Response:
    target = "https://open.weixin.qq.com/connect/oauth2/authorize?appid=x#wechat_redirect"
    return web.Response(status=302, headers={"Location": target})


async def test_two_members_are_signed_in_side_by_side(browser: ClientSession, world: World, pages: None) -> None:
    seen = {}
    for userid in ("LinYue", "zhaoning"):
        headers = in_phone(world, userid)
        login = browser.get(f"{world.base_url}/login?who={userid}", headers=headers, allow_redirects=False)
        async with login as response:
            assert "Set-Cookie" not in response.headers
            assert response.headers["Location"] == f"{world.webview_origin(userid)}/h5/"
    for userid in ("LinYue", "zhaoning"):
        async with browser.get(f"{world.base_url}/h5/", headers=in_phone(world, userid)) as response:
            seen[userid] = (await response.json())["session"]

    assert seen == {"LinYue": "LinYue", "zhaoning": "zhaoning"}


async def test_the_service_sees_its_own_address_and_a_phone(browser: ClientSession, world: World, pages: None) -> None:
    origin = world.webview_origin("LinYue")
    headers = {**in_phone(world, "LinYue"), "Origin": origin, "Referer": f"{origin}/h5/?a=1"}
    async with browser.get(f"{world.base_url}/h5/", headers=headers) as response:
        told = await response.json()

    service = world.config.service_url
    assert (told["Host"], told["Origin"], told["Referer"]) == (urlsplit(service).netloc, service, f"{service}/h5/?a=1")
    assert "wxwork" in told["User-Agent"]
    assert "MicroMessenger" in told["User-Agent"]
    assert "X-Frame-Options" not in response.headers
    assert response.headers["Content-Security-Policy"] == "default-src 'self'; img-src data:"


async def test_bodies_and_ranges_pass(browser: ClientSession, world: World, pages: None) -> None:
    headers = {**in_phone(world, "LinYue"), "Range": "bytes=0-1"}
    async with browser.post(f"{world.base_url}/echo", headers=headers, data=b"a" * 300_000) as response:
        assert (len(await response.read()), response.headers["X-Range"]) == (300_000, "bytes=0-1")


async def test_the_authorize_page_is_opened_at_the_members_own_address(
    browser: ClientSession, world: World, pages: None
) -> None:
    headers = in_phone(world, "LinYue")
    async with browser.get(f"{world.base_url}/start", headers=headers, allow_redirects=False) as response:
        location = response.headers["Location"]

    assert location == f"{world.webview_origin('LinYue')}/connect/oauth2/authorize?appid=x#wechat_redirect"


async def test_a_link_from_the_chat_opens_in_the_members_phone(browser: ClientSession, world: World) -> None:
    url = f"{world.base_url}/sim/persons/LinYue/open"
    async with browser.get(
        url, params={"url": f"{world.config.service_url}/h5/?a=1"}, allow_redirects=False
    ) as response:
        assert response.headers["Location"] == f"{world.webview_origin('LinYue')}/h5/?a=1"


async def test_a_phone_that_nobody_owns(browser: ClientSession, world: World) -> None:
    async with browser.get(world.base_url, headers=in_phone(world, "stranger")) as response:
        assert response.status == 404


async def test_who_is_out_of_range_or_gone_is_not_signed_in(browser: ClientSession, api: Caller, world: World) -> None:
    code = await code_for(browser, world, "outsider")
    assert (await api.get("auth/getuserinfo", code=code))["errcode"] == 50002

    code = await code_for(browser, world, "hebo")
    world.leave("hebo")
    assert set(await api.get("auth/getuserinfo", code=code)) == {"errcode", "errmsg", "openid"}
