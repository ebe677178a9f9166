"""Capture on a phone: what is taken lies on the phone first and is sent once, whatever happens on a site."""

import asyncio
import hashlib
import io
import os
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image
from playwright.async_api import Browser, FilePayload, Locator, expect

import h5
from core.cases import drafts
from core.evidence import uploads
from core.evidence.models import Evidence, Upload
from core.people.models import Person
from h5.access import Visit, member
from h5.pages import HEADERS
from tests.h5.story import Station, photo
from tests.h5.test_browser import Phone, phone
from webhooks import sign_in

PAGE = """{% extends "base.html" %}
{% block title %}采集{% endblock %}
{% block scripts %}
<link rel="stylesheet" href="{{ asset('evidence/evidence.css') }}">
<script type="module" src="{{ asset('evidence/begin.js') }}"></script>
{% endblock %}
{% block page %}
{% for kind in kept %}
<div class="evidence" data-kind="{{ kind }}" data-draft="{{ draft }}" data-finding="f1" data-attach="/h5/attach">
  <ul class="evidence-files">{% for one in kept[kind] %}<li data-evidence="{{ one }}"></li>{% endfor %}</ul>
  <input class="evidence-plain" type="file" aria-label="文件">
</div>
{% endfor %}
{% endblock %}"""
ONE_WAY_OUT = "登录已过期，请重新登录后继续上传，手机里的都还在。"


@pytest.fixture
def database_kind() -> str:
    """What a browser does is the same on both databases."""
    return "sqlite"


