"""What the paper of each kind says of its record, and how the record stands when somebody looks the paper up."""

from datetime import timedelta
from typing import Any

import pytest

from core.cases.models import Case
from core.papers.models import PaperRow
from notices import marks
from notices.papers.gathering import draft_of, head_of, of_notice
from notices.papers.matters import of_matter
from notices.papers.standing import standing
from tests.notices.story import Station, now, reply_of
from tests.notices.test_appeal import objected
from tests.notices.test_extension import asked
from tests.notices.test_kinds_at_work import resumed, stopped
from tests.notices.test_void import void

PLAIN: dict[str, Any] = {"deadline": None}


async def gathered(case: Case) -> Any:
    head = head_of(await PaperRow.get(case_id=case.id), "https://zhian.example")
    return await (of_notice(head, case) if case.process == "notice" else of_matter(head, case))


async def stands(case: Case) -> tuple[str, ...]:
    found = await standing(await now(case))
    return (found.caption, *found.lines)


async def test_a_paper_rests_on_what_was_so_when_it_was_issued(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(recipients=[cast.fang.id], notice_text="请立即整改。")
    at_once = await gathered(notice)
    mine = await reply_of(notice, cast.chen)
    await station.does(cast.lin, await asked(station, mine), "grant")
    assert await gathered(await now(notice)) == at_once
    assert await stands(notice) == ("现行有效", "签发以后，有回复人的期限经批准延长。")

    assert (at_once.title, at_once.doc_no, at_once.station) == (
        *("责令整改通知书", "海澄质安改〔2026〕001号", "海澄市质安监督站"),
    )
    assert [fact.number for fact in at_once.facts] == [1, 2, 3, 4, 5]
    assert at_once.addressee_units == ("海澄临港建工有限公司",)
    assert at_once.repliers == ("陈光泽（施工单位项目经理）",)
    assert at_once.copied_to == ("南屿正衡监理有限公司",)
    assert [one.name for one in at_once.inspectors] == ["林小舟"]
    assert at_once.consequences == (
        "超期后3个工作日仍未回复的，报告分管领导；",
        "超期后7个工作日仍未回复的，报告分管领导、站长；",
        "到期仍未完成的，我站将依法提出行政处罚建议，或者记录不良行为。",
    )


async def test_a_draft_has_neither_number_nor_address(station: Station) -> None:
    notice = await station.notice(kind="stop_work")
    draft = await draft_of(notice)
    assert (draft.doc_no, draft.verify_url, draft.issued_at, draft.approved_by) == ("", "", None, "")
    assert draft.deadline is not None
    assert not await PaperRow.exists(case_id=notice.id)
    issued = await gathered(await station.does(station.cast.luo, notice, "approve"))
    assert (issued.approved_by, issued.deadline) == ("罗敬川", draft.deadline)


async def test_a_stop_stands_until_it_is_lifted(station: Station) -> None:
    stop = await stopped(station)
    assert await stands(stop) == ("现行有效", "停工尚未解除。")
    mine = await reply_of(stop, station.cast.chen)
    await station.replies(station.cast.chen, mine, 1, 2, 3, 4, 5)
    await station.does(station.cast.lin, mine, "accept")
    assert await stands(stop) == ("现行有效", "整改已经完成，停工尚未解除。")
    station.clock.pass_time(minutes=1)
    lifting = await resumed(station, stop)
    assert await stands(stop) == ("已解除", "停工已由海澄质安复〔2026〕001号解除。")
    assert await stands(lifting) == ("现行有效",)
    await station.does(station.cast.chen, await reply_of(lifting, station.cast.chen), "acknowledge")
    assert await stands(lifting) == ("现行有效", "已经全部签收。")
    said = await gathered(lifting)
    assert (said.lifts.doc_no, said.check is not None, len(said.facts)) == (stop.number, True, 5)


async def test_a_check_from_before_the_stop_is_no_second_look(station: Station) -> None:
    check = await station.checked()
    station.clock.pass_time(minutes=1)
    stop = await stopped(station, check=check)
    said = await gathered(await resumed(station, stop, check=check))
    assert (said.check, said.facts) == (None, ())


async def test_every_kind_has_what_its_paper_needs(station: Station) -> None:
    chen, luo = station.cast.chen, station.cast.luo
    partial = await gathered(await station.notice(chen, kind="partial_stop", by=luo))
    assert partial.stopped_parts == ("3号楼 5层",)
    (restricted,) = (await gathered(await station.notice(chen, kind="equipment_restriction"))).equipment
    assert (restricted.location, restricted.restriction) == ("3号楼 5层", "整改完成并经我站复查同意前，不得使用。")
    bad = await station.notice(chen, kind="bad_conduct", by=luo, notice_text="拒不整改。", **PLAIN)
    said = await gathered(bad)
    assert (said.unit.name, said.unit.kind, said.conduct) == ("海澄临港建工有限公司", "施工单位", "拒不整改。")


@pytest.mark.parametrize("way", ["penalty_proposal", "overdue_bad_conduct"])
async def test_what_comes_of_an_overdue_reply_tells_how_it_came_to_it(station: Station, way: str) -> None:
    cast = station.cast
    notice = await station.notice()
    mine = await reply_of(notice, cast.chen)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    await station.judges(cast.lin, mine, [2, 4], [1, 3, 5])
    await station.until(22)
    matter = await Case.get(process="overdue_matter")
    await station.does(cast.lin, matter, "propose", way=way, facts="逾期未整改。")
    matter = await station.does(cast.luo, matter, "approve")
    said = await gathered(matter)
    assert ([fact.number for fact in said.facts], said.overdue.doc_no) == ([2, 4], notice.number)
    assert (said.unit.person, said.approved_by) == ("项目经理 陈光泽", "罗敬川")
    assert [one.what for one in said.happenings] == [
        "下发通知，告知整改期限（回复人：陈光泽）",
        "陈光泽回复",
        "林小舟逐条审核",
        "提醒（截止前3个工作日）",
        "提醒（截止前1个工作日）",
        "期限届满，未收到符合要求的回复",
    ]
    assert await stands(matter) == ("现行有效",)
    mark = next(one for one in await marks.of_reply(await now(mine)) if marks.name(one.key) == f"m{matter.id}")
    appeal = await objected(station, cast.chen, mine, mark.key)
    assert await stands(matter) == ("现行有效", "有人对这份文书认定的事实提出异议，正在裁决。")
    await station.does(cast.qin, appeal, "correct", reason="停电属实")
    assert await stands(matter) == ("已更正", "经裁决异议成立，这份文书认定的事实已经更正。")
    await void(station, matter)
    assert await stands(matter) == ("已作废", "这份文书已经作废，不再有效。")


async def test_a_deputy_signs_for_whoever_sent_him(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(kind="stop_work")
    until = station.clock.now() + timedelta(days=3)
    assert await station.engine.hand_over(notice.id, cast.luo, cast.qin, until)
    assert (await gathered(await station.does(cast.qin, notice, "approve"))).approved_by == "秦若岩（受罗敬川委托）"
