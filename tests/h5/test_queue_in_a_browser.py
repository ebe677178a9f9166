"""The phone's queue and what it keeps, when others answer, the store fails or goes, windows meet and clocks go back."""

import asyncio
import hashlib
from datetime import UTC, datetime
from urllib.parse import unquote_plus

import pytest
from playwright.async_api import Browser, FilePayload, Route, expect

from core.cases import drafts
from core.cases.models import Draft, HistoryRow
from core.evidence.models import Evidence
from tests.h5.story import Station
from tests.h5.test_browser import Phone, phone
from tests.h5.test_capture_in_browser import ONE_WAY_OUT, Site, choose, open_draft, says, sign_in_as, site, taken
from tests.h5.test_replies import noticed, reply_of

__all__ = ["site"]

FULL = """Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (...all) {
    const asked = put.apply(this, all);
    this.transaction.abort();
    return asked;
};"""
FORGOTTEN = """async (path) => {
    const pages = await caches.open("zhian-pages");
    while (await pages.match(path)) await new Promise(requestAnimationFrame);
}"""
GONE = "要放这个文件的草稿已经提交或删除了，请删除这个文件；如仍需要，请在新的草稿里重新添加。"


@pytest.fixture
def database_kind() -> str:
    """What a browser does is the same on both databases."""
    return "sqlite"


async def begun(station: Station) -> Draft:
    answers = {"findings": [{"note": "临边没有栏杆"}]}
    return await drafts.begin(station.cast.lin.id, "check_report", "submit", data={"answers": answers})


async def _submitted_as(draft: Draft, case_id: int) -> None:
    await HistoryRow.filter(case_id=case_id).update(request_key=drafts.request_key(draft.id))


async def test_what_a_foreign_network_answers_is_no_receipt(site: Site, chromium: Browser) -> None:
    async with phone(site.station, chromium, site.station.cast.lin) as lin:
        portal = {"status": 200, "content_type": "text/html", "body": "<h1>请先登录本网络</h1>"}
        answered: list[str] = []

        async def portals(route: Route) -> None:
            if route.request.method in answered:
                await route.continue_()
            else:
                answered.append(route.request.method)
                await route.fulfill(**portal)  # type: ignore[arg-type]

        await lin.page.route("**/h5/uploads**", portals)
        await lin.page.route("**/h5/uploads/*", portals)
        await open_draft(lin, await site.draft(site.station.cast.lin))
        await lin.page.route("**/h5/attach", lambda route: route.fulfill(**portal), times=1)  # type: ignore[arg-type]
        await choose(lin, taken(1))
        await says(lin, "已传 1 张，全部传完")
    assert site.kept["photo"] == [1]


async def test_a_photo_for_a_draft_that_was_submitted_elsewhere_stays_on_the_phone(
    station: Station, chromium: Browser
) -> None:
    draft = await begun(station)
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, f"/h5/drafts/{draft.id}")
        await lin.page.route("**/evidence", lambda route: route.abort())
        await choose(lin, taken(1))
        await says(lin, "等待 1 张")
        case = await station.report()
        await draft.delete()
        await _submitted_as(draft, case.id)
        await lin.page.unroute("**/evidence")
        await says(lin, "失败 1 张")
        await expect(lin.page.locator(".evidence-said")).to_have_text(GONE)


async def test_a_full_phone_sends_at_once_and_does_not_let_its_page_go(site: Site, chromium: Browser) -> None:
    station = site.station
    async with phone(station, chromium, station.cast.lin) as lin:
        await lin.page.add_init_script(FULL)
        await open_draft(lin, await site.draft(station.cast.lin))
        await lin.page.context.set_offline(True)
        await choose(lin, taken(1))
        await says(lin, "等待 1 张，这个窗口不能保存文件，传完之前请不要离开")
        async with lin.page.expect_event("dialog") as asked:
            await lin.page.evaluate("setTimeout(() => location.reload())")
        dialog = await asked.value
        assert dialog.type == "beforeunload"
        await dialog.dismiss()
        await lin.page.context.set_offline(False)
        await says(lin, "已传 1 张，全部传完")
    assert site.kept["photo"] == [1]


