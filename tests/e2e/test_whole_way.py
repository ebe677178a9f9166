"""The whole way of a check, by real clicks on the phones in Chromium: `zhian demo` with its simulator, service and
supervisor as processes, encrypted HTTP callbacks between them, and the people of the invented province."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.databases import WANTED, PostgresServer
from tests.e2e.desk import Desk, sitting_at
from tests.e2e.rehearsal import Rehearsal, rehearsal
from tests.e2e.story import (
    CONFIRMED,
    FAULTS,
    GARDEN,
    HOSPITAL,
    NOTE,
    SCHOOL,
    answers_questions,
    everything_proposed,
    looks_at_photos,
    reports,
)


@pytest.fixture
def town_on_postgres(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Rehearsal]:
    name = postgres_server.create()
    with rehearsal(tmp_path, postgres_server.url(name)) as running:
        yield running
    postgres_server.drop(name)


async def test_a_check_goes_from_the_first_photo_to_the_contractor(desk: Desk) -> None:
    await _from_photo_to_contractor(desk)


def test_the_terminal_speaks_in_sentences(town: Rehearsal) -> None:
    assert [line for line in town.log.read_text().splitlines() if not line.endswith(("…", "。"))] == []


@pytest.mark.skipif("postgresql" not in WANTED, reason="ZHIAN_TEST_DATABASES leaves PostgreSQL out")
async def test_the_same_way_on_postgresql(town_on_postgres: Rehearsal, chromium: Browser, tmp_path: Path) -> None:
    async with sitting_at(chromium, town_on_postgres.address, tmp_path) as desk:
        await _from_photo_to_contractor(desk)


async def _from_photo_to_contractor(desk: Desk) -> None:
    lin, luo, chen = await desk.lay_out("linxiaozhou", "luojingchuan", "chenguangze")
    await reports(lin, SCHOOL, "罗敬川", "傅岳庭")
    fu = await desk.adds_the_phone_of("fuyueting", "傅岳庭")
    assert await (await fu.sees(SCHOOL.name)).buttons() == ["看详情", "通过", "不通过"]

    page = await looks_at_photos(luo, SCHOOL)
    await page.tap("通过")
    await page.says("审核通过")
    assert await page.buttons() == []
    await page.close()

    await (await luo.sees(SCHOOL.name)).says("您已通过")
    deputys_card = await fu.sees(SCHOOL.name)
    await deputys_card.says("罗敬川已通过")
    assert await deputys_card.buttons() == []
    await lin.sees("监督检查记录审核通过", SCHOOL.name)
    received = await chen.opens(await chen.sees("收到一份监督检查记录", SCHOOL.name), "查看详情")
    await received.says("审核通过", NOTE, "罗敬川")
    await received.has_photos(len(FAULTS))
    assert await received.buttons() == []


async def test_a_rejected_check_goes_back_to_its_author_with_the_reason(desk: Desk) -> None:
    he, luo, chen = await desk.lay_out("helicheng", "luojingchuan", "chenguangze")
    await reports(he, GARDEN, "罗敬川")
    await (await luo.sees(GARDEN.name)).tap("不通过")
    await luo.sees("不通过的原因")
    await luo.writes("照片看不清楼层，请补拍后重新上报")
    await luo.sees(GARDEN.name, "您已不通过")

    told = await he.sees("监督检查记录审核未通过", GARDEN.name)
    await told.says("照片看不清楼层，请补拍后重新上报")
    assert await told.buttons() == ["看详情", "照此重新上报"]
    page = await he.opens(told, "看详情")
    await page.says("审核未通过", "照片看不清楼层，请补拍后重新上报", "罗敬川")
    huang = await desk.hands_the_phone_of("chenguangze", "huangweijian", GARDEN.manager)
    await huang.taps_menu(2, "我接收的")
    await huang.sees("【下达接收】1 份")  # the one from before this story
    await expect(chen.node).to_have_count(0)


async def test_a_report_survives_the_death_of_the_service(desk: Desk, town: Rehearsal) -> None:
    ma, luo, zhou = await desk.lay_out("mazhiping", "luojingchuan", "zhouliben")
    await ma.photographs(*FAULTS)
    await ma.sees("第 1 条问题", "3 张照片")
    await desk.kills_the_service()
    await ma.speaks("edge")
    await ma.sends_place(HOSPITAL.name)
    await ma.writes(NOTE)
    await (await everything_proposed(ma, HOSPITAL)).tap(CONFIRMED)
    assert town.kills == 1

    summary = await answers_questions(ma, HOSPITAL, ("罗敬川",))
    await desk.kills_the_service()
    await summary.tap("立即提交")
    page = await looks_at_photos(luo, HOSPITAL)
    await page.close()
    await (await luo.sees(HOSPITAL.name)).tap("通过")

    await ma.sees("监督检查记录审核通过", HOSPITAL.name)
    await zhou.sees("收到一份监督检查记录", HOSPITAL.name)
    assert town.kills == 2
    await ma.writes("我发送的")
    listed = await ma.sees("【监督检查记录·审核通过】")
    assert (await listed.links()).count(f"{HOSPITAL.name} 安全检查") == 1
    assert [await phone.cards(HOSPITAL.name) for phone in (luo, zhou)] == [1, 1]
    await expect(ma.messages("已提交：", HOSPITAL.name)).to_have_count(1)
