"""A notice from issue to closure: two repliers, one of whom answers twice, while the other lets it run out."""

import json

from core import access, clock
from core.calendar import counting
from core.calendar.counting import Counting
from core.calendar.deadlines import Rule
from core.cases.models import Case, ClockRow, HistoryRow
from notices import reply
from tests.core.cases.story import actions, content, picture, state, told, waiting
from tests.notices.story import WORDINGS, Station, now, reply_of


async def test_two_repliers_answer_each_for_himself_and_one_runs_out_of_time(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, cast.fang)
    assert (notice.number, notice.title) == ("海澄质安改〔2026〕001号", "滨江花园一期 整改通知")
    mine, theirs = await reply_of(notice, cast.chen), await reply_of(notice, cast.fang)
    assert (await waiting(mine), await waiting(theirs)) == (["chen"], ["fang"])

    # Chen answers five, has two returned, answers these, and is accepted.
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    assert await waiting(mine) == ["lin"]
    await station.judges(cast.lin, mine, returned=[2, 4], accepted=[1, 3, 5])
    assert (await reply.progress(await now(mine))).headline == "第2轮，5项中剩2项"
    await station.replies(cast.chen, mine, 2, 4)
    await station.does(cast.lin, mine, "accept")
    assert (await state(mine), await state(notice)) == ("closed", "open")
    done = await reply.progress(await now(mine))
    assert (done.headline, done.reason(4), len(done.rounds)) == ("5项全部通过", "仍不符合要求", 2)

    # Fang lets it run out.
    title = "《滨江花园一期 整改通知》"
    assert await station.until(21) == [
        ("fang", f"{title}要求在10月21日24时前回复，还有3个工作日。"),
        ("fang", f"{title}要求在10月21日24时前回复，只剩1个工作日。"),
    ]
    assert await station.until(22) == [
        ("fang", "told 超期"),
        ("lin", "told 超期"),
        ("qin", "told 超期"),
        ("luo", "told 超期"),
        ("lin", "told 超期待处理"),
    ]
    matter = await Case.get(process="overdue_matter")
    assert (matter.title, await waiting(matter)) == (f"{title[1:-1]} 超期处理（方知远）", ["lin"])

    # The issuer proposes a penalty, which the chief wants proved better, and then approves.
    await station.does(cast.lin, matter, "propose", way="penalty_proposal", facts="逾期未整改")
    assert await waiting(matter) == ["luo"]
    await station.does(cast.luo, matter, "refuse", reason="请写明逾期天数")
    assert await waiting(matter) == ["lin"]
    await station.does(cast.lin, matter, "propose", way="penalty_proposal", facts="逾期1天未整改，共5条")
    matter = await station.does(cast.luo, matter, "approve")
    assert (matter.state, matter.number) == ("issued", "海澄质安罚建〔2026〕001号")

    # Late is not never: fang still owes his reply, is reminded, and ends it.
    assert await station.until(23, 12) == [
        ("fang", f"{title}已经超期，请立即整改并回复。"),
        ("lin", f"{title}已经超期，请立即整改并回复。"),
    ]
    await station.replies(cast.fang, theirs, 1, 2, 3, 4, 5)
    await station.judges(cast.lin, theirs, returned=[1], accepted=[2, 3, 4, 5])
    assert await state(theirs) == "overdue"
    await station.replies(cast.fang, theirs, 1)
    await station.judges(cast.lin, theirs, returned=[], accepted=[1])
    assert (await state(theirs), await state(notice)) == ("closed", "closed")
    assert await station.until(31) == []
    assert await actions(theirs) == [
        *("hand_out", "soon", "tomorrow", "expire", "late"),
        *("reply", "judge", "reply", "judge"),
    ]
    assert await Case.filter(process="overdue_matter").count() == 1


async def test_each_replier_is_handed_the_findings_and_a_deadline_that_explains_itself(station: Station) -> None:
    notice = await station.notice(station.cast.chen)
    handed = (await reply_of(notice, station.cast.chen)).data
    assert (handed["findings"], handed["number"]) == (WORDINGS, "海澄质安改〔2026〕001号")
    assert handed["due"] == "2026-10-21T16:00:00+00:00"
    clocks = await ClockRow.filter(name="due").values_list("explanation", flat=True)
    assert clocks == [handed["due_why"]]
    assert handed["due_why"] == (
        "自10月12日的次日起算9天，其中工作日7天，10月17日至18日（周末）休息。截止10月21日（周三）24时。"
    )


async def test_the_replier_sees_the_evidence_of_what_he_has_to_put_right(station: Station) -> None:
    cast = station.cast
    shown, hidden = await picture(cast.lin, "shown"), await picture(cast.lin, "hidden")
    check = await station.checked(findings=[{"note": "临边无防护", "photos": [shown.id]}, {"note": "积水"}])
    mine = await reply_of(await station.notice(cast.chen, check=check), cast.chen)
    assert mine.data["photos"] == [[shown.id], []]
    assert await access.evidence_of(mine) == {shown.id}
    assert hidden.id not in await access.evidence_of(mine)


