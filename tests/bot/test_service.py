"""What proves that a notice has reached those who must answer it: consent, delivery, opening, receipt (BY-03)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.cases.models import Case
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
    assert read(card).splitlines()[-3:] == ["[看详情]", "[回复]", "[申请延期]"]
    reply = await Case.get(process="notice_reply")
    assert (reply.state, "signed_at" in reply.data) == ("waiting", True)
    assert (await chen.says(f"签收 {NUMBER}")).startswith(f"《{TITLE}》您已于 ")
    await replies(chen, "已搭设栏杆")
    assert read(card).splitlines()[-1] == "[您已回复]"
    await place.phone("lin").taps("全部通过")
    assert (await Case.get(process="notice")).state == "closed"
