"""WeCom delivers a callback again, sometimes to another replica, sometimes before an earlier one: it acts once, every
delivery gets the same reply, and none waits five seconds for it. (Where a transaction takes longer, it is answered that
the work goes on: then, too, it acts once.)"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tortoise.expressions import Q

from core.cases.models import Case, HistoryRow, InboxRow, OutboxRow
from simulator import xml
from simulator.envelope import Envelope, Sealed
from tests.operation.fleet import inhabited
from tests.reliability import figures as kept
from tests.reliability.askers import Askers
from tests.reliability.crew import Crew, crew
from tests.reliability.figures import Figures
from tests.town import PATIENCE_SECONDS
from webhooks.callback import STILL_WORKING

DELIVERIES = kept.many(2_000, 200_000)
BATCH = 180  # callbacks, whose deliveries are mixed
AT_ONCE = 8  # the test and two replicas may share one busy core and disk
ANSWER_SECONDS = 5
MEMBERS = 60
ACCEPTED, ACCEPTED_LATE = (200, ""), (200, STILL_WORKING)
BESIDE = Q(repeat_key__startswith="kept:")  # a second row of a callback whose transaction took too long


@pytest.fixture
async def ships(migrated_url: str, tmp_path: Path) -> AsyncIterator[Crew]:
    async with crew(migrated_url, tmp_path) as made:
        await made.another("serve")
        await made.another("serve")
        yield made


@dataclass
class Courier:
    """Knocks at every door there is, by chance."""

    ships: Crew
    dice: random.Random
    replies: dict[int, set[tuple[int, str]]] = field(default_factory=lambda: defaultdict(set))
    longest: float = 0.0

    async def deliver(self, callbacks: list[list[Sealed]]) -> None:
        """Each so often as it has envelopes, all of them in any order, many at once."""
        posts = [(n, sealed) for n, envelopes in enumerate(callbacks) for sealed in envelopes]
        self.dice.shuffle(posts)
        gate = asyncio.Semaphore(AT_ONCE)
        async with aiohttp.ClientSession() as http:
            await asyncio.gather(*(self._post(http, gate, n, sealed) for n, sealed in posts))

    async def _post(self, http: aiohttp.ClientSession, gate: asyncio.Semaphore, n: int, sealed: Sealed) -> None:
        url = self.dice.choice(self.ships.doors) + "/wecom/callback"
        async with gate:
            began = time.monotonic()
            async with http.post(url, params=sealed.query, data=sealed.body) as answer:
                self.replies[n].add((answer.status, self._words(await answer.read())))
            self.longest = max(self.longest, time.monotonic() - began)

    def _words(self, body: bytes) -> str:
        said = Envelope(self.ships.world.config).open_reply(body).decode() if body else ""
        return STILL_WORKING if STILL_WORKING in said else said


def envelopes(ships: Crew, dice: random.Random, fields: dict[str, Any]) -> list[Sealed]:
    """2 to 10 deliveries; a repeat may come in the same envelope or in a fresh one."""
    envelope, document = Envelope(ships.world.config), xml.document(fields)
    first = envelope.seal(document, ships.world.clock.now())
    times = dice.randint(1, 9)
    return [first] + [
        first if dice.random() < 0.5 else envelope.seal(document, ships.world.clock.now()) for _ in range(times)
    ]


async def everything_taken_in() -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await InboxRow.exists(waiting=True):  # noqa: ASYNC110  # other processes work
            await asyncio.sleep(0.02)


def callback(ships: Crew, dice: random.Random, n: int, began: int) -> dict[str, Any]:
    """帮助, typed (with a MsgId) or pressed in the menu (without one); no two in the same second of one member."""
    config = ships.world.config
    fields = {
        "ToUserName": config.corp_id,
        "FromUserName": f"m{n % MEMBERS}",
        "CreateTime": began - n // MEMBERS,
        "AgentID": config.agent_id,
    }
    if dice.random() < 0.5:
        return fields | {"MsgType": "text", "Content": "帮助", "MsgId": 7_000_000_000 + n}
    return fields | {"MsgType": "event", "Event": "click", "EventKey": "word:帮助"}


async def test_each_acts_once_and_is_answered_the_same_each_time(ships: Crew, figures: Figures) -> None:
    dice = figures.dice()
    await Askers(ships.world, dice, members=MEMBERS, records=0).settle()
    courier, sent, distinct, began = Courier(ships, dice), 0, 0, int(ships.world.clock.now())
    while sent < DELIVERIES:
        batch = [envelopes(ships, dice, callback(ships, dice, distinct + n, began)) for n in range(BATCH)]
        distinct, sent = distinct + len(batch), sent + sum(map(len, batch))
        courier.replies.clear()
        await courier.deliver(batch)
        assert set().union(*courier.replies.values()) <= {ACCEPTED, ACCEPTED_LATE}
    await everything_taken_in()
    kept_rows, answers = await InboxRow.filter(~BESIDE).count(), await OutboxRow.all().count()
    figures.add(callbacks=distinct, deliveries=sent, longest_seconds=courier.longest)
    figures.add(lost=distinct - min(kept_rows, answers), twice=max(kept_rows, answers) - distinct)
    assert (kept_rows, answers) == (distinct, distinct)
    assert courier.longest <= ANSWER_SECONDS


async def test_a_check_whose_every_callback_comes_twice_at_once(ships: Crew, figures: Figures) -> None:
    async with inhabited(ships) as town:
        ships.world.faults.set("duplicate")
        lin, luo = town.phone("lin"), town.phone("luo")
        for said in ("上报", "滨江花园", "安全检查", "3号楼", "未发现问题", "罗敬川、秦若岩", "陈光泽"):
            await lin.says(said)
        await lin.taps("立即提交")
        await luo.taps("通过")
    cases = [(case.state, case.version) for case in await Case.all()]
    figures.add(callbacks=9, deliveries=18, lost=0, twice=len(cases) - 1)
    assert cases == [("passed", 2)]
    assert [row.action for row in await HistoryRow.all().order_by("id")] == ["submit", "pass"]
    assert [len(town.phone(userid).messages) for userid in ("lin", "luo", "qin", "chen")] == [9, 2, 1, 1]
