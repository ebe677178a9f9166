"""A check that asked for a notice waits for it among what its inspector has to do (HN-22)."""

import asyncio

from core.cases import ledgers
from core.cases.models import Case
from core.errors import NotNow
from core.people.models import Person
from notices import following
from notices.ledgers import TODO
from tests.core.cases.story import actions, waiting
from tests.notices.story import Station, now


async def todo(station: Station, person: Person) -> list[Case]:
    """As home and 待办 list it, which the app's tile counts, too."""
    processes = list(station.engine.processes.values())
    found = await ledgers.find(TODO, processes, person.id)
    tiles = await ledgers.waiting_for_all(processes)
    assert tiles.get(str(person.userid), (0, 0))[0] == len(found.cases)
    return found.cases


async def test_what_was_asked_for_waits_from_the_pass_until_the_notice_is_handed_in(station: Station) -> None:
    cast = station.cast
    check = await station.checked(["临边无防护"], reviewers=[cast.luo.id], with_notice=True)
    assert await todo(station, cast.lin) == []
    await station.does(cast.luo, check, "pass")
    (owed,) = await todo(station, cast.lin)
    assert (owed.title, owed.data, await waiting(owed)) == (
        "滨江花园一期 下发整改通知",
        {"number": check.number},
        ["lin"],
    )

    found = await following.begun_by(cast.lin, owed, "notice")
    begun = {"kind": "rectification", "project": cast.project.id, "cited_check": str(check.id)}
    assert dict(await found.answers(owed)) == begun
    notice = await station.notice(check=check, reviewers=[cast.luo.id])
    assert ((await now(notice)).state, await todo(station, cast.lin)) == ("pending", [])
    assert await actions(owed) == ["owe", "begin"]
    await station.does(cast.luo, notice, "pass")
    assert await actions(owed) == ["owe", "begin"]


async def test_nothing_waits_where_nothing_is_to_be_put_right_or_nothing_was_asked_for(station: Station) -> None:
    cast = station.cast
    await station.checked([], with_notice=True)
    await station.checked(["临边无防护"])
    failed = await station.checked(["临边无防护"], reviewers=[cast.luo.id], with_notice=True)
    await station.does(cast.luo, failed, "fail", opinion="照片看不清")
    assert await todo(station, cast.lin) == []


async def test_whoever_does_not_issue_it_after_all_says_why(station: Station) -> None:
    check = await station.checked(["临边无防护"], with_notice=True)
    (owed,) = await todo(station, station.cast.lin)
    await station.does(station.cast.lin, owed, "drop", reason="已当场整改")
    assert await todo(station, station.cast.lin) == []
    notice = await station.notice(check=check)  # the check may still be cited
    assert (await now(notice)).state == "open"


async def test_given_up_and_handed_in_at_the_same_moment(station: Station) -> None:
    cast = station.cast
    check = await station.checked(["临边无防护"], with_notice=True)
    (owed,) = await todo(station, cast.lin)
    drop = station.engine.perform(owed.id, "drop", cast.lin, {"reason": "已当场整改"}, key="drop")
    notice, dropped = await asyncio.gather(station.notice(check=check), drop, return_exceptions=True)
    assert isinstance(notice, Case)
    assert await todo(station, cast.lin) == []
    assert (await now(owed)).state == ("begun" if isinstance(dropped, NotNow) else "dropped")
