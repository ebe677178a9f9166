"""What a member sends besides words, and the menu."""

import asyncio
import re

from playwright.async_api import Browser, Page, Route, expect

from simulator.world import World
from tests.simulator.conftest import Caller, Service
from tests.simulator.phones.stories import heard, phone

MENU = {
    "button": [
        {
            "name": "上报",
            "sub_button": [
                {"type": "click", "name": "新建上报", "key": "report"},
                {"type": "pic_sysphoto", "name": "拍照上报", "key": "photo"},
                {"type": "location_select", "name": "发送位置", "key": "place"},
            ],
        },
        {"name": "待办", "type": "click", "key": "todo"},
    ]
}


async def test_three_pictures_go_out_in_the_order_in_which_they_were_chosen(
    page: Page, world: World, service: Service
) -> None:
    await page.get_by_test_id("plus-LinYue").click()
    await page.get_by_test_id("attach-picture-LinYue").click()
    for picture in ("box-open", "edge-open", "honeycomb"):
        await page.get_by_test_id(f"picture-{picture}").click()
    await expect(page.get_by_test_id("pictures-send-LinYue")).to_have_text("发送(3)")
    await page.get_by_test_id("pictures-send-LinYue").click()

    pictures = phone(page, "LinYue").locator(".row-member .picture")
    await expect(pictures).to_have_count(3)
    assert len(await heard(service, world, "image", 3)) == 3
    await pictures.first.click()
    await expect(page.get_by_test_id("zoom").locator("img")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("zoom")).to_have_count(0)


async def test_a_file_of_ones_own_can_be_sent_as_a_picture(page: Page, world: World) -> None:
    await page.get_by_test_id("plus-LinYue").click()
    await page.get_by_test_id("attach-picture-LinYue").click()
    await page.get_by_test_id("pictures-file-LinYue").set_input_files(
        [{"name": "site.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff own photo"}]
    )

    await expect(phone(page, "LinYue").locator(".row-member .picture")).to_have_count(1)
    assert [world.store.media(m.body["media_id"]) for m in world.chat("LinYue")] == [b"\xff\xd8\xff own photo"]


async def test_a_voice_and_a_video_are_sent_from_the_samples(page: Page, world: World, service: Service) -> None:
    await page.get_by_test_id("voice-LinYue").click()
    await page.get_by_test_id("voice-edge").click()
    await expect(phone(page, "LinYue").locator(".row-member .bubble-voice")).to_have_text('5"')
    await page.get_by_test_id("plus-LinYue").click()
    await page.get_by_test_id("attach-video-LinYue").click()
    await page.get_by_test_id("video-edge").click()
    await expect(phone(page, "LinYue").locator(".film")).to_have_count(1)

    assert [told["Format"] for told in await heard(service, world, "voice")] == ["amr"]
    assert len(await heard(service, world, "video")) == 1


async def test_what_is_sent_in_a_hurry_arrives_in_its_order(page: Page, world: World, service: Service) -> None:
    """Also where the first of it is slow."""
    followed = asyncio.Event()

    async def slowly(route: Route) -> None:
        await followed.wait()
        await route.continue_()

    await page.route("**/LinYue/voice", slowly)
    await page.get_by_test_id("voice-LinYue").click()
    await page.get_by_test_id("voice-edge").click()
    await page.get_by_test_id("input-text-LinYue").fill("三号楼临边没有栏杆")
    await page.get_by_test_id("send-LinYue").click()
    await page.evaluate("fetch('/sim/state').then((answer) => answer.text())")  # words in a hurry were there by now
    assert world.chat("LinYue") == []
    followed.set()
    await heard(service, world, "text")
    assert [message.kind for message in world.chat("LinYue")] == ["voice", "text"]


