"""Who has left decides nothing any more: what waits for him, or would come to him, goes to somebody who is there."""

from bot import departures
from core.cases.models import Case, OutboxRow
from core.people import admission
from tests.core.cases.story import content, state, waiting
from tests.notices.story import Station, now, reply_of

DAY_AFTER = 22  # October: the term is over


async def test_the_overdue_matter_of_an_issuer_who_left_goes_to_a_leader(station: Station) -> None:
    cast = station.cast
    await station.notice(cast.chen)
    await admission.leave("lin")
    await station.until(DAY_AFTER)
    matter = await Case.get(process="overdue_matter")
    assert await waiting(matter) == ["qin"]
    await station.does(cast.qin, matter, "propose", way="penalty_proposal", facts="逾期未整改")
    assert await waiting(matter) == ["luo"]


async def test_what_waits_for_a_judge_who_leaves_goes_on_with_somebody_else(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(cast.chen), cast.chen)
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    await admission.leave("lin")
    assert await departures.see_to(station.engine) == 1
    assert await waiting(mine) == ["qin"]
    assert (await content(mine, 3))["note"] == "林小舟已离开，转由在岗人员办理"
    assert await departures.see_to(station.engine) == 0
    await station.does(cast.qin, mine, "accept")
    assert await state(mine) == "closed"


async def test_the_last_who_is_there_may_decide_alone_what_comes_of_it(station: Station) -> None:
    cast = station.cast
    await station.notice(cast.chen)
    await station.until(DAY_AFTER)
    matter = await Case.get(process="overdue_matter")
    for one in ("lin", "qin"):
        await admission.leave(one)
    await departures.see_to(station.engine)
    assert await waiting(matter) == ["luo"]
    matter = await station.does(cast.luo, matter, "propose", way="penalty_proposal", facts="逾期未整改")
    assert matter.state == "issued"


async def test_of_a_replier_who_left_whoever_issued_the_notice_is_told(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(cast.chen), cast.chen)
    await admission.leave("chen")
    await departures.see_to(station.engine)
    await departures.see_to(station.engine)
    told = await OutboxRow.filter(recipient="lin", dedupe_key__startswith="gone:")
    assert [row.body for row in told] == [
        "《滨江花园一期 整改通知》（海澄质安改〔2026〕001号）在 陈光泽 手上，但 陈光泽 已离开，现在没有人能办理。"
        "请向该单位确认接替人员，再发送“新建通知”下发给接替的人员。"
    ]
    assert (await now(mine)).state == "waiting"


async def test_who_has_left_does_not_come_back_by_a_request_that_is_made_later(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(cast.chen), cast.chen)
    await admission.leave("lin")
    for process, more in (("extension", {"until": "2026-10-28"}), ("pause", {})):
        data = {"reason": "连日暴雨"} | more
        asked = (await station.engine.open(process, cast.chen, data, key=process, parent=mine)).case
        assert await waiting(asked) == ["lin"]
        await departures.see_to(station.engine)
        assert await waiting(asked) == ["qin"]
    await station.does(cast.qin, asked, "grant")
    await departures.see_to(station.engine)
    assert await waiting(asked) == ["qin"]
