"""Leaders look records up (HN-48 … HN-51): by any conditions, within their stations; on pages, on paper, in Excel."""

import io
import re
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest
from openpyxl import load_workbook
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from checks.report import CHECK_REPORT
from core import database
from core.cases.models import Case, SearchFill
from core.people.delegation import DELEGATION
from core.people.models import Organisation, OrgKind, Person
from core.projects.models import Project, SupervisionStatus
from core.search import index
from core.search.filling import catch_up
from h5.searching import exporting
from h5.searching.sheet import Workbook
from tests.h5.crowd import gather
from tests.h5.story import PUBLIC_URL, Browser, Station, photo, station_on, text
from tests.h5.test_browser import phone
from tests.h5.test_lists import lines
from tests.h5.test_replies import TODAY, noticed, reply_of

NUMBER = "海澄检〔2026〕0001号"
SAFETY = "滨江花园一期 安全检查"
FORMULA = '=HYPERLINK("http://evil.example","点我")'


async def asked(browser: Browser, **conditions: object) -> str:
    answer = await browser.get(f"/h5/search?{urlencode(conditions)}")
    assert answer.status == 200
    return await answer.text()


def numbers(html: str) -> list[str]:
    """Of the records that are listed, without year and series; nothing for one that has none."""
    return ["".join(re.findall(r"〕(\d+)号", " ".join(one))) for one in lines(html)]


def more(html: str) -> str:
    return re.findall(r'class="more-link" href="([^"]*)"', html)[0].replace("&amp;", "&")


async def elsewhere(station: Station, name: str) -> Project:
    org = station.cast.project.station_id
    return await Project.create(name=name, supervision_no=name, station_id=org, status=SupervisionStatus.NORMAL)


async def test_a_leader_combines_any_conditions(office: Station) -> None:
    cast = office.cast
    harbour = await elsewhere(office, "滨海大道改造")
    await office.report(findings=[{"note": "三层临边未设防护栏杆"}])  # 0001
    await office.report(check_type="quality", findings=[{"note": "钢筋锈蚀，见 0001 号整改"}], reviewers=[])  # 0002
    office.clock.move(days=3)
    crane = [{"note": "塔吊ＣＲＢ400限位失灵"}]
    await office.report(project=harbour.id, recipients=[], findings=crane, reviewers=[])  # 0003
    await noticed(
        office
    )  # 0004, and 001 of another series, with a reply and a question whether papers may come by WeCom
    qin = await office.browser(cast.qin)
    for conditions, expected in (
        ({"q": "无防"}, ["001", "001", "0004"]),
        ({"q": "临边 栏杆 三层"}, ["0001"]),
        ({"q": "塔吊crb400"}, ["0003"]),
        ({"q": "0001"}, ["0002", "0001"]),
        ({"number": "0001"}, ["0001"]),
        ({"name": "滨江", "kind": "check_report"}, ["0004", "0002", "0001"]),
        ({"name": "滨"}, ["001", "", "001", "0004", "0003", "0002", "0001"]),
        ({"project": harbour.id}, ["0003"]),
        ({"kind": "notice.rectification"}, ["001"]),
        ({"kind": "notice.stop_work"}, []),
        ({"state": "check_report.pending"}, ["0001"]),
        ({"state": "check_report.passed", "q": "锈蚀"}, ["0002"]),
        ({"by": "陈光"}, ["001", ""]),
        ({"by": "林小舟", "from": "2026-11-23"}, ["001", "0004", "0003"]),
        ({"from": "2026-11-20", "to": "2026-11-20"}, ["0002", "0001"]),
        ({"station": harbour.station_id, "to": "2026-11-19"}, []),
        ({"unit": cast.chen.org_id}, ["001", ""]),
        ({"rectified": "0", "rounds": "1", "timing": "late"}, []),
        ({"q": "%"}, []),
    ):
        assert numbers(await asked(qin, **conditions)) == expected, conditions
    page = text(await asked(qin, name="滨", kind="check_report"))
    assert page.splitlines()[-99:].count("滨海大道改造") == 1  # of two projects of that name one can be chosen
    assert "没有符合条件的记录。请换个词，或者去掉一些条件再查。" in text(await asked(qin, q="没有的字"))