async def test_a_voice_is_recorded_with_the_microphone(page: Page, world: World, service: Service) -> None:
    await page.context.grant_permissions(["microphone"])
    await page.get_by_test_id("voice-LinYue").click()
    await page.get_by_role("button", name="点一下开始录音").click()
    await page.get_by_role("button", name=re.compile("0:(?!00)")).click()

    await expect(phone(page, "LinYue").locator(".row-member .bubble-voice")).to_have_text(re.compile(r'^[1-9]\d?"$'))
    [message] = [message for message in world.chat("LinYue") if message.kind == "voice"]
    assert world.store.media(message.body["media_id"]).startswith(b"#!AMR\n")


async def test_a_place_is_chosen_from_the_list_typed_or_tapped_on_the_map(
    page: Page, world: World, service: Service
) -> None:
    async def open_places() -> None:
        await page.get_by_test_id("plus-LinYue").click()
        await page.get_by_test_id("attach-place-LinYue").click()

    await open_places()
    await page.get_by_test_id("place-海悦花园").click()
    await page.get_by_test_id("place-send-LinYue").click()
    await expect(phone(page, "LinYue").locator(".place-bubble strong")).to_have_text(["滨海大道18号"])
    await open_places()
    await page.get_by_test_id("place-coordinates-LinYue").fill("19.5, 一百")
    await expect(page.get_by_test_id("place-send-LinYue")).to_be_disabled()
    await page.get_by_test_id("place-coordinates-LinYue").fill("19.5，109.25")
    await page.get_by_test_id("place-label-LinYue").fill("西门")
    await page.get_by_test_id("place-send-LinYue").click()
    await expect(phone(page, "LinYue").locator(".place-bubble strong")).to_have_text(["滨海大道18号", "西门"])
    await open_places()
    await page.get_by_test_id("map").click(position={"x": 20, "y": 20})
    await page.get_by_test_id("place-send-LinYue").click()
    await expect(phone(page, "LinYue").locator(".place-bubble strong")).to_have_text(
        ["滨海大道18号", "西门", "地图选点"]
    )

    places = [
        (float(told["Location_X"]), float(told["Location_Y"])) for told in await heard(service, world, "location", 3)
    ]
    assert places[:2] == [(20.02, 110.33), (19.5, 109.25)]
    assert 20.02 < places[2][0] < 20.04
    assert 110.31 < places[2][1] < 110.33


async def test_the_menu_pops_up_presses_keys_and_asks_for_what_an_entry_needs(
    page: Page, api: Caller, world: World, service: Service
) -> None:
    await api.post("menu/create", MENU, agentid="1000002")
    await page.get_by_test_id("menu-0-LinYue").click()
    await page.get_by_test_id("menu-item-report").click()
    await page.get_by_test_id("menu-1-LinYue").click()
    await page.get_by_test_id("menu-0-LinYue").click()
    await page.get_by_test_id("menu-item-photo").click()
    await page.get_by_test_id("picture-crane-load").click()
    await page.get_by_test_id("pictures-send-LinYue").click()
    await expect(phone(page, "LinYue").locator(".row-member .picture")).to_have_count(1)

    assert [told["EventKey"] for told in await heard(service, world, "click", 2)] == ["report", "todo"]
    assert [told["Count"] for told in await heard(service, world, "pic_sysphoto")] == ["1"]
    await page.get_by_test_id("toggle-LinYue").click()
    await expect(page.get_by_test_id("input-text-LinYue")).to_be_visible()


async def test_the_drawer_stays_open_when_the_chat_arrives_after_the_thumb(chromium: Browser, desk: str) -> None:
    page, opened = await chromium.new_page(), asyncio.Event()

    async def slowly(route: Route) -> None:
        await opened.wait()
        await route.continue_()

    await page.route("**/LinYue/chat", slowly)
    await page.goto(desk)
    await page.get_by_test_id("plus-LinYue").click()
    async with page.expect_request("**/LinYue/enter"):  # what follows once the chat and its menu are shown
        opened.set()

    await page.get_by_test_id("attach-place-LinYue").click()
    await expect(page.get_by_test_id("map").locator("svg.map")).to_be_visible()
