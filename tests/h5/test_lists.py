"""The lists: every tab for whom it is meant, counted to the unit, narrowed, and read on by key."""

import re

from core.people.models import Person
from notices.ledgers import LEDGERS
from tests.h5.story import Browser, Station, text
from tests.h5.test_replies import noticed, picture, replies, reply_of


async def page(browser: Browser, address: str) -> str:
    answer = await browser.get(address)
    assert answer.status == 200
    return await answer.text()


def lines(html: str) -> list[list[str]]:
    """What each line of a list says."""
    return [text(one).splitlines() for one in re.findall(r'<a class="[^"]*\brecord\b.*?</a>', html, re.DOTALL)]


def tabs(html: str) -> dict[str, str]:
    """The tabs by their captions, with what each counts."""
    found = re.findall(r'<a class="tab" .*?</a>', html, re.DOTALL)
    said = [text(one).splitlines() for one in found]
    return {one[0]: "".join(one[1:]) for one in said}


def current(html: str) -> str:
    return text(re.findall(r'<a class="tab" [^>]*aria-current="page".*?</a>', html, re.DOTALL)[0]).splitlines()[0]


async def listed(browser: Browser, address: str) -> list[list[str]]:
    return lines(await page(browser, f"/h5/lists/{address}"))


CHECK = "监督检查记录 海澄检〔2026〕000{}号"
SAFETY = "滨江花园一期 安全检查"
IN_HANDS = "在 罗敬川、秦若岩 手上，{}"


async def test_checks_in_the_tabs_of_the_source(station: Station) -> None:
    cast, today = station.cast, "11月20日 09:00"
    passed, failed = await station.report(), await station.report()
    await station.report(recipients=[])
    await station.report(reviewers=[], recipients=[])
    lin, luo, qin, chen = [await station.browser(one) for one in (cast.lin, cast.luo, cast.qin, cast.chen)]
    await luo.does(passed, "pass")
    await luo.does(failed, "fail", opinion="照片看不清")

    counted = {"待审核": "1", "审核通过": "2", "审核未通过": "1"}
    assert {name: n for name, n in tabs(await page(lin, "/h5/lists/sent")).items() if name in counted} == counted
    assert await listed(lin, "sent") == [[SAFETY, CHECK.format(3), IN_HANDS.format("刚刚")]]
    assert await listed(lin, "sent?tab=passed") == [
        [SAFETY, "审核通过（监督内档）", CHECK.format(4), today],
        [SAFETY, CHECK.format(1), today],
    ]
    assert await listed(lin, "sent?tab=failed") == [[SAFETY, CHECK.format(2), today]]

    assert tabs(await page(luo, "/h5/lists/received")) == {
        "待我审核": "1", "已审核": "1", "我未通过的": "1", "下达接收": "", "他人已审核": "",
    }  # fmt: skip
    assert await listed(luo, "received?tab=refused") == [[SAFETY, "审核未通过", CHECK.format(2), today]]
    assert [one[2] for one in await listed(qin, "received?tab=others")] == [CHECK.format(2), CHECK.format(1)]
    assert tabs(await page(chen, "/h5/lists/received")) == {"待我审核": "", "下达接收": "1"}
    assert await listed(chen, "received?tab=issued") == [[SAFETY, "审核通过", CHECK.format(1), today]]


async def test_what_did_not_pass_has_the_same_colour_in_a_list_beside_another_record_and_on_its_own_page(
    office: Station,
) -> None:
    failed, luo = await office.report(), await office.browser(office.cast.luo)
    await luo.does(failed, "fail", opinion="照片看不清")
    addresses = ("/h5/lists/received?tab=refused", f"/h5/projects/{failed.project_id}", f"/h5/cases/{failed.id}")
    said = [re.search(r'state-(\w+)">审核未通过<', await page(luo, one)) for one in addresses]
    assert [one and one[1] for one in said] == ["warn"] * 3


