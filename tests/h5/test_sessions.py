"""The session: forged, old, or of somebody who left, it opens nothing; and no other site can post with it."""

import re
from urllib.parse import unquote

import pytest
from aiohttp import web
from itsdangerous import URLSafeSerializer

from core.cases.models import Case
from core.people import admission
from h5.session import Sessions
from tests.h5.story import PUBLIC_URL, Browser, Station, settings, text


def _set_session(browser: Browser, value: str) -> None:
    browser.client.session.cookie_jar.update_cookies({"zhian": value}, browser.client.make_url("/"))


def _session(browser: Browser) -> str:
    return next(c.value for c in browser.client.session.cookie_jar if c.key == "zhian")


async def test_a_forged_session_opens_nothing(station: Station) -> None:
    browser = await station.browser(station.cast.luo)
    real = _session(browser)
    forged = URLSafeSerializer("another secret that nobody here uses", salt="h5.session")
    for value in (real[:-2] + "xx", "." + real, "", "null", str(forged.dumps({"p": 1, "t": 0, "i": "x"})), "ü" * 10):
        _set_session(browser, value.encode("ascii", "replace").decode())
        answer = await browser.get("/h5/")
        assert (answer.status, answer.headers["Location"]) == (302, "/login?next=/h5/")


async def test_a_session_ends_after_twelve_hours(station: Station) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    fields = await luo.form(case, "pass")
    station.clock.move(hours=12)
    answer = await luo.post(case, "pass", fields)
    assert answer.status == 401
    assert text(await answer.text()).splitlines() == [
        *("请重新登录", "登录已过期，刚才的操作没有提交。请重新登录后再办理。", "重新登录"),
    ]
    assert f'href="/login?next=%2Fh5%2Fcases%2F{case.id}"' in await answer.text()
    assert (await Case.get(id=case.id)).state == "pending"


async def test_who_urges_too_late_comes_back_to_the_record(station: Station) -> None:
    case = await station.report()
    lin = await station.browser(station.cast.lin)
    station.clock.move(hours=12)
    answer = await lin.client.post(f"/h5/cases/{case.id}/urge", data={}, headers={"Origin": PUBLIC_URL})
    assert (answer.status, f'href="/login?next=%2Fh5%2Fcases%2F{case.id}"' in await answer.text()) == (401, True)


async def test_who_signs_in_again_comes_back_to_the_page_that_asked(station: Station) -> None:
    """With everything that was looked for; a button that begins something has no page of its own."""
    lin = await station.browser(station.cast.lin)
    station.clock.move(hours=12)
    sought = f"{PUBLIC_URL}/h5/search?name=%E6%BB%A8%E6%B1%9F&from=2026-11-01"
    part = {"Referer": sought, "Sec-Fetch-Dest": "empty", "HX-Request": "true"}
    more = await lin.get("/h5/search?before=20&name=%E6%BB%A8%E6%B1%9F&from=2026-11-01", **part)
    begun = [
        await lin.client.post("/h5/new/check_report", data={}, headers={"Origin": PUBLIC_URL} | more_headers)
        for more_headers in ({"Referer": f"{PUBLIC_URL}/h5/projects"}, {"Referer": "http://[/h5/"}, {})
    ]
    assert text(await more.text()).splitlines()[1] == "登录已过期，请重新登录后接着看。"
    back = [re.findall(r'href="/login\?next=([^"]*)"', await one.text()) for one in (more, *begun)]
    assert [one.status for one in (more, *begun)] == [401] * 4
    assert [unquote(one[0]) for one in back] == [sought.removeprefix(PUBLIC_URL), "/h5/projects", "/h5/", "/h5/"]


async def test_what_is_opened_late_may_still_be_answered(station: Station) -> None:
    """A page is shown only with an hour of the session left; otherwise WeCom renews it on the way, unseen."""
    luo = await station.browser(station.cast.luo)
    station.clock.move(hours=10, minutes=59)
    assert (await luo.get("/h5/")).status == 200
    station.clock.move(minutes=2)
    assert (await luo.get("/h5/")).status == 302


