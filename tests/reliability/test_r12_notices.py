"""R12 for notices: the database refuses in the middle of issuing, of declaring void and of sweeping. Nothing is half
done, no number is lost, and what was asked again or is swept again happens once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError

from core import database
from core.cases.models import Case
from core.errors import NotNow
from core.people.models import Person
from tests.core.cases.story import actions, rows, state
from tests.notices import story
from tests.notices.story import Station, now, reply_of
from tests.reliability.figures import Figures, many
from tests.reliability.test_r12_database_trouble import CODES

RACES = {"deadlock": "40P01", "serialization failure": "40001", "statement timeout": "57014"}
FAIL = """
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'trouble' USING ERRCODE = '{code}'; END $$;
    CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON case_history DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION fail()
"""
OVER = "DROP TRIGGER fail ON case_history; DROP FUNCTION fail()"
TROUBLES = (asyncpg.PostgresError, OperationalError)


@pytest.fixture
async def station(migrated_url: str) -> AsyncIterator[Station]:
    async with story.station(migrated_url) as made:
        yield made


@asynccontextmanager
async def trouble(code: str) -> AsyncIterator[None]:
    """On SQLite a file that cannot be written to, whatever the code."""
    connection: Any = get_connection("default")
    if database.is_postgresql():
        await connection.execute_script(FAIL.format(code=code))
        yield
        await connection.execute_script(OVER)
    else:
        await connection.execute_script("PRAGMA query_only = 1")
        yield
        await connection.execute_script("PRAGMA query_only = 0")


async def refused(code: str, act: Callable[[], Awaitable[object]]) -> None:
    before = await rows()
    async with trouble(code):
        with pytest.raises(TROUBLES):
            await act()
    assert await rows() == before


@pytest.mark.parametrize("name", [*CODES, *RACES])
async def test_a_notice_in_a_database_in_trouble(station: Station, figures: Figures, name: str) -> None:
    cast, check, code = station.cast, await station.checked(), (CODES | RACES)[name]
    for number in range(1, many(1, 20) + 1):
        data = await station.draft(check, cast.chen)
        issue = Issue(station, data, f"issue:{number}")
        await refused(code, issue)
        notice = await issue()
        mine = await reply_of(notice, cast.chen)
        await _swept_late(station, mine, code)
        await refused(code, lambda key=f"void:{number}", notice=notice: _void(station, notice, key))  # type: ignore[misc]
        await _void(station, notice, f"void:{number}")
        assert (notice.number, await state(notice)) == (f"海澄质安改〔2026〕{number:03d}号", "voided")
        station.clock.moment = story.story.MONDAY
        figures.add(refused=3, half_done=0, numbers=1)


class Issue:
    """The same request, as often as it is asked."""

    def __init__(self, station: Station, data: dict[str, Any], key: str) -> None:
        self._station, self._data, self._key = station, data, key

    async def __call__(self) -> Case:
        return (await self._station.engine.open("notice", self._station.cast.lin, self._data, key=self._key)).case


async def _void(station: Station, notice: Case, key: str) -> None:
    luo: Person = station.cast.luo
    await station.engine.open("voiding", luo, {"reason": "依据有误"}, key=key, parent=await now(notice))


async def _swept_late(station: Station, mine: Case, code: str) -> None:
    """What failed comes up again when its lease is over."""
    station.clock.pass_time(days=10)
    async with trouble(code):
        if database.is_postgresql():
            await station.engine.sweep_all()
    failed = await actions(mine)
    station.clock.pass_time(minutes=1)
    await station.engine.sweep_all()
    assert (failed, await actions(mine)) == (["hand_out"], ["hand_out", "expire", "late"])


async def test_two_who_hold_what_the_other_wants(station: Station, figures: Figures) -> None:
    """A reply is accepted, which closes its notice, while that is declared void, which closes its replies."""
    cast, check = station.cast, await station.checked(["临边无防护"])
    for number in range(many(3, 60)):
        notice = await station.notice(cast.chen, check=check)
        mine = await reply_of(notice, cast.chen)
        await station.replies(cast.chen, mine, 1)
        both = await asyncio.gather(
            station.does(cast.lin, mine, "accept"), _void(station, notice, f"void:{number}"), return_exceptions=True
        )
        assert [type(one) for one in both if isinstance(one, BaseException)] in ([], [NotNow])
        assert (await state(notice), await state(mine)) in {("voided", "voided"), ("voided", "closed")}
        figures.add(races=1, half_done=0)