async def test_what_is_overdue_stands_first_with_its_rounds_and_its_time(office: Station) -> None:
    cast = office.cast
    notice = await noticed(office)
    chen, lin = await office.browser(cast.chen), await office.browser(cast.lin)
    number = "通知回复 海澄质安改〔2026〕001号"
    assert await listed(chen, "notices?tab=owed") == [
        ["滨江花园一期 整改通知", "待回复", number, "第1轮，3项中剩3项", "剩 12 天", "12月2日24时截止", "刚刚"]
    ]
    assert (await listed(lin, "notices?tab=mine"))[0][1:] == [
        *("待回复", "通知 海澄质安改〔2026〕001号", "1 份回复，0 份完结", "剩 12 天", "12月2日24时截止"),
        "在 陈光泽 手上，刚刚",
    ]
    office.clock.move(days=13, hours=2)
    await office.pages.engine.sweep_all()
    chen, lin = await office.browser(cast.chen), await office.browser(cast.lin)
    late = await page(chen, "/h5/lists/notices?tab=owed")
    assert '<strong class="left left-over">已超期 11 小时</strong><span>12月2日24时截止</span>' in late
    assert tabs(await page(chen, "/h5/lists/todo")) == {"待办": "2", "已超期": "1", "草稿": ""}
    assert [one[0] for one in await listed(chen, "todo")] == ["滨江花园一期 整改通知", "滨江花园一期 电子送达确认"]
    answered = {f"_{n}": [picture(turned)] for n, turned in ((1, 180), (2, 270), (3, 90))}
    await replies(office, await reply_of(notice, cast.chen), **answered)
    assert await listed(chen, "todo?tab=overdue") == []
    assert [one[2] for one in await listed(lin, "replies?tab=waiting")] == [f"陈光泽的{number}"]


async def test_a_list_is_read_on_by_key_and_narrowed(station: Station) -> None:
    for number in range(23):
        await station.report(check_type=("safety", "quality")[number % 2], reviewers=[])
    lin = await station.browser(station.cast.lin)
    first = await page(lin, "/h5/lists/sent?tab=passed")
    more = re.findall(r'<a class="more-link" href="([^"]*)"', first)[0].replace("&amp;", "&")
    await station.report(reviewers=[])  # what comes meanwhile moves nothing
    rest = await (await lin.get(more, **{"HX-Request": "true"})).text()
    assert "<html" not in rest
    serials = [one[-2].rpartition("〕")[2] for html in (first, rest) for one in lines(html)]
    assert serials == [f"{n:04}号" for n in range(23, 0, -1)]
    assert "<html" in await page(lin, more)

    quality = await page(lin, "/h5/lists/sent?tab=passed&words=质量&kind=check_report.quality&project=滨江")
    assert "筛选：11 份符合" in text(quality)
    assert len(lines(quality)) == 11
    assert '<details class="narrowing">' in quality  # what was found is not below the form
    said = text(quality).splitlines()
    assert said[said.index("清除条件") - 1] == "质量，滨江，质量检查"
    assert await listed(lin, "sent?tab=passed&words=0007号") == [[SAFETY, CHECK.format(7), "11月20日 09:00"]]
    for nothing in ("project=远洋", "to=2026-11-19", "from=2026-11-21", "words=%25", "words=安全_"):
        assert "没有符合条件的记录，请放宽条件再试。" in text(await page(lin, f"/h5/lists/sent?tab=passed&{nothing}"))
    wrong = text(await page(lin, "/h5/lists/sent?tab=passed&from=昨天&after=x&kind=nothing"))
    assert "日期没有看懂，请写成 2026-11-21 的样子。" in wrong


def led(html: str) -> dict[str, str]:
    """Where each tab leads."""
    found = re.findall(r'<a class="tab" href="([^"]*)".*?>([^<]*)<', html)
    return {caption: address.replace("&amp;", "&") for address, caption in found}


async def test_what_is_looked_for_goes_along_to_every_tab_that_knows_it(office: Station) -> None:
    """The figure on a tab is how many lines it then shows; what a tab does not know is neither kept nor said there."""
    cast = office.cast
    await noticed(office)
    failed = await office.report(check_type="quality")
    await office.report(check_type="quality")
    await office.report()
    await office.pages.engine.perform(failed.id, "fail", cast.luo, {"opinion": "照片看不清"})
    lin = await office.browser(cast.lin)
    wanted = "project=%E6%BB%A8%E6%B1%9F&kind=check_report.quality&from=2026-11-20"
    html = await page(lin, f"/h5/lists/sent?tab=pending&{wanted}")
    assert tabs(html) == {"待审核": "1", "审核通过": "", "审核未通过": "1", "通知": "1", "申请及其他": ""}
    at = led(html)
    assert at["审核通过"] == f"/h5/lists/sent?tab=passed&{wanted}"
    assert at["通知"] == f"/h5/lists/sent?tab=notices&{wanted.replace('kind=check_report.quality&', '')}"
    said = {}
    for caption, address in at.items():
        there = await page(lin, address)
        assert (current(there), tabs(there)[caption]) == (caption, str(len(lines(there)) or ""))
        assert f'href="{address.partition("&")[0]}">清除条件</a>' in there
        said[caption] = text(re.findall('<p class="narrowed">(.*?)</p>', there)[0]).removesuffix("清除条件").strip()
    kept = "滨江，质量检查，2026-11-20 起"
    assert said == dict.fromkeys(("待审核", "审核通过", "审核未通过"), kept) | dict.fromkeys(
        ("通知", "申请及其他"), "滨江，2026-11-20 起"
    )
    without = await page(lin, at["通知"].partition("&")[0])
    assert led(without)["待审核"] == "/h5/lists/sent?tab=pending"
    assert tabs(without) == {"待审核": "2", "审核通过": "1", "审核未通过": "1", "通知": "1", "申请及其他": ""}