async def test_a_session_from_the_future_is_not_believed(station: Station) -> None:
    luo = await station.browser(station.cast.luo)
    station.clock.move(hours=-1)
    assert (await luo.get("/h5/")).status == 302


async def test_what_a_page_loads_is_not_sent_to_wecom(station: Station) -> None:
    browser = await station.stranger()
    answer = await browser.get("/h5/cases/1/files/1/thumb", **{"Sec-Fetch-Dest": "image"})
    assert answer.status == 401
    by_worker = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "navigate"}
    assert (await browser.get("/h5/", **by_worker)).status == 302


async def test_whoever_leaves_loses_access_at_once(station: Station) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    fields = await luo.form(case, "pass")
    await admission.leave("luo")
    answers = [await luo.get("/h5/"), await luo.get(f"/h5/cases/{case.id}"), await luo.post(case, "pass", fields)]
    assert [a.status for a in answers] == [403, 403, 403]
    assert text(await answers[0].text()).splitlines()[0] == "权限已停用"
    assert (await Case.get(id=case.id)).state == "pending"


async def test_leaving_ends_the_session(station: Station) -> None:
    luo = await station.browser(station.cast.luo)
    token = await luo.token()
    answer = await luo.client.post("/logout", data={"csrf": token}, headers={"Origin": PUBLIC_URL})
    assert text(await answer.text()).splitlines() == ["已退出", "您已退出登录。", "重新登录"]
    assert (await luo.get("/h5/")).status == 302


@pytest.mark.parametrize("token", [None, "", "x", "ü", "somebody else's"])
async def test_a_post_without_its_own_token_does_nothing(station: Station, token: str | None) -> None:
    case = await station.report()
    luo, qin = await station.browser(station.cast.luo), await station.browser(station.cast.qin)
    fields = await luo.form(case, "pass")
    del fields["csrf"]
    if token is not None:
        fields["csrf"] = await qin.token() if token == "somebody else's" else token
    answer = await luo.post(case, "pass", fields)
    assert (answer.status, text(await answer.text()).splitlines()[0]) == (403, "请刷新后再试")
    assert (await Case.get(id=case.id)).state == "pending"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_post_from_another_site_does_nothing(station: Station, headers: dict[str, str]) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    answer = await luo.post(case, "pass", await luo.form(case, "pass"), **headers)
    assert answer.status == 403
    assert (await Case.get(id=case.id)).state == "pending"


@pytest.mark.parametrize("key", ["", "x", "0" * 31, "G" * 32, "child:1:1:1"])
async def test_a_post_without_a_request_key_does_nothing(station: Station, key: str) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    answer = await luo.post(case, "pass", await luo.form(case, "pass") | {"key": key})
    assert (answer.status, (await Case.get(id=case.id)).state) == (400, "pending")


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded; charset=klingon", "multipart/form-data"])
async def test_a_body_that_cannot_be_read_is_refused(station: Station, content_type: str) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    headers = {"Content-Type": content_type, "Origin": PUBLIC_URL}
    answer = await luo.client.post(f"/h5/cases/{case.id}/actions/pass", data=b"csrf=%ff", headers=headers)
    assert answer.status == 400


async def test_a_body_that_is_too_large_is_refused(station: Station) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    answer = await luo.does(case, "fail", opinion="长" * 2_000_000)
    assert (answer.status, text(await answer.text()).splitlines()[0]) == (413, "内容太多")


async def test_over_https_the_cookie_never_travels_in_the_clear(station: Station) -> None:
    response = web.Response()
    Sessions(settings("https://zhian.example")).enter(response, station.cast.luo)
    morsel = response.cookies["__Host-zhian"]
    assert (morsel["secure"], morsel["path"], morsel["domain"]) == (True, "/", "")
