"""Projects: found, looked at, positioned anew, and shown with one cover photo (HN-08 … HN-10)."""

import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, FormData
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from checks.report import CHECK_REPORT
from core import access
from core.cases.models import Case
from core.coordinates import Datum, Point, convert, metres
from core.people.delegation import DELEGATION
from core.people.models import OrgKind
from core.projects.models import Project, ProjectParty, ProjectPosition, SupervisionStatus
from h5 import jssdk
from notices.processes import NOTICES
from tests.h5.crowd import gather
from tests.h5.story import PUBLIC_URL, Browser, Station, photo, station_on, text
from tests.h5.test_browser import phone
from tests.h5.test_replies import noticed, part, replies, reply_of

GATE = Point(20.0203, 110.3502)


@pytest.fixture
def database_kind() -> str:
    """Only ``positioning`` writes here, and its story in tests/core runs on both databases."""
    return "sqlite"


async def post(browser: Browser, address: str, /, **fields: Any) -> ClientResponse:
    data = {"csrf": await browser.token()} | fields
    return await browser.client.post(address, data=data, headers={"Origin": PUBLIC_URL}, allow_redirects=False)


def names(page: str) -> list[str]:
    return re.findall(r'record-title">(.*?)<', page)


async def _others(station: Station, count: int) -> None:
    for number in range(count):
        await Project.create(
            name=f"听潮小学{number}号楼",
            supervision_no=f"HC-2025-{number:03}",
            station_id=station.cast.project.station_id,
            status=SupervisionStatus.STOPPED if number else SupervisionStatus.NORMAL,
            latitude=20.03 + number / 100,
            longitude=110.35,
        )


async def test_projects_are_found_by_keyword_and_state_page_by_page(station: Station) -> None:
    await _others(station, 24)
    lin = await station.browser(station.cast.lin)
    first = await (await lin.get("/h5/projects")).text()
    assert re.findall(r"全部 \d+|正常 \d+|停工 \d+", first) == ["全部 25", "正常 2", "停工 23"]
    after = re.findall(r'name="after" value="(\d+)"', first)[0]
    second = await (await lin.get(f"/h5/projects?after={after}")).text()
    assert [*names(first), *names(second)] == [*(f"听潮小学{n}号楼" for n in range(23, -1, -1)), "滨江花园一期"]
    assert names(await (await lin.get("/h5/projects?q=bjhy")).text()) == ["滨江花园一期"]
    assert names(await (await lin.get("/h5/projects?q=tcxx&status=normal")).text()) == ["听潮小学0号楼"]
    assert "没有找到与“海港”相符的工程，请换个关键词，或输入拼音首字母。" in await lin.read("/h5/projects?q=海港")


async def test_the_nearest_come_first_and_no_position_stands_in_an_address(station: Station) -> None:
    await _others(station, 2)
    lin = await station.browser(station.cast.lin)
    here = {"latitude": "20.0401", "longitude": "110.35", "datum": "gcj02"}
    page = await (await post(lin, "/h5/projects", **here)).text()
    assert names(page) == ["听潮小学1号楼", "听潮小学0号楼", "滨江花园一期"]
    assert re.findall(r"距您 [^<]*", page) == ["距您 11 米", "距您 1.1 公里", "距您 2.2 公里"]
    assert names(await (await post(lin, "/h5/near", **here)).text()) == names(page)
    assert names(await (await lin.get("/h5/projects?latitude=20.0401&longitude=110.35&datum=gcj02")).text())[0] == (
        "听潮小学1号楼"
    )
    assert (await post(lin, "/h5/near", latitude="95", longitude="x", datum="gcj02")).status == 400


async def test_a_check_stands_on_its_projects_page_as_on_its_own(station: Station) -> None:
    handed_on, inside = [await station.report(reviewers=[], recipients=ids) for ids in ([station.cast.chen.id], [])]
    lin = await station.browser(station.cast.lin)
    page = (await lin.read(f"/h5/projects/{station.cast.project.id}")).splitlines()
    states = {number: page[page.index(number) - 1] for number in (handed_on.number, inside.number)}
    assert states == {handed_on.number: "审核通过", inside.number: "审核通过（监督内档）"}


async def test_an_open_notice_says_on_its_projects_page_how_much_time_is_left(office: Station) -> None:
    notice = await noticed(office)
    lin = await office.browser(office.cast.lin)
    rows = part(await lin.read(f"/h5/projects/{office.cast.project.id}"), "未办结的通知", "待整改的问题")
    assert rows == [
        *("未办结的通知", notice.title, "待回复", "海澄质安改〔2026〕001号", "剩 12 天", "12月2日24时截止"),
        "查询全部通知",
    ]


