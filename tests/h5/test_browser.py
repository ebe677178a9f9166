"""The page of a check in a real browser: a tap, a swipe, a dead spot, small and large screens, without a script."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from core.cases.models import Case, HistoryRow
from core.people.models import Person
from tests.core.evidence import material
from tests.h5.story import Station, photo
from tests.h5.test_replies import noticed, replies, reply_of

PLAYED = """media => new Promise((done, failed) => {
    media.muted = true;
    media.ontimeupdate = () => media.currentTime > 0.2 && done(media.duration);
    media.play().catch(failed);
})"""


@pytest.fixture
def database_kind() -> str:
    """What a browser does is the same on both databases."""
    return "sqlite"


class Phone:
    """A member's browser, signed in; collects what the browser complains about."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", lambda said: self._note(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, kind: str, said: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(said)

    async def open(self, case: Case) -> None:
        await self.page.goto(f"{self.address}/h5/cases/{case.id}")

    @property
    def notice(self) -> Any:
        return self.page.locator(".notice")


@asynccontextmanager
async def phone(station: Station, chromium: Browser, person: Person, **context: Any) -> AsyncIterator[Phone]:
    signed_in = await station.browser(person)
    address = str(station.server.make_url("")).rstrip("/")
    size = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "locale": "zh-CN"} | context
    opened: BrowserContext = await chromium.new_context(**size)
    cookie = next(c.value for c in signed_in.client.session.cookie_jar if c.key == "zhian")
    await opened.add_cookies([{"name": "zhian", "value": cookie, "url": address, "httpOnly": True, "sameSite": "Lax"}])
    yield Phone(await opened.new_page(), address)
    await opened.close()


async def _with_three_photos(station: Station) -> Case:
    kept = [await station.keep(photo(colour, (800, 600)), station.cast.lin) for colour in ("red", "green", "blue")]
    return await station.report(findings=[{"photos": [one.id for one in kept], "note": "临边无防护"}])


async def test_a_tap_approves_and_a_late_tap_is_answered(station: Station, chromium: Browser) -> None:
    case = await station.report()
    async with (
        phone(station, chromium, station.cast.luo) as luo,
        phone(station, chromium, station.cast.qin) as qin,
    ):
        await luo.open(case)
        await qin.open(case)
        await luo.page.get_by_role("button", name="通过", exact=True).dblclick()
        await expect(luo.notice).to_have_text("您已于 11月20日 09:00 办理（通过）。")
        await expect(luo.page.locator(".bar")).to_have_count(0)
        await qin.page.get_by_role("button", name="通过", exact=True).tap()
        await expect(qin.notice).to_have_text(
            "《滨江花园一期 安全检查》已由罗敬川于 11月20日 09:00 办理（通过），无需再处理。"
        )
        assert luo.complaints == []
    assert await HistoryRow.filter(case_id=case.id).count() == 2


async def test_photos_are_large_on_tap_and_follow_the_finger(station: Station, chromium: Browser) -> None:
    case = await _with_three_photos(station)
    async with phone(station, chromium, station.cast.luo) as luo:
        await luo.open(case)
        await luo.page.locator("a.photo").nth(1).tap()
        count, viewer = luo.page.locator(".viewer-count"), luo.page.locator("#viewer")
        await expect(count).to_have_text("2 / 3")
        large = viewer.locator("img").nth(1)
        await large.evaluate("image => image.decode()")
        box = await large.bounding_box()
        assert box is not None
        assert (box["x"], box["width"]) == (0, 375)
        await luo.page.keyboard.press("ArrowRight")
        await expect(count).to_have_text("3 / 3")
        await viewer.locator("img").nth(2).tap()
        await expect(viewer).to_be_hidden()
        await luo.page.locator("a.photo").nth(0).tap()
        await expect(count).to_have_text("1 / 3")
        await luo.page.go_back()
        await expect(viewer).to_be_hidden()
        await expect(luo.page.get_by_role("heading", name="滨江花园一期 安全检查")).to_be_visible()
        assert luo.complaints == []


ANOTHER_AT_ONCE = """() => new Promise((gone) => {
    window.addEventListener("popstate", gone, { once: true });
    const viewer = document.getElementById("viewer");
    viewer.addEventListener("close", () => document.querySelectorAll("a.photo")[1].click(), { once: true });
    viewer.querySelector("img").click();
})"""


async def test_a_photo_that_is_opened_as_soon_as_another_is_closed_stays(station: Station, chromium: Browser) -> None:
    case = await _with_three_photos(station)
    async with phone(station, chromium, station.cast.luo) as luo:
        await luo.open(case)
        count, viewer = luo.page.locator(".viewer-count"), luo.page.locator("#viewer")
        await luo.page.locator("a.photo").nth(0).tap()
        await luo.page.evaluate(ANOTHER_AT_ONCE)
        await expect(viewer).to_be_visible()
        await expect(count).to_have_text("2 / 3")
        await luo.page.go_back()
        await expect(viewer).to_be_hidden()
        await expect(luo.page.get_by_role("heading", name="滨江花园一期 安全检查")).to_be_visible()
        assert luo.complaints == []


async def test_a_voice_and_a_video_play(station: Station, chromium: Browser, tmp_path: Path) -> None:
    lin = station.cast.lin
    voice = await station.keep(material.voice(2), lin, "voice")
    video = await station.keep(material.film(tmp_path), lin, "video")
    case = await station.report(findings=[{"voices": [voice.id], "videos": [video.id]}])
    async with phone(station, chromium, station.cast.luo) as luo:
        await luo.open(case)
        for tag in ("audio", "video"):
            assert round(await luo.page.locator(tag).evaluate(PLAYED)) == 2
        assert luo.complaints == []


