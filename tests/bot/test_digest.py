"""The morning digest: what the watcher has done, what is late, what waits, and what did not arrive (BY-08, BY-20)."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.digest import MorningDigest
from core import clock
from core.sharing.models import Digest
from tests.bot.test_notices import FOUND, MONDAY, TITLE, day, issued, passes, until
from tests.town import Phone, Town, read, town


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path, quiet_hours="20:00-08:30", digest_at="08:30") as made:
        yield await begun(made)


@pytest.fixture
async def small_place(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Town]:
    database = shutil.copyfile(sqlite_template, tmp_path / "zhian.sqlite3")
    async with town(f"sqlite://{database}", tmp_path, quiet_hours="20:00-08:30", digest_at="08:30") as made:
        yield await begun(made)


async def begun(place: Town) -> Town:
    """The watch has begun on Monday at nine."""
    until(place, MONDAY)
    await place.house.digest.give()
    return place


async def morning(place: Town, month: int, number: int, hour: int = 9) -> None:
    await passes(place, day(month, number, hour))
    await place.house.digest.give()
    await place.settle()


def digests(phone: Phone) -> list[str]:
    return [said for message in phone.messages if "【早报】" in (said := read(message))]


async def test_the_chief_alone_hears_that_all_is_well(place: Town) -> None:
    luo, qin = place.phone("luo"), place.phone("qin")
    assert digests(luo) == []  # nothing is counted before the watch began
    await morning(place, 11, 24, hour=8)
    assert digests(luo) == []
    replicas = [MorningDigest(place.house.engine, "http://zhian.example", "08:30") for _ in range(3)]
    until(place, day(11, 24))
    assert sum(await asyncio.gather(*(one.give() for one in replicas))) == 1
    await morning(place, 11, 24, hour=14)
    assert (digests(luo), digests(qin)) == (
        [
            "【早报】11月24日 周二\n正在计时的期限 0 个；上次早报以来到点 0 次，都已办理。\n"
            "没有超期，没有等您办理的，也没有未送达的消息。\n发送“待办”查看等您办理的事项。"
        ],
        [],
    )


async def test_what_is_late_and_what_did_not_arrive_is_told_with_the_reason(place: Town) -> None:
    chen, fang = place.phone("chen"), place.world.person("fang")
    place.world.admit(fang.model_copy(update={"visible": False}))
    await issued(place, FOUND[0])
    await chen.taps("不同意")
    for number in (26, 27, 30):
        await morning(place, 11, number)
    await morning(place, 12, 3)
    luo, qin = place.phone("luo"), place.phone("qin")
    why = "收件人全部无效或不在应用的可见范围内。请核对成员,并在管理后台调整可见范围。"
    unheard = f"未送达 3 条：\n· 方知远，滨江花园一期 电子送达确认：{why}\n· 方知远，{TITLE}：{why}\n"
    assert digests(luo)[-1] == (
        "【早报】12月3日 周四\n正在计时的期限 2 个；上次早报以来到点 4 次，都已办理。\n"
        f"超期 2 份：\n· {TITLE}（陈光泽）\n· {TITLE}（方知远）\n{unheard}"
        f"· 陈光泽，{TITLE}：不同意电子送达，须书面送达\n发送“待办”查看等您办理的事项。"
    )
    assert digests(qin)[-1] == digests(luo)[-1]


async def test_after_an_outage_there_is_one_and_none_at_night(small_place: Town) -> None:
    luo = small_place.phone("luo")
    until(small_place, day(11, 27, hour=21))
    assert await small_place.house.digest.give() == 0
    for hour in range(9, 20, 5):
        await morning(small_place, 11, 28, hour)  # a Saturday
    await morning(small_place, 11, 30)
    assert [one.splitlines()[0] for one in digests(luo)] == ["【早报】11月30日 周一"]
    given = await Digest.get(station_id=small_place.cast.station.id)
    assert clock.now() - given.at < timedelta(minutes=5)
