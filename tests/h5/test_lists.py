"""The home page: what waits, what was sent, what was received."""

from tests.h5.story import Browser, Station


async def _list(browser: Browser, name: str) -> list[str]:
    """The lines below the tabs."""
    page = (await browser.read(f"/h5/{name}")).splitlines()
    return page[page.index("我接收的") + 1 :]


async def test_what_waits_is_on_the_home_page_longest_first(station: Station) -> None:
    await station.report()
    station.clock.move(hours=3)
    await station.report(check_type="quality", recipients=[])
    luo = await station.browser(station.cast.luo)
    assert (await luo.read("/h5/")).splitlines()[:2] == ["待办", "2"]
    assert await _list(luo, "") == [
        *("滨江花园一期 安全检查", "待审核", "监督检查记录 海澄检〔2026〕0001号", "11月20日 09:00，已等 3 小时"),
        *("滨江花园一期 质量检查", "待审核", "监督检查记录 海澄检〔2026〕0002号", "11月20日 12:00，刚刚"),
    ]


async def test_what_was_decided_waits_no_more(station: Station) -> None:
    case = await station.report()
    luo, qin = await station.browser(station.cast.luo), await station.browser(station.cast.qin)
    await luo.does(case, "pass")
    assert await _list(qin, "todo") == ["没有等您办理的事项。"]
    assert await _list(qin, "received") == [
        *("滨江花园一期 安全检查", "审核通过", "监督检查记录 海澄检〔2026〕0001号", "11月20日 09:00"),
    ]


async def test_the_author_finds_what_he_sent(station: Station) -> None:
    await station.report()
    lin, luo = await station.browser(station.cast.lin), await station.browser(station.cast.luo)
    assert (await _list(lin, "sent"))[:2] == ["滨江花园一期 安全检查", "待审核"]
    assert await _list(lin, "received") == ["还没有下达给您的记录。"]
    assert await _list(luo, "sent") == ["您还没有发送过记录。在聊天窗口发送「上报」可以开始一份。"]


async def test_the_contractor_receives_only_what_was_issued(station: Station) -> None:
    case = await station.report()
    luo, chen = await station.browser(station.cast.luo), await station.browser(station.cast.chen)
    assert await _list(chen, "received") == ["还没有下达给您的记录。"]
    await luo.does(case, "pass")
    assert (await _list(chen, "received"))[:2] == ["滨江花园一期 安全检查", "审核通过"]


async def test_what_was_not_opened_yet_is_marked(station: Station) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    assert (await (await luo.get("/h5/todo")).text()).count('aria-label="未读"') == 1
    await luo.read(f"/h5/cases/{case.id}")
    assert (await (await luo.get("/h5/todo")).text()).count('aria-label="未读"') == 0


async def test_the_address_without_a_stroke_leads_home(station: Station) -> None:
    answer = await (await station.stranger()).get("/h5")
    assert (answer.status, answer.headers["Location"]) == (302, "/h5/")