async def test_a_project_says_how_many_more_findings_are_open_than_it_lists(office: Station) -> None:
    for _ in range(4):  # of three findings each
        await noticed(office)
    lin = await office.browser(office.cast.lin)
    rows = part(await lin.read(f"/h5/projects/{office.cast.project.id}"), "待整改的问题", "最近的检查")
    assert (rows.count("待回复"), rows[-1]) == (10, "还有 2 条，请打开上面的通知查看。")


async def test_a_project_counts_every_open_finding_that_its_reader_may_see(office: Station) -> None:
    """Also beyond the newest thirty replies; what was accepted is open no more."""
    cast = office.cast
    first = await reply_of(await noticed(office), cast.chen)
    await replies(office, first, _1=[], _2=[], _3=[])
    verdicts = [{"finding": n, "accepted": n != 2, "reason": "" if n != 2 else "没有锁上"} for n in (1, 2, 3)]
    await office.pages.engine.perform(first.id, "judge", cast.lin, {"verdicts": verdicts}, key="judge")
    held = await Case.filter(id=first.id).values()
    others = held[0] | {"number": None, "author_id": cast.stranger.id}
    del others["id"]
    await Case.bulk_create([Case(**others) for _ in range(31)])  # nobody has answered these yet
    for person, last in ((cast.lin, "还有 84 条，请打开上面的通知查看。"), (cast.chen, "已退回")):
        page = await (await office.browser(person)).read(f"/h5/projects/{cast.project.id}")
        assert part(page, "待整改的问题", "最近的检查")[-1] == last, person.name


async def test_those_of_many_that_somebody_may_see_are_those_that_he_may_see_one_by_one(
    migrated_url: str, tmp_path: Path
) -> None:
    async with station_on(migrated_url, tmp_path, (CHECK_REPORT, DELEGATION, *NOTICES)) as station:
        crowd = await gather(station)
        await ProjectParty.create(project_id=crowd.project.id, org_id=station.cast.chen.org_id, kind=OrgKind.CONTRACTOR)
        await replies(station, await reply_of(await noticed(station), station.cast.chen), _1=[], _2=[], _3=[])
        cases, counts = await Case.all().order_by("-id"), set()
        for role, person in crowd.people.items():
            one_by_one = [case.id for case in cases if await access.may_see(person, case)]
            assert [case.id for case in await access.seen(person, cases)] == one_by_one, role
            counts.add(len(one_by_one))
        assert len(counts) > 2
        assert await access.seen(station.cast.lin, []) == []


async def test_mobiles_and_buttons_are_for_the_people_of_the_station(station: Station) -> None:
    await station.report(reviewers=[], recipients=[])
    address = f"/h5/projects/{station.cast.project.id}"
    lin = await (await (await station.browser(station.cast.lin)).get(address)).text()
    chen = await (await (await station.browser(station.cast.chen)).get(address)).text()
    assert re.findall(r'href="(tel:\d+)"', lin) == ["tel:10000000000"]
    assert re.findall(r"tel:|1000000000\d", chen) == []
    assert re.findall(r'action="(/h5/new/\w+)"', lin) == ["/h5/new/check_report"]
    assert re.findall(r"/h5/new/|/position|封面图", chen) == []
    assert ("海澄检" in lin, "还没有您可以查看的检查记录。" in chen) == (True, True)


async def _form(browser: Browser, address: str) -> dict[str, str]:
    page = await (await browser.get(address)).text()
    return {"key": re.findall(r'name="key" value="(\w+)"', page)[0], "way": "typed", "datum": "gcj02", "accuracy": ""}


