"""Behind the phones: people, traffic, clock, faults, the service."""

import re

from playwright.async_api import Page, expect

from simulator.world import World
from tests.simulator.conftest import Service
from tests.simulator.phones.stories import heard, phone


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
    entered = [told["FromUserName"] for told in await heard(service, world, "enter_agent", 4)]
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
