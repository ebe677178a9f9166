"""Statistics: what a leader reads there is what the list behind it holds."""

import re
from datetime import timedelta
from typing import Any

import playwright.async_api
import pytest
from playwright.async_api import expect

from checks import library
from core import clock
from core.cases.models import Case
from core.people.models import Organisation, OrgKind, Person, Role
from core.projects.models import Project, SupervisionStatus
from tests.h5.story import Browser, Station, text
from tests.h5.test_browser import phone
from tests.h5.test_lists import lines

TERM = library.load().terms[0]
CITED = {"id": TERM.id, "text": TERM.text, "basis": "JGJ 80-2016", "clause": "4.1.1"}


async def _checked(office: Station, **changes: Any) -> Case:
    """Two findings, one of them of the library."""
    found = [{"note": "临边无防护", "terms": [CITED]}, {"note": "配电箱未上锁"}]
    return await office.report(**{"findings": found, "reviewers": []} | changes)


async def _noticed(office: Station, deadline: str) -> Case:
    """The reply of 陈光泽 to a notice on a check that has passed."""
    cast = office.cast
    data = {
        "kind": "rectification",
        "project": cast.project.id,
        "addressee_units": [str(cast.chen.org_id)],
        "cited_check": str((await _checked(office)).id),
        "deadline": deadline,
        "repliers": [cast.chen.id],
    }
    key = f"notice-{await Case.all().count()}"
    notice = (await office.pages.engine.open("notice", cast.lin, data, key=key)).case
    return await Case.get(parent_id=notice.id, process="notice_reply")


async def _answered(office: Station, reply: Case, *verdicts: bool) -> None:
    """陈光泽 answers as often as 林小舟 judges: accepted or returned as a whole."""
    engine, cast = office.pages.engine, office.cast
    for turn, accepted in enumerate(verdicts):
        done = office.clock.at.date().isoformat()
        answers = [{"finding": n, "statement": f"第{n}条已整改", "photos": [], "done_on": done} for n in (1, 2)]
        await engine.perform(reply.id, "reply", cast.chen, {"answers": answers}, key=f"{reply.id}-reply-{turn}")
        reason = {} if accepted else {"reason": "照片看不清"}
        told = [{"finding": n, "accepted": accepted, **reason} for n in (1, 2)]
        await engine.perform(reply.id, "judge", cast.lin, {"verdicts": told}, key=f"{reply.id}-judge-{turn}")


async def _a_season(office: Station) -> None:
    """One check in September; in November one that failed and three notices: answered in time, late and in two rounds,
    and not at all."""
    cast, engine = office.cast, office.pages.engine
    office.clock.move(days=-60)
    await _checked(office, check_type="quality", findings=[])
    office.clock.move(days=60)
    failed = await _checked(office, reviewers=[cast.luo.id])
    await engine.perform(failed.id, "fail", cast.luo, {"opinion": "照片看不清"}, key="failed")
    soon, late = await _noticed(office, "2026-12-02"), await _noticed(office, "2026-11-25")
    await _noticed(office, "2026-12-18")
    await _answered(office, soon, True)
    office.clock.move(days=7)
    await engine.sweep_all()
    await _answered(office, late, False, True)


async def _page(browser: Browser, query: str = "") -> str:
    answer = await browser.get(f"/h5/statistics{query}")
    assert answer.status == 200
    return await answer.text()


def _figure(page: str, name: str) -> list[list[str]]:
    """The rows of a figure's table, without those that say nothing."""
    section = re.findall(rf'<section class="card figure" id="{name}".*?</section>', page, re.DOTALL)
    rows = re.findall(r"<tr>.*?</tr>", "".join(section), re.DOTALL)
    found = [text(re.sub(r"<t[hd]\b", "\n<t", row)).splitlines() for row in rows]
    return [row for row in found if set(row[1:]) - {"0", "—"}]


def _numbers(page: str) -> dict[str, str]:
    """Every number that leads to a list, by the list's address."""
    found = re.findall(r'<t?d?d>\s*<a href="([^"]+)">(\d+)</a>', page)
    return {address.replace("&amp;", "&"): number for address, number in found}