async def test_a_position_is_taken_again_and_again_and_each_is_kept(station: Station) -> None:
    lin, project = await station.browser(station.cast.lin), station.cast.project
    address = f"/h5/projects/{project.id}/position"
    near = {"latitude": f"{GATE.latitude}", "longitude": f"{GATE.longitude}", "address": "滨江路8号"}
    form = await _form(lin, address)
    for _ in range(2):  # pressed twice
        answer = await post(lin, address, **form, **near)
        assert (answer.status, answer.headers["Location"]) == (303, f"/h5/projects/{project.id}#where")
    station.clock.move(hours=1)
    satellite = convert(GATE, Datum.GCJ02, Datum.WGS84)
    coarse = {"latitude": f"{satellite.latitude:.7f}", "longitude": f"{satellite.longitude:.7f}"}
    form = await _form(lin, address) | {"way": "device", "datum": "wgs84", "accuracy": "350", "address": "工地南门"}
    assert (await post(lin, address, **form, **coarse)).status == 303
    await project.refresh_from_db()
    assert metres(Point(project.latitude or 0, project.longitude or 0), GATE) < 0.1
    assert (await lin.read(address)).partition("以前的定位\n")[2].splitlines()[:9] == [
        "11月20日 10:00",
        "林小舟，手机定位，误差约 350 米",
        "精度较低",
        "工地南门",
        "北纬 20.02030°，东经 110.35020°（GCJ-02）",
        "11月20日 09:00",
        "林小舟，手工填写",
        "滨江路8号",
        "北纬 20.02030°，东经 110.35020°（GCJ-02）",
    ]


async def test_a_place_far_from_the_former_one_is_asked_about(station: Station) -> None:
    lin, project = await station.browser(station.cast.lin), station.cast.project
    address = f"/h5/projects/{project.id}/position"
    far = {"latitude": "20.05", "longitude": "110.35", "address": "滨江路8号"} | await _form(lin, address)
    asked = await post(lin, address, **far)
    page = await asked.text()
    question = "新位置离原来的定位约 3.3 公里。请确认您就在「滨江花园一期」，再提交。"
    assert (asked.status, question in text(page), "确认无误，提交" in page) == (409, True, True)
    sure = re.findall(r'name="sure" value="([^"]*)"', page)[0]
    assert (await post(lin, address, **far | {"longitude": "110.36"}, sure=sure)).status == 409  # another place
    assert await ProjectPosition.all().count() == 0
    assert (await post(lin, address, **far, sure=sure)).status == 303
    assert await ProjectPosition.all().values_list("latitude", "longitude") == [(20.05, 110.35)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"longitude": ""}, "请获取定位，或填写经度，例如 110.12345。"),
        ({"latitude": "nan"}, "请获取定位，或填写纬度，例如 20.01234。"),
        ({"latitude": "0", "longitude": "0"}, "这个位置不在国内，请核对经度和纬度，或重新获取定位。"),
        ({"address": "　"}, "请填写位置，例如：望帆路18号，工地南门。"),
    ],
)
async def test_what_is_no_place_gets_a_sentence_and_loses_nothing(
    station: Station, typed: dict[str, str], sentence: str
) -> None:
    lin = await station.browser(station.cast.lin)
    address = f"/h5/projects/{station.cast.project.id}/position"
    said = {"latitude": "20.02", "longitude": "110.35", "address": "滨江路8号"} | await _form(lin, address) | typed
    answer = await post(lin, address, **said)
    page = await answer.text()
    assert (answer.status, sentence in text(page)) == (422, True)
    kept = dict(re.findall(r'id="(latitude|longitude|address)" name="\w+" value="([^"]*)"', page))
    assert kept == {name: said[name].strip() for name in kept}


async def test_only_its_station_positions_a_project(station: Station) -> None:
    chen = await station.browser(station.cast.chen)
    for name in ("position", "cover"):
        answer = await post(chen, f"/h5/projects/{station.cast.project.id}/{name}", key="0" * 32)
        assert (answer.status, text(await answer.text()).splitlines()[:2]) == (
            409,
            ["没有办理成功", "工程定位和封面图由负责这个工程的监督站办理，您可以查看，不能修改。"],
        )


async def _covered(browser: Browser, project: Project, data: bytes, name: str) -> ClientResponse:
    form = FormData()
    form.add_field("csrf", await browser.token())
    form.add_field("photo", data, filename=name, content_type="image/jpeg")
    return await browser.client.post(
        f"/h5/projects/{project.id}/cover", data=form, headers={"Origin": PUBLIC_URL}, allow_redirects=False
    )


async def test_one_cover_which_the_next_one_replaces(station: Station) -> None:
    lin, project = await station.browser(station.cast.lin), station.cast.project
    shown = []
    for colour in ("red", "blue"):
        assert (await _covered(lin, project, photo(colour, (3000, 2000)), f"{colour}.jpg")).status == 303
        page = await (await lin.get(f"/h5/projects/{project.id}")).text()
        shown += re.findall(r'href="(/h5/projects/\d+/cover/\d+/shown)"', page)
    statuses = [(await lin.get(one)).status for one in shown]
    assert (len(shown), statuses) == (2, [404, 200])
    assert (await (await station.browser(station.cast.stranger)).get(shown[1])).status == 404
    refused = await _covered(lin, project, b"<svg onload=alert(1)>", "x.jpg")
    assert (refused.status, "网页和矢量图不能作为证据" in await refused.text()) == (422, True)
    nothing = await _covered(lin, project, b"", "")
    assert (nothing.status, "还没有选择照片" in await nothing.text()) == (422, True)
    assert (await lin.get(shown[1])).status == 200


