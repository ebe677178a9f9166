"""What one does with a thumb on the service's pages, opened from a phone's chat."""

from dataclasses import dataclass

from playwright.async_api import FilePayload, Locator, Page, expect

from simulator import library
from tests.e2e.desk import Phone


@dataclass
class Inside:
    """A page of the service, and whatever it leads to."""

    tab: Page

    @property
    def body(self) -> Locator:
        return self.tab.locator("body")

    async def heading(self, words: str) -> None:
        """And the page's scripts have come: what is given before is not saved by itself."""
        await expect(self.body.locator("h1").filter(has_text=words)).to_be_visible()
        await self.tab.wait_for_load_state()

    async def says(self, *words: str) -> None:
        for word in words:
            await expect(self.body).to_contain_text(word, use_inner_text=True)

    async def presses(self, caption: str) -> None:
        """A button, or a link that looks like one."""
        button = self.body.get_by_role("button", name=caption, exact=True)
        await button.or_(self.body.get_by_role("link", name=caption, exact=True)).click()

    async def follows(self, words: str) -> None:
        """The first link with these words: by themselves if there is one, else among others."""
        named = self.body.get_by_role("link").filter(has=self.tab.get_by_text(words, exact=True))
        part = self.body.get_by_role("link").filter(has_text=words)
        await expect(part.first).to_be_visible()
        await self.tab.wait_for_load_state()  # all of them are there
        await (named if await named.count() else part).first.click()

    async def fills(self, label: str, words: str) -> None:
        await self.body.get_by_label(label).fill(words)

    async def goes(self, place: str) -> None:
        """By the bar under the thumb, on the page that is looked at now: others are drawn rarely."""
        await self.tab.bring_to_front()
        await self.body.locator(".places").get_by_role("link", name=place).click()

    def part(self, selector: str) -> Locator:
        return self.body.locator(selector)

    async def photographs(self, where: Locator, *pictures: str) -> None:
        """From the album."""
        taken = [_photo(one) for one in pictures]
        await where.locator('[data-kind="photo"] input[type=file][multiple]:not([name])').set_input_files(taken)

    async def circles(self, where: Locator) -> None:
        """Draws on the only photo there."""
        await where.get_by_role("button", name="标注").click()
        canvas = self.body.locator(".markup-surface canvas").first
        await expect(canvas).to_be_visible()
        box = await canvas.bounding_box()
        assert box is not None
        mouse = self.tab.mouse
        await mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
        await mouse.down()
        await mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.7, steps=3)
        await mouse.up()
        await self.body.get_by_role("button", name="完成").click()

    async def queue(self, words: str) -> None:
        await expect(self.body.locator(".queue-said")).to_have_text(words)


async def home(phone: Phone) -> Inside:
    """By the menu, and on in a window of its own: a frame of another site may keep nothing on a phone."""
    await phone.page.bring_to_front()
    await phone.taps_menu(2, "首页")
    opened = phone.page_over_the_chat()
    await opened.says("份待办")
    tab = Inside(await opened.in_a_window())
    await phone.page.bring_to_front()
    await opened.close()
    await tab.heading("份待办")
    return tab


def _photo(picture: str) -> FilePayload:
    return {"name": f"{picture}.jpg", "mimeType": "image/jpeg", "buffer": library.content("pictures", picture)}
