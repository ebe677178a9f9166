"""The desk with phones, as a person uses it: looks for words on a screen and taps what he sees."""

import base64
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.wire import Wire

PATIENCE_MS = 60_000  # what a killed service had in hand comes after its lease of 30 s
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Desk:
    page: Page
    address: str

    def phone(self, userid: str) -> "Phone":
        return Phone(self.page, userid)

    def wire(self, userid: str) -> Wire:
        return Wire(self.page.request, f"{self.address}/sim/persons/{userid}")

    @asynccontextmanager
    async def stranger(self) -> AsyncIterator[Page]:
        """Somebody else's browser, in which nobody has signed in."""
        browser = self.page.context.browser
        assert browser is not None
        context = await browser.new_context(locale="zh-CN")
        yield await context.new_page()
        await context.close()

    async def lay_out(self, *userids: str) -> list["Phone"]:
        """These phones and no others, as somebody left them before the story begins."""
        await (await self.page.request.post(f"{self.address}/sim/phones", data=list(userids))).dispose()
        await expect(self.page.locator(".phone")).to_have_count(len(userids))
        return [await self._ready(userid) for userid in userids]

    async def adds_the_phone_of(self, userid: str, name: str) -> "Phone":
        await self.page.get_by_test_id("add-phone").click()
        return await self._picks(userid, name)

    async def hands_the_phone_of(self, old: str, userid: str, name: str) -> "Phone":
        await self.page.get_by_test_id(f"switch-{old}").click()
        return await self._picks(userid, name)

    async def _picks(self, userid: str, name: str) -> "Phone":
        await self.page.get_by_test_id("pick-search").fill(name)
        await self.page.get_by_test_id(f"pick-{userid}").click()
        return await self._ready(userid)

    async def _ready(self, userid: str) -> "Phone":
        """Once it has its menu; before that it shows the keyboard for a moment."""
        await expect(self.page.get_by_test_id(f"menu-0-{userid}")).to_be_visible()
        return self.phone(userid)

    async def hides_the_panel(self) -> None:
        await self.page.get_by_test_id("panel-toggle").click()
        await expect(self.page.get_by_test_id("panel-service")).not_to_be_in_viewport()

    async def waits_for_a_working_morning(self) -> None:
        """Moves everybody's clock to nine o'clock of the next day from Monday to Friday."""
        await self.moves_the_clock("workday")
        await expect(self.page.get_by_test_id("clock")).to_contain_text(" 09:0")

    async def moves_the_clock(self, button: str) -> None:
        await self.page.get_by_test_id("panel-clock").click()
        async with self.page.expect_response("**/sim/clock"):
            await self.page.get_by_test_id(f"clock-{button}").click()

    async def kills_the_service(self) -> None:
        await self.page.get_by_test_id("panel-service").click()
        async with self.page.expect_response("**/sim/service/kill") as answered:
            await self.page.get_by_test_id("kill").click()
        assert (await answered.value).ok


@dataclass
class Card:
    """A message of the app, as it lies in the chat now."""

    node: Locator

    async def tap(self, button: str) -> None:
        await self.node.get_by_role("button", name=button, exact=True).click()

    async def tick(self, *wanted: str, then: str) -> None:
        """Leaves these options ticked and no others; some come ticked already."""
        for option in await self.node.locator("label.card-option").all():
            words = await option.inner_text()
            if any(one in words for one in wanted) != await option.locator("input").is_checked():
                await option.click()
        await self.tap(then)

    async def select(self, question: str, wanted: str) -> None:
        options = self.node.get_by_label(question).locator("option")
        [value] = [await one.get_attribute("value") for one in await options.filter(has_text=wanted).all()][:1]
        await self.node.get_by_label(question).select_option(value)

    async def says(self, words: str) -> None:
        await expect(self.node).to_contain_text(words)

    async def buttons(self) -> list[str]:
        return await self.node.locator(".card-button:enabled").all_inner_texts()

    async def links(self) -> list[str]:
        return await self.node.get_by_role("link").all_inner_texts()


