"""More time (BY-07): asked for before the deadline, granted or refused in words, and everything around it moves."""

import pytest

from core.cases.models import Case, ClockRow
from core.errors import BadInput, Refusal
from tests.core.cases.story import actions, told, waiting
from tests.notices.story import Station, now, reply_of

TITLE = "《滨江花园一期 整改通知》"


async def asked(station: Station, reply: Case, until: str = "2026-10-28") -> Case:
    data = {"until": until, "reason": "连日暴雨"}
    return (await station.engine.open("extension", station.cast.chen, data, key=station.key(), parent=reply)).case


async def test_granted_time_moves_the_deadline_its_ladder_and_its_explanation(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    await station.until(17)
    extension = await asked(station, mine)
    assert (await waiting(extension), await waiting(mine)) == (["lin"], ["chen"])
    await station.does(cast.lin, extension, "grant")
    assert await told(extension) == [("lin", "told 提交"), ("chen", "told 同意")]
    assert (await now(mine)).data["due"] == "2026-10-28T16:00:00+00:00"
    assert (
        (await ClockRow.get(case_id=mine.id)).explanation
        == (await now(mine)).data["due_why"]
        == (
            "自10月12日的次日起算9天，其中工作日7天，10月17日至18日（周末）休息。截止10月21日（周三）24时。\n"
            "经批准延期。自10月17日的次日起算11天，其中工作日8天，10月18日（周日）、10月24日至25日（周末）休息。"
            "截止10月28日（周三）24时。"
        )
    )
    assert await station.until(24) == [("chen", f"{TITLE}要求在10月28日24时前回复，还有3个工作日。")]
    await station.until(29)
    assert await actions(mine) == ["hand_out", "soon", "postpone", "soon", "tomorrow", "expire"]


async def test_a_refusal_needs_a_reason_and_moves_nothing(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    extension = await asked(station, mine)
    with pytest.raises(BadInput, match="请填写「不同意的原因」。"):
        await station.does(cast.lin, extension, "refuse")
    await station.does(cast.lin, extension, "refuse", reason="天气已好转")
    assert (await now(mine)).data["due"] == "2026-10-21T16:00:00+00:00"
    assert (await asked(station, mine)).state == "asked"


async def test_what_is_granted_after_the_deadline_brings_a_late_reply_back(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    extension = await asked(station, mine)
    await station.until(23)
    assert (await now(mine)).state == "overdue"
    await station.does(cast.lin, extension, "grant")
    assert ((await now(mine)).state, await waiting(mine)) == ("waiting", ["chen"])
    await station.until(29)
    assert (await now(mine)).state == "overdue"
    assert await Case.filter(process="overdue_matter").count() == 1


async def test_a_reply_that_is_under_review_finds_the_new_end_when_it_comes_back(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    extension = await asked(station, mine)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    await station.does(cast.lin, extension, "grant")
    await station.until(23)
    await station.judges(cast.lin, mine, returned=[1], accepted=[2, 3, 4, 5])
    assert (await now(mine)).state == "waiting"
    await station.until(29)
    assert (await now(mine)).state == "overdue"


async def test_what_has_ended_needs_no_more_time(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    extension = await asked(station, mine)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    with pytest.raises(Refusal, match="这份通知您已经回复，不需要延期。"):
        await asked(station, mine)
    await station.does(cast.lin, mine, "accept")
    assert ((await now(extension)).state, await waiting(extension)) == ("lapsed", [])
    with pytest.raises(Refusal, match="这份通知您已经回复，不需要延期。"):
        await asked(station, mine)


@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        ("2026-10-21", "现在的截止日期是10月21日，请选择更晚的日期。"),
        ("2026-10-13", "现在的截止日期是10月21日，请选择更晚的日期。"),
        ("2028-01-01", "期限要在1到366天之间，请重新填写。"),
    ],
)
async def test_more_time_ends_later_but_not_in_a_year(station: Station, until: str, sentence: str) -> None:
    mine = await reply_of(await station.notice(), station.cast.chen)
    with pytest.raises(BadInput) as refused:
        await asked(station, mine, until)
    assert (refused.value.sentence, refused.value.field) == (sentence, "until")


async def test_it_is_asked_for_once_and_in_time(station: Station) -> None:
    mine = await reply_of(await station.notice(), station.cast.chen)
    await asked(station, mine)
    with pytest.raises(Refusal, match="您已经为这份通知申请过延期，请等待审批。"):
        await asked(station, mine)
    await station.until(22)
    with pytest.raises(Refusal, match="截止日期已过，不能再申请延期，请尽快整改并回复。"):
        await asked(station, mine)


async def test_only_the_replier_asks_and_only_for_his_notice(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, cast.fang)
    with pytest.raises(BadInput, match="「延期申请」由回复人发起，您不是这个工程的回复人"):
        await asked(station, await reply_of(notice, cast.fang))
    with pytest.raises(Refusal, match="请先选择这件事是关于哪一份通知的。"):
        await asked(station, notice)


async def test_time_that_has_passed_meanwhile_is_not_granted(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    extension = await asked(station, mine)
    await station.until(28)
    with pytest.raises(Refusal, match="申请延期到10月28日，这一天已经到了"):
        await station.does(cast.lin, extension, "grant")
    assert (await now(mine)).state == "overdue"


async def test_what_was_asked_for_before_a_pause_never_takes_time_away(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    extension = await asked(station, mine)
    standing = await station.engine.open("pause", cast.lin, {"reason": "封路"}, key="pause", parent=mine)
    await station.until(26, 9)
    await station.does(cast.lin, standing.case, "resume")
    with pytest.raises(Refusal, match="截止日期已是11月4日24时，不早于申请的10月28日，请不同意。"):
        await station.does(cast.lin, extension, "grant")
    assert (await now(mine)).data["due"] == "2026-11-04T16:00:00+00:00"
