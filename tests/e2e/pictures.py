"""`python -m tests.e2e.pictures` plays the story once more and takes the README's pictures of it."""

import asyncio
import io
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser import open_chromium
from tests.e2e.desk import Desk, WebPage, sitting_at
from tests.e2e.notice_story import issues, passes_what_waits_for_him
from tests.e2e.rehearsal import ROOT, rehearsal
from tests.e2e.story import CONFIRMED, SCHOOL, answers_questions, gathers

FOLDER = ROOT / "docs" / "images"
PAPER_WIDTH = 720  # points
PHONE_SCREEN = {"width": 390, "height": 844}
PC_SCREEN = {"width": 1280, "height": 800}


async def take_all() -> None:
    with tempfile.TemporaryDirectory() as name, rehearsal(Path(name)) as town:
        async with open_chromium(Path(name)) as browser, sitting_at(browser, town.address, Path(name)) as desk:
            await _play(browser, desk, town.service)


async def _play(browser: Browser, desk: Desk, service: str) -> None:
    await _play_a_check(browser, desk, service)
    await _look_at_pages(browser, service)
    await _play_a_notice(desk)


async def _play_a_notice(desk: Desk) -> None:
    await desk.page.reload()  # phones that were written on show their menu again
    lin, luo, chen = await desk.lay_out("linxiaozhou", "luojingchuan", "chenguangze")
    await passes_what_waits_for_him(luo)
    number = await issues(lin, desk.wire("linxiaozhou"))
    await _take((await lin.sees("提交后的安排，请先看清")).node, "foretold.png")
    await _take((await chen.sees("待回复：通知回复", number)).node, "owed.png")
    page = await chen.follows(await chen.sees("的文书已生成", number), "查看文书")
    first, *_ = await page.paper()
    _keep(first.resize((PAPER_WIDTH, first.height * PAPER_WIDTH // first.width)), "paper.png")


async def _play_a_check(browser: Browser, desk: Desk, service: str) -> None:
    lin, luo, chen = await desk.lay_out("linxiaozhou", "luojingchuan", "chenguangze")
    await desk.waits_for_a_working_morning()
    await desk.hides_the_panel()
    proposal = await gathers(lin, SCHOOL)
    await proposal.select("标准术语", "临边防护缺失")
    await _take(lin.node, "proposal.png")
    await proposal.tap(CONFIRMED)
    await lin.is_asked("请选择抽查类型")
    async with _signed_in(browser, service, "林晓舟", PHONE_SCREEN) as page:
        await page.goto(f"{service}/h5/lists/todo?tab=drafts")
        await page.get_by_role("link", name=SCHOOL.name).click()
        await _scroll_to(page, ".finding-edit")
        await _take(page, "capture.png")
    await (await answers_questions(lin, SCHOOL, ("罗敬川", "傅岳庭"))).tap("立即提交")
    await lin.sees("已提交：", SCHOOL.name)
    page = await luo.opens(await luo.sees(SCHOOL.name, "不通过"), "看详情")
    await _take_page(browser, page)
    await page.tap("通过")
    await page.says("审核通过")
    await lin.sees("监督检查记录审核通过")
    await chen.sees("收到一份监督检查记录")
    await page.shows_photos()
    await _take(desk.page, "phones.png")
    fu = await desk.hands_the_phone_of("chenguangze", "fuyueting", "傅岳庭")
    await fu.sees("罗敬川已通过")
    await _take(fu.node, "decided.png")


async def _take_page(browser: Browser, inside: WebPage) -> None:
    """The same page alone on a phone's screen."""
    context = await browser.new_context(viewport=PHONE_SCREEN, device_scale_factor=2, locale="zh-CN")
    page = await context.new_page()
    await page.goto(await inside.address())
    await expect(page.locator("#bar")).to_be_visible()
    await WebPage(inside.view, page.locator("body")).shows_photos()
    await page.evaluate("scrollTo(0, 0)")
    await _take(page, "page.png")
    await context.close()


async def _look_at_pages(browser: Browser, service: str) -> None:
    """What a phone shows, and what the same pages become on a PC."""
    async with _signed_in(browser, service, "林晓舟", PHONE_SCREEN) as page:
        await _take(page, "home.png")
    async with _signed_in(browser, service, "林晓舟", PC_SCREEN) as page:
        await page.goto(f"{service}/h5/lists/todo")
        await page.get_by_role("link", name="待审核回复").click()
        await _scroll_to(page, ".card:has(.pair)")
        await _take(page, "office.png")
    async with _signed_in(browser, service, "罗敬川", PC_SCREEN, color_scheme="dark", reduced_motion="reduce") as page:
        await page.goto(f"{service}/h5/statistics")
        await expect(page.locator("#months canvas")).to_be_visible()
        await _take(page, "statistics.png")
    async with _signed_in(browser, service, "罗敬川", PHONE_SCREEN, color_scheme="dark") as page:
        await page.goto(f"{service}/h5/search?q=栏杆")
        await _take(page, "search.png")


@asynccontextmanager
async def _signed_in(browser: Browser, service: str, name: str, screen: Any, **look: Any) -> AsyncIterator[Page]:
    """At the home page, in a browser of one's own."""
    scale = 2 if screen is PHONE_SCREEN else 1
    context = await browser.new_context(viewport=screen, device_scale_factor=scale, locale="zh-CN", **look)
    page = await context.new_page()
    await page.goto(f"{service}/h5/")
    await page.get_by_text(name).first.click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    yield page
    await context.close()


async def _scroll_to(page: Page, part: str) -> None:
    await page.locator(part).first.evaluate("part => part.scrollIntoView()")
    await page.evaluate("Promise.all([...document.images].map(image => (image.loading = 'eager', image.decode())))")


async def _take(shown: Page | Locator, name: str) -> None:
    _keep(Image.open(io.BytesIO(await shown.screenshot(animations="disabled"))), name)


def _keep(picture: Image.Image, name: str) -> None:
    """In 256 colours, which takes a quarter of the bytes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    picture.convert("RGB").quantize(256, kmeans=3).save(FOLDER / name, optimize=True)
    sys.stdout.write(f"{name}: {picture.width} x {picture.height}, {(FOLDER / name).stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    asyncio.run(take_all())
