"""The photo of what was put right, taken over the photo of what was wrong (BY-04)."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser, FileChooser, Locator, expect

from core import clock
from core.cases.drafts import PIECES
from core.cases.models import Case, Draft
from core.evidence.models import Evidence
from tests.h5.story import Station, photo
from tests.h5.test_browser import Phone, phone
from tests.h5.test_replies import noticed, reply_of

COMPARE = "对照原照片拍摄"
STOPPED = "() => window.cameras.flatMap((one) => one.getTracks()).every((one) => one.readyState === 'ended')"
COUNTED = """(() => {
    const given = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    window.cameras = [];
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        if (window.refused) throw new DOMException("refused", window.refused);
        window.cameras.push(await given(wanted));
        return window.cameras.at(-1);
    };
    const draw = CanvasRenderingContext2D.prototype.drawImage;
    CanvasRenderingContext2D.prototype.drawImage = function (image, ...where) {
        if (image instanceof HTMLVideoElement) window.open_when_drawn = image.closest("dialog").open;
        return draw.call(this, image, ...where);
    };
})()"""
HIDDEN = """() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    delete document.hidden;
}"""
TAKEN_AWAY = "() => window.cameras.at(-1).getTracks()[0].dispatchEvent(new Event('ended'))"
NO_CAMERAS = "Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined })"
NO_PERMISSION = "没有打开相机，请在手机设置里允许使用相机，或点“拍照”，尽量站在原来的位置拍摄。"
NO_GHOST = "这里不能对照原照片，请点“拍照”，尽量站在原来的位置拍摄。"


@pytest.fixture
def database_kind() -> str:
    """What a browser does is the same on both databases."""
    return "sqlite"


async def _photos(chen: Phone, count: int) -> None:
    await expect(chen.page.locator("#answer-1 li[data-evidence]")).to_have_count(count)


async def _compare(chen: Phone, reply: Case) -> Locator:
    await chen.page.add_init_script(COUNTED)
    await chen.page.goto(f"{chen.address}/h5/cases/{reply.id}/steps/reply")
    return chen.page.get_by_role("button", name=COMPARE)


async def _ordinary_instead(chen: Phone, compare: Locator, sentence: str) -> FileChooser:
    async with chen.page.expect_file_chooser() as opened:
        await compare.tap()
    await expect(chen.page.locator("#answer-1 .evidence-problem")).to_have_text(sentence)
    return await opened.value


async def test_the_earlier_photo_lies_over_the_cameras_picture_and_without_a_camera_the_ordinary_one_opens(
    office: Station, chromium: Browser
) -> None:
    cast = office.cast
    before = [(await office.keep(photo(colour, (480, 640)), cast.lin)).id for colour in ("red", "orange")]
    findings = [{"photos": before, "note": "临边无防护"}]
    check = await office.report(findings=findings, reviewers=[])
    reply = await reply_of(await noticed(office, cited_check=str(check.id)), cast.chen)
    async with phone(office, chromium, cast.chen) as chen:
        compare = await _compare(chen, reply)
        await compare.tap()
        camera, earlier = chen.page.locator(".ghost-camera"), chen.page.get_by_alt_text("整改前的照片")
        await chen.page.get_by_label("原照片的深浅").fill("30")
        assert await earlier.evaluate("one => getComputedStyle(one).opacity") == "0.3"
        for number in (*before[1:], before[0]):
            await chen.page.get_by_role("button", name="换一张原照片").tap()
            assert f"/files/{number}/shown" in str(await earlier.get_attribute("src"))
        await earlier.evaluate("one => one.decode()")
        assert await camera.evaluate("one => [one.muted, one.playsInline]") == [True, True]
        view = chen.page.locator(".ghost-view")
        for width, height in ((812, 375), (375, 812)):  # turned, and back
            await chen.page.set_viewport_size({"width": width, "height": height})
            await chen.page.wait_for_function("width => innerWidth === width", arg=width)
            assert await camera.bounding_box() == await earlier.bounding_box() == await view.bounding_box()
        shot_at = clock.now().replace(microsecond=0) - timedelta(minutes=1)
        await chen.page.context.clock.set_fixed_time(shot_at)
        await chen.page.locator(".ghost").get_by_role("button", name="拍照").tap()
        await _photos(chen, 1)
        assert await chen.page.evaluate(STOPPED)
        assert await chen.page.evaluate("window.open_when_drawn")
        await chen.page.evaluate("window.refused = 'NotReadableError'")
        await _ordinary_instead(chen, compare, NO_GHOST)
        await chen.page.evaluate("window.refused = 'NotAllowedError'")
        opened = await _ordinary_instead(chen, compare, NO_PERMISSION)
        await opened.set_files([{"name": "2.jpg", "mimeType": "image/jpeg", "buffer": photo("green")}])
        await _photos(chen, 2)
        assert chen.complaints == []
    [draft] = await Draft.filter(person_id=cast.chen.id)
    taken = await Evidence.filter(taken_by_id=cast.chen.id).order_by("id")
    assert draft.data[PIECES]["pieces"]["1"]["photos"] == [one.id for one in taken]
    assert [(one.width, one.height, one.taken_at) for one in taken] == [(2560, 1440, shot_at), (640, 480, None)]


async def _after_one_photo(office: Station) -> Case:
    cast = office.cast
    before = await office.keep(photo("red"), cast.lin)
    check = await office.report(findings=[{"photos": [before.id], "note": "临边无防护"}], reviewers=[])
    return await reply_of(await noticed(office, cited_check=str(check.id)), cast.chen)


async def test_a_page_without_cameras_offers_the_ordinary_ways(office: Station, chromium: Browser) -> None:
    """As one that did not come over https."""
    reply = await _after_one_photo(office)
    async with phone(office, chromium, office.cast.chen) as chen:
        await chen.page.add_init_script(NO_CAMERAS)
        await chen.page.goto(f"{chen.address}/h5/cases/{reply.id}/steps/reply")
        await expect(chen.page.locator("#answer-1 .evidence-way")).to_have_text(["拍照", "从相册选"])
        assert chen.complaints == []


async def test_a_camera_that_nobody_looks_through_is_off(office: Station, chromium: Browser) -> None:
    reply = await _after_one_photo(office)
    async with phone(office, chromium, office.cast.chen) as chen:
        compare = await _compare(chen, reply)
        here, screen = chen.page.url, chen.page.locator(".ghost")
        shutter = screen.get_by_role("button", name="拍照")
        await compare.evaluate("one => { one.click(); one.click(); }")
        await expect(shutter).to_be_enabled()
        assert await chen.page.evaluate("window.cameras.length") == 1
        await chen.page.go_back()
        await expect(screen).to_have_count(0)
        assert chen.page.url == here
        assert await chen.page.evaluate(STOPPED)
        await compare.tap()
        await expect(shutter).to_be_enabled()
        assert await chen.page.evaluate(f"({HIDDEN})() ?? ({STOPPED})()")
        await expect(screen).to_have_count(0)
        await expect(chen.page.locator("#answer-1 .evidence-problem")).to_have_text("")
        await compare.tap()
        await expect(shutter).to_be_enabled()
        async with chen.page.expect_file_chooser():
            await chen.page.evaluate(TAKEN_AWAY)
        await expect(screen).to_have_count(0)
        await expect(chen.page.locator("#answer-1 .evidence-problem")).to_have_text(NO_GHOST)
        assert await chen.page.evaluate(STOPPED)
        assert chen.complaints == []


async def _ready(chen: Phone, compare: Locator) -> Locator:
    await compare.tap()
    take = chen.page.locator(".ghost").get_by_role("button", name="拍照")
    await expect(take).to_be_enabled()
    return take


async def test_nothing_is_submitted_before_the_photo_is_kept(office: Station, chromium: Browser) -> None:
    """Neither by the second of two quick taps on what lies over the button that submits, nor by that button itself."""
    async with phone(office, chromium, office.cast.chen) as chen:
        compare = await _compare(chen, await _after_one_photo(office))
        await chen.page.evaluate("window.addEventListener('submit', () => { window.pressed = true; }, true)")
        take, below = await _ready(chen, compare), chen.page.locator("#bar [value=submit]")
        [over, under] = [await one.bounding_box() for one in (take, below)]
        assert over is not None and under is not None
        assert under["y"] < over["y"] + over["height"] / 2 < under["y"] + under["height"]
        await take.dblclick()
        await _photos(chen, 1)
        assert await chen.page.evaluate("window.pressed") is None
        take = await _ready(chen, compare)
        await take.evaluate("one => { one.click(); document.querySelector('#bar [value=submit]').click(); }")
        await _photos(chen, 2)
        assert await chen.page.evaluate("window.pressed")
        assert chen.complaints == []
