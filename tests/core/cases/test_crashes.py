"""kill -9 between any two statements of a step leaves all of it or nothing; repeated, it has happened exactly once.

Statements are those that the database gets: on PostgreSQL several writes are one.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from core.cases import history
from core.cases.models import Case, OutboxRow
from core.people.models import Person
from tests.core.cases import story
from tests.core.cases.dying import ENDED, KILLED
from tests.core.cases.story import House
from tests.source import ROOT

Task = dict[str, Any]
Run = Callable[[Task], Awaitable[str]]
FEWEST = 6  # statements of the shortest step (on PostgreSQL, joined): fewer would mean a broken count


@pytest.fixture
async def dying(migrated_url: str) -> AsyncIterator[Run]:
    """Carries out a task in a process of its own, and says how that process ended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.core.cases.dying"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    said, heard = process.stdin, process.stdout

    async def run(task: Task) -> str:
        said.write(json.dumps(task | {"url": migrated_url}).encode() + b"\n")
        return (await heard.readline()).decode().strip()

    yield run
    said.close()
    await process.wait()


async def _all_ways_to_die(run: Run, begin: Callable[[int], Awaitable[Task]]) -> AsyncIterator[Task]:
    """One task per statement, each killed one statement later than the one before, the last not at all."""
    ended, statements = KILLED, 0
    while ended == KILLED:
        statements += 1
        task = await begin(statements)
        ended = await run(task | {"statements": statements})
        yield task
    assert ended == ENDED
    assert statements > FEWEST


async def test_a_submission(house: House, dying: Run) -> None:
    luo = house.cast.luo
    answers = {"project": house.cast.project.id, "check_type": "safety", "checked_location": "x", "reviewers": [luo.id]}

    async def begin(number: int) -> Task:
        return {"process": "check_report", "actor": "lin", "data": answers, "key": f"check:{number}"}

    async for task in _all_ways_to_die(dying, begin):
        before = await Case.all().count()
        again = await house.engine.open("check_report", house.cast.lin, answers, key=task["key"])
        assert await Case.all().count() == before + (not again.repeated)
        await _happened_once(again.case, ["submit"], [("luo", "told 立即提交")])
    await _numbers_have_no_hole()


async def test_a_decision(house: House, dying: Run) -> None:
    async def begin(number: int) -> Task:
        case = await house.check(house.cast.luo, house.cast.qin, key=f"check:{number}")
        return {"case": case.id, "action": "pass", "actor": "luo", "data": {}, "key": f"tap:{number}"}

    async for task in _all_ways_to_die(dying, begin):
        told = [("luo", "told 立即提交"), ("qin", "told 立即提交"), ("lin", "told 通过"), ("qin", "relieved 通过")]
        await _all_or_nothing(task, {"pending": (1, 2), "passed": (2, 4)})
        again = await house.engine.perform(task["case"], "pass", house.cast.luo, key=task["key"])
        await _happened_once(again.case, ["submit", "pass"], told)


async def test_a_childs_end_and_its_parents(house: House, dying: Run) -> None:
    async def begin(number: int) -> Task:
        call = await house.roll_call(house.cast.chen, key=f"call:{number}")
        child = await Case.get(parent_id=call.id)
        return {"case": child.id, "action": "answer", "actor": "chen", "data": {}, "key": f"answer:{number}"}

    async for task in _all_ways_to_die(dying, begin):
        child = await Case.get(id=task["case"])
        call = await Case.get(id=child.parent_id)
        assert (child.state, call.state) in (("asked", "called"), ("present", "closed"))
        await house.engine.perform(child.id, "answer", house.cast.chen, key=task["key"])
        await _happened_once(call, ["call", "close"], [("lin", "told 结束")])


async def test_a_submission_from_which_children_are_born(house: House, dying: Run) -> None:
    called = [p.id for p in await Person.filter(userid__in=["chen", "fang"])]
    answers = {"project": house.cast.project.id, "called": called}

    async def begin(number: int) -> Task:
        return {"process": "roll_call", "actor": "lin", "data": answers, "key": f"call:{number}"}

    async for task in _all_ways_to_die(dying, begin):
        again = await house.engine.open("roll_call", house.cast.lin, answers, key=task["key"])
        assert await Case.filter(parent_id=again.case.id).count() == 2
        await _happened_once(again.case, ["call"], [])
    assert await Case.filter(process="presence").count() == 2 * await Case.filter(process="roll_call").count()


async def _all_or_nothing(task: Task, expected: dict[str, tuple[int, int]]) -> None:
    """``expected``: state → rows of history, messages."""
    case = await Case.get(id=task["case"])
    messages = await OutboxRow.filter(case_id=case.id).count()
    assert (len(await story.actions(case)), messages) == expected[case.state]


async def _happened_once(case: Case, actions: list[str], told: list[tuple[str, str]]) -> None:
    assert await story.actions(case) == actions
    assert sorted(await story.told(case)) == sorted(told)
    assert await history.verify(await Case.get(id=case.id)) is None


async def _numbers_have_no_hole() -> None:
    given = await Case.all().order_by("id").values_list("number", flat=True)
    assert given == [f"海澄检〔2026〕{n:04d}号" for n in range(1, len(given) + 1)]
