"""A draft in a real browser: ended sign-ins, windows side by side, a wrong clock; what was typed is not lost."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

import pytest
from playwright.async_api import Browser, Page, Response, expect

from core.cases import drafts
from core.cases.models import Case, Draft
from tests.h5.story import Station
from tests.h5.test_browser import phone
from tests.h5.test_capture_in_browser import open_draft, sign_in_as


@pytest.fixture
def database_kind() -> str:
    """What a browser does is the same on both databases."""
    return "sqlite"


async def _begun(station: Station, *notes: str) -> str:
    draft = await drafts.begin(station.cast.lin.id, "check_report", "submit")
    await Draft.filter(id=draft.id).update(data={"answers": {"findings": [{"note": note} for note in notes]}})
    return f"/h5/drafts/{draft.id}"


async def _answers() -> dict[str, Any]:
    return dict((await Draft.get()).data["answers"])


async def _types(page: Page, label: str, words: str, status: int) -> None:
    """Until the service has answered this."""

    def answered(response: Response) -> bool:
        return response.status == status and words in unquote_plus(response.request.post_data or "")

    async with page.expect_response(answered):
        await page.get_by_label(label).first.fill(words)
        await page.get_by_label(label).first.blur()


async def test_a_sign_in_that_ends_and_comes_back_loses_nothing(station: Station, chromium: Browser) -> None:
    """On a phone whose clock is 25 years behind."""
    async with phone(station, chromium, station.cast.lin) as lin:
        await lin.page.context.clock.set_fixed_time(datetime(2001, 1, 1, tzinfo=UTC))
        await lin.page.goto(lin.address + await _begun(station))
        await _types(lin.page, "抽查部位", "3号楼", 200)
        await sign_in_as(lin, station, station.cast.lin)  # in another window: this page's token is an old one now
        await _types(lin.page, "抽查部位", "3号楼 5层", 200)
        assert (await _answers())["checked_location"] == "3号楼 5层"
        await lin.page.context.clear_cookies()
        await _types(lin.page, "抽查部位", "3号楼 6层", 401)
        saved = lin.page.locator("#saved")
        await expect(saved).to_have_text("登录已过期，刚才填的留在本机，还没有保存。重新登录，接着填")
        await sign_in_as(lin, station, station.cast.lin)
        await lin.page.reload()
        await expect(saved).to_have_text("11月20日 09:00 已保存到草稿。")
        await expect(lin.page.get_by_label("抽查部位")).to_have_value("3号楼 6层")
    assert (await _answers())["checked_location"] == "3号楼 6层"


async def test_what_two_windows_write_is_said_and_the_writer_decides(station: Station, chromium: Browser) -> None:
    async with phone(station, chromium, station.cast.lin) as lin:
        address = lin.address + await _begun(station, "临边没有栏杆")
        other = await lin.page.context.new_page()
        for page in (lin.page, other):
            await page.goto(address)
        await _types(other, "补充说明", "临边栏杆缺两段", 200)
        await _types(lin.page, "补充说明", "东侧临边没有栏杆", 422)
        saved, said = lin.page.locator("#saved"), lin.page.locator("#field-findings .input-error")
        await expect(saved).to_have_text("有一项没有保存，请看标红的地方。去看")
        await expect(saved).to_be_in_viewport()  # though the page is scrolled down to what was typed
        await saved.get_by_role("link").tap()
        await expect(said).to_be_in_viewport()
        how = "您在这里写的还没有保存；要用这里写的，请再点一次“保存”。"
        await expect(said).to_have_text(f"第1条在别处改过了，现在写的是：临边栏杆缺两段。{how}")
        await lin.page.reload()
        await expect(said).to_have_text(f"第1条在别处改过了，现在写的是：临边栏杆缺两段。{how}")
        await expect(lin.page.get_by_label("补充说明")).to_have_value("东侧临边没有栏杆")
        save = lin.page.locator("#bar").get_by_role("button", name="保存", exact=True)
        await save.tap()
        await expect(lin.page.locator("#saved")).to_have_text("标红的几项没有保存，其他内容都已保存。去看")
        await save.tap()
        await expect(said).to_have_count(0)
        await expect(lin.page.get_by_label("补充说明")).to_have_value("东侧临边没有栏杆")
    assert [one["note"] for one in (await _answers())["findings"]] == ["东侧临边没有栏杆"]


async def test_no_more_findings_are_begun_than_one_check_may_hold(station: Station, chromium: Browser) -> None:
    async with phone(station, chromium, station.cast.lin) as lin:
        await lin.page.goto(lin.address + await _begun(station, *["临边没有栏杆"] * 29))
        await lin.page.get_by_role("button", name="再记一条问题").tap()
        await expect(lin.page.locator(".finding-edit")).to_have_count(30)
        await expect(lin.page.get_by_role("button", name="再记一条问题")).to_be_hidden()
        sentence = "一次检查最多 30 条问题。还有别的问题，请先提交这一次，再上报一次。"
        await expect(lin.page.get_by_text(sentence)).to_be_visible()


async def test_what_is_submitted_without_a_network_is_answered_and_leads_back(
    station: Station, chromium: Browser
) -> None:
    async with phone(station, chromium, station.cast.lin) as lin:
        answers = {"project": station.cast.project.id, "check_type": "safety", "checked_location": "3号楼"}
        draft = await drafts.begin(station.cast.lin.id, "check_report", "submit", data={"answers": answers})
        await open_draft(lin, f"/h5/drafts/{draft.id}")
        await lin.page.reload()  # the worker looks after this page now
        await lin.page.get_by_role("button", name="核对并提交").tap()
        await lin.page.wait_for_url("**/summary")
        await lin.page.context.set_offline(True)
        await lin.page.get_by_role("button", name="立即提交").tap()
        said = "刚才的操作没有得到答复。请在有网络的地方返回，再办理一次；已经办成的不会重复办理。"
        await expect(lin.page.locator("p")).to_have_text(said)
        await lin.page.context.set_offline(False)
        await lin.page.get_by_role("link", name="返回").tap()
        await lin.page.wait_for_url("**/summary")
        await lin.page.get_by_role("button", name="立即提交").tap()
        await lin.page.wait_for_url("**/h5/cases/*")
    assert await Case.all().count() == 1


async def test_no_button_leads_away_without_a_network_and_what_was_typed_is_saved_once_there_is_one(
    station: Station, chromium: Browser
) -> None:
    async with phone(station, chromium, station.cast.lin) as lin:
        await open_draft(lin, await _begun(station, "临边没有栏杆"))
        await lin.page.context.set_offline(True)
        toast = lin.page.locator("#toast")
        for button in ("选标准术语", "保存", "核对并提交"):
            await toast.evaluate("one => { one.textContent = ''; }")
            await lin.page.get_by_role("button", name=button, exact=True).locator("visible=true").tap()
            await expect(toast).to_have_text("现在没有网络，请联网后再点一次。填好的都在。")
        await lin.page.get_by_label("抽查部位").fill("3号楼 5层")
        await lin.page.get_by_label("抽查部位").blur()
        await expect(toast).to_have_text("网络不通，刚才填的还没有保存到草稿，已留在本机。")
        await lin.page.context.set_offline(False)
        await expect(lin.page.locator("#saved")).to_have_text("11月20日 09:00 已保存到草稿。")
    assert (await _answers())["checked_location"] == "3号楼 5层"


async def test_a_sentence_stays_as_long_as_it_takes_to_read_whatever_was_said_before(
    station: Station, chromium: Browser
) -> None:
    async with phone(station, chromium, station.cast.lin) as lin:
        await lin.page.clock.install()
        await open_draft(lin, await _begun(station, "临边没有栏杆"))
        await lin.page.clock.pause_at(datetime(2100, 1, 1, tzinfo=UTC))
        await lin.page.context.set_offline(True)
        toast = lin.page.locator("#toast")
        for button, milliseconds in (("保存", 3_000), ("核对并提交", 2_000)):
            await lin.page.get_by_role("button", name=button, exact=True).locator("visible=true").tap()
            await lin.page.clock.run_for(milliseconds)
            await expect(toast).to_have_text("现在没有网络，请联网后再点一次。填好的都在。")
            await expect(toast).to_be_visible()
        await lin.page.clock.run_for(2_000)
        await expect(toast).to_be_hidden()


async def test_a_browser_that_wrongly_knows_of_no_network_shuts_nobody_out(station: Station, chromium: Browser) -> None:
    async with phone(station, chromium, station.cast.lin) as lin:
        await lin.page.add_init_script("Object.defineProperty(navigator, 'onLine', { value: false })")
        answers = {"project": station.cast.project.id, "check_type": "safety", "checked_location": "3号楼"}
        draft = await drafts.begin(station.cast.lin.id, "check_report", "submit", data={"answers": answers})
        await open_draft(lin, f"/h5/drafts/{draft.id}")
        check = lin.page.get_by_role("button", name="核对并提交", exact=True).locator("visible=true")
        await check.tap()
        await expect(lin.page.locator("#toast")).to_have_text("现在没有网络，请联网后再点一次。填好的都在。")
        await check.tap()
        await lin.page.wait_for_url("**/summary")


async def test_what_a_field_has_no_room_for_is_not_cut_off_without_a_word(station: Station, chromium: Browser) -> None:
    async with phone(station, chromium, station.cast.lin, permissions=["clipboard-read", "clipboard-write"]) as lin:
        await lin.page.goto(lin.address + await _begun(station, "临边没有栏杆"))
        await lin.page.evaluate("navigator.clipboard.writeText('长'.repeat(1200))")
        note = lin.page.get_by_label("补充说明")
        await note.focus()
        await lin.page.keyboard.press("End")
        await lin.page.keyboard.press("Control+V")
        await expect(note).to_have_value("临边没有栏杆" + "长" * 994)
        sentence = "这里最多 1000 字，最后 206 字没有贴进去，请写短一些。"
        await expect(lin.page.locator("#toast")).to_have_text(sentence)
