"""What proves that a notice has reached those who must answer it: consent, delivery, opening, receipt (BY-03)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.cases.models import Case
from notices import consent
from tests.bot.test_notices import FOUND, MONDAY, NUMBER, TITLE, issued, lines, replies, until
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