async def test_figures_say_what_has_happened(office: Station) -> None:
    await _a_season(office)
    luo = await office.browser(office.cast.luo)
    page = await _page(luo)
    assert text(re.findall(r'<dl class="tiles">.*?</dl>', page, re.DOTALL)[0]).splitlines() == [
        *("检查记录", "5", "通知", "3", "已整改的通知", "2", "按期率", "50%", "超期的回复", "1"),
    ]
    assert _figure(page, "months") == [
        ["月份", "检查记录", "通知", "通知回复"],
        ["2026年9月", "1", "0", "0"],
        ["2026年11月", "4", "3", "3"],
        ["合计", "5", "3", "3"],
    ]
    assert _figure(page, "checks") == [
        ["种类", "合计", "审核通过", "审核未通过"],
        ["质量检查", "1", "1", "0"],
        ["安全检查", "4", "3", "1"],
        ["合计", "5", "4", "1"],
    ]
    assert _figure(page, "notices") == [["种类", "合计", "待回复", "已整改"], ["整改通知", "3", "1", "2"]]
    assert _figure(page, "timing")[1] == ["2026年11月", "1", "1", "50%"]
    assert _figure(page, "rounds") == [
        ["轮次", "整改完成的回复"], ["1轮", "1"], ["2轮", "1"], ["合计", "2"],
    ]  # fmt: skip
    assert [row[1] for row in _figure(page, "terms")] == ["检查记录", "4"]
    assert _figure(page, "units")[1:] == [["海澄临港建工有限公司", "3", "1", "1", "50%"]]
    assert _figure(page, "projects")[1:] == [["滨江花园一期", "5", "3", "1", "1", "50%"]]
    assert _figure(page, "stations") == []  # there is one
    assert "林小舟" not in page


async def test_each_number_opens_a_list_of_as_many(office: Station) -> None:
    await _a_season(office)
    cast = office.cast
    asked = {"": cast.luo, "?name=滨江&first=2026-11&last=2026-11": cast.luo, f"?unit={cast.chen.org_id}": cast.lin}
    for query, who in asked.items():
        browser = await office.browser(who)
        numbers = _numbers(await _page(browser, query))
        assert len(numbers) >= 10, query
        for address, number in numbers.items():
            answer = await browser.get(address)
            assert (len(lines(await answer.text())), address) == (int(number), address)


async def test_everybody_counts_what_he_may_search(office: Station) -> None:
    """A chief next door and his province: each figure ends where the reader's reach ends."""
    cast = office.cast
    province = await Organisation.create(name="南屿省质安总站", short_name="总站", kind=OrgKind.STATION, code="南")
    await Organisation.filter(id=cast.lin.org_id).update(parent_id=province.id)
    beside = await Organisation.create(
        name="椰湾市质安监督站", short_name="椰湾站", kind=OrgKind.STATION, code="椰湾", parent_id=province.id
    )
    school = await Project.create(
        name="远洋中学扩建", supervision_no="YW-7", station_id=beside.id, status=SupervisionStatus.NORMAL
    )
    made = {"org_id": beside.id, "admitted_at": office.clock.at}
    jiang = await Person.create(userid="jiang", name="蒋越", role=Role.CHIEF, **made)
    he = await Person.create(userid="he", name="何川", role=Role.SUPERVISOR, **made)
    sheng = await Person.create(userid="sheng", name="盛海", role=Role.PROVINCE, **made | {"org_id": province.id})
    await _checked(office)
    for number in range(2):
        data = {"project": school.id, "check_type": "safety", "checked_location": "操场"}
        await office.pages.engine.open("check_report", he, data, key=f"school-{number}")
    total = {
        who.name: _figure(await _page(await office.browser(who)), "months")[-1] for who in (cast.luo, jiang, sheng)
    }
    assert total == {
        "罗敬川": ["合计", "1", "0", "0"], "蒋越": ["合计", "2", "0", "0"], "盛海": ["合计", "3", "0", "0"],
    }  # fmt: skip
    assert _figure(await _page(await office.browser(sheng)), "stations")[1:] == [
        ["海澄市质安监督站", "1", "0", "0", "0", "—"],
        ["椰湾市质安监督站", "2", "0", "0", "0", "—"],
    ]
    theirs = text(await _page(await office.browser(jiang), f"?project={cast.project.id}"))
    assert "没有找到这个工程，或者它不在您的范围内，请重新选择。" in theirs
    assert (await (await office.browser(cast.chen)).get("/h5/statistics")).status == 404


