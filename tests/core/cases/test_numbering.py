"""Numbers without holes: taken in the transaction that uses them, or not at all."""

import asyncio

import pytest

from core import database
from core.cases.models import Case
from core.people.models import Organisation
from core.projects.models import Project, TeamMember
from tests.core.cases.story import House


async def _numbers() -> list[str]:
    return [str(n) for n in await Case.all().order_by("number").values_list("number", flat=True)]


async def test_fifty_at_once_of_which_some_fail_leave_no_hole(house: House) -> None:
    async def one(number: int) -> None:
        async def work() -> None:
            await house.check(house.cast.luo, key=f"check:{number}")
            if number % 5 == 0:
                raise ConnectionError("the caller failed after the number had been taken")

        await database.transaction(work)

    outcomes = await asyncio.gather(*(one(n) for n in range(50)), return_exceptions=True)
    assert [type(o) for o in outcomes if o].count(ConnectionError) == 10
    assert await _numbers() == [f"海澄检〔2026〕{n:04d}号" for n in range(1, 41)]


async def test_each_year_begins_with_one(house: House) -> None:
    await house.check(key="this year")
    house.clock.pass_time(days=90)
    await house.check(key="new year")
    assert await _numbers() == ["海澄检〔2026〕0001号", "海澄检〔2027〕0001号"]


async def test_the_year_is_that_of_the_people_not_of_the_machine(house: House) -> None:
    house.clock.moment = house.clock.moment.replace(month=12, day=31, hour=16, minute=30)
    await house.check()
    assert await _numbers() == ["海澄检〔2027〕0001号"]


@pytest.mark.parametrize(("code", "second"), [("屿", "屿检〔2026〕0001号"), ("海澄", "海澄检〔2026〕0002号")])
async def test_stations_number_apart_and_those_that_read_alike_share_a_series(
    house: House, code: str, second: str
) -> None:
    cast = house.cast
    other = await Organisation.create(name="海澄市第二质安监督站", short_name="二站", kind=cast.station.kind, code=code)
    await house.check(key="first")
    await Project.filter(id=cast.other_project.id).update(station_id=other.id)
    cast.lin.org_id = other.id
    await cast.lin.save()
    await TeamMember.create(project_id=cast.other_project.id, person_id=cast.lin.id)
    await house.check(project=cast.other_project.id, key="second")
    assert sorted(await _numbers()) == sorted(["海澄检〔2026〕0001号", second])


async def test_a_case_keeps_its_number_in_later_rounds(house: House) -> None:
    cast = house.cast
    case = await house.plan(cast.luo)
    await house.engine.perform(case.id, "return", cast.luo, {"reason": "缺图"})
    again = {"project": cast.project.id, "topic": "深基坑", "judges": [cast.luo.id]}
    await house.engine.perform(case.id, "change", cast.chen, again)
    await house.plan(key="next")
    assert await _numbers() == ["海澄方〔2026〕001号", "海澄方〔2026〕002号"]
