"""What a member reads and opens in his phone."""

from aiohttp import web
from playwright.async_api import Browser, Page, expect

from simulator.world import World
from tests.simulator.conftest import Caller, Service
from tests.simulator.phones.stories import REVIEW, heard, phone, send_card


async def test_three_people_are_shown_side_by_side_with_post_and_organisation(page: Page) -> None:
    captions = page.locator(".caption-text")

    await expect(captions).to_have_text(["林越监督员椰城监督站", "赵宁站长椰城监督站", "何波项目经理远山建设"])
    boxes = [await phone(page, userid).bounding_box() for userid in ("LinYue", "zhaoning", "hebo")]
    lefts = [box["x"] for box in boxes if box]
    assert lefts == sorted(set(lefts))
    assert all(box and box["x"] + box["width"] <= 1440 for box in boxes)


async def test_a_typed_sentence_appears_at_once_and_reaches_the_service(
    page: Page, world: World, service: Service
) -> None:
    await page.get_by_test_id("input-text-LinYue").fill("三号楼临边没有栏杆")
    await page.get_by_test_id("send-LinYue").click()

    await expect(phone(page, "LinYue").locator(".row-member .bubble")).to_have_text("三号楼临边没有栏杆")
    assert [told["Content"] for told in await heard(service, world, "text")] == ["三号楼临边没有栏杆"]


async def test_hostile_text_stays_text(page: Page, api: Caller) -> None:
    bad = '<img src=x onerror="document.title=1"> <a href="javascript:document.title=2">点</a>'
    await api.send("LinYue", "text", text={"content": bad})
    await api.send("LinYue", "markdown", markdown={"content": f"# {bad}\n[点](javascript:document.title=3)"})
    await send_card(api, "LinYue", REVIEW | {"main_title": {"title": bad}, "sub_title_text": bad})

    shown = phone(page, "LinYue").locator(".messages")
    await expect(shown.locator(".bubble-text")).to_have_text(bad)
    await expect(shown.locator(".card h3")).to_have_text(bad)
    await expect(shown.locator("a, img[src=x]")).to_have_count(0)
    assert await page.title() == "质安 · 企业微信模拟器"


async def test_a_link_opens_inside_the_phone_in_the_members_own_session(
    page: Page, api: Caller, world: World, service: Service
) -> None:
    async def first(_: web.Request) -> web.Response:
        return web.Response(text="<h1>检查记录</h1><a href='/h5/photos'>照片</a>", content_type="text/html")

    async def photos(_: web.Request) -> web.Response:
        return web.Response(text="<h1>三张照片</h1>", content_type="text/html")

    service.pages |= {"/h5/check": first, "/h5/photos": photos}
    link = f"{service.pages['url'](None)}/h5/check"  # type: ignore[arg-type]
    await api.send("zhaoning", "textcard", textcard={"title": "检查记录", "description": "三号楼", "url": link})
    await phone(page, "zhaoning").get_by_text("详情").click()

    view = page.get_by_test_id("webview-zhaoning")
    inside = view.frame_locator("iframe")
    await expect(view.locator("h2")).to_have_text("检查记录")
    await inside.get_by_role("link", name="照片").click()
    await expect(inside.locator("h1")).to_have_text("三张照片")
    assert page.frames[-1].url == f"{world.webview_origin('zhaoning')}/h5/photos"
    await page.frames[-1].wait_for_load_state()  # before it, there is nothing to go back from
    await page.get_by_test_id("webview-back-zhaoning").click()
    await expect(inside.locator("h1")).to_have_text("检查记录")
    await page.get_by_test_id("webview-back-zhaoning").click()
    await expect(view).to_have_count(0)


async def test_a_page_in_the_phone_may_ask_where_it_is(page: Page, api: Caller, world: World, service: Service) -> None:
    script = "navigator.geolocation.getCurrentPosition(at => document.body.append(at.coords.latitude))"

    async def where(_: web.Request) -> web.Response:
        return web.Response(text=f"<body><script>{script}</script>", content_type="text/html")

    service.pages["/h5/where"] = where
    await page.context.set_geolocation({"latitude": 20.02, "longitude": 110.33})
    for origin in (world.base_url, world.webview_origin("LinYue")):
        await page.context.grant_permissions(["geolocation"], origin=origin)
    link = f"{service.pages['url'](None)}/h5/where"  # type: ignore[arg-type]
    await api.send("LinYue", "text", text={"content": f'<a href="{link}">我在哪里</a>'})
    await phone(page, "LinYue").get_by_role("link", name="我在哪里").click()

    await expect(page.get_by_test_id("webview-LinYue").frame_locator("iframe").locator("body")).to_have_text("20.02")


async def test_what_wecom_drops_and_recalls_is_shown_as_such(page: Page, api: Caller) -> None:
    first = await api.send("hebo", "text", text={"content": "写错了"})
    await api.post("message/recall", {"msgid": first["msgid"]})
    for number in range(2, 32):
        await api.send("hebo", "text", text={"content": f"提醒 {number}"})

    shown = phone(page, "hebo").locator(".messages")
    await expect(shown.locator(".system-line")).to_have_text(["“质安”撤回了一条消息"])
    await expect(shown.locator(".dropped summary")).to_have_text(["WeCom 已静默丢弃（超过每分钟 30 条）"])
    await expect(shown.get_by_text("提醒 31")).to_be_hidden()


async def test_a_narrow_screen_shows_one_phone_and_tabs_for_the_others(
    chromium: Browser, desk: str, api: Caller
) -> None:
    narrow = await chromium.new_page(viewport={"width": 390, "height": 844})
    await narrow.goto(desk)
    await expect(phone(narrow, "LinYue")).to_be_in_viewport(ratio=0.99)
    await expect(phone(narrow, "zhaoning")).not_to_be_in_viewport()
    await api.send("zhaoning", "text", text={"content": "有一条待审核"})
    await expect(narrow.get_by_test_id("tab-zhaoning").locator(".badge")).to_have_text("1")
    await narrow.get_by_test_id("tab-zhaoning").click()
    await expect(phone(narrow, "zhaoning")).to_be_in_viewport(ratio=0.99)
    await expect(narrow.get_by_test_id("tab-zhaoning").locator(".badge")).to_have_count(0)

    assert await narrow.evaluate("document.documentElement.scrollWidth") == 390