async def test_what_was_said_in_a_step_is_found_too(office: Station) -> None:
    """A reason, and the answers of a former round; also in records from before there was a search."""
    cast, engine = office.cast, office.pages.engine
    failed = await office.report()  # 0001
    await engine.perform(failed.id, "fail", cast.luo, {"opinion": "照片太暗，请补拍"}, key="fail")
    reply = await reply_of(await noticed(office), cast.chen)  # 001, on 0002
    for spoken, verdict in (("已加固", False), ("已重新加固", True)):
        answers = [{"finding": n, "statement": f"{spoken}{n}处", "photos": [], "done_on": TODAY} for n in (1, 2, 3)]
        await engine.perform(reply.id, "reply", cast.chen, {"answers": answers}, key=spoken)
        reason = "" if verdict else "立杆间距仍然过大"
        verdicts = [{"finding": n, "accepted": verdict, "reason": reason} for n in (1, 2, 3)]
        await engine.perform(reply.id, "judge", cast.lin, {"verdicts": verdicts}, key=f"judged-{spoken}")
    qin = await office.browser(cast.qin)
    expected = {"照片太暗": ["0001"], "已加固2处": ["001"], "已重新加固2处": ["001"], "间距仍然过大": ["001"]}
    assert {word: numbers(await asked(qin, q=word)) for word in expected} == expected
    await database.rows("DELETE FROM case_text RETURNING case_id")
    await database.rows("DELETE FROM search_fill RETURNING id")
    await catch_up(engine.processes)
    assert {word: numbers(await asked(qin, q=word)) for word in expected} == expected


STILL = "早先的记录正在编入查询，还剩约 100%，暂时可能查不到。"


async def test_what_a_version_before_did_not_enter_is_entered_while_what_it_did_is_found(office: Station) -> None:
    """One that knew titles and findings, and not why something did not pass, and had entered all there was."""
    engine = office.pages.engine
    failed = await office.report()
    await engine.perform(failed.id, "fail", office.cast.luo, {"opinion": "照片太暗，请补拍"}, key="fail")
    await database.transaction(partial(_as_before, await Case.get(id=failed.id)))
    qin = await office.browser(office.cast.qin)
    assert [(numbers(await asked(qin, q=word)), STILL in text(await asked(qin))) for word in ("栏杆", "太暗")] == [
        (["0001"], True),
        ([], True),
    ]
    assert "编入统计" not in text(await (await qin.get("/h5/statistics")).text())  # its figures were whole
    assert await catch_up(engine.processes) == 1
    assert [(numbers(await asked(qin, q=word)), STILL in text(await asked(qin))) for word in ("栏杆", "太暗")] == [
        (["0001"], False),
        (["0001"], False),
    ]
    assert await catch_up(engine.processes) == 0


async def _as_before(case: Case) -> None:
    index.keep_text(CHECK_REPORT, case, "滨江花园一期", [])
    await SearchFill.create(id=index.VERSION - 1, first_id=case.id, next_id=0)


async def test_what_cannot_be_understood_says_what_to_change(station: Station) -> None:
    await station.report()
    qin = await station.browser(station.cast.qin)
    for conditions, sentence in (
        ({"from": "昨天"}, "「开始日期」没有看懂，请写成 2026-11-21 的样子。"),
        ({"from": "2026-11-21", "to": "2026-11-20"}, "开始日期晚于截止日期，请改正。"),
        ({"q": "字" * 65}, "「全文」最多 64 个字，请精简后再查。"),
        ({"q": "\u200b"}, "「全文」里没有可以查找的字，请重新填写。"),
        ({"kind": "nothing"}, "没有这样的「类别」，请重新选择。"),
        ({"station": "424242"}, "没有这样的「监督站」，请重新选择。"),
        ({"project": "424242"}, "没有找到这个工程，或者它不在您的范围内，请重新选择。"),
        ({"unit": "424242"}, "没有找到这个单位，请重新选择。"),
        ({"unit": str(station.cast.stranger.org_id)}, "没有找到这个单位，请重新选择。"),  # no record here
    ):
        html = await asked(qin, **conditions)
        assert re.findall(r'role="alert">(.*?)</p>', html) == [sentence]
        assert lines(html) == []
        assert (await qin.get(f"/h5/search.xlsx?{urlencode(conditions)}")).status == 409


