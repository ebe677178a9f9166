"""A list under a thumb, and the projects around it."""

import pytest
from playwright.async_api import Browser, expect

from tests.h5.story import Station
from tests.h5.test_browser import phone


@pytest.fixture
def database_kind() -> str:
    """What a browser does is the same on both databases."""
    return "sqlite"


async def test_a_list_goes_on_under_the_thumb_to_its_end(station: Station, chromium: Browser) -> None:
    for _ in range(43):
        await station.report(reviewers=[])
    async with phone(station, chromium, station.cast.lin) as lin:
        await lin.page.goto(f"{lin.address}/h5/lists/sent?tab=passed")
        lines = lin.page.locator("a.record")
        await expect(lines).to_have_count(20)
        for newest in (20, 40):
            await lin.page.locator(".more").scroll_into_view_if_needed()
            await expect(lines.nth(newest)).to_be_attached()
        await expect(lines).to_have_count(43)
        await expect(lin.page.locator(".more")).to_have_count(0)
        await expect(lines.last).to_contain_text("海澄检〔2026〕\u20600001号")
        assert lin.complaints == []


async def test_the_tab_one_is_in_can_be_seen_on_the_smallest_phone(station: Station, chromium: Browser) -> None:
    async with phone(station, chromium, station.cast.luo, viewport={"width": 320, "height": 640}) as luo:
        await luo.page.goto(f"{luo.address}/h5/lists/received?tab=others")
        await expect(luo.page.locator(".tab[aria-current]")).to_be_in_viewport(ratio=1)
        await luo.page.goto(f"{luo.address}/h5/lists/replies")
        await expect(luo.page.locator(".ledger[aria-current]")).to_be_in_viewport(ratio=1)
        tops = await luo.page.locator(".ledger").evaluate_all("all => all.map(one => one.offsetTop)")
        assert len(set(tops)) == 1
        assert await luo.page.evaluate("document.documentElement.scrollWidth") == 320


async def test_projects_around_the_reader_come_on_a_tap_only(station: Station, chromium: Browser) -> None:
    here = {"latitude": 20.02, "longitude": 110.35}
    async with phone(station, chromium, station.cast.lin, geolocation=here, permissions=["geolocation"]) as lin:
        await lin.page.goto(f"{lin.address}/h5/")
        found = lin.page.locator(".near-found")
        await expect(found).to_be_empty()
        await lin.page.get_by_role("button", name="按我的位置查找").tap()
        await expect(found.locator(".record-title")).to_have_text(["滨江花园一期"])
        assert lin.complaints == []
