"""Two `zhian serve` and a `zhian work` on one PostgreSQL: one story, and a rolling restart under load."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import clock
from core.cases.models import Case
from tests.operation.fleet import Fleet, Load, fleet, inhabited, missing_and_doubled
from tests.town import BEGINS, read


@pytest.fixture
async def ships(postgres_url: str, tmp_path: Path) -> AsyncIterator[Fleet]:
    async with fleet(postgres_url, tmp_path) as made:
        yield made


async def test_a_check_goes_its_way_over_alternating_replicas(ships: Fleet) -> None:
    doors = [await ships.serve(), await ships.serve()]
    await ships.work()
    async with inhabited(ships) as town:
        lin, luo, qin, chen = (town.phone(u) for u in ("lin", "luo", "qin", "chen"))
        await lin.says("上报")
        await lin.chooses("滨江花园一期")
        await lin.taps("安全检查")
        await lin.says("3号楼 5层")
        await lin.photographs(2)
        await lin.says("临边防护缺失")
        await lin.taps("确认，下一步")
        await lin.chooses("罗敬川", "秦若岩")
        await lin.chooses("陈光泽")
        assert (await lin.taps("立即提交")).startswith("已提交：滨江花园一期 安全检查")
        await luo.taps("通过")
        assert "罗敬川已通过" in qin.text
        assert len([m for m in chen.messages if "收到一份监督检查记录" in read(m)]) == 1
    opened = [(case.state, case.version, clock.local(case.opened_at).date()) for case in await Case.all()]
    assert opened == [("passed", 2, BEGINS.date())]
    assert min(ships.served[door.address] for door in doors) >= 4
    assert len([e for e in ships.world.traffic.after(0) if e.path.endswith("gettoken")]) == 1
    assert [line for replica in ships.replicas for line in replica.errors()] == []


async def test_a_rolling_restart_under_load_loses_no_callback(ships: Fleet) -> None:
    old = [await ships.serve(), await ships.serve()]
    async with inhabited(ships):
        load = Load(ships, ["lin", "luo", "qin", "chen", "fang"], per_second=60)
        async with load.running():
            for replica in old:
                await load.until(60)
                await ships.serve()
                await load.until(30)
                assert await ships.retire(replica) < 10
            await load.until(60)
    assert load.refused == 0
    assert [replica.process.returncode for replica in old] == [0, 0]
    assert await missing_and_doubled(load) == (set(), 0, 0)
