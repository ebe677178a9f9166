"""The template cards as a member sees and presses them."""

from playwright.async_api import Page, expect

from simulator.world import World
from tests.simulator.conftest import Caller, Service
from tests.simulator.phones.stories import REVIEW, heard, phone, send_card


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
