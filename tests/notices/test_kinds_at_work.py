"""What sets the kinds apart: stop-work needs the chief and stops the project, resume-work lifts exactly what it names,
some are only signed for, and some step up when a reply fails."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.cases.models import Case
from core.errors import BadInput, NotNow, Refusal
from core.people import admission
from core.people.models import Organisation, Person, Role
from core.projects.models import Project, SupervisionStatus
from notices import practice
from notices.kinds import shipped
from notices.practice import Practice
from tests.core.cases.story import actions, content, state, told, waiting
from tests.notices.story import Station, everything_is_sound, now, reply_of

RESUME: dict[str, Any] = {"kind": "resume_work", "deadline": None}


async def status(station: Station) -> str:
    return (await Project.get(id=station.cast.project.id)).status.value


async def stopped(station: Station, **more: Any) -> Case:
    """A stop-work notice that the chief has approved."""
    notice = await station.notice(station.cast.chen, kind="stop_work", **more)
    return await station.does(station.cast.luo, notice, "approve")


async def resumed(station: Station, stop: Case, **more: Any) -> Case:
    return await station.notice(station.cast.chen, lifts=str(stop.id), **RESUME, **more)


async def test_stop_work_is_refused_by_the_chief_then_approved_then_lifted(station: Station) -> None:
    cast = station.cast
    first = await station.notice(cast.chen, kind="stop_work")
    assert (first.state, first.number, await waiting(first)) == ("approving", None, ["luo"])
    assert await status(station) == "normal"
    first = await station.does(cast.luo, first, "refuse", opinion="先责令整改")
    assert (first.state, await told(first)) == ("failed", [("luo", "told 立即提交"), ("lin", "told 不批准")])

    second = await stopped(station)
    assert (second.state, second.number) == ("open", "海澄质安停〔2026〕001号")
    assert await status(station) == "stopped"
    noted = await content(second, 3)
    assert (noted["note"], noted["data"]) == ("工程停工", {"was": "normal"})
    mine = await reply_of(second, cast.chen)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    await station.does(cast.lin, mine, "accept")
    assert (await state(second), await status(station)) == ("closed", "stopped")

    lifting = await resumed(station, second)
    assert (lifting.number, await status(station)) == ("海澄质安复〔2026〕001号", "normal")
    signed = await reply_of(lifting, cast.chen)
    assert [step.caption for step in await station.engine.open_steps(signed, cast.chen)] == ["签收"]
    await station.does(cast.chen, signed, "acknowledge")
    assert await state(lifting) == "closed"


async def test_the_site_sees_nothing_of_a_stop_before_the_chief_approves(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, kind="stop_work", reviewers=[cast.qin.id], recipients=[cast.fang.id])
    await station.does(cast.qin, notice, "pass")
    assert [who for who, _ in await told(notice)] == ["qin", "lin", "luo"]
    assert not await Case.exists(process="notice_reply")


async def test_a_chief_who_issues_a_stop_himself_has_approved_it(station: Station) -> None:
    notice = await station.notice(station.cast.chen, kind="stop_work", by=station.cast.luo)
    assert (notice.state, await status(station)) == ("open", "stopped")


async def test_a_project_that_two_notices_stop_goes_on_when_both_are_lifted(station: Station) -> None:
    one, other = await stopped(station), await stopped(station)
    await resumed(station, one)
    assert await status(station) == "stopped"
    await resumed(station, other)
    assert await status(station) == "normal"


async def test_what_was_stopped_before_the_notice_stays_stopped_after_it(station: Station) -> None:
    await Project.filter(id=station.cast.project.id).update(status=SupervisionStatus.STOPPED)
    one, other = await stopped(station), await stopped(station)
    await resumed(station, other)
    await resumed(station, one)
    assert await status(station) == "stopped"


async def test_a_partial_stop_leaves_the_rest_of_the_project_working(station: Station) -> None:
    notice = await station.notice(station.cast.chen, kind="partial_stop")
    notice = await station.does(station.cast.luo, notice, "approve")
    assert (notice.number, await status(station)) == ("海澄质安局停〔2026〕001号", "normal")
    assert (await resumed(station, notice)).state == "open"


async def test_one_stop_is_lifted_once(station: Station) -> None:
    cast = station.cast
    stop = await stopped(station)
    waits = await resumed(station, stop, reviewers=[cast.qin.id])
    await resumed(station, stop)
    with pytest.raises(Refusal, match=r"《滨江花园一期 停工通知》（海澄质安停〔2026〕001号）已经解除"):
        await station.does(cast.qin, waits, "pass")
    assert (await now(waits)).state == "pending"
    with pytest.raises(BadInput, match="「解除的停工通知」中有不能选择的内容"):
        await resumed(station, stop)


async def test_resume_work_names_the_stop_and_others_name_none(station: Station) -> None:
    with pytest.raises(BadInput, match="复工通知要写明解除哪一份停工通知"):
        await station.notice(station.cast.chen, **RESUME)
    stop = await stopped(station)
    with pytest.raises(BadInput, match="「解除的停工通知」中有不能选择的内容"):
        await station.notice(station.cast.chen, lifts=str(stop.id))


async def test_a_bad_conduct_record_is_signed_for_and_only_reminded_of(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, kind="bad_conduct")
    await station.does(cast.luo, notice, "approve")
    signed = await reply_of(notice, cast.chen)
    assert await state(signed) == "unsigned"
    title = "《滨江花园一期 不良行为记录通知》"
    assert await station.until(23, 12) == [
        ("chen", f"请在10月21日24时前签收{title}。"),
        ("chen", "told 超期"),
        ("lin", "told 超期"),
        ("chen", f"{title}还没有签收，请尽快签收。"),
        ("lin", f"{title}还没有签收，请尽快签收。"),
    ]
    assert not await Case.exists(process="overdue_matter")
    signed = await station.does(cast.chen, signed, "acknowledge")
    assert (signed.state, await state(notice)) == ("closed", "closed")


async def test_without_a_deadline_nothing_runs_out(station: Station) -> None:
    notice = await station.notice(station.cast.chen, kind="bad_conduct", deadline=None, by=station.cast.luo)
    assert await station.until(31, month=12) == []
    assert await state(await reply_of(notice, station.cast.chen)) == "unsigned"


async def test_numbers_of_each_kind_run_without_holes(station: Station) -> None:
    cast = station.cast
    await station.notice(cast.chen, kind="stop_work")
    numbers = [(await station.notice(cast.chen)).number for _ in range(2)]
    await stopped(station)
    numbers.append((await station.notice(cast.chen, kind="equipment_restriction")).number)
    assert numbers == ["海澄质安改〔2026〕001号", "海澄质安改〔2026〕002号", "海澄质安限〔2026〕001号"]


STEPPING_UP = """
[[kind]]
name = "rectification"
title = "限期整改通知"
paper = "rectification"
paper_title = "责令限期整改通知书"
series = "{station}质安改〔{year}〕{n:03d}号"
deadline = "required"
failed_reply = "partial_stop"

