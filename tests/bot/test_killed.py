"""A real `zhian serve` is killed (kill -9) in the middle of a report, at its submission and at the review; each time
another one goes on, and nobody sees anything lost or twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.cases import outbox
from core.cases.models import Case, Delivery, HistoryRow, InboxRow, OutboxRow
from tests.bot.material import photo, spot, words
from tests.bot.test_review import NUMBER, TITLE
from tests.operation.fleet import Fleet, Replica, fleet, inhabited
from tests.town import PATIENCE_SECONDS, Phone, Town, read

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Mortal:
    """The town, and the one process that serves it just now."""

    ships: Fleet
    town: Town
    alive: Replica

    async def dies_during(self, act: Callable[[], object], moment: str) -> None:
        """Killed as soon as a callback of this kind has been stored, wherever its effects are by then."""
        before = await InboxRow.filter(kind=moment).count()
        act()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await InboxRow.filter(kind=moment).count() == before:  # noqa: ASYNC110  # another process writes it
                await asyncio.sleep(0.002)
        await self.alive.kill()
        self.ships.doors.remove(self.alive.address)
        self.alive = await self.ships.serve()
        await self.take_over()

    async def take_over(self) -> None:
        """Half a minute later, for the messages the dead one was sending, and for what it was fetching."""
        await OutboxRow.filter(state=Delivery.SENDING).update(lease_until=LONG_AGO)
        await outbox.take_over()
        await InboxRow.filter(lease_until__not_isnull=True).update(lease_until=LONG_AGO)
        self.town.pass_time(seconds=61)
        await self.town.settle()


@pytest.fixture
async def mortal(migrated_url: str, tmp_path: Path) -> AsyncIterator[Mortal]:
    async with fleet(migrated_url, tmp_path) as ships:
        ships.world.state.knobs.patient = True
        alive = await ships.serve()
        async with inhabited(ships) as town:
            yield Mortal(ships, town, alive)


def texts(phone: Phone) -> list[str]:
    return [read(message) for message in phone.messages]


def press(town: Town, phone: Phone, button: int) -> Callable[[], object]:
    card = phone.last
    key = card.live_card["button_list"][button]["key"]
    return lambda: town.world.click_card(phone.userid, card.id, key)


async def test_a_report_that_outlives_three_services(mortal: Mortal) -> None:
    town, world = mortal.town, mortal.town.world
    lin, luo, qin, chen = (town.phone(userid) for userid in ("lin", "luo", "qin", "chen"))

    def gather() -> None:
        for act, arguments in (photo(), photo(1), photo(2), spot(), words("3号楼5层临边没有栏杆")):
            getattr(world, act)("lin", *arguments)

    await mortal.dies_during(gather, "ImageMessage")
    assert lin.text.splitlines()[:3] == ["第 1 条问题：请确认", "3号楼5层临边没有栏杆", "材料：3 张照片"]

    for button in ("确认，下一步", "安全检查"):
        await lin.taps(button)
    await lin.chooses("罗敬川", "秦若岩")
    await lin.chooses("陈光泽")
    await mortal.dies_during(press(town, lin, 0), "CardClick")
    assert [text for text in texts(lin) if text.startswith("已提交")] == [
        f"已提交：{TITLE}\n编号：{NUMBER}\n状态：待审核\n在 罗敬川、秦若岩 手上，刚刚\n查看详情"
    ]
    assert [len(phone.messages) for phone in (luo, qin, chen)] == [1, 1, 0]

    await mortal.dies_during(press(town, luo, 1), "CardClick")
    assert texts(luo)[1:] == [f"已通过：{TITLE}\n编号：{NUMBER}\n状态：审核通过\n查看详情"]
    assert [text.splitlines()[0] for text in texts(chen)] == ["收到一份监督检查记录"]
    assert read(qin.messages[0]).endswith("[罗敬川已通过]") or texts(qin)[1:] == [
        f"《{TITLE}》罗敬川已通过，您无需再办理。"
    ]
    assert [row.action for row in await HistoryRow.all().order_by("id")] == ["submit", "pass"]
    case = await Case.get()
    assert (case.state, len(case.data["findings"][0]["photos"])) == ("passed", 3)
    assert await OutboxRow.filter(state__in=[Delivery.FAILED, Delivery.UNCERTAIN]).count() == 0