async def test_a_store_that_was_thrown_away_under_the_page_is_made_again(site: Site, chromium: Browser) -> None:
    station = site.station
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, await site.draft(station.cast.lin))
        await choose(lin, taken(1))
        await says(lin, "已传 1 张，全部传完")
        thrown_away = """() => new Promise((done, failed) => {
            Object.assign(indexedDB.deleteDatabase("zhian"), { onsuccess: done, onerror: failed });
        })"""
        await asyncio.wait_for(lin.page.evaluate(thrown_away), 30)  # as soon as nothing is written there any more
        await lin.page.context.set_offline(True)
        await choose(lin, taken(2))
        await says(lin, "离线，联网后自动上传。已传 1 张，等待 1 张")
        await lin.page.reload()
        await expect(lin.page.locator(".evidence-said")).to_have_text("已存在手机里")
        await lin.page.context.set_offline(False)
        await says(lin, "已传 1 张，全部传完")
    assert site.kept["photo"] == [1, 2]


async def test_a_photo_that_is_deleted_on_its_way_reaches_no_finding(site: Site, chromium: Browser) -> None:
    station = site.station
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, await site.draft(station.cast.lin))
        reached, deleted = asyncio.Event(), asyncio.Event()

        async def slow(route: Route) -> None:
            reached.set()
            await deleted.wait()
            await route.continue_()

        await lin.page.route("**/h5/uploads/*", slow, times=1)
        await choose(lin, taken(1), taken(2))
        await asyncio.wait_for(reached.wait(), 30)
        await lin.page.get_by_role("button", name="删除").first.tap()
        await expect(lin.page.locator(".evidence-local")).to_have_count(1)
        deleted.set()
        await says(lin, "已传 1 张，全部传完")
    assert site.kept["photo"] == [2]


async def test_two_windows_show_one_queue_and_the_first_taken_goes_first_by_any_clock(
    site: Site, chromium: Browser
) -> None:
    station, photos = site.station, [taken(1), taken(2)]
    async with phone(station, chromium, station.cast.lin) as lin:
        address = await site.draft(station.cast.lin)
        await open_draft(lin, address)
        other = Phone(await lin.page.context.new_page(), lin.address)
        await open_draft(other, address)
        await lin.page.context.set_offline(True)
        await choose(lin, photos[0])
        await says(other, "离线，联网后自动上传。等待 1 张")
        await lin.page.context.clock.set_fixed_time(datetime(2001, 1, 1, tzinfo=UTC))
        await choose(other, photos[1])
        await says(lin, "离线，联网后自动上传。等待 2 张")
        await lin.page.context.set_offline(False)
        for window in (lin, other):
            await expect(window.page.locator("li[data-evidence]")).to_have_count(2)
            await expect(window.page.locator(".evidence-local")).to_have_count(0)
    sent = await Evidence.all().order_by("id").values_list("sha256", flat=True)
    assert sent == [hashlib.sha256(one["buffer"]).hexdigest() for one in photos]
    assert site.kept["photo"] == [1, 2]


async def test_somebody_else_who_signs_in_in_the_middle_sends_nothing_of_it(site: Site, chromium: Browser) -> None:
    station = site.station
    async with phone(station, chromium, station.cast.lin) as lin:
        address = await site.draft(station.cast.lin)
        await open_draft(lin, address)
        await lin.page.context.set_offline(True)
        await choose(lin, taken(1), taken(2))
        await says(lin, "离线，联网后自动上传。等待 2 张")
        await sign_in_as(lin, station, station.cast.luo)
        await lin.page.context.set_offline(False)
        await says(lin, f"{ONE_WAY_OUT}等待 2 张")
        assert await Evidence.all().count() == 0
        await sign_in_as(lin, station, station.cast.lin)
        await lin.page.reload()
        await says(lin, "已传 2 张，全部传完")
    assert await Evidence.all().values_list("taken_by_id", flat=True) == [station.cast.lin.id] * 2


