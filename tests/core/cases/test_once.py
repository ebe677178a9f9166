"""The same click twice acts once; of two people at the same moment one wins and the other is told."""

import asyncio

import pytest

from core.cases.models import Case, HistoryRow, OutboxRow
from core.errors import NotNow, Refusal
from tests.core.cases import story
from tests.core.cases.story import House


async def test_the_same_submission_twice_is_one_case(house: House) -> None:
    first = await house.check(house.cast.luo)
    before = await story.rows()
    again = await house.engine.open("check_report", house.cast.lin, {"nonsense": "by now"}, key="first")
    assert (again.case.id, again.repeated) == (first.id, True)
    assert await story.rows() == before


async def test_the_same_submission_ten_times_at_once_is_one_case(house: House) -> None:
    made = await asyncio.gather(*(house.check(house.cast.luo) for _ in range(10)))
    assert {case.id for case in made} == {(await Case.get()).id}
    assert await OutboxRow.all().count() == 1


async def test_the_same_tap_twice_acts_once(house: House) -> None:
    case = await house.check(house.cast.luo, house.cast.qin)
    tap = {"case_id": case.id, "action": "pass", "actor": house.cast.luo, "key": "tap:1"}
    first = await house.engine.perform(**tap)
    before = await story.rows()
    again = await house.engine.perform(**tap)
    assert (first.repeated, again.repeated, again.case.state) == (False, True, "passed")
    assert await story.rows() == before


async def test_the_same_tap_ten_times_at_once_acts_once(house: House) -> None:
    case = await house.check(house.cast.luo)
    taps = [house.engine.perform(case.id, "pass", house.cast.luo, key="tap:1") for _ in range(10)]
    outcomes = await asyncio.gather(*taps)
    assert sorted(outcome.repeated for outcome in outcomes) == [False] + [True] * 9
    assert await story.actions(case) == ["submit", "pass"]


async def test_a_refused_tap_may_be_tried_again(house: House) -> None:
    case = await house.check(house.cast.luo)
    with pytest.raises(Refusal):
        await house.engine.perform(case.id, "fail", house.cast.luo, {"opinion": " "}, key="tap:1")
    await house.engine.perform(case.id, "fail", house.cast.luo, {"opinion": "照片不清"}, key="tap:1")
    assert await story.state(case) == "failed"


@pytest.mark.parametrize("stranger", ["qin", "chen"])
async def test_a_key_of_somebody_else_opens_nothing(house: House, stranger: str) -> None:
    """A key is no way to learn of a case, nor to act under another's name."""
    case = await house.check(house.cast.luo, house.cast.qin)
    await house.engine.perform(case.id, "pass", house.cast.luo, key="tap:1")
    person = getattr(house.cast, stranger)
    with pytest.raises(Refusal) as opening:
        await house.engine.open("check_report", person, {}, key="first")
    with pytest.raises(Refusal) as acting:
        await house.engine.perform(case.id, "pass", person, key="tap:1")
    assert {opening.value.sentence, acting.value.sentence} == {"这次操作无法识别，请重新打开后再试。"}


async def test_of_two_reviewers_at_once_one_decides_and_the_other_is_told(house: House) -> None:
    cast = house.cast
    for number in range(20):
        case = await house.check(cast.luo, cast.qin, key=f"check:{number}")
        outcomes = await asyncio.gather(
            house.engine.perform(case.id, "pass", cast.luo, key=f"luo:{number}"),
            house.engine.perform(case.id, "fail", cast.qin, {"opinion": "照片不清"}, key=f"qin:{number}"),
            return_exceptions=True,
        )
        refused = [o for o in outcomes if isinstance(o, BaseException)]
        winner, what = ("秦若岩", "不通过") if outcomes[0] is refused[0] else ("罗敬川", "通过")
        assert [type(o) for o in refused] == [NotNow]
        assert str(refused[0]) == f"《滨江花园一期 安全检查》已由{winner}于 10月12日 09:00 办理（{what}），无需再处理。"
        assert await HistoryRow.filter(case_id=case.id).count() == 2
        assert await story.waiting(case) == []


async def test_what_the_system_did_is_told_as_such(house: House) -> None:
    case = await house.order()
    house.clock.pass_time(days=3)
    await house.engine.sweep()
    with pytest.raises(NotNow) as refused:
        await house.engine.perform(case.id, "reply", house.cast.chen, {"done": "已补齐"})
    assert refused.value.sentence == "《补齐临边防护》已由系统于 10月15日 09:00 办理（超期），无需再处理。"
