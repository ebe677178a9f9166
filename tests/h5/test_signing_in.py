"""Signing in through WeCom: once, back to where one wanted to go, and a kind word for whoever is not registered."""

from urllib.parse import urlsplit

import pytest
from aiohttp import ClientResponse

from core.people import admission
from core.people.models import Person
from tests.h5.story import Browser, Station, text
from webhooks import sign_in


async def _said(answer: ClientResponse) -> list[str]:
    return text(await answer.text()).splitlines()


async def _verify(browser: Browser, station: Station, userid: str, *, consent: bool = True) -> ClientResponse:
    asked = await browser.begin("/login?verify=1&next=/h5/lists/sent")
    return await browser.come_back(station.wecom.give_code(userid, consent=consent), asked["state"])


async def test_a_page_sends_to_wecom_and_comes_back_to_itself(station: Station) -> None:
    browser = await station.stranger()
    away = await browser.get("/h5/lists/sent")
    assert (away.status, away.headers["Location"]) == (302, "/login?next=/h5/lists/sent")
    asked = await browser.begin(away.headers["Location"])
    assert {name: value for name, value in asked.items() if name != "state"} == {
        "appid": "wwdemo",
        "redirect_uri": "http://zhian.example/login",
        "response_type": "code",
        "scope": "snsapi_base",
        "agentid": "1000002",
    }
    back = await browser.come_back(station.wecom.give_code("LIN"), asked["state"])
    assert (back.status, back.headers["Location"]) == (302, "/h5/lists/sent")
    assert (await browser.get("/h5/lists/sent")).status == 200


async def test_the_session_cookie_is_kept_from_scripts_and_other_sites(station: Station) -> None:
    browser = await station.stranger()
    cookie = (await browser.sign_in("lin")).headers["Set-Cookie"]
    assert cookie.split("; ")[1:] == ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Lax"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        *("https://evil.example/h5/", "//evil.example/h5/", "/\\evil.example", "/h5/../login", "/h5/\\..\\x", "h5/"),
        *("javascript:alert(1)", "/h5/\r\nX: y", "/h5/ü", "/login", "", "/h5/" + "x" * 600),
    ],
)
async def test_nobody_is_sent_elsewhere(station: Station, elsewhere: str) -> None:
    browser = await station.stranger()
    answer = await browser.client.get("/login", params={"next": elsewhere}, allow_redirects=False)
    assert urlsplit(answer.headers["Location"]).netloc == "wecom.example"
    back = await browser.sign_in("lin", elsewhere.replace("\r\n", "%0d%0a").replace("#", ""))
    assert back.headers["Location"] == "/h5/"


async def test_a_code_that_was_used_is_tried_once_more_and_not_for_ever(station: Station) -> None:
    browser = await station.stranger()
    asked = await browser.begin("/login?next=/h5/lists/sent")
    once_more = await browser.come_back("used-before", asked["state"])
    assert (once_more.status, urlsplit(once_more.headers["Location"]).netloc) == (302, "wecom.example")
    state = once_more.headers["Location"].split("state=")[1].split("&")[0]
    given_up = await browser.come_back("used-again", state)
    assert (given_up.status, await _said(given_up)) == (403, ["请重新登录", *sign_in.AGAIN.split("\n"), "重新登录"])


async def test_an_address_loaded_twice_ends_on_the_page(station: Station) -> None:
    browser = await station.stranger()
    asked = await browser.begin("/login?next=/h5/lists/sent")
    code = station.wecom.give_code("lin")
    answers = [await browser.come_back(code, asked["state"]) for _ in range(2)]
    assert [(a.status, a.headers["Location"]) for a in answers] == [(302, "/h5/lists/sent")] * 2


async def test_somebody_elses_way_back_is_not_taken(station: Station) -> None:
    victim, attacker = await station.stranger(), await station.stranger()
    asked = await attacker.begin()
    code = station.wecom.give_code("stranger")
    answer = await victim.come_back(code, asked["state"])
    assert (answer.status, await _said(answer)) == (400, ["请重新登录", *sign_in.STRANGE.split("\n"), "重新登录"])
    assert code in station.wecom.codes
    assert (await victim.get("/h5/")).status == 302


async def test_two_tabs_do_not_disturb_each_other(station: Station) -> None:
    browser = await station.stranger()
    first, second = await browser.begin("/login?next=/h5/lists/sent"), await browser.begin("/login?next=/h5/received")
    answers = [await browser.come_back(station.wecom.give_code("lin"), asked["state"]) for asked in (first, second)]
    assert [a.headers["Location"] for a in answers] == ["/h5/lists/sent", "/h5/received"]


