"""Several people and several processes act on notices at the same moment: each thing happens once, in some order."""

import asyncio

from core import clock
from core.cases.models import Case
from core.errors import NotNow, Refusal
from core.people.models import Person
from core.projects.models import Project
from tests.core.cases.story import actions
from tests.notices.story import Station, now, reply_of

RESUME = {"kind": "resume_work", "deadline": None}


async def test_the_last_two_repliers_end_a_notice_once(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, cast.fang)
    parts = [await reply_of(notice, person) for person in (cast.chen, cast.fang)]
    for person, part in zip((cast.chen, cast.fang), parts, strict=True):
        await station.replies(person, part, 1, 2, 3, 4, 5)
    await asyncio.gather(*(station.does(cast.lin, part, "accept") for part in parts))
    assert await actions(notice) == ["submit", "complete"]


async def test_numbers_of_notices_that_are_issued_together_have_no_holes(station: Station) -> None:
    cast, check = station.cast, await station.checked()
    issued = await asyncio.gather(
        *(station.notice(cast.chen, check=check, by=by) for by in (cast.lin, cast.luo, cast.qin) * 4)
    )
    assert sorted(str(one.number) for one in issued) == [f"海澄质安改〔2026〕{n:03d}号" for n in range(1, 13)]


async def test_two_stops_at_once_remember_what_the_project_was(station: Station) -> None:
    cast, check = station.cast, await station.checked()
    stops = [await station.notice(cast.chen, check=check, kind="stop_work") for _ in range(2)]
    await asyncio.gather(*(station.does(cast.luo, stop, "approve") for stop in stops))
    for stop in stops:
        assert (await Project.get(id=cast.project.id)).status.value == "stopped"
        await station.notice(cast.chen, check=check, lifts=str(stop.id), **RESUME)
    assert (await Project.get(id=cast.project.id)).status.value == "normal"


async def test_one_stop_that_two_lift_at_once_is_lifted_once(station: Station) -> None:
    cast, check = station.cast, await station.checked()
    stop = await station.notice(cast.chen, check=check, kind="stop_work", by=cast.luo)

    async def lift(by: Person) -> Case:
        return await station.notice(cast.chen, check=check, by=by, lifts=str(stop.id), **RESUME)

    both = await asyncio.gather(lift(cast.lin), lift(cast.qin), return_exceptions=True)
    assert sorted(isinstance(one, Refusal) for one in both) == [False, True]
    numbers = await Case.filter(process="notice", number__isnull=False).order_by("id").values_list("number", flat=True)
    assert list(numbers) == ["海澄质安停〔2026〕001号", "海澄质安复〔2026〕001号"]
    assert (await Project.get(id=cast.project.id)).status.value == "normal"


async def test_many_sweepers_draw_up_one_matter_per_late_reply(station: Station) -> None:
    cast, check = station.cast, await station.checked()
    notices = [await station.notice(cast.chen, cast.fang, check=check) for _ in range(4)]
    station.clock.pass_time(days=20)
    await asyncio.gather(*(station.engine.sweep(limit=3) for _ in range(6)))
    while await station.engine.sweep():
        pass
    assert await Case.filter(process="overdue_matter").count() == 2 * len(notices)


async def test_time_that_is_granted_while_the_reply_is_accepted_leaves_both_sound(station: Station) -> None:
    cast = station.cast
    mine = await reply_of(await station.notice(cast.chen), cast.chen)
    asked = {"until": "2026-10-28", "reason": "连日暴雨"}
    extension = (await station.engine.open("extension", cast.chen, asked, key="more", parent=mine)).case
    await station.replies(cast.chen, mine, 1, 2, 3, 4, 5)
    both = await asyncio.gather(
        station.does(cast.lin, extension, "grant"), station.does(cast.lin, mine, "accept"), return_exceptions=True
    )
    assert [type(one) for one in both if isinstance(one, BaseException)] in ([], [NotNow])
    assert (await now(extension)).state in ("granted", "lapsed")


async def test_sweepers_say_nothing_of_a_clock_that_is_paused_at_the_same_moment(station: Station) -> None:
    cast = station.cast
    notice = await station.notice(cast.chen, cast.fang)
    mine = [await reply_of(notice, person) for person in (cast.chen, cast.fang)]
    station.clock.moment = clock.now().replace(day=16, hour=1)  # the first reminder is due this minute
    sweeps = [station.engine.sweep() for _ in range(4)]
    reason = {"reason": "台风停工"}
    orders = [station.engine.open("pause", cast.lin, reason, key=station.key(), parent=one) for one in mine]
    await asyncio.gather(*sweeps, *orders)
    said = [[one for one in await actions(reply) if one != "pause"] for reply in mine]
    await station.until(30)
    for reply, before in zip(mine, said, strict=True):
        assert before in (["hand_out"], ["hand_out", "soon"])
        assert [one for one in await actions(reply) if one != "pause"] == before
