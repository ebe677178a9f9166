"""What proves that a notice has reached those who must answer it: consent, delivery, opening, receipt (BY-03)."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.cases import retention
from core.cases.models import Case, OutboxRow
from notices import consent, service
from notices.papers.paper import Served
from tests.bot.test_notices import FOUND, MONDAY, NUMBER, TITLE, issued, lines, replies, until
from tests.bot.test_papers import asks
from tests.town import Town, read, town


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path) as made:
        until(made, MONDAY)
        yield made


async def test_receipt_is_said_once_and_the_reply_is_still_owed(place: Town) -> None:
    chen = await issued(place, FOUND[0], repliers="陈光泽")
    card = chen.card_with("签收")
    assert lines(await chen.taps("签收"), 0, 1) == [f"已签收：{TITLE}", "状态：待回复"]
    assert read(card).splitlines()[-4:-1] == ["[看详情]", "[回复]", "[申请延期]"]
    reply = await Case.get(process="notice_reply")
    assert (reply.state, "signed_at" in reply.data) == ("waiting", True)
    assert (await chen.says(f"签收 {NUMBER}")).startswith(f"《{TITLE}》您已于 ")
    await replies(chen, "已搭设栏杆")
    assert read(card).splitlines()[-1] == "[您已回复]"
    await place.phone("lin").taps("全部通过")
    assert (await Case.get(process="notice")).state == "closed"


async def test_consent_is_asked_once_per_person_and_project(place: Town) -> None:
    chen = await issued(place, FOUND[0], repliers="陈光泽")
    lin = place.phone("lin")
    asked = chen.card_with("同意电子送达")
    assert read(asked) == (
        "待确认：电子送达确认\n这个工程的通知通过企业微信送达您本人，送达、打开、签收的时间都有记录。不同意的，另以书面送达；"
        "无论是否同意，都可以在这里回复。以后要更改，请发送“电子送达”。\n"
        f"工程名称：滨江花园一期\n受送达人：陈光泽\n文号：{NUMBER}\n[看详情]\n[同意电子送达]\n[不同意]"
    )
    await replies(chen, "已搭设栏杆")  # nothing is blocked

    assert lines(await chen.taps("不同意"), 0, 1) == ["已不同意：滨江花园一期 电子送达确认", "状态：不同意，须书面送达"]
    assert lines(lin.text, 0, 1) == ["电子送达确认不同意，须书面送达", "陈光泽不同意"]

    for said in ("电子送达", "滨江花园", "同意"):
        await chen.says(said)
    await chen.taps("电子送达")
    assert await consented(place) == "agreed"
    await issued(place, FOUND[1], repliers="陈光泽")
    assert [read(m).splitlines()[0] for m in chen.messages if "待确认" in read(m)] == []
    assert await Case.filter(process="service_consent", author_id=place.cast.chen.id).count() == 2


async def consented(place: Town) -> str:
    case = await consent.given(place.cast.chen.id, place.cast.project.id)
    assert case is not None
    return case.state


async def test_the_station_sees_how_far_a_notice_has_come(place: Town) -> None:
    chen = await issued(place, FOUND[0], repliers="陈光泽、方知远")
    lin = place.phone("lin")
    for tapped in ("同意电子送达", "签收"):
        await chen.taps(tapped)
    await replies(chen, "已搭设栏杆")
    served = await service.of_notice(await Case.get(process="notice"))
    assert [(one.name, owed(one), one.trouble, len(one.message_ids)) for one in served] == [
        ("陈光泽", [], "", 1),
        ("方知远", ["consented_at", "opened_at", "acknowledged_at", "replied_at"], "", 1),
    ]
    said = (await lin.says(f"送达 {NUMBER}")).splitlines()
    assert [said[0], said[1], said[3], said[5]] == [
        f"《{TITLE}》{NUMBER}的送达情况：",
        "· 陈光泽（临港建工 项目经理）",
        "· 方知远（正衡监理 总监）",
        "  还没有：打开、签收、回复",
    ]
    assert await chen.says(f"送达 {NUMBER}") == "送达情况只供监督站查看。"

    await lin.taps("全部通过")
    place.pass_time(days=31)
    await retention.remove(30)
    assert await OutboxRow.filter(person_id=place.cast.chen.id, kind="card").count() == 0
    kept, before = (await service.of_notice(await Case.get(process="notice")))[0], served[0]
    assert (owed(kept), kept.delivered_at, kept.message_ids[:1]) == ([], before.delivered_at, before.message_ids)


def owed(one: Served) -> list[str]:
    return [name for name, value in one if name.endswith("_at") and value is None]


async def test_a_message_that_wecom_refused_is_a_trouble_with_its_reason(place: Town) -> None:
    chen = place.world.person("chen")
    place.world.admit(chen.model_copy(update={"visible": False}))
    await issued(place, FOUND[0], repliers="陈光泽")
    (one,) = await service.of_notice(await Case.get(process="notice"))
    assert (one.delivered_at, one.message_ids) == (None, ())
    assert one.trouble == "收件人全部无效或不在应用的可见范围内。请核对成员,并在管理后台调整可见范围。"


async def test_the_page_shows_the_service_to_the_station_alone(place: Town) -> None:
    chen = await issued(place, FOUND[0], repliers="陈光泽")
    await chen.taps("签收")
    notice = await Case.get(process="notice")
    shown = (await asks(place, f"/h5/cases/{notice.id}", place.cast.lin))[1].decode()
    assert re.findall(r"<dt>(\w+)</dt><dd>(<time|—)", shown.partition("送达情况")[2])[:6] == [
        ("同意电子送达", "—"),
        ("发送", "<time"),
        ("送达", "<time"),
        ("打开", "<time"),
        ("签收", "<time"),
        ("回复", "—"),
    ]
    assert "送达情况" not in (await asks(place, f"/h5/cases/{notice.id}", place.cast.chen))[1].decode()
