"""催办: whoever sent a record reminds those in whose hands it is, each once a day, and the history keeps it."""

import re
from datetime import UTC, datetime

from core import clock
from core.cases.models import HistoryRow
from tests.bot.test_notices import FOUND, TITLE, checked, issued, replies
from tests.bot.test_notices import NUMBER as NOTICE
from tests.bot.test_review import NUMBER, report
from tests.bot.test_review import TITLE as CHECK
from tests.town import Town, read

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # nine in the morning in China


async def test_the_inspector_urges_both_reviewers_once_a_day(place: Town) -> None:
    place.pass_time(seconds=(MONDAY - clock.now()).total_seconds())
    lin = await report(place)
    luo, qin = place.phone("luo"), place.phone("qin")
    place.pass_time(hours=3)
    assert await lin.says(f"催办 {NUMBER}") == f"《{CHECK}》：已催办罗敬川、秦若岩。"
    words = f"林小舟催办：《{CHECK}》{NUMBER}在您手上，已等 3 小时，请尽快办理。\n查看并办理"
    assert (luo.text, qin.text) == (words, words)
    place.pass_time(hours=1)
    assert await lin.says("催办 海澄检2026-1") == f"《{CHECK}》：罗敬川、秦若岩今天已经催办过，明天可以再催。"
    assert len(luo.messages) == 2
    row = await HistoryRow.get(action="urge")
    assert (row.actor_id, re.findall('"note":"([^"]*)"', row.content)) == (place.cast.lin.id, ["催办罗敬川、秦若岩"])

    place.pass_time(hours=20)
    assert await lin.says(f"催办 {NUMBER}") == f"《{CHECK}》：已催办罗敬川、秦若岩。"
    await luo.taps("通过", card=luo.card_with("通过"))
    assert await lin.says(f"催办 {NUMBER}") == f"《{CHECK}》已经办结，不需要催办。"


async def test_of_a_notice_those_are_urged_who_still_owe_something(place: Town) -> None:
    place.pass_time(seconds=(MONDAY - clock.now()).total_seconds())
    chen = await issued(place, *FOUND)
    lin, fang, luo = place.phone("lin"), place.phone("fang"), place.phone("luo")
    place.pass_time(days=1)
    assert await lin.says(f"催办{NOTICE}") == f"《{TITLE}》：已催办陈光泽、方知远。"
    assert read(chen.last).splitlines() == [
        f"林小舟催办：《{TITLE}》{NOTICE}在您手上，已等 24 小时，请尽快办理。",
        f"查看并办理，或发送“回复 {NOTICE}”",
    ]
    assert await luo.says(f"催办 {NOTICE}") == f"《{TITLE}》：陈光泽、方知远今天已经催办过，明天可以再催。"
    own_turn = f"《{TITLE}》现在没有在等别人办理，不需要催办；轮到您的请直接办理。"
    assert await fang.says(f"催办 {NOTICE}") == own_turn
    await replies(chen, *("已整改" for _ in FOUND))
    listed = (await chen.says("催办")).splitlines()
    assert (listed[0], NOTICE in listed[2]) == ("还没有办结的，需要催办的请发送“催办 编号”：", True)
    assert await chen.says(f"催办 {NOTICE}") == f"《{TITLE}》：已催办林小舟。"


async def test_nobody_urges_about_what_is_not_his(small_place: Town) -> None:
    small_place.pass_time(seconds=(MONDAY - clock.now()).total_seconds())
    lin = await report(small_place)
    chen = small_place.phone("chen")
    words = "没有找到这份记录，请核对编号。发送“在谁手上”查看还没有办结的记录。"
    assert await chen.says(f"催办 {NUMBER}") == words
    assert (await lin.says("催办")).splitlines()[0] == "还没有办结的，需要催办的请发送“催办 编号”："
    assert read(lin.messages[-1]) == lin.text


async def test_who_sent_it_reads_in_whose_hands_it_is_now(small_place: Town) -> None:
    small_place.pass_time(seconds=(MONDAY - clock.now()).total_seconds())
    lin = await checked(small_place, FOUND[0])
    for one in ("新建通知", "停工", "滨江花园", "临港建工", "1", "跳过", "7个工作日", "陈光泽", "秦若岩", "不选"):
        await lin.says(one)
    await lin.says("立即提交")
    await small_place.phone("qin").taps("通过")
    assert [lin.text.splitlines()[n] for n in (0, 1)] == ["通知待站长批准", "秦若岩通过，现在在 罗敬川 手上"]
