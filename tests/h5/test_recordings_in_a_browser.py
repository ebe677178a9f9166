"""A recording that never ended: what was said until its page died is kept, once, and not while it goes on."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from core.cases import drafts
from core.evidence import uploads
from core.evidence.models import Evidence, Upload
from tests.h5.story import Station
from tests.h5.test_browser import Phone, phone
from tests.h5.test_capture_in_browser import SPEAKING, Site, open_draft, says, sign_in_as, site
from tests.h5.test_queue_in_a_browser import FULL, begun

__all__ = ["site"]

KEYS = """() => new Promise((done, failed) => {
    const opened = indexedDB.open("zhian");
    opened.onerror = failed;
    opened.onsuccess = () => {
        const asked = opened.result.transaction("files").objectStore("files").getAllKeys();
        asked.onsuccess = () => { opened.result.close(); done(asked.result); };
    };
})"""
THREE_SLICES = f"""async () => {{
    while ((await ({KEYS})()).length < 3) await new Promise(requestAnimationFrame);
}}"""
NOTHING_LEFT = THREE_SLICES.replace("< 3", "> 0")
HEAD = """(person) => new Promise((done, failed) => {
    const opened = indexedDB.open("zhian");
    opened.onerror = failed;
    opened.onsuccess = () => {
        const transaction = opened.result.transaction("files", "readwrite");
        const of = { person, draft: "1", finding: "f1", kind: "voice", attach: "/h5/attach" };
        const slice = { id: ["one", 0], of, type: "audio/mp4", seconds: 1, blob: new Blob(["head"]) };
        transaction.objectStore("files").put(slice);
        transaction.oncomplete = () => { opened.result.close(); done(); };
    };
})"""
ONLY_WEBM = "MediaRecorder.isTypeSupported = (type) => type.startsWith('audio/webm')"
INTERRUPTED = re.compile(r"^上次的录音没有录完就中断了，已保留前 ([2-9]|\d\d) 秒；不够的请再录一段。$")
LINE = re.compile(r"^录音中断，保留了前 ([2-9]|\d\d) 秒，已存在手机里$")


@pytest.fixture
def database_kind() -> str:
    """What a browser does is the same on both databases."""
    return "sqlite"


async def speak(lin: Phone) -> None:
    """Until three slices of it lie on the phone; it goes on."""
    await lin.page.locator("button.evidence-way").tap()
    await asyncio.wait_for(lin.page.evaluate(THREE_SLICES), 30)


async def crash(lin: Phone) -> None:
    session = await lin.page.context.new_cdp_session(lin.page)
    async with lin.page.expect_event("crash"):
        asked = asyncio.create_task(session.send("Page.crash"))  # it is never answered
    asked.cancel()


async def another(lin: Phone, address: str) -> Phone:
    window = Phone(await lin.page.context.new_page(), lin.address)
    await open_draft(window, address)
    return window


async def sent_and_gone(lin: Phone) -> list[Any]:
    await expect(lin.page.locator(".evidence-local")).to_have_count(0)
    await expect(lin.page.locator("li[data-evidence]")).to_have_count(1)
    return await lin.page.evaluate(KEYS)


async def test_what_was_said_until_the_page_died_is_sent_once_whoever_opens_it(
    site: Site, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    station, opened, append = site.station, asyncio.Event(), uploads.append

    async def held(store: Any, upload: Upload, offset: int, piece: bytes) -> bool:
        await opened.wait()
        return await append(store, upload, offset, piece)

    monkeypatch.setattr(uploads, "append", held)
    address = await site.draft(station.cast.lin)
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, address)
        await speak(lin)
        await crash(lin)
        await sign_in_as(lin, station, station.cast.luo)
        luo = await another(lin, await site.draft(station.cast.luo))
        await expect(luo.page.locator(".queue")).to_be_hidden()
        assert len(await luo.page.evaluate(KEYS)) >= 3
        await luo.page.close()
        await sign_in_as(lin, station, station.cast.lin)
        windows = [await another(lin, address), await another(lin, address)]
        for window in windows:
            await says(window, "等待 1 个")
        opened.set()
        assert [await sent_and_gone(window) for window in windows] == [[], []]
        told = [await window.page.locator(".queue-broken").text_content() or "" for window in windows]
    [said] = await Evidence.all()
    assert site.kept["voice"] == [said.id]
    assert said.seconds is not None and said.seconds > 1.5
    assert [bool(INTERRUPTED.match(one)) for one in sorted(told)] == [False, True]


async def test_a_reload_in_the_middle_of_a_recording_keeps_it_without_a_network(site: Site, chromium: Browser) -> None:
    station = site.station
    async with phone(station, chromium, station.cast.lin) as lin:
        await lin.page.add_init_script(ONLY_WEBM)
        await open_draft(lin, await site.draft(station.cast.lin))
        await lin.page.context.set_offline(True)
        await speak(lin)
        await lin.page.reload()
        await says(lin, "离线，联网后自动上传。等待 1 个")
        await expect(lin.page.locator(".queue-broken")).to_have_text(INTERRUPTED)
        await lin.page.reload()
        await expect(lin.page.locator(".evidence-said")).to_have_text(LINE)
        await lin.page.context.set_offline(False)
        await says(lin, "已传 1 个，全部传完")
        assert await sent_and_gone(lin) == []
    [said] = await Evidence.all()
    assert said.seconds is not None
    assert (said.mime, said.seconds > 1.5) == ("audio/webm", True)


async def test_a_recording_of_which_only_the_head_was_kept_is_no_recording(site: Site, chromium: Browser) -> None:
    station = site.station
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, await site.draft(station.cast.lin))
        await lin.page.evaluate(HEAD, str(station.cast.lin.id))
        await lin.page.reload()
        await asyncio.wait_for(lin.page.evaluate(NOTHING_LEFT), 30)
        await expect(lin.page.locator(".queue")).to_be_hidden()


async def test_a_window_that_still_records_keeps_its_recording_and_ends_it_once(site: Site, chromium: Browser) -> None:
    station = site.station
    address = await site.draft(station.cast.lin)
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, address)
        await speak(lin)
        other = await another(lin, address)
        await lin.page.bring_to_front()
        await lin.page.locator("button.evidence-way").tap()
        for window in (lin, other):
            assert await sent_and_gone(window) == []
        third = await another(lin, address)
        await expect(third.page.locator("li[data-evidence]")).to_have_count(1)
        await expect(third.page.locator(".queue")).to_be_hidden()
        await expect(other.page.locator(".queue-broken")).to_have_text("")
    assert await Evidence.all().count() == 1


async def test_a_full_phone_records_as_it_always_did(site: Site, chromium: Browser) -> None:
    station = site.station
    async with phone(station, chromium, station.cast.lin) as lin:
        await lin.page.add_init_script(FULL)
        await open_draft(lin, await site.draft(station.cast.lin))
        recorder = lin.page.locator("button.evidence-way")
        await recorder.tap()
        await expect(recorder).to_have_text(SPEAKING)
        await recorder.tap()
        await says(lin, "已传 1 个，全部传完")
        assert await sent_and_gone(lin) == []
    [said] = await Evidence.all()
    assert site.kept["voice"] == [said.id]


async def test_a_draft_is_not_submitted_while_something_is_recorded_for_it(station: Station, chromium: Browser) -> None:
    draft = await begun(station)
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, f"/h5/drafts/{draft.id}")
        await lin.page.get_by_role("button", name="录音", exact=True).tap()
        await lin.page.get_by_role("button", name="停止录音").wait_for()
        await lin.page.get_by_role("button", name="核对并提交").tap()
        held = lin.page.locator(".queue-held")
        await expect(held).to_have_text("还在录音，请先停止录音，传完后再提交。")
        await expect(held).to_be_in_viewport()
        await lin.page.get_by_role("button", name=SPEAKING).tap()
        await says(lin, "已传 1 个，全部传完")
        await expect(held).to_have_text("")
        async with lin.page.expect_event("framenavigated"):
            await lin.page.get_by_role("button", name="核对并提交").tap()


async def test_a_finding_that_is_nothing_but_an_interrupted_recording_is_on_its_page_again(
    station: Station, chromium: Browser
) -> None:
    draft = await drafts.begin(station.cast.lin.id, "check_report", "submit", data={"answers": {}})
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, f"/h5/drafts/{draft.id}")
        await lin.page.get_by_role("button", name="记一条问题").tap()
        await lin.page.get_by_role("button", name="录音", exact=True).tap()
        await asyncio.wait_for(lin.page.evaluate(THREE_SLICES), 30)
        await lin.page.reload()
        await expect(lin.page.locator(".queue-broken")).to_have_text(INTERRUPTED)
        await expect(lin.page.locator(".finding-edit li[data-evidence]")).to_have_count(1)
        await says(lin, "已传 1 个，全部传完")