class Site:
    """A page that asks for evidence of one finding, before the real uploads."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.kept: dict[str, list[int]] = {"photo": [], "video": [], "voice": []}

    async def page(self, visit: Visit) -> web.Response:
        template = visit.pages._templates.from_string(PAGE)
        text = template.render(visit=visit, draft=visit.request.match_info["draft"], kept=self.kept)
        return web.Response(text=text, content_type="text/html", headers=HEADERS)

    async def attach(self, visit: Visit) -> web.Response:
        one = await Evidence.get(id=visit.form["evidence"], taken_by_id=visit.person.id)
        self.kept[one.kind].append(one.id)
        return web.Response(text=f'<li data-evidence="{one.id}"></li>', content_type="text/html")

    async def draft(self, person: Person) -> str:
        return f"/h5/drafts/{(await drafts.begin(person.id, 'check_report', 'open')).id}"


@pytest.fixture
async def site(station: Station) -> AsyncIterator[Site]:
    made, pages = Site(station), station.pages
    app = web.Application()
    app.router.add_get("/h5/drafts/{draft}", member(pages, made.page), allow_head=False)
    app.router.add_post("/h5/attach", member(pages, made.attach))
    app.add_routes([*h5.routes(pages), *sign_in.routes(pages.settings, station.wecom, pages)])
    await station.server.close()
    station.server = TestServer(app)
    await station.server.start_server()
    yield made


def taken(number: int, size: tuple[int, int] = (320, 240)) -> FilePayload:
    colour = f"#{number * 1000003 % 2**24:06x}"
    return {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": photo(colour, size)}


def noise() -> FilePayload:
    """A photo of several pieces, however small it is made."""
    out = io.BytesIO()
    Image.frombytes("RGB", (2560, 1920), os.urandom(2560 * 1920 * 3)).save(out, "JPEG", quality=96)
    return {"name": "noise.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


async def open_draft(lin: Phone, address: str) -> None:
    """Until it would open without a network, too."""
    await lin.page.goto(lin.address + address)
    await expect(lin.page.locator("html[data-kept]")).to_be_attached()


async def choose(lin: Phone, *files: FilePayload) -> None:
    await lin.page.locator('[data-kind="photo"] .evidence-input[multiple]').set_input_files(files)


async def says(lin: Phone, text: str) -> None:
    await expect(lin.page.locator(".queue-said")).to_have_text(text)


async def draw_a_circle(lin: Phone) -> None:
    await lin.page.get_by_role("button", name="标注").first.tap()
    canvas = lin.page.locator(".markup-surface canvas").first
    await expect(canvas).to_be_visible()
    box = await canvas.bounding_box()
    assert box is not None
    mouse = lin.page.mouse
    await mouse.move(box["x"] + 60, box["y"] + 60)
    await mouse.down()
    await mouse.move(box["x"] + 200, box["y"] + 160, steps=3)
    await mouse.up()
    await lin.page.get_by_role("button", name="完成").tap()


def striped() -> FilePayload:
    """White, with fine black stripes in its upper right quarter."""
    picture = Image.new("RGB", (800, 600), "white")
    for left in range(400, 800, 8):
        picture.paste("black", (left, 0, left + 4, 300))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    return {"name": "striped.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


async def drag(lin: Phone, *way: tuple[float, float]) -> None:
    """Over these parts of the photo."""
    await lin.page.wait_for_function(_FITS)
    box = await lin.page.locator(".markup-surface canvas").first.bounding_box()
    assert box is not None
    points = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in way]
    await lin.page.mouse.move(*points[0])
    await lin.page.mouse.down()
    for point in points[1:]:
        await lin.page.mouse.move(*point, steps=3)
    await lin.page.mouse.up()


async def swipe(lin: Phone, *way: tuple[float, float]) -> None:
    """One finger, over these parts of what is seen of the photo."""
    box = await lin.page.locator(".markup-surface canvas").first.bounding_box()
    assert box is not None
    finger = await lin.page.context.new_cdp_session(lin.page)
    points = [{"x": box["x"] + box["width"] * x, "y": box["y"] + box["height"] * y} for x, y in way]
    for kind, at in (("touchStart", points[:1]), *(("touchMove", [one]) for one in points[1:]), ("touchEnd", [])):
        await finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})


async def use(tool: Locator) -> None:
    """By a mouse: right after a swipe a busy machine takes a tap for a long press."""
    await tool.click()
    await expect(tool).to_have_attribute("aria-pressed", "true")


async def turn(lin: Phone, width: int, height: int) -> None:
    """Until the photo is as large as its place is now."""
    await lin.page.set_viewport_size({"width": width, "height": height})
    await lin.page.wait_for_function(_FITS)


_FITS = """() => {
    const place = document.querySelector(".markup-surface");
    const photo = place.querySelector("canvas").getBoundingClientRect();
    const spare = [place.clientWidth - photo.width, place.clientHeight - photo.height];
    return Math.abs(Math.min(...spare)) < 2;
}"""


async def test_an_arrow_words_and_a_mosaic_are_drawn_and_what_is_taken_back_is_not(
    site: Site, chromium: Browser
) -> None:
    station, photo_of_stripes = site.station, striped()
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, await site.draft(station.cast.lin))
        await choose(lin, photo_of_stripes)
        await says(lin, "已传 1 张，全部传完")
        press = lin.page.get_by_role
        await press("button", name="标注").first.tap()
        await expect(press("button", name="撤销")).to_be_disabled()
        await press("button", name="黄色").tap()
        await press("button", name="箭头").tap()
        await drag(lin, (0.1, 0.9), (0.4, 0.9))
        await turn(lin, 812, 375)
        await press("button", name="马赛克").tap()
        await drag(lin, (0.55, 0.05), (0.95, 0.45))
        await press("button", name="红色").tap()
        await turn(lin, 375, 812)
        await press("button", name="文字").tap()
        await lin.page.get_by_label("要写在照片上的文字").fill("没有护栏")
        await drag(lin, (0.1, 0.1))
        await press("button", name="圆圈").tap()
        await drag(lin, (0.1, 0.5), (0.4, 0.75))
        await press("button", name="撤销").tap()
        await press("button", name="完成").tap()
        await says(lin, "已传 2 张，全部传完")
    original, drawn = await Evidence.all().order_by("id")
    assert (original.sha256, drawn.marks_id) == (hashlib.sha256(photo_of_stripes["buffer"]).hexdigest(), original.id)
    picture = Image.open(io.BytesIO(await station.store.get(drawn.original_key))).convert("RGB")
    assert picture.size == (800, 600)
    assert picture.getpixel((200, 540)) == pytest.approx((255, 212, 0), abs=40)
    reds, greens, _ = (part.tobytes() for part in picture.crop((80, 60, 320, 130)).split())
    assert sum(red - green > 90 for red, green in zip(reds, greens, strict=True)) > 200
    assert min(low for low, _ in picture.crop((80, 300, 320, 460)).getextrema()) > 240  # the circle is gone
    stripes, mosaic = picture.crop((410, 100, 430, 200)), picture.crop((560, 80, 680, 200))
    spread = [max(high - low for low, high in one.getextrema()) for one in (stripes, mosaic)]
    assert (spread[0] > 200, spread[1] < 80) == (True, True)


async def test_photos_taken_and_marked_without_a_network_are_sent_when_it_is_back(
    site: Site, chromium: Browser
) -> None:
    station = site.station
    first = taken(1)
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, await site.draft(station.cast.lin))
        await lin.page.context.set_offline(True)
        await choose(lin, first, taken(2), taken(3, (4000, 3000)))
        await says(lin, "离线，联网后自动上传。等待 3 张")
        await lin.page.reload()
        await expect(lin.page.locator(".evidence-said")).to_have_text(["已存在手机里"] * 3)
        await draw_a_circle(lin)
        await says(lin, "离线，联网后自动上传。等待 4 张")
        await lin.page.context.set_offline(False)
        await says(lin, "已传 4 张，全部传完")
        await expect(lin.page.locator("li[data-evidence]")).to_have_count(4)
        await lin.page.reload()
        await expect(lin.page.locator(".evidence-local")).to_have_count(0)
    kept = await Evidence.all().order_by("id").values_list("width", "height", "marks_id")
    original = await Evidence.get(id=1)
    assert kept == [(320, 240, None), (320, 240, None), (2560, 1920, None), (320, 240, 1)]
    assert original.sha256 == hashlib.sha256(first["buffer"]).hexdigest()
    assert site.kept["photo"] == [1, 2, 3, 4]


async def test_a_phone_and_a_service_that_die_in_the_middle_go_on_where_they_were(
    site: Site, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    station, offsets, reached, append = site.station, [], asyncio.Event(), uploads.append

    async def unlucky(store: Any, upload: Upload, offset: int, piece: bytes) -> bool:
        offsets.append(offset)
        if len(offsets) == 2:
            raise asyncio.CancelledError  # the service is gone: no answer at all
        if len(offsets) == 4:
            reached.set()
            await asyncio.Event().wait()
        return await append(store, upload, offset, piece)

    monkeypatch.setattr(uploads, "append", unlucky)
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, await site.draft(station.cast.lin))
        await choose(lin, noise())
        await asyncio.wait_for(reached.wait(), 30)
        await lin.page.reload()
        await says(lin, "已传 1 张，全部传完")
    piece = offsets[1]
    assert offsets[:5] == [0, piece, piece, 2 * piece, 2 * piece]
    assert site.kept["photo"] == [1]


async def test_a_sign_in_that_ends_and_somebody_else_on_the_phone_lose_nothing(site: Site, chromium: Browser) -> None:
    station = site.station
    address = await site.draft(station.cast.lin)
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, address)
        await lin.page.context.clear_cookies()
        await choose(lin, taken(1), taken(2))
        await says(lin, f"{ONE_WAY_OUT}等待 2 张")
        again = lin.page.get_by_role("link", name="重新登录")
        await expect(again).to_have_attribute("href", f"/login?next={address.replace('/', '%2F')}")
        await sign_in_as(lin, station, station.cast.luo)
        await open_draft(lin, await site.draft(station.cast.luo))
        await expect(lin.page.locator(".queue")).to_be_hidden()
        await sign_in_as(lin, station, station.cast.lin)
        await lin.page.goto(lin.address + address)
        await says(lin, "已传 2 张，全部传完")
    assert await Evidence.all().values_list("taken_by_id", flat=True) == [station.cast.lin.id] * 2


async def sign_in_as(lin: Phone, station: Station, person: Person) -> None:
    signed_in = await station.browser(person)
    cookie = next(c.value for c in signed_in.client.session.cookie_jar if c.key == "zhian")
    await lin.page.context.add_cookies([{"name": "zhian", "value": cookie, "url": lin.address}])


async def test_a_browser_that_keeps_nothing_sends_at_once_and_asks_to_stay(site: Site, chromium: Browser) -> None:
    station = site.station
    async with phone(station, chromium, station.cast.lin) as lin:
        await lin.page.add_init_script("indexedDB.open = () => { throw new DOMException('none', 'SecurityError'); }")
        await open_draft(lin, await site.draft(station.cast.lin))
        await lin.page.context.set_offline(True)
        await choose(lin, taken(1))
        await says(lin, "等待 1 张，这个窗口不能保存文件，传完之前请不要离开")
        await lin.page.context.set_offline(False)
        await says(lin, "已传 1 张，全部传完")
    assert site.kept["photo"] == [1]


async def test_sixty_photos_queue_up_and_what_cannot_be_evidence_says_so(site: Site, chromium: Browser) -> None:
    station = site.station
    heic: FilePayload = {"name": "a.heic", "mimeType": "image/heic", "buffer": b"\0\0\0\x18ftypheic" + bytes(200)}
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, await site.draft(station.cast.lin))
        await choose(lin, *(taken(number, (64, 48)) for number in range(60)), heic)
        await expect(lin.page.locator(".queue-said")).to_have_text(
            "已传 60 张，失败 1 张",
            timeout=120_000,  # one by one, on a busy machine
        )
        failed = lin.page.locator(".evidence-failed")
        await expect(failed.locator(".evidence-said")).to_have_text(
            "这张照片是 HEIC 格式，暂时打不开，请把手机相机的格式改为“兼容性最佳”后重拍一张。"
        )
        await failed.get_by_role("button", name="删除").tap()
        await says(lin, "已传 60 张，全部传完")
        await lin.page.evaluate("""() => {
            const chosen = new DataTransfer();
            chosen.items.add(new File([new Uint8Array(51 * 1024 * 1024)], "long.mp4", { type: "video/mp4" }));
            const input = document.querySelector('[data-kind="video"] input[multiple]');
            input.files = chosen.files;
            input.dispatchEvent(new Event("change"));
        }""")
        await expect(lin.page.locator(".evidence-problem:not(:empty)")).to_have_text(
            "视频太大了，最多 50 MB，请拍短一些或降低画质后再添加。"
        )
    assert len(set(site.kept["photo"])) == 60


async def test_a_photo_is_looked_at_closely_and_drawn_on_there_and_all_of_it_is_kept(
    site: Site, chromium: Browser
) -> None:
    station = site.station
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, await site.draft(station.cast.lin))
        await choose(lin, striped())
        await says(lin, "已传 1 张，全部传完")
        button = {name: lin.page.get_by_role("button", name=name) for name in ("放大", "缩小", "移动", "箭头", "圆圈")}
        await lin.page.get_by_role("button", name="标注").first.click()
        await expect(button["缩小"]).to_be_disabled()
        await expect(button["移动"]).to_be_disabled()
        await button["放大"].click()
        await expect(button["缩小"]).to_be_enabled()
        await button["放大"].click()
        await expect(button["放大"]).to_be_disabled()
        await button["缩小"].click()
        await expect(button["放大"]).to_be_enabled()
        await use(button["移动"])
        await swipe(lin, (0.1, 0.5), (0.5, 0.5), (0.9, 0.5))  # to the left edge: half of its width is seen
        await use(button["箭头"])
        await swipe(lin, (0.2, 0.9), (0.5, 0.9), (0.8, 0.9))
        await expect(lin.page.get_by_role("button", name="撤销")).to_be_enabled()
        await use(button["移动"])
        await button["缩小"].click()
        await expect(button["移动"]).to_be_disabled()
        await expect(button["圆圈"]).to_have_attribute("aria-pressed", "true")
        await button["放大"].click()
        await expect(button["缩小"]).to_be_enabled()
        await lin.page.get_by_role("button", name="完成").click()
        await says(lin, "已传 2 张，全部传完")
    drawn = (await Evidence.all().order_by("id"))[1]
    picture = Image.open(io.BytesIO(await station.store.get(drawn.original_key))).convert("RGB")
    assert picture.size == (800, 600)
    reds, greens, _ = (part.tobytes() for part in picture.crop((0, 540, 800, 541)).split())
    red = [x for x, (one, other) in enumerate(zip(reds, greens, strict=True)) if one - other > 90]
    assert (red[0], red[-1]) == (pytest.approx(80, abs=8), pytest.approx(320, abs=8))
    stripes = picture.crop((410, 100, 430, 200))
    assert max(high - low for low, high in stripes.getextrema()) > 200


MICROPHONES = """(() => {
    const given = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    window.microphones = [];
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        window.microphones.push(await given(wanted));
        return window.microphones.at(-1);
    };
})()"""
CANNOT_RECORD = "() => { MediaRecorder.prototype.start = () => { throw new DOMException('no', 'UnknownError'); }; }"
SPEAKING = re.compile(r"^停止录音（[1-9]\d? 秒）$")
NO_MICROPHONE = "没有打开麦克风，请在手机设置里允许使用麦克风，或点“选录音文件”。"
OFF = "() => window.microphones.flatMap((one) => one.getTracks()).every((one) => one.readyState === 'ended')"


async def test_what_is_said_is_recorded_and_the_microphone_is_off_afterwards(site: Site, chromium: Browser) -> None:
    station = site.station
    async with phone(station, chromium, station.cast.lin) as lin:
        await lin.page.add_init_script(MICROPHONES)
        await open_draft(lin, await site.draft(station.cast.lin))
        recorder = lin.page.locator("button.evidence-way")
        await expect(recorder).to_have_text("录音")
        await recorder.tap()
        await expect(recorder).to_have_text(SPEAKING)
        await recorder.tap()
        await expect(recorder).to_have_text("录音")
        await says(lin, "已传 1 个，全部传完")
        assert await lin.page.evaluate(OFF)
        await lin.page.evaluate(CANNOT_RECORD)
        await recorder.tap()
        await expect(lin.page.locator(".evidence-problem:not(:empty)")).to_have_text(NO_MICROPHONE)
        assert await lin.page.evaluate(OFF)
    [said] = await Evidence.all()
    assert (said.kind, site.kept["voice"]) == ("voice", [said.id])