async def test_everybody_finds_what_is_theirs_and_others_no_page(migrated_url: str, tmp_path: Path) -> None:
    async with station_on(migrated_url, tmp_path, (CHECK_REPORT, DELEGATION)) as station:
        crowd = await gather(station)
        reached = {role: await _reached(crowd.browsers[role]) for role in crowd.people}
        everything = {"chief", "leader in charge", "section chief", "province"}
        assert {role for role, said in reached.items() if said == (True, [SAFETY])} == everything | {
            "inspector of the team"
        }
        assert {role for role, said in reached.items() if said == (True, [])} == {
            *("inspector of another team", "inspector of another station", "chief of another station", "deputy"),
        }
        ministry = await Organisation.create(name="南屿省住建厅", short_name="住建厅", kind=OrgKind.PROVINCE)
        own = crowd.people["province"].org_id
        await Organisation.filter(id=own).update(parent_id=ministry.id)
        await Person.filter(id=crowd.people["province"].id).update(org_id=ministry.id)
        province = text(await asked(crowd.browsers["province"], kind="check_report"))
        at = province.splitlines().index("全部监督站")
        assert province.splitlines()[at + 1 : at + 5] == [
            *("海澄市质安监督站", "南屿省质安总站", "椰湾市质安监督站", "开始日期"),
        ]


async def test_an_inspector_finds_what_he_wrote_on_a_project_of_others(migrated_url: str, tmp_path: Path) -> None:
    """And nobody else's on it, nor its name without a record of his own."""
    async with station_on(migrated_url, tmp_path, (CHECK_REPORT, DELEGATION)) as station:
        crowd = await gather(station)
        wu, project = crowd.people["inspector of another team"], crowd.project
        browser = crowd.browsers["inspector of another team"]
        asks: tuple[dict[str, object], ...] = ({"name": "滨江"}, {"project": project.id})
        assert [numbers(await asked(browser, **one)) for one in asks] == [[], []]
        data = {"project": project.id, "check_type": "safety", "checked_location": "大门"}
        await station.pages.engine.open("check_report", wu, data, key="wu")
        assert [numbers(await asked(browser, **one)) for one in asks] == [["0002"], ["0002"]]


async def test_no_address_widens_what_one_may_search(migrated_url: str, tmp_path: Path) -> None:
    """A station, project, person or unit of others finds nothing, and says the same as one that is not there."""
    async with station_on(migrated_url, tmp_path, (CHECK_REPORT, DELEGATION)) as station:
        crowd = await gather(station)
        home, project, author = crowd.check.station_id, crowd.project, crowd.check.author_id
        ids = {"station": home, "project": project.id, "unit": home, "author": author, "stations": home}
        asks = [{name: one} for name, one in ids.items()] + [{"q": "栏杆"}, {"name": project.name}, {"by": "林小舟"}]
        asks += [{"number": "0001"}, {"kind": "check_report"}, {"state": "check_report.pending", "station": home}]
        for role in ("chief of another station", "inspector of another station", "inspector of another team"):
            browser = crowd.browsers[role]
            for one in asks:
                html = await asked(browser, **one)
                absent = await asked(browser, **one | {name: 424242 for name in one if name in ids})
                said = [re.findall(r'role="alert">(.*?)</p>', page) for page in (html, absent)]
                assert (lines(html), said[0], "共 1 份" in text(html)) == ([], said[1], False), (role, one)
                total = text(await (await browser.get(f"/h5/search/count?{urlencode(one)}")).text())
                assert total == "共 0 份", (role, one)
                figures = text(await (await browser.get(f"/h5/statistics?{urlencode(one)}")).text())
                assert crowd.project.name not in figures.replace(f"“{project.name}”", ""), (role, one)