async def test_a_sort_of_paper_goes_along_from_notices_to_the_replies_that_are_owed(office: Station) -> None:
    await noticed(office)
    chen = await office.browser(office.cast.chen)
    html = await page(chen, "/h5/lists/notices?tab=issued&kind=notice.rectification&state=%E5%BE%85%E5%9B%9E%E5%A4%8D")
    owed = led(html)["需我回复的"]
    assert owed == "/h5/lists/notices?tab=owed&kind=notice_reply.rectification&state=%E5%BE%85%E5%9B%9E%E5%A4%8D"
    assert (tabs(html)["需我回复的"], len(await listed(chen, owed.removeprefix("/h5/lists/")))) == ("1", 1)
    other = await page(chen, "/h5/lists/notices?kind=notice.stop_work")
    assert tabs(other) == {"下达给我的": "", "需我回复的": ""}  # both stay, and so does what is looked for


async def test_what_waits_is_read_on_by_key_too(station: Station) -> None:
    for _ in range(22):
        await station.report(recipients=[])
        station.clock.move(minutes=1)
    luo = await station.browser(station.cast.luo)
    first = await page(luo, "/h5/lists/todo")
    more = re.findall(r'hx-get="([^"]*)"', first)[0].replace("&amp;", "&")
    rest = await page(luo, more)
    assert [one[2][-3:] for html in (first, rest) for one in lines(html)] == [f"{n:02}号" for n in range(1, 23)]


async def test_a_list_opens_where_it_holds_something_and_an_empty_one_leads_on(office: Station) -> None:
    """Nobody has to look through empty tabs; where there is nothing, what begins it is one tap away."""
    lin, luo = await office.browser(office.cast.lin), await office.browser(office.cast.luo)
    begins = re.compile(r'<form method="post" action="(/h5/new/[^"]*)">')
    for browser in (lin, luo):
        empty = await page(browser, "/h5/lists/notices")
        assert (current(empty), begins.findall(empty)) == ("我上报的", ["/h5/new/notice"])
        assert "您还没有下发过通知。点“新建通知”，或在聊天窗口发送“新建通知”，开始第一份。" in text(empty)
    assert begins.findall(await page(lin, "/h5/lists/todo")) == []
    await noticed(office)
    chen = await office.browser(office.cast.chen)
    assert current(await page(chen, "/h5/lists/notices")) == "需我回复的"
    full = await page(lin, "/h5/lists/notices")
    assert (current(full), begins.findall(full)) == ("我上报的", [])
    nothing = await page(lin, "/h5/lists/notices?tab=mine&words=没有的")
    assert (begins.findall(nothing), "清除条件" in text(nothing)) == ([], True)


async def test_what_was_not_opened_yet_is_marked(station: Station) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    assert (await page(luo, "/h5/lists/todo")).count('aria-label="未读"') == 1
    await luo.read(f"/h5/cases/{case.id}")
    assert (await page(luo, "/h5/lists/todo")).count('aria-label="未读"') == 0


async def test_what_one_has_decided_in_chat_is_not_marked(station: Station) -> None:
    case = await station.report()
    await station.pages.engine.perform(case.id, "pass", station.cast.luo)
    luo = await station.browser(station.cast.luo)
    assert len(await listed(luo, "received?tab=reviewed")) == 1
    assert (await page(luo, "/h5/lists/received?tab=reviewed")).count('aria-label="未读"') == 0


async def test_whoever_lost_his_seat_finds_no_line_that_leads_nowhere(office: Station) -> None:
    """Every line of every list opens, for everybody."""
    await noticed(office)
    await office.report()
    for person in await Person.all().order_by("id"):
        browser = await office.browser(person)
        for ledger in LEDGERS:
            for tab in ledger.tabs:
                html = await page(browser, f"/h5/lists/{ledger.name}?tab={tab.name}")
                found = re.findall(r'class="[^"]*\brecord\b[^"]*" href="([^"]*)"', html)
                assert [(await browser.get(one)).status for one in found] == [200] * len(found)


async def test_the_addresses_of_before_lead_to_the_lists(station: Station) -> None:
    answer = await (await station.stranger()).get("/h5")
    assert (answer.status, answer.headers["Location"]) == (302, "/h5/")
    luo = await station.browser(station.cast.luo)
    for name in ("todo", "sent", "received"):
        answer = await luo.get(f"/h5/{name}")
        assert (answer.status, answer.headers["Location"]) == (302, f"/h5/lists/{name}")
    assert (await luo.get("/h5/lists/nothing")).status == 404
