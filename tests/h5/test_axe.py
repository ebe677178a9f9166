"""axe looks at every page, light and dark, on a phone and on a PC, and finds nothing."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from h5.assets import ROOT
from tests.h5.gallery import NO_PAGES, PROCESSES, View, hang
from tests.h5.story import Station, station_on
from tests.h5.test_browser import Phone, phone
from tests.h5.test_matrix import ROUTES

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = """async only => {
    const found = await axe.run(document, { resultTypes: ["violations"], runOnly: only });
    const said = (rule, node) => `${rule}: ${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}`;
    return found.violations.flatMap(({ id, nodes }) => nodes.map(node => said(id, node)));
}"""
FOCUSED = """() => {
    const seen = one => {
        const style = getComputedStyle(one), box = one.getBoundingClientRect();
        return style.outlineStyle !== "none" && style.opacity !== "0" && box.width > 8 && box.height > 8;
    };
    const around = one => [one, one.nextElementSibling, one.closest("label"), one.parentElement].filter(Boolean);
    const reached = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
        .filter(one => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex === 0);
    return reached.filter(one => (one.focus(), document.activeElement === one && !around(one).some(seen)))
        .map(one => `no focus to be seen: ${one.outerHTML.slice(0, 120)}`);
}"""
WIDTH = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
    done(document.documentElement.scrollWidth))))"""
PHONE, NARROW = ViewportSize(width=375, height=812), ViewportSize(width=320, height=568)
SCREEN = ViewportSize(width=1440, height=900)


@pytest.fixture
def database_kind() -> str:
    """What a page looks like is the same on both databases."""
    return "sqlite"


@pytest.fixture
async def station(migrated_url: str, tmp_path: Path) -> AsyncIterator[Station]:
    async with station_on(migrated_url, tmp_path, PROCESSES) as made:
        yield made


async def test_the_gallery_shows_every_page(station: Station) -> None:
    """A page that is missing gets its view in gallery.py."""
    shown = {view.path for view in await hang(station)}
    assert sorted({route.path for route in ROUTES if route.method in {"GET", "*"}} - set(NO_PAGES) - shown) == []


async def test_every_page_can_be_read_by_everybody(station: Station, chromium: Browser) -> None:
    views = await hang(station)
    wrong: list[str] = []
    for person in dict.fromkeys(view.person for view in views):
        async with phone(station, chromium, person or station.cast.stranger) as reader:
            if person is None:
                await reader.page.context.clear_cookies()
            for view in views:
                if view.person == person:
                    wrong += await _looked_at(reader.page, reader.address, view)
                    wrong += [f"{view.name} complains: {one}" for one in _complaints(reader, view)]
    assert not wrong, "\n" + "\n".join(wrong)


async def test_nothing_sticks_out_before_scripts_have_come(station: Station, chromium: Browser) -> None:
    views = await hang(station)
    wide: list[str] = []
    for person in dict.fromkeys(view.person for view in views if view.person):
        async with phone(station, chromium, person, viewport=NARROW, java_script_enabled=False) as reader:
            for view in views:
                if view.person == person:
                    await reader.page.goto(f"{reader.address}{view.address}")
                    width = await reader.page.evaluate("document.documentElement.scrollWidth")
                    wide += [] if width == NARROW["width"] else [view.name]
    assert wide == []


def _complaints(reader: Phone, view: View) -> list[str]:
    """Of the browser: what a script or the policy did not allow; but not that a page or a typed day is none."""
    found = [one for one in reader.complaints if view.status == 200 and "does not conform to the required" not in one]
    reader.complaints.clear()
    return found


async def _looked_at(page: Page, address: str, view: View) -> list[str]:
    """All rules on a phone in daylight, where nothing sticks out, nor on the smallest; colours again in the dark; what
    stands where again on a PC, and by keys."""
    await page.set_viewport_size(PHONE)
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    answer = await page.goto(f"{address}{view.address}")  # None where only the part behind # differs
    assert answer is None or answer.status == view.status, view.name
    await page.evaluate(AXE)
    found = await _found(page, view, "phone", {"type": "tag", "values": STANDARDS})
    found += [f"{view.name}: wider than {size['width']}" for size in (PHONE, NARROW) if not await _fits(page, size)]
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    found += [] if await _fits(page, PHONE) else [f"{view.name}: wider than {PHONE['width']} in large type"]
    await page.evaluate("document.documentElement.style.fontSize = ''")
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += await _found(page, view, "phone, dark", {"type": "rule", "values": ["color-contrast"]})
    await page.set_viewport_size(SCREEN)
    found += await _found(page, view, "PC, dark", {"type": "rule", "values": ["color-contrast", "region"]})
    await page.keyboard.press("Tab")
    return found + [f"{view.name}, PC, by keys: {words}" for words in await page.evaluate(FOCUSED)]


async def _fits(page: Page, size: ViewportSize) -> bool:
    """Once it is drawn at this size."""
    await page.set_viewport_size(size)
    return bool(await page.evaluate(WIDTH) == size["width"])


async def _found(page: Page, view: View, how: str, rules: dict[str, Any]) -> list[str]:
    return [f"{view.name}, {how}: {words}" for words in await page.evaluate(LOOK, rules)]
