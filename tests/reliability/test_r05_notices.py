"""R5 for notices: whether a notice's card arrived is unknown, and WeCom would no longer recognise its repeat. It is not
sent again, a person is asked to look, and the deadline of its reply goes on as if nothing had happened."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot import auditing
from bot.doctor import machine
from core import clock
from core.cases.models import Case, Delivery, OutboxRow
from core.people.models import Person
from tests.core.cases.story import actions
from tests.notices.story import answer, reply_of
from tests.reliability.figures import Figures
from tests.reliability.twins import Twins, twins
from tests.town import Cast, settle_down

OUT_OF_SIGHT = 3 * 3600  # WeCom recognises a repeat for at least 10,800 s
ASKED = "不确定是否送达，请人工核实"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=clock.ZONE)
DAY = timedelta(days=1)


@pytest.fixture
async def pair(migrated_url: str, tmp_path: Path) -> AsyncIterator[Twins]:
    async with twins(migrated_url, tmp_path) as made:
        yield made


async def _settled(pair: Twins) -> Cast:
    ahead = (MONDAY - clock.now()).total_seconds()
    pair.clock.moved += timedelta(seconds=ahead)
    pair.world.clock.advance(ahead)
    cast = await settle_down()
    for person in (cast.lin, cast.luo, cast.qin, cast.chen, cast.fang):
        pair.admit(str(person.userid), person.name)
    return cast


async def _issued(pair: Twins, cast: Cast, key: str) -> Case:
    """To 陈光泽, due on the third working day after Monday."""
    engine, project = pair.replicas[0].engine, cast.project.id
    seen = {
        "project": project,
        "check_type": "safety",
        "checked_location": "3号楼",
        "findings": [{"note": "临边无防护"}],
    }
    check = (await engine.open("check_report", cast.lin, seen, key="check")).case
    said = {"kind": "rectification", "project": project, "addressee_units": [str(cast.chen.org_id)]}
    said |= {"cited_check": str(check.id), "deadline": "2026-11-26", "repliers": [cast.chen.id]}
    return (await engine.open("notice", cast.lin, said, key=key)).case


async def _sweeps(pair: Twins, moment: datetime) -> None:
    seconds = (moment - clock.now()).total_seconds()
    await pair.pass_time(seconds, seconds)
    for house in pair.replicas:
        await house.engine.sweep_all()
    await pair.until_quiet(120)


def _cards(pair: Twins, person: Person) -> int:
    return sum("待回复：通知回复" in text for text in pair.shown(str(person.userid)))


@pytest.mark.parametrize(("fault", "arrived"), [("reset_after", 1), ("reset_before", 0)])
async def test_a_card_that_nobody_knows_of(fault: str, arrived: int, pair: Twins, figures: Figures) -> None:
    cast = await _settled(pair)
    await _issued(pair, cast, "first")
    await pair.until_quiet(60)
    pair.world.faults.set(fault, "message/send")
    notice = await _issued(pair, cast, "second")
    mine = await reply_of(notice, cast.chen)
    await pair.pass_time(20)
    await pair.pass_time(OUT_OF_SIGHT, OUT_OF_SIGHT)
    pair.world.faults.clear()
    await pair.until_quiet(600, 60)
    card = await OutboxRow.get(case_id=mine.id, kind="card")
    assert (card.state, card.error, _cards(pair, cast.chen)) == (Delivery.UNCERTAIN, ASKED, 1 + arrived)
    assert "不确定是否送达" in "".join(finding.found for finding in await machine._queues())

    await _sweeps(pair, MONDAY + 2 * DAY + timedelta(minutes=1))
    assert pair.shown("chen")[-1].startswith("《滨江花园一期 整改通知》要求在11月26日24时前回复，只剩1个工作日。")
    said = {"answers": [answer(1, done_on=clock.today())]}
    await pair.replicas[1].engine.perform(mine.id, "reply", cast.chen, said, key="reply")
    await _sweeps(pair, MONDAY + 7 * DAY)
    assert (await actions(mine), _cards(pair, cast.chen)) == (["hand_out", "tomorrow", "reply"], 1 + arrived)
    assert [fault async for fault in auditing.faults()] == []
    figures.add(uncertain=await OutboxRow.filter(state=Delivery.UNCERTAIN).count(), twice=0, lost=0)
