"""我有异议 (BY-15): shown as disputed until somebody other than the author of the mark decides; what was wrong does not
count any more, and what followed from it is taken back."""

import asyncio
from datetime import date, timedelta

import pytest

from core import clock
from core.cases.declaration import Process
from core.cases.models import Case, HistoryRow
from core.errors import BadInput, NotNow, Refusal
from core.people.models import Person
from notices import marks, records
from notices.notice import NOTICE
from notices.overdue import OVERDUE_MATTER
from notices.reply import NOTICE_REPLY
from tests.core.cases.story import actions, picture, told, waiting
from tests.notices.story import Station, now, reply_of

LATE = "e2 10月22日超期"


async def objected(station: Station, by: Person, reply: Case, mark: str = LATE, **more: object) -> Case:
    data = {"mark": mark, "statement": "检测机构停电，已提前电话说明"} | more
    return (await station.engine.open("appeal", by, data, key=station.key(), parent=reply)).case


async def stands(station: Station, process: Process, case: Case) -> str:
    case = await now(case)
    return process.caption_of(case.state, await station.engine.view(case))


async def late(station: Station) -> Case:
    """The reply of 陈光泽, an hour after it ran out."""
    mine = await reply_of(await station.notice(deadline="2026-10-21", check=await quick(station)), station.cast.chen)
    station.clock.moment = clock.now().replace(day=21, hour=17)
    await station.engine.sweep()
    return mine


async def quick(station: Station) -> Case:
    return await station.checked(["临边无防护", "基坑积水"])


async def test_an_overdue_mark_that_is_corrected_takes_its_matter_and_its_consequences_back(station: Station) -> None:
    cast, mine = station.cast, await late(station)
    matter = await Case.get(process="overdue_matter")
    proof = await picture(cast.chen)
    appeal = await objected(station, cast.chen, mine, evidence=[proof.id])
    assert await waiting(appeal) == ["luo", "qin"]
    assert await told(appeal) == [("luo", "told 提交"), ("qin", "told 提交"), ("lin", "told 提交")]
    assert await stands(station, NOTICE_REPLY, mine) == "已超期·有异议"
    assert await stands(station, OVERDUE_MATTER, matter) == "待处理·有异议"
    with pytest.raises(Refusal, match="对方已经提出异议，请等异议裁决以后再办理。"):
        await station.does(cast.lin, matter, "propose", way="penalty_proposal", facts="逾期未整改")
    assert not marks.counts(await now(mine), LATE)

    appeal = await station.does(cast.qin, appeal, "correct", reason="停电属实")
    assert [one for one in await told(appeal) if one[1].endswith("更正")] == [
        ("chen", "told 更正"),
        ("lin", "told 更正"),
        ("luo", "relieved 更正"),
    ]
    assert (await stands(station, OVERDUE_MATTER, matter), await waiting(matter)) == ("不予处理·已更正", [])
    assert await stands(station, NOTICE_REPLY, mine) == "待回复·已更正"
    assert not marks.counts(await now(mine), LATE)
    assert (await now(mine)).data["due_why"].splitlines()[-1] == (
        "超期异议成立，重新确定期限。自10月22日的次日起算5个工作日：10月23日、10月26日至29日；10月24日至25日（周末）不计。"
        "截止10月29日（周四）24时。"
    )
    assert await actions(mine) == ["hand_out", "expire", "disputed", "corrected", "postpone", "reprieve"]
    await station.until(30)
    assert await stands(station, NOTICE_REPLY, mine) == "已超期"  # another mark
    assert [marks.caption(one.key) for one in await marks.of_reply(await now(mine))] == ["10月30日超期", "10月22日超期"]


