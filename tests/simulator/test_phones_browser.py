"""The phones as a newcomer sees and touches them, in a real browser."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from simulator.state import Place
from simulator.world import World
from tests.simulator.conftest import Caller, Service

STATIC = Path("simulator/static")
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
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
REVIEW = {
    "card_type": "button_interaction",
    "task_id": "review-1",
    "source": {"desc": "质安监督", "desc_color": 0},
    "main_title": {"title": "检查记录待审核", "desc": "林越 提交"},
    "horizontal_content_list": [{"keyname": "工程", "value": "海悦花园"}],
    "button_selection": {
        "question_key": "grade",
        "title": "等级",
        "option_list": [{"id": "a", "text": "合格"}, {"id": "b", "text": "基本合格"}],
    },
    "button_list": [{"text": "通过", "style": 1, "key": "pass"}, {"text": "不通过", "style": 3, "key": "reject"}],
}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser, world: World) -> AsyncIterator[Page]:
    """The desk with the phones of 林越, 赵宁 and 何波. Whatever the page throws fails the test."""
    world.state.phones = ["LinYue", "zhaoning", "hebo"]
    world.state.places = [Place(name="海悦花园", lat=20.02, lon=110.33, label="滨海大道18号")]
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(10_000)
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    await page.goto(world.base_url)
    await expect(page.get_by_test_id("phone-hebo")).to_be_visible()
    yield page
    assert thrown == []


def phone(page: Page, userid: str) -> Locator:
    return page.get_by_test_id(f"phone-{userid}")


async def send_card(api: Caller, touser: str, card: dict[str, object]) -> str:
    """Answers the response code."""
    answer = await api.send(touser, "template_card", template_card=card)
    assert answer["errcode"] == 0
    return str(answer.get("response_code", ""))


async def heard(service: Service, world: World, event: str) -> list[dict[str, str]]:
    await world.settled()
    return [told for told in service.heard if event in (told.get("Event"), told.get("MsgType"))]


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


async def test_a_chief_chooses_a_grade_and_passes_then_the_buttons_say_who_decided(
    page: Page, api: Caller, world: World, service: Service
) -> None:
    code = await send_card(api, "zhaoning", REVIEW)
    card = phone(page, "zhaoning").locator(".card")
    await card.get_by_test_id("select-grade").select_option(label="基本合格")
    await card.get_by_test_id("card-button-pass").click()

    await expect(card.locator(".waiting")).to_have_count(0)
    [click] = await heard(service, world, "template_card_event")
    assert (click["TaskId"], click["EventKey"], click["OptionId"]) == ("review-1", "pass", "b")

    update = {"userids": ["zhaoning"], "agentid": 1000002, "response_code": code}
    await api.post("message/update_template_card", update | {"button": {"replace_name": "赵宁 已通过"}})
    await expect(card.get_by_test_id("card-inert")).to_have_text("赵宁 已通过")
    await expect(card.get_by_test_id("card-inert")).to_be_disabled()
    await expect(card.get_by_test_id("select-grade")).to_be_disabled()


async def test_a_replaced_card_is_drawn_in_place_of_the_old_one(page: Page, api: Caller) -> None:
    code = await send_card(api, "zhaoning", REVIEW)
    fresh = {
        "card_type": "text_notice",
        "main_title": {"title": "这条记录已处理"},
        "card_action": {"type": 1, "url": "http://localhost/h5/1"},
    }
    update = {"userids": ["zhaoning"], "agentid": 1000002, "response_code": code, "template_card": fresh}
    assert (await api.post("message/update_template_card", update))["errcode"] == 0

    cards = phone(page, "zhaoning").locator(".card")
    await expect(cards.locator("h3")).to_have_text(["这条记录已处理"])
    await expect(cards.locator("button")).to_have_count(0)


async def test_a_vote_sends_what_is_ticked_and_a_disabled_one_cannot_be_ticked(
    page: Page, api: Caller, world: World, service: Service
) -> None:
    options = [{"id": "fall", "text": "高处坠落", "is_checked": True}, {"id": "power", "text": "用电"}]
    vote = {
        "card_type": "vote_interaction",
        "task_id": "vote-1",
        "main_title": {"title": "隐患类别"},
        "checkbox": {"question_key": "kind", "mode": 1, "option_list": options},
        "submit_button": {"text": "提交", "key": "submit"},
    }
    code = await send_card(api, "LinYue", vote)
    card = phone(page, "LinYue").locator(".card")
    await card.get_by_text("用电").click()
    await card.get_by_text("高处坠落").click()
    await card.get_by_test_id("card-button-submit").click()

    await expect(card.locator(".waiting")).to_have_count(0)
    [click] = await heard(service, world, "template_card_event")
    assert (click["QuestionKey"], click["OptionId"]) == ("kind", "power")
    done = vote | {"checkbox": {**vote["checkbox"], "disable": True}, "replace_text": "已提交"}  # type: ignore[dict-item]
    update = {"userids": ["LinYue"], "agentid": 1000002, "response_code": code, "template_card": done}
    assert (await api.post("message/update_template_card", update))["errcode"] == 0
    await expect(card.get_by_test_id("card-inert")).to_have_text("已提交")
    await expect(card.get_by_test_id("option-power")).to_be_disabled()


async def test_several_selects_go_out_with_one_submit(page: Page, api: Caller, world: World) -> None:
    choice = [{"id": "1", "text": "1 天"}, {"id": "3", "text": "3 天"}]
    teams = [{"id": "frame", "text": "架子班"}, {"id": "wood", "text": "木工班"}]
    card = {
        "card_type": "multiple_interaction",
        "task_id": "plan-1",
        "main_title": {"title": "安排整改"},
        "select_list": [
            {"question_key": "team", "title": "班组", "selected_id": "wood", "option_list": teams},
            {"question_key": "days", "title": "期限", "option_list": choice},
        ],
        "submit_button": {"text": "确定", "key": "plan"},
    }
    await send_card(api, "hebo", card)
    shown = phone(page, "hebo").locator(".card")
    await shown.get_by_test_id("select-days").select_option("3")
    await shown.get_by_test_id("card-button-plan").click()

    await expect(shown.locator(".waiting")).to_have_count(0)
    [message] = [message for message in world.chat("hebo") if message.card]
    assert message.card_state is not None
    assert message.card_state.selected == {"team": ["wood"], "days": ["3"]}


async def test_a_notice_shows_all_its_parts_and_its_corner_menu_answers(
    page: Page, api: Caller, world: World, service: Service
) -> None:
    notice = {
        "card_type": "text_notice",
        "task_id": "notice-1",
        "source": {"desc": "质安监督", "desc_color": 2},
        "action_menu": {"desc": "更多", "action_list": [{"text": "稍后提醒", "key": "later"}]},
        "main_title": {"title": "整改通知", "desc": "三号楼"},
        "emphasis_content": {"title": "24 小时", "desc": "剩余时间"},
        "quote_area": {"type": 0, "title": "条款", "quote_text": "应设防护栏杆"},
        "sub_title_text": "临边防护缺失",
        "horizontal_content_list": [{"keyname": "联系人", "value": "何波", "type": 3, "userid": "hebo"}],
        "jump_list": [{"type": 1, "title": "查看照片", "url": "http://localhost/h5/photos"}],
        "card_action": {"type": 1, "url": "http://localhost/h5/1"},
    }
    await send_card(api, "LinYue", notice)
    card = phone(page, "LinYue").locator(".card")
    for part in (
        "质安监督",
        "整改通知",
        "三号楼",
        "24 小时",
        "剩余时间",
        "条款",
        "应设防护栏杆",
        "临边防护缺失",
        "查看照片",
    ):
        await expect(card.get_by_text(part, exact=True)).to_be_visible()
    await card.get_by_text("何波").click()
    await expect(phone(page, "LinYue").get_by_role("dialog", name="成员")).to_contain_text("远山建设")
    await page.keyboard.press("Escape")
    await card.get_by_label("更多").click()
    await page.get_by_test_id("card-menu-item-later").click()

    await expect(page.get_by_role("dialog")).to_have_count(0)
    [click] = await heard(service, world, "template_card_menu_event")
    assert click["EventKey"] == "later"


async def test_a_picture_notice_shows_its_picture_and_lines(page: Page, api: Caller, world: World) -> None:
    card = {
        "card_type": "news_notice",
        "task_id": "news-1",
        "main_title": {"title": "整改前后"},
        "card_image": {"url": f"{world.base_url}/sim/pictures/edge-open", "aspect_ratio": 1.6},
        "vertical_content_list": [{"title": "已整改 1 项", "desc": "栏杆已装好"}],
        "card_action": {"type": 1, "url": "http://localhost/h5/1"},
    }
    await send_card(api, "hebo", card)

    shown = phone(page, "hebo").locator(".card")
    await expect(shown.locator(".card-vertical")).to_have_text("已整改 1 项栏杆已装好")
    wide = "node => node.decode().then(() => node.naturalWidth)"
    assert await shown.locator("img.card-picture").evaluate(wide) == 1600


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
    await page.get_by_test_id("webview-back-zhaoning").click()
    await expect(inside.locator("h1")).to_have_text("检查记录")
    await page.get_by_test_id("webview-back-zhaoning").click()
    await expect(view).to_have_count(0)


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
    await expect(pictures).to_have_count(3, timeout=20_000)  # three paintings, on a busy machine
    assert len(await heard(service, world, "image")) == 3
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


async def test_a_voice_is_recorded_with_the_microphone(page: Page, world: World, service: Service) -> None:
    await page.context.grant_permissions(["microphone"])
    await page.get_by_test_id("voice-LinYue").click()
    await page.get_by_role("button", name="点一下开始录音").click()
    await page.get_by_role("button", name=re.compile("0:01")).click()

    await expect(phone(page, "LinYue").locator(".row-member .bubble-voice")).to_have_text('1"')
    [message] = [message for message in world.chat("LinYue") if message.kind == "voice"]
    assert world.store.media(message.body["media_id"]).startswith(b"#!AMR\n")


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
        (float(told["Location_X"]), float(told["Location_Y"])) for told in await heard(service, world, "location")
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

    assert [told["EventKey"] for told in await heard(service, world, "click")] == ["report", "todo"]
    assert [told["Count"] for told in await heard(service, world, "pic_sysphoto")] == ["1"]
    await page.get_by_test_id("toggle-LinYue").click()
    await expect(page.get_by_test_id("input-text-LinYue")).to_be_visible()


async def test_what_wecom_drops_and_recalls_is_shown_as_such(page: Page, api: Caller) -> None:
    first = await api.send("hebo", "text", text={"content": "写错了"})
    await api.post("message/recall", {"msgid": first["msgid"]})
    for number in range(2, 32):
        await api.send("hebo", "text", text={"content": f"提醒 {number}"})

    shown = phone(page, "hebo").locator(".messages")
    await expect(shown.locator(".system-line")).to_have_text(["“质安”撤回了一条消息"])
    await expect(shown.locator(".dropped summary")).to_have_text(["WeCom 已静默丢弃（超过每分钟 30 条）"])
    await expect(shown.get_by_text("提醒 31")).to_be_hidden()


async def test_a_phone_is_handed_to_somebody_found_by_words(page: Page, world: World, service: Service) -> None:
    await page.get_by_test_id("panel-roster").click()
    await page.get_by_placeholder("账号").fill("sunli")
    for label, value in (("姓名", "孙丽"), ("单位", "远山建设"), ("职务", "安全员")):
        await page.locator(".newcomer").get_by_label(label, exact=True).fill(value)
    await page.get_by_role("button", name="加入企业").click()
    await expect(page.get_by_test_id("leave-sunli")).to_be_visible()
    await page.get_by_test_id("switch-hebo").click()
    await page.get_by_test_id("pick-search").fill("远山 安全员")
    await page.get_by_test_id("pick-sunli").click()

    await expect(page.locator(".caption-name")).to_have_text(["林越监督员", "赵宁站长", "孙丽安全员"])
    assert world.state.phones == ["LinYue", "zhaoning", "sunli"]
    entered = [told["FromUserName"] for told in await heard(service, world, "enter_agent")]
    assert entered[-1] == "sunli"


async def test_who_leaves_the_corp_is_marked_and_can_come_back(page: Page, world: World, service: Service) -> None:
    await page.get_by_test_id("panel-roster").click()
    await page.get_by_test_id("leave-hebo").click()
    await expect(phone(page, "hebo").locator(".caption-name")).to_have_text("何波已离开")
    await page.get_by_test_id("join-hebo").click()
    await expect(phone(page, "hebo").locator(".caption-name")).to_have_text("何波项目经理")

    assert [told["FromUserName"] for told in await heard(service, world, "unsubscribe")] == ["hebo"]
    assert [told["FromUserName"] for told in await heard(service, world, "subscribe")] == ["hebo"]


async def test_the_panel_shows_the_decrypted_callback(page: Page) -> None:
    await page.get_by_test_id("input-text-LinYue").fill("待办")
    await page.get_by_test_id("input-text-LinYue").press("Enter")

    row = page.get_by_test_id("traffic").locator("li.callback", has_text="待办")
    await row.locator("summary").click()
    await expect(row.locator("pre").first).to_contain_text("<Content><![CDATA[待办]]></Content>")


async def test_the_clock_moves_by_an_hour_a_day_and_to_the_next_working_morning(page: Page, world: World) -> None:
    await page.get_by_test_id("panel-clock").click()
    await page.get_by_test_id("clock-hour").click()
    await page.get_by_test_id("clock-day").click()
    await expect(page.locator(".big-clock small")).to_have_text("比真实时间快 1 天 1 小时")
    assert world.clock.offset == 25 * 3600
    await page.get_by_test_id("clock-workday").click()
    await expect(page.locator(".big-clock strong")).to_have_text(re.compile("^09:00:"))
    await expect(page.locator(".big-clock span")).not_to_have_text(re.compile("星期[六日]"))
    await expect(phone(page, "LinYue").locator(".status-time")).to_have_text("09:00")
    await page.get_by_test_id("clock-reset").click()
    await expect(page.locator(".big-clock small")).to_have_text("与真实时间相同")


async def test_a_fault_is_switched_on_for_one_path_and_off_again(page: Page, world: World) -> None:
    await page.get_by_test_id("panel-faults").click()
    await page.get_by_test_id("fault-path").select_option("message/send")
    await page.get_by_test_id("fault-chance").select_option("0.5")
    await page.get_by_test_id("fault-502").check()
    await expect(page.locator(".fault-active li")).to_have_text(["HTTP 502（其实已生效）message/send · 50%关掉"])
    [active] = world.faults.shown()["active"]
    assert (active["name"], active["path"], active["probability"]) == ("502", "message/send", 0.5)
    await page.get_by_test_id("faults-clear").click()
    await expect(page.get_by_test_id("fault-502")).not_to_be_checked()
    assert world.faults.shown()["active"] == []


async def test_a_refusal_of_the_simulator_is_told_in_a_sentence(page: Page) -> None:
    await page.get_by_test_id("panel-service").click()
    await page.get_by_test_id("kill").click()

    await expect(page.get_by_test_id("toast")).to_have_text("不知道服务的进程号，无法断电")


async def test_a_narrow_screen_shows_one_phone_and_tabs_for_the_others(
    browser: Browser, page: Page, world: World, api: Caller
) -> None:
    narrow = await browser.new_page(viewport={"width": 390, "height": 844})
    await narrow.goto(world.base_url)
    await expect(phone(narrow, "LinYue")).to_be_in_viewport(ratio=0.99)
    await expect(phone(narrow, "zhaoning")).not_to_be_in_viewport()
    await api.send("zhaoning", "text", text={"content": "有一条待审核"})
    await expect(narrow.get_by_test_id("tab-zhaoning").locator(".badge")).to_have_text("1")
    await narrow.get_by_test_id("tab-zhaoning").click()
    await expect(phone(narrow, "zhaoning")).to_be_in_viewport(ratio=0.99)
    await expect(narrow.get_by_test_id("tab-zhaoning").locator(".badge")).to_have_count(0)

    assert await narrow.evaluate("document.documentElement.scrollWidth") == 390


async def test_the_page_works_under_a_strict_policy_and_asks_nobody_else(
    browser: Browser, page: Page, world: World
) -> None:
    strict = await browser.new_page()
    refused: list[str] = []
    asked: set[str] = set()
    policy = "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'"
    strict.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    strict.on("request", lambda request: asked.add(request.url.split("/")[2]))

    async def with_policy(route: object) -> None:
        answer = await route.fetch()  # type: ignore[attr-defined]
        headers = {**answer.headers, "content-security-policy": policy}
        await route.fulfill(response=answer, headers=headers)  # type: ignore[attr-defined]

    await strict.route(f"{world.base_url}/", with_policy)
    await strict.goto(world.base_url)
    await strict.get_by_test_id("plus-LinYue").click()
    await strict.get_by_test_id("attach-place-LinYue").click()
    await expect(strict.get_by_test_id("map").locator("svg.map")).to_be_visible()
    assert refused == []
    assert asked == {world.base_url.removeprefix("http://")}


class _Inline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if (tag == "script" and "src" not in names) or tag == "style":
            self.found.append(tag)
        self.found += [name for name in names if name.startswith("on") or name == "style"]


def test_the_page_has_no_inline_script_style_or_handler() -> None:
    reader = _Inline()
    reader.feed((STATIC / "index.html").read_text("utf-8"))

    assert reader.found == []


@pytest.mark.parametrize("script", sorted(STATIC.rglob("*.js")), ids=lambda script: script.stem)
def test_no_script_ever_parses_markup_or_code(script: Path) -> None:
    dangerous = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|createContextualFragment"

    assert re.findall(dangerous, script.read_text("utf-8")) == []
