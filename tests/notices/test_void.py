"""A notice that was issued by mistake is declared void: its number stays, what it set in motion ends (BY-13)."""

import asyncio

import pytest

from core.cases.models import Case, Series
from core.errors import Refusal
from core.people.models import Person
from core.projects.models import Project
from notices import numbers
from tests.core.cases.story import actions, state, told, waiting
from tests.notices.story import Station, now, reply_of

WHY = "引用的检查记录有误"
RESUME = {"kind": "resume_work", "deadline": None}


async def void(station: Station, paper: Case, by: Person | None = None, reason: str = WHY) -> Case:
    who = by or station.cast.luo
    await station.engine.open("voiding", who, {"reason": reason}, key=station.key(), parent=paper)
    return await now(paper)


async def project_status(station: Station) -> str:
    return (await Project.get(id=station.cast.project.id)).status.value


async def test_nobody_owes_anything_to_a_void_notice(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, cast.fang)
    mine, theirs = await reply_of(notice, cast.chen), await reply_of(notice, cast.fang)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    more = {"until": "2026-10-28", "reason": "连日暴雨"}
    asked = (await station.engine.open("extension", cast.fang, more, key="more", parent=theirs)).case
    notice = await void(station, notice)
    assert (notice.state, notice.number) == ("voided", "海澄质安改〔2026〕001号")
    assert [await state(one) for one in (mine, theirs, asked)] == ["voided", "voided", "lapsed"]
    assert [await waiting(one) for one in (notice, mine, theirs, asked)] == [[], [], [], []]
    assert (await told(notice))[-4:] == [
        ("lin", "told 作废"),
        ("chen", "told 作废"),
        ("fang", "told 作废"),
        ("luo", "told 作废"),
    ]
    assert (await told(mine))[-1] == ("lin", "relieved 作废")
    assert (await told(theirs))[-1] == ("fang", "relieved 作废")
    assert await station.until(30, 12) == []
    with pytest.raises(Refusal):
        await station.replies(cast.fang, theirs, 1, 2, 3, 4, 5)


async def test_a_matter_that_waits_ends_and_one_that_was_issued_is_declared_void_itself(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, cast.fang)
    await station.until(22, 9)
    first, second = await Case.filter(process="overdue_matter").order_by("id")
    await station.does(cast.lin, first, "propose", way="penalty_proposal", facts="逾期未整改")
    await station.does(cast.luo, first, "approve")
    await void(station, notice)
    assert [await state(one) for one in (first, second)] == ["issued", "lapsed"]
    assert (await void(station, first)).state == "voided"
    assert await actions(first) == ["draw_up", "propose", "approve", "void"]


async def test_an_objection_that_nobody_decides_any_more_leaves_what_was_issued_as_it_was(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen)
    mine = await reply_of(notice, cast.chen)
    await station.until(22, 9)
    matter = await Case.get(process="overdue_matter")
    await station.does(cast.lin, matter, "propose", way="penalty_proposal", facts="逾期未整改")
    matter = await station.does(cast.luo, matter, "approve")
    data = {"mark": f"m{matter.id} 处罚建议书{matter.number}", "statement": "已提前说明"}
    appeal = (await station.engine.open("appeal", cast.chen, data, key="appeal", parent=mine)).case
    await void(station, notice)
    matter = await now(matter)
    assert (await state(appeal), matter.state, matter.data["marks"]) == ("lapsed", "issued", {})


async def test_what_was_late_and_closed_has_nothing_to_decide_either(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen)
    mine = await reply_of(notice, cast.chen)
    await station.until(22, 9)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    await station.does(cast.lin, mine, "accept")
    matter = await Case.get(process="overdue_matter")
    assert (await state(notice), await state(matter)) == ("closed", "choose")
    await void(station, notice)
    assert [await state(one) for one in (notice, mine, matter)] == ["voided", "closed", "lapsed"]