async def _reached(browser: Browser) -> tuple[bool, list[str]]:
    """Whether the page is offered, and the checks that are found on it."""
    offered = 'href="/h5/search"' in await (await browser.get("/h5/me")).text()
    answer = await browser.get("/h5/search?kind=check_report")
    assert (answer.status == 200) == offered
    return offered, [one[0] for one in lines(await answer.text())]


async def test_results_are_read_on_by_key_and_counted_on_request(station: Station) -> None:
    for number in range(23):
        await station.report(check_type=("safety", "quality")[number % 2], reviewers=[])
    luo = await station.browser(station.cast.luo)
    first = await asked(luo, q="检查")
    await station.report(reviewers=[])  # what comes meanwhile moves nothing
    rest = await (await luo.get(more(first), **{"HX-Request": "true"})).text()
    assert "<html" not in rest
    assert [*numbers(first), *numbers(rest)] == [f"{n:04}" for n in range(23, 0, -1)]
    assert "共有多少份？" in text(first)
    assert text(await (await luo.get("/h5/search/count?q=检查")).text()) == "共 24 份"
    assert "共 24 份" in text(await asked(luo, q="检查", counted="1"))
    assert "共 11 份" in text(await asked(luo, kind="check_report.quality"))


async def test_what_was_found_is_taken_away_as_a_workbook(office: Station) -> None:
    cast = office.cast
    picture = await office.keep(photo(), cast.lin)
    check = await office.report(findings=[{"photos": [picture.id], "note": FORMULA}, {"note": "+8613 钢筋锈蚀"}])
    await office.report(check_type="quality", reviewers=[])
    luo = await office.browser(cast.luo)
    answer = await luo.get(f"/h5/search.xlsx?{urlencode({'name': '滨江', 'state': 'check_report.pending'})}")
    disposition = "attachment; filename*=UTF-8''%E6%9F%A5%E8%AF%A2%E7%BB%93%E6%9E%9C20261120-0900.xlsx"
    assert (answer.status, answer.headers["Content-Disposition"]) == (200, disposition)
    book = load_workbook(io.BytesIO(await answer.read()))
    rows = [[cell.value for cell in row] for row in book["查询结果"].iter_rows()]
    assert [row[0] for row in rows[:3]] == [
        "海澄市质安监督站 查询结果",
        "条件：状态：监督检查记录：待审核；工程名称：“滨江”",
        "罗敬川 2026年11月20日 09:00 查询",
    ]
    assert rows[3] == [
        *("编号", "类别", "标题", "工程", "监督站", "提交人", "状态"),
        *("提交时间", "办结时间", "截止日期", "期限", "回复轮次", "内容", "记录"),
    ]
    assert [row[:7] for row in rows[4:]] == [
        [
            "海澄检〔2026〕0001号",
            "监督检查记录：安全检查",
            SAFETY,
            "滨江花园一期",
            "海澄市质安监督站",
            "林小舟",
            "待审核",
        ]
    ]
    assert (str(rows[4][7]), rows[4][8]) == ("2026-11-20 09:00:00", None)
    assert rows[4][12].splitlines()[-2:] == [FORMULA, "+8613 钢筋锈蚀"]
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    assert book["查询结果"]["N5"].hyperlink.target == f"{PUBLIC_URL}/h5/cases/{check.id}"
    files = book["照片和附件"]
    assert [cell.value for cell in files[2]][:3] == ["海澄检〔2026〕0001号", SAFETY, "照片"]
    assert files["E2"].hyperlink.target == f"{PUBLIC_URL}/h5/cases/{check.id}/files/{picture.id}/shown"
    opened = [
        (await browser.get(f"/h5/cases/{check.id}/files/{picture.id}/shown")).status
        for browser in (
            luo,
            await office.browser(cast.chen),
            await office.browser(cast.stranger),
            await office.stranger(),
        )
    ]
    assert opened == [200, 404, 404, 302]  # 陈光泽 before it is issued to him; nobody: to the sign-in, and back here
    assert files.max_row == 2


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize(
    "program",
    [
        "Microsoft Office Excel 2014 (16.0.10730) Windows NT 10.0",
        "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; ms-office)",
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_link_in_a_workbook_is_left_to_the_readers_browser(station: Station, method: str, program: str) -> None:
    """What the program itself is answered leads nowhere else, so it opens the link as it stands."""
    case = await station.report()
    nobody = await station.stranger()
    answer = await nobody.client.request(
        method, f"/h5/cases/{case.id}", headers={"User-Agent": program}, allow_redirects=False
    )
    said = (
        "请在浏览器中打开\n这个链接要在浏览器或企业微信中打开。\n没有自动打开的，请复制链接，粘贴到浏览器中。\n返回首页"
    )
    assert (answer.status, text(await answer.text())) == (200, said if method == "GET" else "")


async def test_a_workbook_that_would_grow_too_long_says_so(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST", 2)
    monkeypatch.setattr(exporting, "_AT_ONCE", 1)
    luo = await station.browser(station.cast.luo)
    cut = "只列出最新的 2 份，更早的请缩小日期范围后再导出。"
    for serial, last in ((1, NUMBER), (2, NUMBER), (3, cut)):
        await station.report()
        book = load_workbook(io.BytesIO(await (await luo.get("/h5/search.xlsx")).read()))
        rows = [row[0].value for row in book["查询结果"].iter_rows(min_row=5)]
        assert rows[-1] == last, serial


def test_no_program_for_tables_takes_words_for_a_formula(tmp_path: Path) -> None:
    """Also after somebody has saved the workbook as CSV."""
    book = Workbook(tmp_path / "book.xlsx")
    book.sheet("甲", ["@about"], [("=head", 9)]).add([[FORMULA, "-1", "\t=1", "http://evil.example", "字" * 40_000]])
    book.close()
    rows = [[cell.value for cell in row] for row in load_workbook(tmp_path / "book.xlsx")["甲"].iter_rows()]
    assert rows[0][0] == "'@about"
    assert rows[2] == [f"'{FORMULA}", "'-1", "'\t=1", "http://evil.example", "字" * 32_000 + "…"]


async def test_what_was_found_is_printed(station: Station) -> None:
    await station.report()
    qin = await station.browser(station.cast.qin)
    page = await qin.read("/h5/search/print?q=栏杆")
    assert page.splitlines() == [
        *(
            "海澄市质安监督站查询结果",
            "打印",
            "返回查询",
            "条件：全文：“栏杆”",
            "秦若岩 2026年11月20日 09:00 查询",
            "共列出 1 份",
        ),
        *("编号", "类别", "工程", "监督站", "提交人", "状态", "提交时间", "办结时间", "截止日期"),
        *("海澄检〔2026〕0001号", "监督检查记录：安全检查", "滨江花园一期", "海澄市质安监督站", "林小舟", "待审核"),
        *("11月20日 09:00", "—", "—"),
    ]


async def test_what_is_taken_away_says_until_which_day_also_when_it_was_done(office: Station) -> None:
    """Of a notice the nearest day on which an answer is due; a day is one to Excel, too."""
    cast, engine = office.cast, office.pages.engine
    reply = await reply_of(await noticed(office), cast.chen)
    luo = await office.browser(cast.luo)
    assert await _until(luo, "notice.rectification") == ("2026-12-02 00:00", "yyyy-mm-dd", None)
    assert await _until(luo, "notice_reply") == ("2026-12-02 00:00", "yyyy-mm-dd", None)
    answers = [{"finding": n, "statement": "已整改", "photos": [], "done_on": TODAY} for n in (1, 2, 3)]
    await engine.perform(reply.id, "reply", cast.chen, {"answers": answers}, key="reply")
    await engine.perform(reply.id, "accept", cast.lin, {}, key="accept")
    assert await _until(luo, "notice.rectification") == ("2026-12-02 00:00", "yyyy-mm-dd", None)
    assert await _until(luo, "notice_reply") == ("2026-12-02 00:00", "yyyy-mm-dd", "按期")
    assert (await luo.read("/h5/search/print?kind=notice_reply")).splitlines()[-1] == "12月2日24时"


async def _until(browser: Browser, kind: str) -> tuple[str, str, str | None]:
    """截止日期 of the first record, how it is shown, and 期限."""
    answer = await browser.get(f"/h5/search.xlsx?kind={kind}")
    heads, row = load_workbook(io.BytesIO(await answer.read()))["查询结果"][4:5]
    said = {head.value: cell for head, cell in zip(heads, row, strict=True)}
    day = said["截止日期"]
    return f"{day.value:%Y-%m-%d %H:%M}", day.number_format, said["期限"].value


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_what_is_printed_lies_across_numbered_sheets(station: Station, chromium: Chromium) -> None:
    await station.report()
    async with phone(station, chromium, station.cast.qin, color_scheme="dark") as qin:
        await qin.page.goto(f"{qin.address}/h5/search/print")
        sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", await qin.page.pdf(prefer_css_page_size=True))
        assert [float(wide) > float(high) for wide, high in sizes] == [True]
        await qin.page.emulate_media(media="print", color_scheme="dark")
        await expect(qin.page.get_by_role("button", name="打印")).to_be_hidden()
        await expect(qin.page.locator("td").first).to_have_css("border-top-color", "rgb(119, 119, 119)")


async def test_a_project_leads_to_its_records(station: Station) -> None:
    project = station.cast.project.id
    address = f"/h5/search?project={project}&amp;kind=check_report"
    for person, leads in ((station.cast.luo, True), (station.cast.lin, True), (station.cast.chen, False)):
        browser = await station.browser(person)
        assert (f'href="{address}"' in await (await browser.get(f"/h5/projects/{project}")).text()) == leads


async def test_results_go_on_under_the_thumb_and_conditions_are_taken_away(
    station: Station, chromium: Chromium
) -> None:
    for number in range(23):
        await station.report(check_type=("safety", "quality")[number % 2], reviewers=[])
    async with phone(station, chromium, station.cast.luo) as luo:
        page, records = luo.page, luo.page.locator("a.record")
        await page.goto(f"{luo.address}/h5/")
        await page.get_by_role("link", name="查询").tap()
        await expect(page.locator(".found-total")).to_have_text("共 23 份")
        await page.keyboard.press("End")
        await expect(records).to_have_count(23)
        await page.get_by_text("更多条件").tap()
        await page.get_by_label("类别").select_option("　质量检查")
        await page.get_by_label("工程名称").fill("滨江")
        await page.keyboard.press("Enter")
        await expect(records).to_have_count(11)
        await page.get_by_role("link", name="类别：监督检查记录：质量检查").tap()
        await expect(page.locator(".chosen-one")).to_have_count(1)
        await expect(page.locator(".found-total")).to_have_text("共 23 份")
        assert luo.complaints == []


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(("width", "height"), [(375, 560), (1440, 900)])
async def test_one_button_asks_and_it_is_under_the_thumb_while_more_conditions_are_open(
    station: Station, chromium: Chromium, width: int, height: int, scripts: bool
) -> None:
    await station.report()
    size = {"width": width, "height": height}
    async with phone(station, chromium, station.cast.luo, viewport=size, java_script_enabled=scripts) as luo:
        for address, caption in (("search", "查询"), ("statistics", "统计")):
            await luo.page.goto(f"{luo.address}/h5/{address}")
            ask = luo.page.get_by_role("button", name=caption, exact=True)
            await expect(ask).to_have_count(1)
            await luo.page.get_by_text("更多条件").tap()
            await expect(ask).to_have_count(1)
            await expect(ask).to_be_in_viewport(ratio=1)
            thumb, places = await ask.bounding_box(), await luo.page.locator(".places").bounding_box()
            assert thumb is not None and places is not None
            assert width > 1024 or thumb["y"] + thumb["height"] <= places["y"]
            await luo.page.get_by_label("工程名称").fill("滨江")
            await ask.tap()
            await expect(luo.page).to_have_url(re.compile("name=%E6%BB%A8%E6%B1%9F"))
            await expect(luo.page.get_by_label("工程名称")).to_have_value("滨江")