@dataclass
class Phone:
    """What one member does and sees."""

    page: Page
    userid: str

    @property
    def node(self) -> Locator:
        return self.page.get_by_test_id(f"phone-{self.userid}")

    def messages(self, *words: str) -> Locator:
        """Those of the app that hold all these words."""
        rows = self.node.locator(".row-app")
        for word in words:
            rows = rows.filter(has_text=word)
        return rows

    async def sees(self, *words: str) -> Card:
        """The newest message of the app that holds all these words; waits for it."""
        found = self.messages(*words).last
        await expect(found).to_be_visible()
        return Card(found)

    async def is_asked(self, *words: str) -> Card:
        """As `sees`, of those that still take an answer: an earlier story may have left its own, answered, above."""
        found = self.messages(*words).filter(has=self.page.locator(".card-button:enabled")).last
        await expect(found).to_be_visible()
        return Card(found)

    async def cards(self, *words: str) -> int:
        return await self.messages(*words).locator(".card").count()

    async def writes(self, text: str) -> None:
        await self._keyboard()
        await self._own("input-text").fill(text)
        await self._own("send").click()

    async def photographs(self, *pictures: str) -> None:
        await self._attaches("picture")
        for picture in pictures:
            await self.node.get_by_test_id(f"picture-{picture}").click()
        await self._own("pictures-send").click()
        await expect(self._own("pictures-send")).to_have_count(0)

    async def speaks(self, voice: str) -> None:
        await self._attaches("microphone")
        await self.node.get_by_test_id(f"voice-{voice}").click()

    async def sends_place(self, place: str) -> None:
        await self._attaches("place")
        await self.node.get_by_test_id(f"place-{place}").click()
        await self._own("place-send").click()

    async def taps_menu(self, entry: int, item: str) -> None:
        await self._own(f"menu-{entry}").click()
        await self.node.get_by_role("menuitem", name=item, exact=True).click()

    async def opens(self, card: Card, button: str) -> "WebPage":
        await card.tap(button)
        return self.page_over_the_chat()

    async def follows(self, message: Card, link: str) -> "WebPage":
        await message.node.get_by_role("link", name=link, exact=True).click()
        return self.page_over_the_chat()

    def page_over_the_chat(self) -> "WebPage":
        view = self._own("webview")
        return WebPage(view, view.frame_locator("iframe").locator("body"))

    async def _attaches(self, what: str) -> None:
        await self._keyboard()
        await self._own("plus").click()
        await self._own(f"attach-{what}").click()

    async def _keyboard(self) -> None:
        if not await self._own("input-text").is_visible():
            await self._own("toggle").click()

    def _own(self, part: str) -> Locator:
        return self.page.get_by_test_id(f"{part}-{self.userid}")


@dataclass
class WebPage:
    """A page of the service inside a phone."""

    view: Locator
    body: Locator

    async def says(self, *words: str) -> None:
        for word in words:
            await expect(self.body).to_contain_text(word, use_inner_text=True)

    async def tap(self, button: str) -> None:
        await self.body.get_by_role("button", name=button, exact=True).click()

    async def buttons(self) -> list[str]:
        return await self.body.locator("#bar .weui-btn").all_inner_texts()

    async def address(self) -> str:
        return str(await self.body.evaluate("() => location.href"))

    async def shows_photos(self) -> None:
        """Scrolls to them, and waits until they are drawn."""
        for photo in await self.body.locator("a.photo img").all():
            await photo.scroll_into_view_if_needed()
            await photo.evaluate("image => image.decode()")

    async def paper(self) -> list[Image.Image]:
        """Its pages, as large as they are kept."""
        found = self.body.locator(".papers img")
        await expect(found.first).to_be_visible()
        return [_decoded(await one.evaluate(_CONTENT)) for one in await found.all()]

    async def has_photos(self, count: int) -> None:
        await expect(self.body.locator("a.photo")).to_have_count(count)

    async def enlarges_photo(self, number: int) -> int:
        """Answers how many screen points wide it lies there, sharp, before it is closed again."""
        await self.body.locator("a.photo").nth(number - 1).click()
        large = self.body.locator("#viewer figure img").nth(number - 1)
        await expect(large).to_be_visible()
        await large.evaluate("image => image.decode()")
        box = await large.bounding_box()
        assert box is not None
        await self.body.get_by_role("button", name="关闭").click()
        await expect(large).to_have_count(0)
        return round(box["width"])

    async def in_a_window(self) -> Page:
        """The same in a tab of the browser, as 更多 opens it."""
        tab = await self.view.page.context.new_page()
        await tab.goto(await self.address())
        return tab

    async def close(self) -> None:
        await self.view.get_by_role("button", name="关闭").click()
        await expect(self.view).to_have_count(0)


_CONTENT = """async image => {
    const content = await (await fetch(image.src)).blob();
    const reader = new FileReader();
    await new Promise(done => { reader.onload = done; reader.readAsDataURL(content); });
    return reader.result.split(",")[1];
}"""


def _decoded(content: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(content)))


@asynccontextmanager
async def sitting_at(
    browser: Browser, address: str, folder: Path, size: tuple[int, int] = (1440, 900)
) -> AsyncIterator[Desk]:
    """`folder` gets a picture of the desk at the end of the story, told or broken off."""
    width, height = size
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await page.goto(address)
    await expect(page.locator(".phone")).not_to_have_count(0)
    try:
        yield Desk(page, address)
    finally:
        await page.screenshot(path=folder / "desk.png")
        await context.close()