async def test_a_void_stop_lets_the_work_go_on_and_a_void_resumption_stops_it_again(station: Station) -> None:
    cast, check = station.cast, await station.checked()
    stop = await station.notice(cast.chen, check=check, kind="stop_work", by=cast.luo)
    other = await station.notice(cast.chen, check=check, kind="stop_work", by=cast.luo)
    await void(station, stop)
    assert await project_status(station) == "stopped"
    resumed = await station.notice(cast.chen, check=check, lifts=str(other.id), **RESUME)
    assert await project_status(station) == "normal"
    await void(station, resumed)
    assert await project_status(station) == "stopped"
    await void(station, other)
    assert await project_status(station) == "normal"
    with pytest.raises(Refusal, match="不能选择的内容"):
        await station.notice(cast.chen, check=check, lifts=str(other.id), **RESUME)


async def test_a_void_resumption_leaves_a_project_alone_whose_supervision_has_ended(station: Station) -> None:
    cast, check = station.cast, await station.checked()
    stop = await station.notice(cast.chen, check=check, kind="stop_work", by=cast.luo)
    resumed = await station.notice(cast.chen, check=check, lifts=str(stop.id), **RESUME)
    await Project.filter(id=cast.project.id).update(status="terminated")
    await void(station, resumed)
    assert await project_status(station) == "terminated"


async def test_a_resumption_that_waits_while_its_stop_is_declared_void_is_not_issued(station: Station) -> None:
    cast, check = station.cast, await station.checked()
    stop = await station.notice(cast.chen, check=check, kind="stop_work", by=cast.luo)
    resumption = await station.notice(cast.chen, check=check, lifts=str(stop.id), reviewers=[cast.qin.id], **RESUME)
    await void(station, stop)
    with pytest.raises(Refusal, match="已经作废，不需要再下发复工通知。"):
        await station.does(cast.qin, resumption, "pass")


async def test_only_the_chief_and_only_what_was_issued_and_only_once(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen)
    with pytest.raises(Refusal, match="「作废」由站长办理，您的岗位不能发起。"):
        await void(station, notice, by=cast.lin)
    with pytest.raises(Refusal, match="请填写「作废的原因」"):
        await void(station, notice, reason="")
    waiting_for_chief = await station.notice(cast.chen, kind="stop_work")
    with pytest.raises(Refusal, match="还没有下发，没有文号，不需要作废。"):
        await void(station, waiting_for_chief)
    both = await asyncio.gather(*(void(station, notice) for _ in range(3)), return_exceptions=True)
    assert (
        sorted(str(one) for one in both if isinstance(one, Refusal)) == [f"{notice.number}已经作废，不用再办理。"] * 2
    )
    assert (await actions(notice)).count("void") == 1


async def test_a_notice_that_is_accepted_while_it_is_declared_void_ends_once(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen)
    mine = await reply_of(notice, cast.chen)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    await asyncio.gather(station.does(cast.lin, mine, "accept"), void(station, notice), return_exceptions=True)
    assert (await state(notice), await state(mine)) in {("voided", "voided"), ("voided", "closed")}


async def test_the_report_lists_every_series_with_what_is_void_and_what_is_missing(station: Station) -> None:
    cast, check = station.cast, await station.checked()
    notices = [await station.notice(cast.chen, check=check) for _ in range(3)]
    await void(station, notices[1])
    said = [line for one in await numbers.of_year(2026, [cast.station.id]) for line in one.lines()]
    assert said == [
        "海澄检〔2026〕：共1号，作废0号，没有缺号",
        "海澄质安改〔2026〕：共3号，作废1号，没有缺号",
        f"  海澄质安改〔2026〕002号 已作废（10月12日 09:00 罗敬川）：{WHY}",
    ]
    assert (await numbers.of_year(2026, [cast.station.parent_id or 0]), await numbers.of_year(2025)) == ([], [])
    await Series.filter(key="海澄质安改〔2026〕000号").update(given=5)
    (_, notices_series) = await numbers.of_year(2026)
    await Series.filter(key="海澄质安改〔2026〕000号").update(given=3)
    assert (
        notices_series.lines()[0]
        == "海澄质安改〔2026〕：共5号，作废1号，缺号2个：海澄质安改〔2026〕004号、海澄质安改〔2026〕005号"
    )
