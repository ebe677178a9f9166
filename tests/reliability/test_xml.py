"""Hostile documents at the callback's door: refused before any work, at once, whatever they hold."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import House
from tests.bot.letterbox import Answer, Letterbox, Sender
from tests.operation.fleet import Fleet, Replica, fleet
from tests.reliability.figures import Figures, many
from tests.reliability.machine import Machine
from tests.town import Town
from tests.wecom import hostile
from wecom.callback import BODY_LIMIT
from wecom.events import Callback

MILLISECONDS = 20
MEGABYTES = 32


def refusal(body: bytes) -> Answer:
    return Answer(413 if len(body) > BODY_LIMIT else 400, "refused")


def count_work(house: House) -> list[str]:
    """What was decrypted or handed over, as it happens."""
    begun: list[str] = []
    decrypt, receive = house.door.crypto.decrypt, house.door.receive

    def decrypting(*arguments: str) -> bytes:
        begun.append("decrypt")
        return decrypt(*arguments)

    house.door.crypto.decrypt = decrypting  # type: ignore[method-assign]

    async def receiving(event: Callback) -> None:
        begun.append("receive")
        await receive(event)

    house.door.receive = receiving
    return begun


async def test_each_is_refused_before_any_work(small_place: Town, figures: Figures) -> None:
    begun = count_work(small_place.house)
    async with Letterbox(small_place) as letterbox:
        query, _ = letterbox.sealed("<xml/>")
        bodies = hostile.bodies(letterbox.crypto.encrypt(letterbox.text("lin", "上报", 1).encode()))
        answers = {name: await letterbox.raw(query, body) for name, body in bodies.items()}
        assert answers == {name: refusal(body) for name, body in bodies.items()}
        assert begun == []
        assert (await letterbox.post(letterbox.text("lin", "上报", 2))).status == 200
        assert begun == ["decrypt", "receive"]
    figures.add(documents=len(bodies), decrypted=0)


@pytest.fixture
async def alone(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[tuple[Fleet, Replica]]:
    """A real process, which nobody else asks for anything."""
    database = tmp_path / "zhian.sqlite3"
    shutil.copyfile(sqlite_template, database)
    async with fleet(f"sqlite://{database}", tmp_path) as ships:
        yield ships, await ships.serve()


async def test_none_costs_time_or_memory(alone: tuple[Fleet, Replica], figures: Figures) -> None:
    ships, replica = alone
    machine, times = Machine(replica.process.pid), many(20, 500)
    async with Sender(replica.address, ships.world.config) as letterbox:
        query, _ = letterbox.sealed("<xml/>")
        bodies = hostile.bodies(letterbox.crypto.encrypt(b"<xml/>"))
        assert (await letterbox.post(letterbox.text("nobody", "在吗", 1))).status == 200
        machine.forget_the_most()
        before, spent = machine.memory, {}
        for name, body in bodies.items():
            began = machine.cpu_seconds
            answers = {await letterbox.raw(query, body) for _ in range(times)}
            spent[name] = (machine.cpu_seconds - began) / times * 1000
            assert answers == {refusal(body)}
    grown = machine.most_memory - before
    figures.add(documents=times * len(bodies), most_ms_each=max(spent.values()), grown_mb=grown)
    assert {name: each for name, each in spent.items() if each > MILLISECONDS} == {}
    assert grown <= MEGABYTES
