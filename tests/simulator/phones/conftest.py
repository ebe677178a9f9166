"""A real browser at the simulator's desk."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from simulator.state import Place
from simulator.world import World


@pytest.fixture
def desk(world: World) -> str:
    """Where the phones of 林越, 赵宁 and 何波 lie."""
    world.state.phones = ["LinYue", "zhaoning", "hebo"]
    world.state.places = [Place(name="海悦花园", lat=20.02, lon=110.33, label="滨海大道18号")]
    return world.base_url


@pytest.fixture
async def page(chromium: Browser, desk: str) -> AsyncIterator[Page]:
    """The desk on a wide screen. Whatever the page throws fails the test."""
    page = await chromium.new_page(viewport={"width": 1440, "height": 900})
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    await page.goto(desk)
    await expect(page.get_by_test_id("phone-hebo")).to_be_visible()
    yield page
    assert thrown == []
