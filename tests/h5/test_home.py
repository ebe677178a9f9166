"""The home page: what it counts is what its lists hold, for everybody."""

import re

from core.cases import drafts, ledgers
from core.cases.models import Case, Draft
from core.people.models import Person, Role
from tests.h5.story import Browser, Station, text
from tests.h5.test_drafting import post
from tests.h5.test_lists import lines, page
from tests.h5.test_replies import noticed


async def held(browser: Browser, address: str) -> int:
    """How many lines a list has to its end."""
    html = await page(browser, address)
    more = re.findall(r'hx-get="([^"]*)"', html)
    here = len(lines(html)) + html.count('weui-cell_access draft"')
    return here + (await held(browser, more[0].replace("&amp;", "&")) if more else 0)


async def test_every_figure_on_the_home_page_is_what_its_list_holds(office: Station) -> None:
    cast = office.cast
    await noticed(office)
    office.clock.move(days=13)
    await office.pages.engine.sweep_all()
    for _ in range(21):
        await office.report()
    await office.report(reviewers=[])
    await office.report(reviewers=[], with_notice=True)
    await drafts.begin(cast.lin.id, "check_report", "submit", data={"answers": {"project": cast.project.id}})
    counted = {}
    for person in await Person.all().order_by("id"):
        browser = await office.browser(person)
        html = await page(browser, "/h5/")
        ways = re.findall(r'<a class="way" href="([^"]*)"><strong>(\d+)</strong>', html)
        ways += re.findall(r'href="([^"]*)">(?:已超期 |全部 )?(\d+) 份', html)
        counted[person.name] = {address: int(count) for address, count in ways}
        assert counted[person.name] == {address: await held(browser, address) for address, _ in ways}
    tiles = await ledgers.waiting_for_all(office.pages.engine.processes.values())
    on_pages = {one: counted[one.name]["/h5/lists/todo?tab=waiting"] for one in await Person.all()}
    assert {name: waits for name, (waits, _) in tiles.items()} == {p.userid: n for p, n in on_pages.items() if n}
    assert tiles[str(cast.chen.userid)] == (2, 1)
    assert counted["罗敬川"]["/h5/lists/todo?tab=waiting"] == 21
    assert counted["陈光泽"]["/h5/lists/notices?tab=owed"] == 1
    assert counted["林小舟"]["/h5/lists/todo?tab=drafts"] == 1
    assert counted["林小舟"]["/h5/lists/todo?tab=waiting"] == 2  # a matter, and the notice she asked for


async def test_a_notice_that_was_asked_for_with_a_check_waits_on_the_home_page_until_it_is_handed_in(
    office: Station,
) -> None:
    lin = await office.browser(office.cast.lin)
    await office.report(reviewers=[], with_notice=True)
    html = await page(lin, "/h5/")
    assert lines(html)[0] == [*("滨江花园一期 下发整改通知", "待下发", "检查后下发通知 海澄检〔2026〕0001号", "刚刚")]
    owed = await Case.get(process="owed_notice")
    html = await page(lin, f"/h5/cases/{owed.id}")
    assert 'weui-btn_primary" type="submit">下发整改通知' in html
    assert "接下来\n下发整改通知" in text(html)
    begun = await post(lin, f"/h5/cases/{owed.id}/begin/notice", {"csrf": await lin.token()})
    assert await lin.read(begun.headers["Location"])
    kept = (await Draft.get(process="notice")).data["answers"]
    assert (kept["kind"], kept["cited_check"]) == ("rectification", str(owed.parent_id))
    assert text(await page(lin, "/h5/")).splitlines()[1] == "1 份待办"
    assert (await lin.does(owed, "drop", reason="已当场整改")).status == 303
    assert text(await page(lin, "/h5/")).splitlines()[1] == "0 份待办"


async def test_the_most_urgent_stands_on_the_home_page(office: Station) -> None:
    await noticed(office)
    office.clock.move(days=12)
    chen = await office.browser(office.cast.chen)
    html = await page(chen, "/h5/")
    said = text(html).splitlines()
    start = said.index("等您办理")
    assert said[start + 1 : start + 8] == [
        *("滨江花园一期 整改通知", "待回复", "通知回复 海澄质安改〔2026〕001号", "第1轮，3项中剩3项"),
        *("剩 15 小时", "12月2日24时截止", "已等 12 天"),
    ]
    assert '<strong class="left left-soon">剩 15 小时</strong>' in html
    chief = await office.browser(office.cast.luo)  # who finds the notice and its reply in one list
    found = text(await page(chief, "/h5/search?kind=notice")) + text(await page(chief, "/h5/search?name=滨江"))
    assert found.count("剩 15 小时") == 3


async def test_an_inspector_begins_here_and_a_party_does_not(station: Station) -> None:
    lin, chen = await station.browser(station.cast.lin), await station.browser(station.cast.chen)
    for browser, actions in ((lin, ["/h5/new/check_report"]), (chen, [])):
        assert re.findall(r'<form method="post" action="([^"]*)"', await page(browser, "/h5/")) == actions
    assert "现在没有需要您办理的事项。有新的事项时，会在聊天窗口通知您。" in text(await page(lin, "/h5/"))


async def test_somebody_of_the_bureau_is_offered_what_was_sent_to_him_and_no_replies(office: Station) -> None:
    cast = office.cast
    await Person.filter(id=cast.chen.id).update(role=Role.BUREAU)
    await office.report(reviewers=[], recipients=[cast.chen.id])
    html = await page(await office.browser(cast.chen), "/h5/")
    assert re.findall(r'<a class="way" href="[^"]*"><strong>(\d+)</strong><span>(.*?)</span>', html) == [
        *(("1", "下达给我的记录"), ("0", "下达给我的通知"))
    ]
