"""The pages on a chief's PC: the list stays beside the record, with real addresses and from the keyboard."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.h5.story import Station
from tests.h5.test_browser import phone

SCREEN = {"width": 1440, "height": 900}


@pytest.fixture
def database_kind() -> str:
    """What a browser does is the same on both databases."""
    return "sqlite"


async def test_a_record_opens_beside_its_list_and_every_step_can_be_gone_back(
    station: Station, chromium: Browser
) -> None:
    for kind in ("safety", "quality"):
        await station.report(check_type=kind)
    async with phone(station, chromium, station.cast.luo, viewport=SCREEN) as luo:
        page, title = luo.page, luo.page.locator("h1.head-title")
        beside = page.get_by_role("region", name="列表").locator("a.record")
        await page.goto(f"{luo.address}/h5/lists/todo")
        await page.locator("a.record").first.click()
        await expect(title).to_have_text("滨江花园一期 安全检查")
        await expect(beside).to_have_count(2)
        assert await page.evaluate("document.documentElement.scrollWidth") == SCREEN["width"]

        await beside.first.focus()
        await page.keyboard.press("ArrowDown")
        await expect(beside.nth(1)).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(title).to_have_text("滨江花园一期 质量检查")
        await expect(beside.nth(1)).to_have_attribute("aria-current", "page")

        await page.reload()
        await expect(title).to_have_text("滨江花园一期 质量检查")
        await expect(beside).to_have_count(2)
        await page.go_back()
        await expect(title).to_have_text("滨江花园一期 安全检查")
        await page.go_back()
        await expect(page).to_have_url(re.compile("/h5/lists/todo$"))
        assert luo.complaints == []


async def test_what_is_looked_for_stays_when_another_tab_is_taken_beside_a_record(
    station: Station, chromium: Browser
) -> None:
    for kind in ("safety", "quality", "safety"):
        await station.report(check_type=kind)
        await station.report(check_type=kind, reviewers=[])
    async with phone(station, chromium, station.cast.lin, viewport=SCREEN) as lin:
        page, lines = lin.page, lin.page.locator("a.record")
        await page.goto(f"{lin.address}/h5/lists/sent?tab=pending&words=质量")
        await lines.first.click()
        beside = page.get_by_role("region", name="列表")
        await expect(beside.locator(".narrowed")).to_contain_text("质量")
        tab = beside.get_by_role("link", name="审核通过")
        await expect(tab).to_have_text("审核通过1")
        await tab.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(".tab[aria-current]")).to_have_text("审核通过1")
        await expect(lines).to_have_count(1)
        await page.get_by_role("link", name="清除条件").click()
        await expect(lines).to_have_count(3)
        assert lin.complaints == []


async def test_an_empty_list_asks_nobody_to_choose_from_it(station: Station, chromium: Browser) -> None:
    async with phone(station, chromium, station.cast.luo, viewport=SCREEN) as luo:
        choose = luo.page.get_by_text("从左边选一条，在这里查看。")
        await luo.page.goto(f"{luo.address}/h5/lists/todo")
        await expect(choose).to_be_hidden()
        await station.report()
        await luo.page.reload()
        await expect(choose).to_be_visible()


async def test_what_was_decided_leaves_the_list_beside_it(station: Station, chromium: Browser) -> None:
    for kind in ("safety", "quality"):
        await station.report(check_type=kind)
    async with phone(station, chromium, station.cast.luo, viewport=SCREEN) as luo:
        beside = luo.page.get_by_role("region", name="列表").locator("a.record")
        await luo.page.goto(f"{luo.address}/h5/lists/todo")
        await luo.page.locator("a.record").first.click()
        await expect(beside).to_have_count(2)
        await luo.page.get_by_role("button", name="不通过", exact=True).click()
        await luo.page.keyboard.press("Escape")  # not this time
        await luo.page.get_by_role("button", name="通过", exact=True).click()
        await expect(luo.notice).to_have_text("您已于 11月20日 09:00 办理（通过）。")
        await expect(beside).to_have_count(1)


async def test_a_record_that_no_list_led_to_stands_alone(station: Station, chromium: Browser) -> None:
    """A link from a message, and a phone, which has no room for two."""
    case = await station.report()
    async with phone(station, chromium, station.cast.luo, viewport=SCREEN) as luo:
        await luo.open(case)
        await expect(luo.page.locator("h1.head-title")).to_be_visible()
        await expect(luo.page.get_by_role("region", name="列表")).to_have_count(0)
