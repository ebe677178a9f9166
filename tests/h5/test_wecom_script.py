"""What WeCom lends to its pages: its camera and album, and where the phone is; without it the phone's own do."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Response, expect

from core.cases import drafts
from core.cases.models import Draft
from core.coordinates import Datum, Point, convert
from tests.h5.story import Station, photo
from tests.h5.test_browser import phone

WECOM = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36 wxwork/4.1.20"
# WeCom lends only what a page has named when it registered.
SCRIPT = """window.ww = {
    register(page) { Object.assign(window, { lent: page.jsApiList, asked: [] }); page.onConfigSuccess(); },
    lends(name, answer) {
        window.asked.push(name);
        if (name !== "NOTHING" && window.lent.includes(name)) return Promise.resolve(answer);
        return Promise.reject({ errMsg: `${name}:permission denied` });
    },
    chooseImage({ sourceType: [source] }) {
        window.source = source;
        return this.lends("chooseImage", { localIds: ["p1"] });
    },
    getLocalImgData() { return this.lends("getLocalImgData", { localData: "PHOTO" }); },
    getLocation({ type }) {
        return this.lends("getLocation", { latitude: "20.0201", longitude: "110.3502", accuracy: "12", system: type });
    },
};"""
SIGNED = {"corpId": "wwdemo", "agentId": 1000002, "config": {}, "agentConfig": {}}


@pytest.fixture
def database_kind() -> str:
    """What a browser does is the same on both databases."""
    return "sqlite"


@asynccontextmanager
async def inside_wecom(
    station: Station, chromium: Browser, *, refused: str = "", **context: Any
) -> AsyncIterator[tuple[Page, str, Draft]]:
    """林小舟 at her check, in WeCom's browser; ``refused`` is what WeCom does not lend."""
    draft = await drafts.begin(station.cast.lin.id, "check_report", "submit")
    script = SCRIPT.replace("PHOTO", base64.b64encode(photo()).decode()).replace("NOTHING", refused)
    async with phone(station, chromium, station.cast.lin, user_agent=WECOM, **context) as lin:
        await lin.page.route(
            "https://wwcdn.weixin.qq.com/**", lambda one: one.fulfill(body=script, content_type="text/javascript")
        )
        await lin.page.route("**/h5/jssdk?*", lambda one: one.fulfill(body=json.dumps(SIGNED)))
        await lin.page.goto(f"{lin.address}/h5/drafts/{draft.id}")
        yield lin.page, lin.address, draft
        assert [one for one in lin.complaints if not refused or f"{refused}:permission denied" not in one] == []


async def _findings(draft: Draft) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (await Draft.get(id=draft.id)).data["answers"].get("findings", [])
    return found


def _posted(words: str) -> Callable[[Response], bool]:
    """An answer to these: that a finding was begun is posted a little later by itself."""
    return lambda response: words in (response.request.post_data or "")


async def test_a_photo_is_taken_by_wecoms_own_camera(station: Station, chromium: Browser) -> None:
    async with inside_wecom(station, chromium) as (page, _, draft):
        await page.get_by_role("button", name="记一条问题").tap()
        await page.wait_for_function("() => window.lent")
        await page.get_by_text("拍照").tap()
        await expect(page.locator("[data-kind=photo] [data-evidence]")).to_have_count(1)
        assert await page.evaluate("() => [window.source, ...window.asked]") == [
            "camera",
            "chooseImage",
            "getLocalImgData",
        ]
        [finding] = await _findings(draft)
        assert len(finding["photos"]) == 1  # type: ignore[arg-type]


async def test_a_finding_is_placed_where_wecom_says_the_phone_is(station: Station, chromium: Browser) -> None:
    async with inside_wecom(station, chromium) as (page, address, draft):
        await page.get_by_role("button", name="记一条问题").tap()
        where = page.get_by_role("group", name="问题的位置")
        async with page.expect_response(_posted("-latitude=20.0201&")):
            await where.get_by_role("button", name="获取定位").tap()
        await expect(where.locator("p")).to_have_text("已定位，误差约 12 米。")
        await expect(where.get_by_role("button")).to_have_text(["更新定位", "去掉定位"])
        await expect(page.locator("#saved")).to_have_text("11月20日 09:00 已保存到草稿。")
        [finding] = await _findings(draft)
        spot = {"latitude": 20.0201, "longitude": 110.3502, "label": "", "system": "gcj02", "accuracy": 12.0}
        assert finding["place"] == spot
        await page.goto(f"{address}/h5/drafts/{draft.id}")
        await expect(where.locator("p")).to_have_text("已定位 20.02010, 110.35020（GCJ-02，误差约 12 米）")
        async with page.expect_response(_posted("-latitude=&")):
            await where.get_by_role("button", name="去掉定位").tap()
        await expect(where.locator("p")).to_have_text("还没有定位。")
        await expect(where.get_by_role("button")).to_have_text(["获取定位"])
        await expect(page.locator("#saved")).to_have_text("11月20日 09:00 已保存到草稿。")
        [finding] = await _findings(draft)
        assert finding["place"] is None


async def test_the_nearest_project_comes_first_where_wecom_says_the_phone_is(
    station: Station, chromium: Browser
) -> None:
    async with inside_wecom(station, chromium) as (page, _, _):
        await page.get_by_role("button", name="离我最近").tap()
        await expect(page.locator("#offers-project .option-far")).to_have_text(["24米"])
        assert await page.evaluate("() => window.asked") == ["getLocation"]


async def test_where_wecom_lends_no_camera_the_next_tap_opens_the_phones_own(
    station: Station, chromium: Browser
) -> None:
    async with inside_wecom(station, chromium, refused="chooseImage") as (page, _, _):
        await page.get_by_role("button", name="记一条问题").tap()
        await page.wait_for_function("() => window.lent")
        await page.get_by_text("拍照").tap()
        said = "企业微信的相机没有打开，请再点一次，改用手机自带的相机或相册。"
        await expect(page.locator("[data-kind=photo] .evidence-problem")).to_have_text(said)
        async with page.expect_file_chooser() as own:
            await page.get_by_text("拍照").tap()
        await (await own.value).set_files([{"name": "1.jpg", "mimeType": "image/jpeg", "buffer": photo()}])
        await expect(page.locator("[data-kind=photo] [data-evidence]")).to_have_count(1)


async def test_where_wecom_says_no_place_the_browser_is_asked(station: Station, chromium: Browser) -> None:
    here = convert(Point(20.0201, 110.3502), Datum.GCJ02, Datum.WGS84)
    own: dict[str, Any] = {"geolocation": asdict(here), "permissions": ["geolocation"]}
    async with inside_wecom(station, chromium, refused="getLocation", **own) as (page, _, _):
        await page.get_by_role("button", name="离我最近").tap()
        await expect(page.locator("#offers-project .option-far")).to_have_text(["24米"])