async def test_a_kept_draft_outlives_a_sign_in_and_not_its_submission(station: Station, chromium: Browser) -> None:
    draft = await begun(station)
    async with phone(station, chromium, station.cast.lin) as lin:
        address, label = f"{lin.address}/h5/drafts/{draft.id}", lin.page.get_by_label("抽查部位")
        await open_draft(lin, f"/h5/drafts/{draft.id}")
        await lin.page.reload()  # by way of the worker
        await lin.page.context.clear_cookies()
        await lin.page.route("**/login**", lambda route: route.fulfill(status=200, body="in WeCom"))
        await lin.page.goto(address)
        await lin.page.context.set_offline(True)
        await lin.page.goto(address)
        await expect(label).to_be_visible()
        await lin.page.context.set_offline(False)
        await sign_in_as(lin, station, station.cast.lin)
        case = await station.report()
        await draft.delete()
        await _submitted_as(draft, case.id)
        await lin.page.goto(address)
        await expect(lin.page).to_have_url(f"{lin.address}/h5/cases/{case.id}?told=submitted")
        await asyncio.wait_for(lin.page.evaluate(FORGOTTEN, f"/h5/drafts/{draft.id}"), 30)


async def test_words_that_the_phone_cannot_keep_are_not_let_go(station: Station, chromium: Browser) -> None:
    draft = await begun(station)
    async with phone(station, chromium, station.cast.lin) as lin:
        await lin.page.add_init_script(FULL)
        await lin.page.goto(f"{lin.address}/h5/drafts/{draft.id}")

        async def away(route: Route) -> None:
            """Until more is said: the first words are sent a second time a little later."""
            gone = "5层" not in unquote_plus(route.request.post_data or "")
            await (route.fulfill(status=503, body="") if gone else route.continue_())

        await lin.page.route("**/answers/**", away)
        await lin.page.get_by_label("抽查部位").fill("3号楼")
        await lin.page.get_by_label("抽查部位").blur()
        await expect(lin.page.locator("#toast")).to_have_text(
            "刚才填的还没有保存到草稿，本机也存不下，请不要离开这一页，请稍后再改一次。"
        )
        async with lin.page.expect_event("dialog") as asked:
            await lin.page.evaluate("setTimeout(() => location.reload())")
        await (await asked.value).dismiss()
        await lin.page.get_by_label("抽查部位").fill("3号楼 5层")
        await lin.page.get_by_label("抽查部位").blur()
        await expect(lin.page.locator("#saved")).to_have_text("11月20日 09:00 已保存到草稿。")
        await lin.page.reload()
        await expect(lin.page.get_by_label("抽查部位")).to_have_value("3号楼 5层")


async def test_proxies_that_are_busy_are_asked_again_and_what_one_refuses_can_be_saved(
    site: Site, chromium: Browser
) -> None:
    station, first = site.station, taken(1)
    async with phone(station, chromium, station.cast.lin) as lin:
        answers = iter([408, 429, 413])

        async def busy(route: Route) -> None:
            status = next(answers, 0) if route.request.method == "POST" else 0
            await (route.fulfill(status=status, body="<h1>proxy</h1>") if status else route.continue_())

        await lin.page.route("**/h5/uploads", busy)
        await open_draft(lin, await site.draft(station.cast.lin))
        await choose(lin, first)
        await says(lin, "失败 1 张")
        failed = lin.page.locator(".evidence-failed")
        await expect(failed.locator(".evidence-said")).to_have_text(
            "服务没有收下这个文件，请重试；还是不行，请删除后重新拍摄。"
        )
        async with lin.page.expect_download() as saved:
            await failed.get_by_role("button", name="保存到手机").tap()
        download = await saved.value
        read = await asyncio.to_thread((await download.path()).read_bytes)
        assert (download.suggested_filename, read) == (first["name"], first["buffer"])
        await failed.get_by_role("button", name="重试").tap()
        await says(lin, "已传 1 张，全部传完")
    assert site.kept["photo"] == [1]


