"""What does not fit is refused in a sentence that says what to do, and leaves nothing behind."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from core import clock
from core.cases.models import Case, HistoryRow
from core.errors import BadInput, NotNow, NotYours, Refusal
from core.people.models import Organisation, OrgKind, Person, Role
from core.projects.models import Post, Project, ProjectMember, ProjectParty, SupervisionStatus
from tests.core.cases import story
from tests.core.cases.story import actions, picture, state
from tests.notices.story import Station, answer, reply_of, verdict

ALL = [1, 2, 3, 4, 5]


async def test_a_notice_needs_a_check_of_its_project_that_has_passed(station: Station) -> None:
    cast = station.cast
    pending = await station.checked(reviewers=[cast.qin.id])
    with pytest.raises(BadInput, match="「问题详情」中有不能选择的内容，请重新选择。"):
        await station.notice(check=pending)
    await station.does(cast.qin, pending, "fail", opinion="照片不清")
    with pytest.raises(BadInput, match="「问题详情」中有不能选择的内容，请重新选择。"):
        await station.notice(check=pending)
    elsewhere = await station.checked(project=cast.other_project.id)
    with pytest.raises(BadInput, match="「问题详情」中有不能选择的内容，请重新选择。"):
        await station.notice(check=elsewhere)
    assert not await Case.exists(process="notice")


async def test_it_cites_exactly_one_check(station: Station) -> None:
    one, other = await station.checked(), await station.checked()
    with pytest.raises(BadInput, match="「问题详情」填写的内容不符合要求"):
        await station.notice(check=one, cited_check=[str(one.id), str(other.id)])
    with pytest.raises(BadInput, match="请填写「问题详情」。"):
        await station.notice(check=one, cited_check=None)


async def test_a_check_that_found_nothing_has_nothing_to_rectify(station: Station) -> None:
    with pytest.raises(BadInput, match=r"检查记录海澄检〔2026〕0001号没有发现问题，不能下发整改通知"):
        await station.notice(check=await station.checked([]))


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (None, "整改通知要写明截止日期，请选择截止日期。"),
        ("2026-10-12", "截止日期不能早于10月13日，请重新选择。"),
        ("2026-10-01", "截止日期不能早于检查的日期10月12日，请重新选择。"),
        ("2027-12-01", "期限要在1到366天之间，请重新填写。"),
        ("明天", "「截止日期」填写的内容不符合要求，请重新填写。"),
    ],
)
async def test_a_deadline_lies_ahead_and_within_a_year(station: Station, written: str | None, sentence: str) -> None:
    with pytest.raises(BadInput) as refused:
        await station.notice(deadline=written)
    assert (refused.value.sentence, refused.value.field) == (sentence, "deadline")


async def test_a_chosen_day_stands_also_in_a_year_whose_holidays_nobody_knows(station: Station) -> None:
    notice = await station.notice(deadline="2027-01-15")
    assert (await reply_of(notice, station.cast.chen)).data["due_why"] == (
        "截止2027年1月15日24时，共95天；2027年的放假安排还没有录入，未核对工作日。"
    )


async def test_a_deadline_that_passed_while_the_chief_waited_cannot_be_issued(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, kind="stop_work")
    station.clock.pass_time(days=9)
    before = await story.rows()
    with pytest.raises(Refusal, match="截止日期10月21日已经到了，不能再下发"):
        await station.does(cast.luo, notice, "approve")
    assert await story.rows() == before
    assert (await Project.get(id=cast.project.id)).status is SupervisionStatus.NORMAL


async def test_who_replies_belongs_to_a_unit_that_is_addressed(station: Station) -> None:
    cast = station.cast
    with pytest.raises(BadInput, match="方知远不是通知对象单位的人员，请改选，或把其单位也选为通知对象。"):
        await station.notice(cast.chen, cast.fang, addressee_units=[str(cast.chen.org_id)])
    with pytest.raises(BadInput, match="不是通知对象单位的人员，请改选，或把其单位也选为通知对象。"):
        await station.notice(cast.chen, repliers=[cast.qin.id])
    with pytest.raises(BadInput, match="请选择「回复人」。"):
        await station.notice(cast.chen, repliers=[])
    with pytest.raises(BadInput, match="请选择「通知对象单位」。"):
        await station.notice(cast.chen, addressee_units=[])


async def test_a_unit_that_has_no_part_in_the_project_cannot_be_addressed(station: Station) -> None:
    stranger = await Organisation.create(name="海澄远山市政有限公司", short_name="远山市政", kind=OrgKind.CONTRACTOR)
    with pytest.raises(BadInput, match="「通知对象单位」中有不能选择的内容，请重新选择。"):
        await station.notice(addressee_units=[str(stranger.id)])


async def test_who_works_on_another_project_for_an_addressed_unit_does_not_reply(station: Station) -> None:
    cast = station.cast
    wu = await Person.create(
        userid="wu", name="吴明", mobile="10000000041", org_id=cast.chen.org_id, role=Role.PARTICIPANT
    )
    await ProjectParty.create(project_id=cast.other_project.id, org_id=wu.org_id, kind=OrgKind.CONTRACTOR)
    await ProjectMember.create(project_id=cast.other_project.id, person_id=wu.id, org_id=wu.org_id, post=Post.PM)
    with pytest.raises(BadInput, match="不是通知对象单位的人员，请改选，或把其单位也选为通知对象。"):
        await station.notice(wu)


async def test_the_site_issues_no_notices(station: Station) -> None:
    with pytest.raises(Refusal, match="「通知」由监督员办理，您的岗位不能发起。"):
        await station.notice(station.cast.chen, by=station.cast.chen)


async def test_after_issue_nothing_is_edited(station: Station) -> None:
    cast = station.cast
    notice = await station.notice()
    before = await story.rows()
    for action in ("submit", "pass", "approve", "fail"):
        with pytest.raises(NotNow):
            await station.does(cast.lin, notice, action, notice_text="改一下")
    assert await station.engine.open_steps(notice, cast.lin) == []
    assert await story.rows() == before


async def test_the_same_request_twice_is_one_notice(station: Station) -> None:
    data = await station.draft(await station.checked(), station.cast.chen)
    once, twice = [await station.engine.open("notice", station.cast.lin, data, key="same") for _ in range(2)]
    assert (once.case.id, twice.repeated) == (twice.case.id, True)
    assert await Case.filter(process="notice_reply").count() == 1


# ── replies ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ([answer(n) for n in (1, 2, 3)], "还有第4、5条没有回复，请补齐后再提交。"),
        ([answer(n) for n in (*ALL, 6)], "第6条现在不需要回复，请刷新后再试。"),
        ([answer(n) for n in (*ALL, 5)], "第5条写了两次，请只保留一次。"),
        ([answer(n, " ") for n in ALL], "请填写第1条的整改说明。"),
        ([answer(n, "好" * 1001) for n in ALL], "第1条的整改说明最多1000个字，请精简后重发。"),
        ([answer(n, done_on=date(2026, 10, 13)) for n in ALL], "第1条的整改完成日期还没有到，请改为实际完成的日期。"),
        ([], "还有第1、2、3、4、5条没有回复，请补齐后再提交。"),
    ],
)
async def test_a_reply_answers_exactly_what_is_owed(station: Station, answers: list[Any], sentence: str) -> None:
    mine = await reply_of(await station.notice(), station.cast.chen)
    before = await story.rows()
    with pytest.raises(BadInput) as refused:
        await station.does(station.cast.chen, mine, "reply", answers=answers)
    assert refused.value.sentence == sentence
    assert await story.rows() == before


async def test_a_second_round_answers_what_was_returned_and_nothing_else(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    await station.replies(cast.chen, mine, *ALL)
    await station.judges(cast.lin, mine, returned=[2], accepted=[1, 3, 4, 5])
    with pytest.raises(BadInput, match="第3条现在不需要回复，请刷新后再试。"):
        await station.replies(cast.chen, mine, 2, 3)


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        ([verdict(n) for n in (1, 2)], "还有第3、4、5条没有审核，请补齐后再提交。"),
        ([verdict(n) for n in (*ALL, 9)], "第9条现在不需要审核，请刷新后再试。"),
        ([*(verdict(n) for n in ALL[:4]), {"finding": 5, "accepted": False}], "请填写第5条退回的原因。"),
    ],
)
async def test_every_answer_gets_one_verdict(station: Station, verdicts: list[Any], sentence: str) -> None:
    mine = await reply_of(await station.notice(), station.cast.chen)
    await station.replies(station.cast.chen, mine, *ALL)
    with pytest.raises(BadInput) as refused:
        await station.does(station.cast.lin, mine, "judge", verdicts=verdicts)
    assert refused.value.sentence == sentence


async def test_somebody_elses_photo_proves_nothing(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    own, foreign = await picture(cast.chen, "own"), await picture(cast.fang, "foreign")
    with pytest.raises(BadInput, match="有附件没有保存成功"):
        await station.does(cast.chen, mine, "reply", answers=[answer(n, photos=[foreign.id]) for n in ALL])
    await station.does(cast.chen, mine, "reply", answers=[answer(n, photos=[own.id]) for n in ALL])
    row = await HistoryRow.get(case_id=mine.id, action="reply")
    assert f'"{own.id}":"{own.sha256}"' in row.content


async def test_nobody_answers_or_judges_for_another(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, cast.fang)
    mine = await reply_of(notice, cast.chen)
    with pytest.raises(NotYours):
        await station.replies(cast.fang, mine, *ALL)
    await station.replies(cast.chen, mine, *ALL)
    for person in (cast.chen, cast.qin, cast.luo):
        with pytest.raises(NotNow, match="这一步不由您办理。"):
            await station.does(person, mine, "accept")


async def test_after_closure_a_reply_hears_who_ended_it(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    await station.replies(cast.chen, mine, *ALL)
    await station.does(cast.lin, mine, "accept")
    with pytest.raises(NotNow) as refused:
        await station.replies(cast.chen, mine, *ALL)
    assert refused.value.sentence == (
        "《滨江花园一期 整改通知》已由林小舟于 10月12日 09:00 办理（全部通过），无需再处理。"
    )


async def test_who_acts_too_early_hears_of_the_last_step_not_of_a_reminder(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    await station.until(17)
    assert await actions(mine) == ["hand_out", "soon"]
    with pytest.raises(NotNow, match="已由系统于 10月12日 09:00 办理（下发）"):
        await station.does(cast.lin, mine, "accept")


async def test_two_verdicts_at_once_are_one_verdict(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    await station.replies(cast.chen, mine, *ALL)
    both = await asyncio.gather(
        station.judges(cast.lin, mine, returned=[1], accepted=[2, 3, 4, 5]),
        station.does(cast.lin, mine, "accept"),
        return_exceptions=True,
    )
    assert [type(one) for one in both if isinstance(one, BaseException)] == [NotNow]
    assert len(await actions(mine)) == 3


# ── clocks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_clock_that_is_moved_back_repeats_nothing(station: Station) -> None:
    mine = await reply_of(await station.notice(), station.cast.chen)
    await station.until(23, 12)
    taken = await actions(mine)
    station.clock.moment -= timedelta(days=8)
    assert (await station.engine.sweep(), await actions(mine)) == (0, taken)
    await station.until(23, 13)
    assert await actions(mine) == taken


async def test_a_reply_at_the_moment_of_the_deadline_and_the_sweep_are_both_kept(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(), cast.chen)
    station.clock.moment = clock.now().replace(day=21, hour=16, minute=0)
    await asyncio.gather(station.replies(cast.chen, mine, *ALL), *(station.engine.sweep() for _ in range(3)))
    assert await state(mine) == "review"
    assert [one for one in await actions(mine) if one in ("reply", "expire")] in (["reply"], ["expire", "reply"])
