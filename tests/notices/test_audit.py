"""The auditor names what does not hold, whatever was done to the database behind the service's back."""

from collections.abc import AsyncIterator

import pytest

from bot import auditing
from core import database
from tests.notices import story
from tests.notices.story import Station, reply_of

NOBODY = "it waits for somebody, and is nobody's turn"
DAMAGE = {
    "a turn that was taken away": (
        "UPDATE case_participant SET turn = false WHERE case_id = {reply}",
        ["case {reply}: " + NOBODY],
    ),
    "a clock that nobody looks at": (
        "UPDATE case_clock SET next_step_at = NULL WHERE case_id = {reply}",
        [
            "case {reply}: nobody will look at the next moment of the deadline 'due' in time",
        ],
    ),
    "a clock that is gone": (
        "DELETE FROM case_clock WHERE case_id = {reply}",
        ["case {reply}: its deadline 'due' does not run"],
    ),
    "a number that is lost": (
        "UPDATE number_series SET given = given + 1 WHERE key LIKE '%改%'",
        ["the number 海澄质安改〔2026〕002号 was given and no case has it"],
    ),
    "a message that is lost": (
        "DELETE FROM outbox WHERE case_id = {reply} AND recipient = 'chen'",
        ["case {reply}: it is the turn of person {chen}, to whom no message is promised"],
    ),
    "a state that somebody changed": (
        "UPDATE case_record SET state = 'closed' WHERE id = {notice}",
        [
            "case {notice}, row 1: the case's state differs from what its history says",
            "case {notice}: it is not closed in the state 'closed'",
            "notice {notice}: it is closed, and 1 replies to it have not ended",
        ],
    ),
    "a paper that is lost": (
        "DELETE FROM paper WHERE case_id = {notice}",
        ["case {notice}: it has a number, and no paper of this number was promised"],
    ),
    "a project that goes on": (
        "UPDATE project SET status = 'normal' WHERE id = {project}",
        ["project {project}: 海澄质安停〔2026〕001号 stopped it, and it goes on"],
    ),
}


@pytest.fixture
async def ruin(migrated_url: str) -> AsyncIterator[Station]:
    async with story.station(migrated_url, damaged=True) as made:
        yield made


async def found() -> list[str]:
    return [fault async for fault in auditing.faults()]


@pytest.mark.parametrize("damage", DAMAGE)
async def test_damage_is_named(ruin: Station, damage: str) -> None:
    station, cast = ruin, ruin.cast
    await station.notice(cast.chen, kind="stop_work", by=cast.luo)
    notice = await station.notice(cast.chen)
    mine = await reply_of(notice, cast.chen)
    await station.until(22, 12)
    statement, faults = DAMAGE[damage]
    named = {"reply": mine.id, "notice": notice.id, "project": cast.project.id, "chen": cast.chen.id}
    assert await found() == []
    await database.rows(statement.format(**named))
    station.clock.pass_time(days=1)
    assert await found() == [fault.format(**named) for fault in faults]