async def test_what_cannot_be_understood_gets_a_sentence(office: Station) -> None:
    luo = await office.browser(office.cast.luo)
    said = {
        "?first=2026-13": "月份没有看懂，请重新选择开始和结束的月份。",
        "?first=2026-12&last=2026-11": "开始的月份晚于结束的月份，请重新选择。",
        "?first=2020-01&last=2026-11": "一次最多统计 36 个月，请缩短时间。",
        "?unit=999": "没有找到这个单位，请重新选择。",
        "": "这段时间没有可以统计的记录。请换一段时间，或者去掉一些条件。",
    }
    assert {query: sentence in text(await _page(luo, query)) for query, sentence in said.items()} == dict.fromkeys(
        said, True
    )


async def _press_slowly(page: playwright.async_api.Page, x: float, y: float) -> None:
    """As with a glove: the page's clock goes on by a second before the thumb is lifted."""
    thumb = await page.context.new_cdp_session(page)
    await page.context.clock.set_fixed_time(clock.now())
    await thumb.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    await page.context.clock.set_fixed_time(clock.now() + timedelta(seconds=1))
    await thumb.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_tap_on_a_chart_opens_the_list(office: Station, chromium: playwright.async_api.Browser) -> None:
    await _a_season(office)
    async with phone(office, chromium, office.cast.luo) as luo:
        await luo.page.goto(f"{luo.address}/h5/statistics")
        rounds = luo.page.locator("#rounds")
        table = rounds.locator("table")
        await expect(table).to_be_hidden()
        await rounds.get_by_text("表格").tap()
        await expect(table).to_be_visible()
        await rounds.locator("canvas").scroll_into_view_if_needed()
        box = await rounds.locator("canvas").bounding_box()
        assert box is not None
        await _press_slowly(luo.page, box["x"] + 130, box["y"] + 60)  # anywhere above "2轮"
        await luo.page.wait_for_url(re.compile("/h5/search[?].*rounds=2"))
        await expect(luo.page.locator("a.record")).to_have_count(1)
        assert luo.complaints == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_without_a_script_there_are_tables(office: Station, chromium: playwright.async_api.Browser) -> None:
    await _checked(office)
    async with phone(office, chromium, office.cast.luo, java_script_enabled=False) as luo:
        await luo.page.goto(f"{luo.address}/h5/statistics")
        await expect(luo.page.locator(".chart").first).to_be_hidden()
        await luo.page.locator("#terms td a").tap()
        await expect(luo.page.locator("a.record")).to_have_count(1)


PAPER = """async () => {
    window.dispatchEvent(new Event("beforeprint"));
    const canvas = document.querySelector("#months canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const drawn = new Set();
    for (let at = 0; at < data.length; at += 4) drawn.add(data.slice(at, at + 3).join());
    window.dispatchEvent(new Event("afterprint"));
    const unfolded = [...document.querySelectorAll("details.figure-table")].every(one => one.open);
    return [drawn.has("47,111,179"), drawn.has("106,165,230"), unfolded];
}"""


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_paper_is_white_upright_and_says_whose_figures_when(
    office: Station, chromium: playwright.async_api.Browser
) -> None:
    """Also from a device whose pages are dark."""
    await _checked(office)
    async with phone(office, chromium, office.cast.luo, color_scheme="dark") as luo:
        await luo.page.goto(f"{luo.address}/h5/statistics")
        await expect(luo.page.locator("#months canvas")).to_be_visible()
        assert await luo.page.evaluate(PAPER) == [True, False, True]
        sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", await luo.page.pdf(prefer_css_page_size=True))
        assert {float(wide) < float(high) for wide, high in sizes} == {True}
        await luo.page.emulate_media(media="print", color_scheme="dark")
        await expect(luo.page.locator(".printed p")).to_have_text(
            [
                "海澄市质安监督站统计",
                "条件：开始日期：2025年12月1日；截止日期：2026年11月30日",
                "罗敬川 2026年11月20日 09:00 查询",
            ]
        )
        await expect(luo.page.locator("#months .quiet")).to_have_css("color", "rgb(51, 51, 51)")
        await expect(luo.page.locator("#months .figure-title")).to_have_css("color", "rgb(0, 0, 0)")