async def test_a_mark_that_is_upheld_counts_and_goes_on(station: Station) -> None:
    cast, mine = station.cast, await late(station)
    matter = await Case.get(process="overdue_matter")
    appeal = await objected(station, cast.chen, mine)
    with pytest.raises(BadInput, match="请填写「维持的理由」。"):
        await station.does(cast.luo, appeal, "uphold")
    await station.does(cast.luo, appeal, "uphold", reason="没有停电记录")
    assert (await stands(station, NOTICE_REPLY, mine), marks.counts(await now(mine), LATE)) == ("已超期", True)
    await station.does(cast.lin, matter, "propose", way="penalty_proposal", facts="逾期未整改")
    matter = await station.does(cast.luo, matter, "approve")
    assert ("chen", "told 批准") in await told(matter)

    # What came of it is a mark of its own, on which the chief who approved it does not decide.
    again = await objected(station, cast.chen, mine, f"m{matter.id} 处罚建议书{matter.number}")
    assert (await waiting(again), await stands(station, OVERDUE_MATTER, matter)) == (["qin"], "已形成·有异议")
    with pytest.raises(NotNow, match="这一步不由您办理。"):
        await station.does(cast.luo, again, "correct", reason="重复处理")
    await station.does(cast.qin, again, "correct", reason="重复处理")
    assert await stands(station, OVERDUE_MATTER, matter) == "已形成·已更正"
    assert await stands(station, NOTICE_REPLY, mine) == "已超期"


async def test_a_return_that_is_corrected_is_judged_again(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(check=await quick(station)), cast.chen)
    await station.replies(cast.chen, mine, 1, 2)
    await station.judges(cast.lin, mine, returned=[2], accepted=[1])
    appeal = await objected(station, cast.chen, mine, "j3 10月12日退回第2条")
    assert await stands(station, NOTICE_REPLY, mine) == "待回复·有异议"
    await station.does(cast.luo, appeal, "correct", reason="照片清楚")
    assert (await stands(station, NOTICE_REPLY, mine), await waiting(mine)) == ("待审核回复·已更正", ["lin"])
    await station.judges(cast.lin, mine, returned=[], accepted=[1, 2])
    assert await stands(station, NOTICE_REPLY, mine) == "完结·已整改·已更正"


async def test_a_return_that_was_answered_meanwhile_stays_answered(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(check=await quick(station)), cast.chen)
    await station.replies(cast.chen, mine, 1, 2)
    await station.judges(cast.lin, mine, returned=[2], accepted=[1])
    appeal = await objected(station, cast.chen, mine, "j3 10月12日退回第2条")
    await station.replies(cast.chen, mine, 2)
    await station.judges(cast.lin, mine, returned=[2], accepted=[])
    await station.does(cast.luo, appeal, "correct", reason="照片清楚")
    assert await stands(station, NOTICE_REPLY, mine) == "待回复·已更正"


async def test_who_signs_for_a_bad_conduct_record_may_object_to_it(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(kind="bad_conduct", deadline=None)
    notice = await station.does(cast.luo, notice, "approve")
    mine = await reply_of(notice, cast.chen)
    await station.does(cast.chen, mine, "acknowledge")
    appeal = await objected(station, cast.chen, mine, f"n{mine.id} 不良行为记录通知{notice.number}")
    assert (await waiting(appeal), await stands(station, NOTICE, notice)) == (["qin"], "完结·有异议")
    await station.does(cast.qin, appeal, "correct", reason="对象有误")
    assert await stands(station, NOTICE, notice) == "完结·已更正"


async def test_each_objects_for_himself_to_a_record_of_two_and_readers_learn_no_reason(
    station: Station,
) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, cast.fang, kind="bad_conduct", deadline=None)
    notice = await station.does(cast.luo, notice, "approve")
    for replier, decides, why in ((cast.chen, "correct", "对象有误"), (cast.fang, "uphold", "事实清楚")):
        mine = await reply_of(notice, replier)
        appeal = await objected(station, replier, mine, f"n{mine.id} 不良行为记录通知{notice.number}")
        await station.does(cast.qin, appeal, decides, reason=why)
    assert await stands(station, NOTICE, notice) == "待回复·已更正"
    rows = await HistoryRow.filter(case_id=notice.id, action__in=("corrected", "upheld")).order_by("seq")
    assert [records.content(row)["note"] for row in rows] == [
        f"异议成立，更正不良行为记录通知{notice.number}",
        f"异议不成立，维持不良行为记录通知{notice.number}",
    ]