async def test_what_the_service_never_takes_can_only_be_saved_or_deleted(site: Site, chromium: Browser) -> None:
    """Beside its own finding and, on any other page, in the queue; what a proxy refused can be tried again there."""
    station = site.station
    heic: FilePayload = {"name": "a.heic", "mimeType": "image/heic", "buffer": b"\0\0\0\x18ftypheic" + bytes(200)}
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, await site.draft(station.cast.lin))
        await choose(lin, heic)
        await says(lin, "失败 1 张")
        await expect(lin.page.locator(".evidence-unseen")).to_have_text("本机不能预览")  # instead of a broken picture
        buttons = lin.page.locator(".evidence-failed").get_by_role("button")
        await expect(buttons).to_have_text(["保存到手机", "删除"])
        await open_draft(lin, f"/h5/drafts/{(await begun(station)).id}")
        refused = lin.page.locator(".queue-failure")
        await expect(refused.get_by_role("button")).to_have_text(["保存到手机", "删除"])
        await lin.page.route("**/h5/uploads", lambda route: route.fulfill(status=413, body="<h1>proxy</h1>"))
        await choose(lin, taken(1))
        await says(lin, "失败 2 张")
        await expect(buttons).to_have_text(["标注", "重试", "保存到手机", "删除"])
        await refused.get_by_role("button", name="删除").tap()
        await says(lin, "失败 1 张")


async def test_words_and_photos_from_a_dead_spot_follow_into_a_draft_that_others_have_overtaken(
    office: Station, chromium: Browser
) -> None:
    cast = office.cast
    notice = await noticed(office)
    reply = await reply_of(notice, cast.chen)
    async with phone(office, chromium, cast.chen) as chen:
        await open_draft(chen, f"/h5/cases/{reply.id}/steps/reply")
        statement = chen.page.get_by_label("整改说明").first
        await statement.fill("已装栏杆")
        await statement.blur()
        await expect(chen.page.locator("#saved")).to_have_text("11月20日 09:00 已保存到草稿。")
        await chen.page.context.set_offline(True)
        await statement.fill("东侧已装栏杆，西侧明天完成")
        await statement.blur()
        await chen.page.locator(".evidence-input[multiple]").first.set_input_files(taken(1))
        await says(chen, "离线，联网后自动上传。等待 1 张")
        await office.pages.engine.open("voiding", cast.luo, {"reason": "依据有误"}, key="void", parent=notice)
        await chen.page.context.set_offline(False)
        await says(chen, "已传 1 张，全部传完")
        await chen.page.reload()
        await expect(chen.page.locator(".facts dd")).to_have_text(["东侧已装栏杆，西侧明天完成"])
        await expect(chen.page.locator(".evidence-file img")).to_have_count(1)
        await expect(chen.page.locator("#unsent")).to_be_hidden()
        assert await chen.page.evaluate("Object.keys(localStorage)") == []


SLOW = """const decode = window.createImageBitmap;
const held = new Promise((done) => { window.go_on = done; });
window.createImageBitmap = async (...all) => { await held; return decode(...all); };"""


@pytest.mark.parametrize(("way", "address"), [("选标准术语", "/terms"), ("首页", "/h5/")])
async def test_a_page_is_not_left_before_its_photos_are_kept_on_the_phone(
    station: Station, chromium: Browser, way: str, address: str
) -> None:
    """As on a slow phone with many of them."""
    draft = await begun(station)
    async with phone(station, chromium, station.cast.lin) as lin:
        await lin.page.add_init_script(SLOW)
        await open_draft(lin, f"/h5/drafts/{draft.id}")
        here = lin.page.url
        await choose(lin, taken(1), taken(2))
        await says(lin, "正在处理 2 张")
        await lin.page.get_by_role("button", name=way).or_(lin.page.get_by_role("link", name=way)).first.tap()
        await expect(lin.page.locator(".queue-held")).to_have_text("照片正在处理，请稍等，处理完会自动打开下一页。")
        assert lin.page.url == here
        await lin.page.evaluate("window.go_on()")
        await lin.page.wait_for_url(f"**{address}")
        await lin.page.goto(here)
        await expect(lin.page.locator("li[data-evidence]")).to_have_count(2)
        assert lin.complaints == []
