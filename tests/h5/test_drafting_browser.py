"""The form of a draft in a real browser: each answer is kept as it is given, and what could not be kept is not lost."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Route, expect

from core.cases import drafts
from core.cases.models import Draft
from core.people.delegation import DELEGATION
from core.people.models import OrgKind
from core.projects.models import Post, ProjectMember, ProjectParty
from tests.h5.story import Station, station_on
from tests.h5.test_browser import phone


@pytest.fixture
def database_kind() -> str:
    """What a browser does is the same on both databases."""
    return "sqlite"


async def test_one_deputy_is_chosen_with_the_keyboard(migrated_url: str, tmp_path: Path, chromium: Browser) -> None:
    async with (
        station_on(migrated_url, tmp_path, [DELEGATION]) as station,
        phone(station, chromium, station.cast.luo) as luo,
    ):
        cast = station.cast
        draft = await drafts.begin(cast.luo.id, "delegation", "submit")
        await luo.page.goto(f"{luo.address}/h5/drafts/{draft.id}")
        deputies = luo.page.get_by_role("group", name="代理人").get_by_role("radio")
        await expect(deputies).to_have_count(2)
        await deputies.nth(0).check()
        await deputies.nth(0).press("ArrowDown")
        await expect(deputies.nth(1)).to_be_checked()
        await expect(deputies.nth(0)).not_to_be_checked()
        await expect(luo.page.locator("#saved")).to_have_text("11月20日 09:00 已保存到草稿。")
        await luo.page.get_by_label("最后一天").fill("2026-11-25")
        await luo.page.get_by_role("button", name="核对并提交").click()
        await expect(luo.page.locator("h1")).to_have_text("请核对：委托代办")
        kept = (await Draft.get(id=draft.id)).data["answers"]
    assert kept == {"deputy": [cast.qin.id], "until": "2026-11-25"}


async def test_a_project_tapped_while_another_list_is_on_its_way_stays_chosen(
    office: Station, chromium: Browser
) -> None:
    cast, asked, late = office.cast, asyncio.Event(), asyncio.Event()

    nothing = "没有找到与“海港”相符的工程"

    async def comes_late(route: Route) -> None:
        asked.set()
        await late.wait()
        await route.fulfill(body=f'<div class="offers" id="offers-project"><p>{nothing}</p></div>')

    draft = await drafts.begin(cast.lin.id, "notice", "submit")
    async with phone(office, chromium, cast.lin) as lin:
        page, project = lin.page, lin.page.get_by_role("radio", name="滨江花园一期")
        await page.goto(f"{lin.address}/h5/drafts/{draft.id}")
        await page.route("**/offers", comes_late)
        await page.get_by_label("查找工程").fill("海港")
        await asked.wait()
        await project.check()
        await expect(page.get_by_label("海澄临港建工有限公司")).to_be_visible()
        late.set()
        await expect(page.get_by_text(nothing)).to_be_visible()
        await expect(project).to_be_checked()


async def test_what_a_tap_opens_is_there_also_when_its_field_was_exchanged_meanwhile(
    office: Station, chromium: Browser
) -> None:
    tapped = asyncio.Event()

    async def comes_late(route: Route) -> None:
        await tapped.wait()
        await route.continue_()

    draft = await drafts.begin(office.cast.lin.id, "notice", "submit")
    async with phone(office, chromium, office.cast.lin) as lin:
        page = lin.page
        await page.goto(f"{lin.address}/h5/drafts/{draft.id}")
        await page.route("**/answers/kind", comes_late)
        await page.get_by_label("通知类型").select_option("stop_work")
        await page.get_by_label("滨江花园一期").check()
        tapped.set()
        await page.get_by_label("海澄临港建工有限公司").check()
        await expect(page.locator("#field-repliers").get_by_label("陈光泽")).to_be_visible()
        await page.wait_for_function("!Object.keys(localStorage).length")  # nothing waits to be saved
        assert lin.complaints == []


async def test_a_replier_tapped_while_a_unit_is_on_its_way_stays_ticked(office: Station, chromium: Browser) -> None:
    """What came with the unit shows the repliers anew, and knows of no tap yet."""
    cast, ticked = office.cast, asyncio.Event()
    site: dict[str, Any] = {"project_id": cast.project.id, "org_id": cast.stranger.org_id}
    await ProjectParty.create(kind=OrgKind.CONTRACTOR, **site)
    await ProjectMember.create(person_id=cast.stranger.id, post=Post.PM, **site)

    async def comes_late(route: Route) -> None:
        await ticked.wait()
        await route.continue_()

    units = [str(cast.chen.org_id), str(cast.stranger.org_id)]
    answers = {"kind": "rectification", "project": cast.project.id, "addressee_units": units[:1]}
    draft = await drafts.begin(cast.lin.id, "notice", "submit", data={"answers": answers})
    async with phone(office, chromium, cast.lin) as lin:
        page, replier = lin.page, lin.page.locator("#field-repliers").get_by_label("陈光泽")
        await page.goto(f"{lin.address}/h5/drafts/{draft.id}")
        await page.route("**/answers/addressee_units", comes_late)
        await page.get_by_label("南屿远洋建设有限公司").check()
        await replier.check()
        await page.get_by_role("button", name="3个工作日").click()
        ticked.set()
        await expect(page.locator("#field-repliers").get_by_label("石远")).to_be_visible()
        await expect(page.locator("#foretold")).to_contain_text("11月25日24时 到期")
        await expect(replier).to_be_checked()
        await page.wait_for_function("!Object.keys(localStorage).length")  # nothing waits to be saved
        assert lin.complaints == []
    kept = (await Draft.get(id=draft.id)).data["answers"]
    assert kept == answers | {"addressee_units": units, "repliers": [cast.chen.id], "deadline": "2026-11-25"}


async def test_a_notice_grows_answer_by_answer_and_a_dead_spot_loses_nothing(
    office: Station, chromium: Browser
) -> None:
    cast = office.cast
    draft = await drafts.begin(cast.lin.id, "notice", "submit")
    async with phone(office, chromium, cast.lin) as lin:
        page, saved = lin.page, lin.page.locator("#saved")
        await page.goto(f"{lin.address}/h5/drafts/{draft.id}")
        await page.get_by_label("通知类型").select_option("rectification")
        await expect(saved).to_have_text("11月20日 09:00 已保存到草稿。")
        await expect(page.locator("#field-lifts")).to_be_hidden()
        await page.get_by_label("滨江花园一期").check()
        await page.get_by_label("海澄临港建工有限公司").check()
        await page.locator("#field-repliers").get_by_label("陈光泽").check()
        await page.get_by_role("button", name="3个工作日").click()
        await expect(page.locator("#said-deadline")).to_contain_text("截止11月25日（周三）24时。")
        await expect(page.locator("#foretold")).to_contain_text("11月25日24时 到期")
        await page.get_by_label("截止日期").fill("2026-11-27")
        await expect(page.get_by_role("button", name="3个工作日")).to_have_attribute("aria-pressed", "false")
        await expect(page.locator("#said-deadline")).to_contain_text("截止11月27日（周五）24时。")
        await page.get_by_role("button", name="3个工作日").click()
        await expect(page.locator("#said-deadline")).to_contain_text("截止11月25日（周三）24时。")
        await page.route("**/answers/**", lambda route: route.abort())
        await page.get_by_label("通知详情").fill("请三日内补齐临边防护。")
        await page.get_by_label("通知详情").blur()
        await expect(page.locator("#toast")).to_have_text("网络不通，刚才填的还没有保存到草稿，已留在本机。")
        await page.unroute("**/answers/**")
        await page.reload()
        await expect(page.get_by_label("通知详情")).to_have_value("请三日内补齐临边防护。")
        await expect(saved).to_have_text("11月20日 09:00 已保存到草稿。")
        await page.wait_for_function("!Object.keys(localStorage).length")  # nothing waits to be saved
    kept = (await Draft.get(id=draft.id)).data["answers"]
    assert kept == {
        "kind": "rectification",
        "project": cast.project.id,
        "addressee_units": [str(cast.chen.org_id)],
        "repliers": [cast.chen.id],
        "deadline": "2026-11-25",
        "notice_text": "请三日内补齐临边防护。",
    }