async def test_the_replier_sees_the_notice_once_it_is_issued_and_nobody_else_s_reply(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, reviewers=[cast.qin.id])
    assert not await access.may_see(cast.chen, notice)
    notice = await station.does(cast.qin, notice, "pass")
    mine = await reply_of(notice, cast.chen)
    assert (await access.may_see(cast.chen, notice), await access.may_see(cast.chen, mine)) == (True, True)
    assert (await access.may_see(cast.fang, notice), await access.may_see(cast.fang, mine)) == (False, False)


async def test_members_read_of_a_reminder_and_of_more_time_in_words(station: Station) -> None:
    mine = await reply_of(await station.notice(), station.cast.chen)
    await station.until(17)
    assert (await content(mine, 2))["note"] == "提醒（截止前3个工作日）"


async def test_readers_are_told_when_it_is_issued_and_when_it_is_closed(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, recipients=[cast.fang.id])
    mine = await reply_of(notice, cast.chen)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    await station.does(cast.lin, mine, "accept")
    assert await told(notice) == [
        ("fang", "told 立即提交"),
        ("lin", "told 全部办结"),
        ("fang", "told 全部办结"),
    ]


async def test_a_reviewer_passes_it_and_it_is_numbered_only_then(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, reviewers=[cast.qin.id])
    assert (notice.state, notice.number) == ("pending", None)
    assert not await Case.exists(process="notice_reply")
    station.clock.pass_time(days=1)
    notice = await station.does(cast.qin, notice, "pass")
    assert (notice.state, notice.number) == ("open", "海澄质安改〔2026〕001号")
    due_why = (await reply_of(notice, cast.chen)).data["due_why"]
    assert due_why.startswith("自10月13日的次日起算8天")


async def test_a_reviewer_who_fails_it_ends_it_without_a_number(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, reviewers=[cast.qin.id])
    notice = await station.does(cast.qin, notice, "fail", opinion="期限太长")
    assert (notice.state, notice.number) == ("failed", None)
    assert (await station.notice(cast.chen)).number == "海澄质安改〔2026〕001号"


async def test_the_second_round_owes_only_what_was_returned(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(cast.chen), cast.chen)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    await station.judges(cast.lin, mine, returned=[2, 4], accepted=[1, 3, 5])
    assert reply.before((await now(mine)).data).owed() == [2, 4]
    await station.replies(cast.chen, mine, 2, 4)
    await station.judges(cast.lin, mine, returned=[4], accepted=[2])
    assert reply.before((await now(mine)).data).owed() == [4]
    progress = await reply.progress(await now(mine))
    assert (progress.owed(), progress.headline) == ([4], "第3轮，5项中剩1项")
    assert progress.last_answer(2) is not None


async def test_all_rounds_stay_in_the_history(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(cast.chen), cast.chen)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    await station.judges(cast.lin, mine, returned=[2], accepted=[1, 3, 4, 5])
    await station.replies(cast.chen, mine, 2)
    kept = await HistoryRow.filter(case_id=mine.id, action="reply").order_by("seq")
    assert [len(json.loads(row.content)["data"]["answers"]) for row in kept] == [5, 1]


async def test_a_round_that_is_returned_after_the_deadline_is_overdue_without_a_second_warning(
    station: Station,
) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(cast.chen), cast.chen)
    await station.until(21)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    assert await station.until(26, 12) == []  # whoever has answered is not late
    await station.judges(cast.lin, mine, returned=[1], accepted=[2, 3, 4, 5])
    assert (await state(mine), await waiting(mine)) == ("overdue", ["chen"])


async def test_after_an_outage_each_step_is_taken_once_and_old_reminders_are_not_given(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(cast.chen), cast.chen)
    station.clock.moment = clock.now().replace(month=11, day=20)
    while await station.engine.sweep():
        pass
    assert await actions(mine) == ["hand_out", "expire", "late_7"]
    assert await Case.filter(process="overdue_matter").count() == 1


async def test_the_issuer_may_let_it_pass(station: Station) -> None:
    cast = station.cast
    await station.notice(cast.chen)
    await station.until(22)
    matter = await station.does(cast.lin, await Case.get(process="overdue_matter"), "drop", reason="连日暴雨")
    assert (matter.state, matter.number) == ("dropped", None)


async def test_a_station_that_counts_the_day_of_issue_says_so(station: Station) -> None:
    counting.use(Counting(rules={station.cast.station.id: Rule(same_day=True)}))
    try:
        mine = await reply_of(await station.notice(station.cast.chen, deadline="2026-10-12"), station.cast.chen)
        assert mine.data["due_why"] == "自10月12日当天起算1天，其中工作日1天。截止10月12日（周一）24时。"
    finally:
        counting.use(Counting())