async def test_a_refusal_with_its_reason(station: Station, chromium: Browser) -> None:
    case = await station.report()
    async with phone(station, chromium, station.cast.luo) as luo:
        await luo.open(case)
        await luo.page.get_by_role("button", name="不通过", exact=True).tap()
        reason = luo.page.get_by_label("不通过的原因")
        await expect(reason).to_be_focused()
        await reason.fill("照片太暗")
        await luo.page.get_by_role("button", name="确认不通过").tap()
        await expect(luo.notice).to_have_text("您已于 11月20日 09:00 办理（不通过）。")
        await expect(luo.page.locator(".event-said").first).to_have_text("不通过的原因：照片太暗")
        assert await luo.page.evaluate("Object.keys(localStorage)") == []
        assert luo.complaints == []


async def test_whoever_returns_a_finding_without_a_reason_is_led_to_what_is_wrong(
    office: Station, chromium: Browser
) -> None:
    reply = await reply_of(await noticed(office), office.cast.chen)
    await replies(office, reply, _1=[], _2=[], _3=[])
    async with phone(office, chromium, office.cast.lin) as lin:
        await lin.open(reply)
        await lin.page.get_by_role("button", name="逐条审核").tap()
        await lin.page.get_by_role("radio", name="退回").nth(1).check()
        await lin.page.get_by_role("button", name="退回 1 条").tap()
        said = lin.page.get_by_role("alert")
        await expect(said).to_have_text("请填写第2条退回的原因。")
        await expect(said).to_be_focused()
        await expect(said).to_be_in_viewport()


async def test_what_was_typed_survives_a_reload_and_a_dead_spot(station: Station, chromium: Browser) -> None:
    case = await station.report()
    async with phone(station, chromium, station.cast.luo) as luo:
        await luo.open(case)
        await luo.page.get_by_role("button", name="不通过", exact=True).tap()
        await luo.page.get_by_label("不通过的原因").fill("请补拍东侧")
        await luo.page.context.set_offline(True)
        await luo.page.get_by_role("button", name="确认不通过").tap()
        await expect(luo.page.locator("#toast")).to_have_text("网络不通，没有提交成功，请再点一次。")
        await luo.page.context.set_offline(False)
        await luo.page.reload()
        await expect(luo.page.get_by_label("不通过的原因")).to_have_value("请补拍东侧")
        await luo.page.get_by_role("button", name="确认不通过").tap()
        await expect(luo.notice).to_have_text("您已于 11月20日 09:00 办理（不通过）。")
    assert await HistoryRow.filter(case_id=case.id).count() == 2


async def test_what_was_typed_for_a_step_that_another_took_stays_until_it_is_put_away(
    station: Station, chromium: Browser
) -> None:
    case = await station.report()
    async with phone(station, chromium, station.cast.luo) as luo:
        await luo.open(case)
        await luo.page.get_by_role("button", name="不通过", exact=True).tap()
        await luo.page.get_by_label("不通过的原因").fill("请补拍<b>东侧")
        await station.pages.engine.perform(case.id, "pass", station.cast.qin, key="qin")
        await luo.page.reload()
        left = luo.page.locator(".typed-before")
        await expect(left.locator("p")).to_have_text("请补拍<b>东侧")
        await expect(luo.notice).to_have_text("已由秦若岩于 11月20日 09:00 办理（通过），无需您再处理。")
        await left.get_by_role("button", name="不需要了").tap()
        await luo.page.reload()
        await expect(luo.notice).to_have_count(1)
        await expect(left).to_have_count(0)
        assert await luo.page.evaluate("Object.keys(localStorage)") == []
        assert luo.complaints == []


async def test_everything_works_without_scripts(station: Station, chromium: Browser) -> None:
    case = await _with_three_photos(station)
    async with phone(station, chromium, station.cast.luo, java_script_enabled=False) as luo:
        await luo.open(case)
        await luo.page.locator("a.photo").first.tap()
        await luo.page.wait_for_url("**/shown?v=*")
        await luo.page.go_back()
        await luo.page.get_by_role("button", name="不通过", exact=True).tap()
        await luo.page.get_by_label("不通过的原因").fill("照片太暗")
        await luo.page.get_by_role("button", name="确认不通过").tap()
        await expect(luo.notice).to_have_text("您已于 11月20日 09:00 办理（不通过）。")


@pytest.mark.parametrize("width", [320, 375, 1440])
async def test_nothing_sticks_out_and_every_button_fits_a_thumb(
    station: Station, chromium: Browser, width: int
) -> None:
    case = await _with_three_photos(station)
    size = {"width": width, "height": 700}
    async with phone(station, chromium, station.cast.luo, viewport=size, color_scheme="dark") as luo:
        await luo.open(case)
        assert await luo.page.evaluate("document.documentElement.scrollWidth") == width
        boxes = [await one.bounding_box() for one in await luo.page.locator(".bar .weui-btn").all()]
        assert [box is not None and box["height"] >= 44 and box["width"] >= 120 for box in boxes] == [True, True]
        await luo.page.goto(f"{luo.address}/h5/")
        assert await luo.page.evaluate("document.documentElement.scrollWidth") == width
        assert luo.complaints == []