async def test_a_way_back_that_took_too_long_is_not_taken(station: Station) -> None:
    browser = await station.stranger()
    asked = await browser.begin()
    station.clock.move(minutes=11)
    answer = await browser.come_back(station.wecom.give_code("lin"), asked["state"])
    assert answer.status == 400


async def test_an_outsider_is_refused(station: Station) -> None:
    browser = await station.stranger()
    asked = await browser.begin()
    answer = await browser.come_back(station.wecom.give_code_to_outsider(), asked["state"])
    assert (answer.status, await _said(answer)) == (403, ["暂时不能使用", *sign_in.OUTSIDER.split("\n")])


async def test_while_wecom_is_away_it_is_nobodys_fault(station: Station) -> None:
    browser = await station.stranger()
    asked = await browser.begin()
    station.wecom.away = True
    answer = await browser.come_back("any", asked["state"])
    assert (answer.status, await _said(answer)) == (503, ["请重新登录", *sign_in.NO_WECOM.split("\n"), "重新登录"])


async def test_an_unknown_member_learns_what_to_do(station: Station) -> None:
    browser = await station.stranger()
    answer = await browser.sign_in("newcomer", "/h5/lists/sent")
    assert (answer.status, await _said(answer)) == (403, ["还没有登记", *admission.REFUSED.split("\n"), "验证手机号"])
    assert 'href="/login?verify=1&amp;next=%2Fh5%2Flists%2Fsent"' in await answer.text()


async def test_a_registered_mobile_lets_a_new_member_in(station: Station) -> None:
    bai = await Person.create(name="白一鸣", mobile="10000000009", org_id=station.cast.lin.org_id, role="supervisor")
    station.wecom.mobiles["bai"] = "+86 100 0000 0009"
    browser = await station.stranger()
    assert (await browser.begin("/login?verify=1"))["scope"] == "snsapi_privateinfo"
    answer = await _verify(browser, station, "Bai")
    assert (answer.status, await _said(answer)) == (403, ["验证未完成", *sign_in.NO_MOBILE.split("\n"), "验证手机号"])
    answer = await _verify(browser, station, "bai")
    assert (answer.status, answer.headers["Location"]) == (302, "/h5/lists/sent")
    assert (await browser.get("/h5/lists/sent")).status == 200
    await bai.refresh_from_db()
    assert bai.userid == "bai"


@pytest.mark.parametrize("mobile", ["10000000099", "10000000000"])
async def test_an_unknown_mobile_or_somebody_elses_lets_nobody_in(station: Station, mobile: str) -> None:
    station.wecom.mobiles["newcomer"] = mobile
    browser = await station.stranger()
    answer = await _verify(browser, station, "newcomer")
    assert (answer.status, await _said(answer)) == (403, ["验证未通过", admission.MISMATCH, "验证手机号"])
    assert (await browser.get("/h5/")).status == 302


async def test_who_did_not_consent_is_asked_again(station: Station) -> None:
    browser = await station.stranger()
    answer = await _verify(browser, station, "newcomer", consent=False)
    assert (answer.status, await _said(answer)) == (403, ["验证未完成", *sign_in.NO_MOBILE.split("\n"), "验证手机号"])


@pytest.mark.parametrize(("address", "title"), [("/login", "请重新登录"), ("/login?verify=1", "验证未完成")])
async def test_who_declined_at_wecom_may_try_again(station: Station, address: str, title: str) -> None:
    browser = await station.stranger()
    asked = await browser.begin(address)
    answer = await browser.get(f"/login?state={asked['state']}")
    assert (answer.status, (await _said(answer))[0]) == (403, title)


async def test_whoever_left_is_not_let_in_again(station: Station) -> None:
    await admission.leave("lin")
    browser = await station.stranger()
    answer = await browser.sign_in("lin")
    assert (answer.status, await _said(answer)) == (403, ["权限已停用", admission.STOPPED])


@pytest.mark.parametrize("query", ["code=x", "state=x", "code=x&state=" + "0" * 32, "code=&state=%00", "state=a;b=c"])
async def test_odd_ways_back_are_answered_with_a_page(station: Station, query: str) -> None:
    browser = await station.stranger()
    answer = await browser.get(f"/login?{query}")
    assert (answer.status, (await _said(answer))[0]) == (400, "请重新登录")