async def test_nobody_judges_his_own_mark_not_even_as_a_deputy(station: Station) -> None:
    cast, mine = station.cast, await late(station)
    appeal = await objected(station, cast.chen, mine)
    assert not await station.engine.hand_over(appeal.id, cast.qin, cast.lin, clock.now() + timedelta(days=2))
    assert await waiting(appeal) == ["luo", "qin"]
    with pytest.raises(NotNow, match="这一步不由您办理。"):
        await station.does(cast.lin, appeal, "correct", reason="算了")


async def test_what_a_deputy_returned_neither_he_nor_whom_he_stood_for_judges(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(check=await quick(station)), cast.chen)
    await station.replies(cast.chen, mine, 1, 2)
    assert await station.engine.hand_over(mine.id, cast.lin, cast.qin, clock.now() + timedelta(days=2))
    await station.judges(cast.qin, mine, returned=[1], accepted=[2])
    (mark,) = await marks.of_reply(await now(mine))
    assert mark.authors == {cast.lin.id, cast.qin.id}
    assert await waiting(await objected(station, cast.chen, await now(mine), mark.key)) == ["luo"]


async def test_without_another_leader_nobody_could_decide_and_the_sentence_says_so(station: Station) -> None:
    cast = station.cast
    check = await quick(station)
    mine = await reply_of(await station.notice(check=check, kind="stop_work", by=cast.luo), cast.chen)
    await station.replies(cast.chen, mine, 1, 2)
    await station.judges(cast.lin, mine, returned=[1], accepted=[2])
    await Person.filter(id__in=[cast.luo.id, cast.qin.id]).update(active=False)
    with pytest.raises(Refusal, match="本站没有可以裁决异议的分管领导或站长"):
        await objected(station, cast.chen, mine, "j3 10月12日退回第1条")


async def test_it_is_made_once_in_time_and_by_whom_it_concerns(station: Station) -> None:
    cast, mine = station.cast, await late(station)
    with pytest.raises(BadInput, match="「异议」由回复人发起"):
        await objected(station, cast.fang, mine)
    with pytest.raises(BadInput, match="「有异议的事项」中有不能选择的内容，请重新选择。"):
        await objected(station, cast.chen, mine, "e9 10月22日超期")
    appeal = await objected(station, cast.chen, mine)
    with pytest.raises(Refusal, match="您已经对“10月22日超期”提出异议，请等待裁决。"):
        await objected(station, cast.chen, mine)
    await station.does(cast.luo, appeal, "uphold", reason="没有停电记录")
    with pytest.raises(Refusal, match=r"对“10月22日超期”的异议已经裁决（维持），不能再次提出。"):
        await objected(station, cast.chen, mine)
    with pytest.raises(NotNow):
        await station.does(cast.qin, appeal, "correct", reason="停电属实")


async def test_after_its_term_a_mark_stands(station: Station) -> None:
    cast, mine = station.cast, await late(station)
    assert marks.until((await marks.of_reply(mine))[0], mine).last_day == date(2026, 10, 29)
    await station.until(30)
    with pytest.raises(Refusal, match="对“10月22日超期”的异议要在10月29日24时前提出，现在已经过了期限。"):
        await objected(station, cast.chen, mine)


async def test_two_marks_that_are_decided_at_the_same_moment_are_both_decided(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(check=await quick(station)), cast.chen)
    await station.until(20, 10)
    await station.replies(cast.chen, mine, 1, 2)
    await station.judges(cast.lin, mine, returned=[1, 2], accepted=[])
    await station.until(22, 1)
    appeals = [await objected(station, cast.chen, mine, one.key) for one in await marks.of_reply(await now(mine))]
    both = zip((cast.luo, cast.qin), appeals, strict=True)
    await asyncio.gather(*(station.does(by, appeal, "uphold", reason="属实") for by, appeal in both))
    assert list((await now(mine)).data["marks"].values()) == ["upheld", "upheld"]