class Tickets:
    async def jsapi_ticket(self) -> str:
        return "corp-ticket"

    async def agent_ticket(self) -> str:
        return "app-ticket"


async def test_a_page_of_ours_is_signed_for_wecoms_script(station: Station) -> None:
    lin, page = await station.browser(station.cast.lin), f"{PUBLIC_URL}/h5/projects/1/position?from=card"
    address = f"/h5/jssdk?url={page}"
    assert await (await lin.get(address)).json() == {"reason": "not set up"}
    station.pages.tickets = Tickets()
    answer = await (await lin.get(address)).json()
    assert (answer["corpId"], answer["agentId"]) == ("wwdemo", 1000002)
    for name, ticket in (("config", "corp-ticket"), ("agentConfig", "app-ticket")):
        held = answer[name]
        signed = jssdk.jssdk.signature(ticket, held["nonceStr"], held["timestamp"], page)
        assert held["signature"] == signed


@pytest.mark.parametrize(
    "url",
    [
        *("http://stranger.example/h5/", "https://zhian.example/h5/", "http://zhian.example:81/h5/", "/h5/", "x"),
        *("http://zhian.example/login", "http://me@zhian.example/h5/", "http://zhian.example.evil.example/h5/", ""),
    ],
)
async def test_nothing_is_signed_for_strangers(station: Station, url: str) -> None:
    assert not jssdk.is_ours(station.pages.settings, url)


async def test_a_phone_is_positioned_and_corrected_on_the_map(
    station: Station, chromium: Chromium, tmp_path: Path
) -> None:
    project, satellite = station.cast.project, convert(GATE, Datum.GCJ02, Datum.WGS84)
    spot = {"latitude": satellite.latitude, "longitude": satellite.longitude, "accuracy": 260}
    where: dict[str, Any] = {"geolocation": spot, "permissions": ["geolocation"]}
    async with phone(station, chromium, station.cast.lin, **where) as lin:
        page = lin.page
        await page.goto(f"{lin.address}/h5/projects/{project.id}/position")
        await page.get_by_role("button", name="获取定位").tap()
        await expect(page.locator(".position-warning")).to_have_text(
            "定位误差约 260 米，精度较低。可以走到开阔处再获取一次，或在地图上移动标记。"
        )
        await expect(page.get_by_label("经度")).not_to_be_editable()
        await expect(page.locator("output[name=at]")).to_have_text("11月20日 09:00")
        await expect(page.get_by_role("button", name="更新定位")).to_be_enabled()
        await page.locator("summary").tap()
        marker = page.get_by_role("button", name="工程位置，用方向键移动")
        await marker.focus()
        await page.keyboard.press("Shift+ArrowUp")
        await expect(page.get_by_label("坐标系")).to_have_value("gcj02")
        await expect(page.locator(".position-warning")).to_have_count(0)
        await page.get_by_label("位置", exact=True).fill("工地南门")
        await page.get_by_role("button", name="提交").tap()
        await expect(page.locator("#where")).to_contain_text("地图选点")
        assert lin.complaints == []
    await project.refresh_from_db()
    moved = metres(Point(project.latitude or 0, project.longitude or 0), GATE)
    assert 49 < moved < 51


async def test_a_position_that_never_comes_is_waited_for_in_vain_but_not_for_ever(
    station: Station, chromium: Chromium
) -> None:
    """As where the phone's question for permission is not shown."""
    async with phone(station, chromium, station.cast.lin) as lin:
        await lin.page.context.add_init_script("navigator.geolocation.getCurrentPosition = () => {};")
        await lin.page.clock.install()
        await lin.page.goto(f"{lin.address}/h5/projects/{station.cast.project.id}/position")
        await lin.page.get_by_role("button", name="获取定位").tap()
        await expect(lin.page.get_by_role("button", name="正在定位…")).to_be_disabled()
        await lin.page.clock.fast_forward(30_000)
        sentence = "一直没有收到定位。请允许企业微信（或浏览器）使用位置，再点一次。"
        await expect(lin.page.get_by_text(sentence)).to_be_visible()
        await expect(lin.page.get_by_role("button", name="获取定位")).to_be_enabled()
