"""At night and on days off: rules go on, ordinary messages wait for the working morning, danger does not (BY-08)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import database
from core.cases import waking
from core.cases.models import Case, HistoryRow
from h5.timeline import content
from tests.bot.test_delegation import delegates, follows
from tests.bot.test_notices import FOUND, MONDAY, NUMBER, TITLE, day, drafted, issued, lines, passes, replies, until
from tests.bot.test_review import report
from tests.town import Town, read, town


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path, quiet_hours="20:00-08:30") as made:
        until(made, MONDAY)
        yield made


async def morning(place: Town, month: int, number: int) -> None:
    await passes(place, day(month, number, hour=8))
    assert await waking.wake() == 0
    place.pass_time(minutes=30)
    await waking.wake()
    await place.settle()


async def test_a_notice_issued_at_night_waits_and_holds_up_nothing_else(place: Town) -> None:
    lin = await drafted(place, FOUND[0], repliers="陈光泽")
    until(place, day(11, 23, hour=22))
    assert lines(await lin.taps("立即提交"), 0) == [f"已提交：{TITLE}"]
    chen = place.phone("chen")
    assert chen.messages == []
    assert TITLE in await chen.says("需我回复的")

    await morning(place, 11, 24)
    assert lines(chen.text, 0, 1) == ["待回复：通知回复", f"{NUMBER} {TITLE}"]
    handed_out = await HistoryRow.get(case_id=(await Case.get(process="notice_reply")).id, seq=1)
    assert content(handed_out)["held"] == "2026-11-24T00:30:00.000000+00:00"


async def test_stop_work_passes_at_once(place: Town) -> None:
    lin = await drafted(place, FOUND[0], kind="停工", repliers="陈光泽")
    until(place, day(11, 23, hour=22))
    await lin.taps("立即提交")
    await place.phone("luo").taps("批准")
    assert lines(place.phone("chen").text, 0) == ["待回复：通知回复"]


async def test_what_was_settled_at_night_is_not_shown_in_the_morning(place: Town) -> None:
    chen = await issued(place, FOUND[0], repliers="陈光泽")
    lin = place.phone("lin")
    until(place, day(11, 28, hour=10))  # a Saturday
    seen = len(lin.messages)
    await replies(chen, "已搭设栏杆")
    assert len(lin.messages) == seen
    reply = await Case.get(process="notice_reply")
    await place.house.engine.perform(reply.id, "accept", place.cast.lin, key="page")  # on its page
    await place.settle()
    await morning(place, 11, 30)
    assert [read(message).splitlines()[0] for message in (*lin.messages[seen:], chen.last)] == [
        "通知完结·已整改",
        "通知回复完结·已整改",
    ]
    assert await database.rows("SELECT id FROM outbox WHERE state = 'held'") == []


async def test_nobody_is_reminded_in_the_morning_of_what_he_did_at_night(place: Town) -> None:
    chen, lin = await issued(place, FOUND[0], repliers="陈光泽"), place.phone("lin")
    until(place, day(11, 28, hour=10))  # a Saturday
    said = await lin.says(f"催办 {NUMBER}")
    assert said.endswith("现在是免打扰时间，对方将在 11月30日 08:30 收到。")
    await replies(chen, "已搭设栏杆")
    seen = len(chen.messages)
    await morning(place, 11, 30)
    assert (len(chen.messages), lines(lin.text, 0)) == (seen, ["待审核回复：通知回复"])


async def test_the_end_of_a_delegation_wakes_nobody_at_midnight(place: Town) -> None:
    await delegates(place.phone("luo"), until="11月27日")
    await report(place, "罗敬川")
    await follows(place, minutes=1)
    qin = place.phone("qin")
    seen = len(qin.messages)
    until(place, day(11, 28, hour=0))  # her card cannot be changed any more: it is said instead
    await follows(place)
    assert len(qin.messages) == seen
    await morning(place, 11, 30)
    assert len(qin.messages) == seen + 2
