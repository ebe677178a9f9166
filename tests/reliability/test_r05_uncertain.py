"""Whether a message arrived is unknown, and WeCom would no longer recognise its repeat: a person is asked to look."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.doctor import machine
from bot.talk import text_letter, update_letter
from core.cases.models import Delivery, OutboxRow, UpdateCode
from core.people.models import Person
from tests.reliability.figures import Figures
from tests.reliability.twins import Twins, inspectors, promise, twins

OUT_OF_SIGHT = 3 * 3600  # WeCom recognises a repeat for at least 10,800 s
ASKED = "不确定是否送达，请人工核实"


@pytest.fixture
async def pair(migrated_url: str, tmp_path: Path) -> AsyncIterator[Twins]:
    async with twins(migrated_url, tmp_path) as made:
        yield made


@pytest.fixture
async def lin(pair: Twins) -> Person:
    return await Person.get(userid=(await inspectors(pair, 1))[0])


def calls(pair: Twins, path: str) -> int:
    return len([entry for entry in pair.world.traffic.after(0) if entry.path == f"/cgi-bin/{path}"])


async def seen_by_the_monitor(pair: Twins) -> str:
    async with aiohttp.ClientSession() as http, http.get(f"{pair.world.config.service_url}/metrics") as answer:
        return str(re.findall(r'zhian_outbox_rows\{state="uncertain"\} (\S+)', await answer.text())[0])


@pytest.mark.parametrize(("fault", "arrived"), [("reset_after", 1), ("reset_before", 0)])
async def test_it_is_not_sent_again_and_an_administrator_sees_it(
    fault: str, arrived: int, pair: Twins, lin: Person, figures: Figures
) -> None:
    pair.world.faults.set(fault, "message/send")
    await promise([text_letter(lin, "第一条", "one")])
    await pair.pass_time(20)
    await pair.pass_time(OUT_OF_SIGHT, OUT_OF_SIGHT)
    pair.world.faults.clear()
    sends = calls(pair, "message/send")
    await promise([text_letter(lin, "第二条", "two")])
    await pair.pass_time(600, 60)
    row = await OutboxRow.get(dedupe_key="one")
    figures.add(sends=calls(pair, "message/send"), uncertain=1, twice=0)
    assert (row.state, row.error) == (Delivery.UNCERTAIN, ASKED)
    assert calls(pair, "message/send") == sends + 1
    assert pair.shown("lin0") == ["第一条"] * arrived + ["第二条"]
    assert await seen_by_the_monitor(pair) == "1.0"
    told = [finding.found for finding in await machine._queues()]
    assert told == ["0 条没有送达，1 条不确定是否送达。"]


async def test_within_the_window_it_is_repeated_and_shown_once(pair: Twins, lin: Person, figures: Figures) -> None:
    pair.world.faults.set("reset_after", "message/send")
    await promise([text_letter(lin, "第一条", "one")])
    await pair.pass_time(20)
    await pair.pass_time(9_000, 9_000)
    pair.world.faults.clear()
    await pair.until_quiet(60)
    figures.add(sends=calls(pair, "message/send"), uncertain=0, lost=0, twice=0)
    assert pair.shown("lin0") == ["第一条"]
    assert (await OutboxRow.get()).state == Delivery.SENT


@pytest.mark.parametrize(("fault", "answered"), [("reset_before", False), ("reset_after", True)])
async def test_words_instead_of_a_card_are_repeated_like_any_message(
    fault: str, answered: bool, pair: Twins, lin: Person, figures: Figures
) -> None:
    """The card's code is of no use any more, and the words in its place meet a connection that breaks."""
    await UpdateCode.create(code="spent", task_id="task", recipient="lin0", issued_at=pair.clock.now(), case_id=None)
    pair.world.faults.set(fault, "message/send")
    change = update_letter(lin, {"replace_name": "已办"}, "task", "update", fallback="罗敬川已通过，您无需再办理。")
    await promise([change])
    await pair.pass_time(5)
    assert len(pair.shown("lin0")) == answered
    pair.world.faults.clear()
    await pair.until_quiet(60)
    figures.add(sends=calls(pair, "message/send"), lost=0, twice=0)
    assert pair.shown("lin0") == ["罗敬川已通过，您无需再办理。"]
    assert (await OutboxRow.get()).state == Delivery.SENT
