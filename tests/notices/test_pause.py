"""A deadline that stands still for cause (BY-07), goes on with as many working days as were left, and says so."""

from datetime import date, timedelta

import pytest

from core import clock
from core.calendar.days import Calendar
from core.cases.models import Case, ClockRow
from core.errors import BadInput, NotYours, Refusal
from core.people.models import Person
from notices import pause
from notices.reply import NOTICE_REPLY
from tests.core.cases.story import actions, told, waiting
from tests.notices.story import Station, now, reply_of

TITLE = "《滨江花园一期 整改通知》"
WHY = "自10月12日的次日起算9天，其中工作日7天，10月17日至18日（周末）休息。截止10月21日（周三）24时。"


async def paused(station: Station, by: Person, reply: Case, until: str | None = None) -> Case:
    data = {"reason": "等待检测结果", **({"until": until} if until else {})}
    return (await station.engine.open("pause", by, data, key=station.key(), parent=reply)).case


async def stands(station: Station, reply: Case) -> str:
    case = await now(reply)
    return NOTICE_REPLY.caption_of(case.state, await station.engine.view(case))


async def last_day(reply: Case) -> date:
    return clock.local((await ClockRow.get(case_id=reply.id, name="due")).due_at).date() - timedelta(days=1)


async def test_what_the_judge_pauses_stands_still_and_goes_on_with_the_days_that_were_left(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    await station.until(14, 10)
    standing = await paused(station, cast.lin, mine)
    assert (await stands(station, mine), await waiting(standing)) == ("待回复·暂停计时", ["lin"])
    assert await told(standing) == [("chen", "told 提交"), ("lin", "told 提交")]
    assert await station.until(30, 10) == []  # nothing is said, and nothing runs out
    await station.does(cast.lin, standing, "resume")
    assert (await stands(station, mine), (await told(mine))[-1]) == ("待回复", ("chen", "told 恢复计时"))
    assert (await now(mine)).data["due_why"].splitlines() == [
        WHY,
        "自10月14日起暂停计时：等待检测结果。",
        "10月30日恢复计时，停了12个工作日。截止日期改为11月6日（周五）24时。",
    ]
    assert await station.until(7, month=11) == [
        ("chen", f"{TITLE}要求在11月6日24时前回复，还有3个工作日。"),
        ("chen", f"{TITLE}要求在11月6日24时前回复，只剩1个工作日。"),
        ("chen", "told 超期"),
        ("lin", "told 超期"),
        ("qin", "told 超期"),
        ("luo", "told 超期"),
        ("lin", "told 超期待处理"),
    ]
    assert await actions(mine) == ["hand_out", "pause", "resume", "go_on", "soon", "tomorrow", "expire"]


async def test_it_goes_on_by_itself_on_the_day_that_was_named_however_late_that_is_noticed(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    standing = await paused(station, cast.luo, mine, "2026-10-20")
    assert (await now(mine)).data["due_why"].splitlines()[1] == (
        "自10月12日起暂停计时：等待检测结果，到10月20日24时自动恢复。"
    )
    station.clock.pass_time(days=30)  # nobody sweeps
    while await station.engine.sweep():
        pass
    assert (await now(standing)).state == "ended"
    assert (await now(mine)).data["due_why"].splitlines()[2] == (
        "10月21日恢复计时，停了7个工作日。截止日期改为10月30日（周五）24时。"
    )
    assert await actions(mine) == ["hand_out", "pause", "resume", "go_on", "expire"]


async def test_the_replier_asks_for_it_and_what_is_granted_late_counts_from_then(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    await station.until(20, 10)
    asked = await paused(station, cast.chen, mine)
    assert (asked.state, await waiting(asked), await stands(station, mine)) == ("asked", ["lin"], "待回复")
    await station.until(23)
    assert await stands(station, mine) == "已超期"
    await station.does(cast.lin, asked, "grant")
    assert await stands(station, mine) == "待回复·暂停计时"
    await station.until(26, 10)
    await station.does(cast.chen, asked, "give_up")
    assert await last_day(mine) == date(2026, 10, 27)
    assert await Case.filter(process="overdue_matter").count() == 1


async def test_a_refusal_needs_a_reason_and_stops_nothing(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    asked = await paused(station, cast.chen, mine)
    with pytest.raises(BadInput, match="请填写「不同意的原因」。"):
        await station.does(cast.lin, asked, "refuse")
    await station.does(cast.lin, asked, "refuse", reason="检测已完成")
    assert (await stands(station, mine), await actions(mine)) == ("待回复", ["hand_out"])


async def test_a_reply_ends_the_pause_and_a_round_that_comes_back_has_the_days_that_were_left(
    station: Station,
) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    await station.until(14, 10)
    standing = await paused(station, cast.lin, mine)
    await station.until(16, 10)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    assert ((await now(standing)).state, await waiting(standing)) == ("ended", [])
    assert (await stands(station, mine), await last_day(mine)) == ("待审核回复", date(2026, 10, 23))
    assert await station.until(20, 10) == []  # under review the clock stands still as ever
    await station.judges(cast.lin, mine, returned=[1], accepted=[2, 3, 4, 5])
    await station.until(24)
    assert await stands(station, mine) == "已超期"


async def test_more_time_that_is_granted_during_a_pause_starts_nothing(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    data = {"until": "2026-10-28", "reason": "连日暴雨"}
    extension = (await station.engine.open("extension", cast.chen, data, key=station.key(), parent=mine)).case
    standing = await paused(station, cast.lin, mine)
    await station.does(cast.lin, extension, "grant")
    assert (await station.until(26), await stands(station, mine)) == ([], "待回复·暂停计时")
    await station.does(cast.lin, standing, "resume")
    assert await last_day(mine) == date(2026, 11, 11)


async def test_nobody_pauses_any_more_what_goes_back_to_its_judge(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    await station.until(20, 10)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    mine = await station.judges(cast.lin, mine, returned=[2], accepted=[1, 3, 4, 5])
    asked = await paused(station, cast.chen, mine)
    await station.until(22, 10)
    data = {"mark": "j5 10月20日退回第2条", "statement": "照片清楚"}
    appeal = (await station.engine.open("appeal", cast.chen, data, key=station.key(), parent=mine)).case
    await station.does(cast.luo, appeal, "correct", reason="照片清楚")
    assert (await stands(station, mine), (await now(asked)).state) == ("待审核回复·已更正", "lapsed")


async def test_what_cannot_be_paused_is_said_in_a_sentence(station: Station) -> None:
    cast, sentences = station.cast, []
    check = await station.checked()
    mine = await reply_of(await station.notice(check=check), cast.chen)

    async def refused(by: Person, reply: Case, until: str | None = None) -> None:
        with pytest.raises(Refusal) as found:
            await paused(station, by, reply, until)
        sentences.append(found.value.sentence)

    with pytest.raises(BadInput, match="「暂停计时」由回复人、审核人或站长发起"):
        await paused(station, cast.fang, mine)
    await refused(cast.lin, mine, "2026-10-12")
    asked = await paused(station, cast.chen, mine)
    await refused(cast.lin, mine)
    await station.does(cast.lin, asked, "grant")
    await refused(cast.luo, mine)
    with pytest.raises(NotYours):
        await station.does(cast.fang, asked, "resume")
    station.clock.pass_time(days=-2)
    with pytest.raises(Refusal, match="暂停是10月12日开始的，恢复的日期不能更早，请核对系统时间后再试。"):
        await station.does(cast.lin, asked, "resume")
    station.clock.pass_time(days=2)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    await refused(cast.lin, mine)
    signed = await station.notice(check=check, kind="bad_conduct", by=cast.luo, deadline="2026-10-20")
    await refused(cast.luo, await reply_of(signed, cast.chen))
    late = await reply_of(await station.notice(check=check), cast.chen)
    await station.until(23)
    await refused(cast.lin, late)
    assert sentences == [
        "请选择明天到366天以内的日期，或者不定日期。",
        "已经有人为这份通知申请暂停计时，请等待审批；由您审批的，请在待办中办理。",
        "这份通知的计时已经暂停，不能再暂停一次；需要时可以先恢复计时。",
        "这份通知已经回复，不需要暂停计时。",
        "只须签收的通知不能暂停计时，请直接签收。",
        "截止日期已过，不能再暂停计时，请尽快整改并回复。",
    ]


@pytest.mark.parametrize(
    ("last", "since", "day", "said"),
    [
        ("2026-10-21", "2026-10-14", "2026-10-14", "停了0个工作日。截止日期不变，仍是10月21日（周三）24时。"),
        ("2026-10-21", "2026-10-17", "2026-10-19", "停了0个工作日。截止日期不变，仍是10月21日（周三）24时。"),
        ("2026-10-18", "2026-10-17", "2026-10-19", "停了0个工作日。截止日期改为10月19日（周一）24时。"),
        ("2026-09-30", "2026-09-29", "2026-10-09", "停了3个工作日。截止日期改为10月10日（周六，国庆节调休上班）24时。"),
        ("2027-01-15", "2027-01-04", "2027-01-06",
         "停了2天（放假安排还没有录入，未核对工作日）。截止日期改为2027年1月17日24时。"),
    ],
)  # fmt: skip
def test_as_many_working_days_are_left_as_were_left_before(last: str, since: str, day: str, said: str) -> None:
    found = pause.moved(Calendar(), *(date.fromisoformat(one) for one in (last, since, day)))
    assert found.explanation.partition("，")[2] == said