[[kind]]
name = "warning"
title = "提示函"
paper = "generic"
paper_title = "提示函"
series = "{station}质安示〔{year}〕{n:03d}号"
answer = "none"
"""


@pytest.fixture
async def strict(station: Station) -> AsyncIterator[Station]:
    """Where a failed reply steps up, as in Hubei, and some notices want no answer."""
    practice.use(Practice(kinds=shipped().with_changes(STEPPING_UP)))
    yield station
    practice.use(Practice())


async def test_a_failed_reply_steps_up_to_a_partial_stop_that_waits_for_the_chief(strict: Station) -> None:
    cast = strict.cast
    notice = await strict.notice(cast.chen, cast.fang)
    mine = await reply_of(notice, cast.chen)
    await strict.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    mine = await strict.judges(cast.lin, mine, returned=[3], accepted=[1, 2, 4, 5])
    assert (mine.state, await state(notice)) == ("escalated", "open")
    next_one = await Case.get(process="notice", parent_id=notice.id)
    assert (next_one.title, next_one.state, await waiting(next_one)) == (
        "滨江花园一期 局部停工通知",
        "approving",
        ["luo"],
    )
    assert (next_one.data["deadline"], next_one.data["repliers"]) == ("2026-10-21", [cast.chen.id])
    next_one = await strict.does(cast.luo, next_one, "approve")
    assert next_one.number == "海澄质安局停〔2026〕001号"
    assert await waiting(await reply_of(next_one, cast.chen)) == ["chen"]
    theirs = await reply_of(notice, cast.fang)
    await strict.replies(cast.fang, theirs, 1, 2, 3, 4, 5)
    await strict.does(cast.lin, theirs, "accept")
    assert await state(notice) == "closed"


async def test_it_steps_up_for_a_leader_when_the_issuer_has_left_and_never_for_the_chief(strict: Station) -> None:
    cast = strict.cast
    notice = await strict.notice(cast.chen, cast.fang)
    await admission.leave("lin")
    for replier, gone, author in ((cast.chen, "lin", cast.qin), (cast.fang, "qin", cast.lin)):
        await admission.leave(gone)
        mine = await reply_of(notice, replier)
        await strict.replies(replier, mine, 1, 2, 3, 4, 5)
        await strict.engine.succeed(mine.id)
        judge = cast.qin if gone == "lin" else cast.luo
        await strict.judges(judge, mine, returned=[3], accepted=[1, 2, 4, 5])
        next_one = await Case.filter(process="notice").order_by("-id").first()
        assert next_one is not None
        assert (next_one.author_id, next_one.state, await waiting(next_one)) == (author.id, "approving", ["luo"])


async def test_it_steps_up_also_when_the_holidays_of_next_year_are_not_known(strict: Station) -> None:
    cast = strict.cast
    strict.clock.moment = strict.clock.moment.replace(month=12, day=29)
    mine = await reply_of(await strict.notice(cast.chen, deadline="2027-01-31"), cast.chen)
    await strict.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    await strict.judges(cast.lin, mine, returned=[3], accepted=[1, 2, 4, 5])
    assert (await Case.get(process="notice", parent_id=mine.parent_id)).data["deadline"] == "2027-01-12"


async def test_where_it_steps_up_a_reply_that_is_accepted_still_closes(strict: Station) -> None:
    cast = strict.cast
    mine = await reply_of(await strict.notice(cast.chen), cast.chen)
    await strict.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    mine = await strict.judges(cast.lin, mine, returned=[], accepted=[1, 2, 3, 4, 5])
    assert (mine.state, await Case.filter(process="notice").count()) == ("closed", 1)


async def test_a_kind_that_wants_no_answer_is_told_to_the_site_and_done(strict: Station) -> None:
    notice = await strict.notice(strict.cast.chen, kind="warning", deadline=None)
    assert (notice.state, notice.number) == ("closed", "海澄质安示〔2026〕001号")
    assert await told(notice) == [("chen", "told 立即提交")]
    with pytest.raises(BadInput, match="提示函不需要回复，不能填写截止日期。"):
        await strict.notice(strict.cast.chen, kind="warning")


async def test_a_kind_that_is_given_up_meanwhile_can_only_be_failed(strict: Station) -> None:
    cast = strict.cast
    notice = await strict.notice(cast.chen, kind="warning", deadline=None, reviewers=[cast.qin.id])
    practice.use(Practice())
    with pytest.raises(Refusal, match="通知种类“warning”已经停用"):
        await strict.does(cast.qin, notice, "pass")
    assert (await strict.does(cast.qin, notice, "fail", opinion="已停用")).state == "failed"


async def test_a_kind_of_the_system_is_not_for_people_to_choose(station: Station) -> None:
    with pytest.raises(BadInput, match="「通知类型」请从 整改通知、停工通知"):
        await station.notice(station.cast.chen, kind="penalty_proposal")


async def test_a_station_without_a_chief_cannot_stop_work(station: Station) -> None:
    await Person.filter(id=station.cast.luo.id).update(active=False)
    with pytest.raises(Refusal, match="本站还没有登记站长，请联系管理员登记后再办理。"):
        await station.notice(station.cast.chen, kind="stop_work")


async def test_a_second_lead_judges_what_another_issued(station: Station) -> None:
    """X-3: the team lead judges; where he is the one who issued it, that is the same."""
    own = await Organisation.get(id=station.cast.station.id)
    mei = await Person.create(userid="mei", name="梅一舟", mobile="10000000031", org_id=own.id, role=Role.SUPERVISOR)
    notice = await station.notice(station.cast.chen, by=mei)
    mine = await reply_of(notice, station.cast.chen)
    await station.replies(station.cast.chen, mine, 1, 2, 3, 4, 5)
    assert await waiting(mine) == ["lin"]
    with pytest.raises((NotNow, Refusal)):
        await station.does(mei, mine, "accept")
    assert await actions(mine) == ["hand_out", "reply"]
    await everything_is_sound()
