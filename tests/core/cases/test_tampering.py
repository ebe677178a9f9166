"""What was submitted never changes: whatever is altered behind the engine's back, verify names the first row."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import database
from core.cases import history
from core.cases.history import Broken
from core.cases.models import Case, HistoryRow, Participant
from core.evidence.models import Evidence
from core.evidence.records import record
from core.evidence.store import Store
from tests.core.cases import story
from tests.core.cases.story import House
from tests.town import photo

CHANGED = "its content was changed after it was written"
DETACHED = "it does not continue the row before"


@pytest.fixture
async def case(house: House) -> Case:
    """Four rows: submitted with a photo, returned, changed, passed."""
    cast = house.cast
    kept = await story.picture(cast.chen)
    case = await house.plan(cast.luo, pictures=[kept.id], note="第一稿")
    await house.engine.perform(case.id, "return", cast.luo, {"reason": "缺图"}, key="tap:1")
    later = await story.picture(cast.chen, "b")
    again = {"project": cast.project.id, "topic": "深基坑支护", "judges": [cast.luo.id, cast.qin.id]}
    await house.engine.perform(case.id, "change", cast.chen, again | {"pictures": [kept.id, later.id]}, key="tap:2")
    house.clock.pass_time(hours=1)
    await house.engine.perform(case.id, "pass", cast.luo, key="tap:3")
    await house.engine.perform(case.id, "pass", cast.qin, key="tap:4")
    return await Case.get(id=case.id)


async def _verified(case: Case, store: Store | None = None) -> Broken | None:
    return await history.verify(await Case.get(id=case.id), store)


async def test_what_the_engine_wrote_is_whole(case: Case) -> None:
    assert await _verified(case) is None
    assert (case.number, case.data["note"], case.data["topic"]) == ("海澄方〔2026〕001号", None, "深基坑支护")


@pytest.mark.parametrize("seq", [1, 2, 5])
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", story.MONDAY - timedelta(days=1)),
        ("actor_id", 1),
        ("actor_id", None),
        ("action", "drop"),
        ("to_state", "elsewhere"),
        ("content", "{}"),
        ("request_key", "another"),
        ("hash", "0" * 64),
    ],
)
async def test_no_column_of_a_row_can_be_altered(case: Case, seq: int, column: str, value: Any) -> None:
    before = await HistoryRow.get(case_id=case.id, seq=seq)
    await HistoryRow.filter(id=before.id).update(**{column: value})
    assert getattr(before, column) != value
    assert await _verified(case) == Broken(case.id, seq, CHANGED)


async def test_a_row_cannot_be_moved_to_another_state(case: Case) -> None:
    await HistoryRow.filter(case_id=case.id, seq=2).update(from_state="passed")
    reason = "it does not begin in the state where the row before ended"
    assert await _verified(case) == Broken(case.id, 2, reason)


async def test_a_word_in_a_remark_cannot_be_altered(case: Case) -> None:
    row = await HistoryRow.get(case_id=case.id, seq=2)
    await HistoryRow.filter(id=row.id).update(content=row.content.replace("缺图", "很好"))
    assert await _verified(case) == Broken(case.id, 2, CHANGED)


@pytest.mark.parametrize(("seq", "reason"), [(1, "missing"), (3, "missing"), (5, "missing")])
async def test_a_row_cannot_be_taken_out(case: Case, seq: int, reason: str) -> None:
    await HistoryRow.filter(case_id=case.id, seq=seq).delete()
    assert await _verified(case) == Broken(case.id, seq, f"row {seq} is {reason}")


async def test_all_rows_cannot_be_taken_out(case: Case) -> None:
    await HistoryRow.filter(case_id=case.id).delete()
    assert await _verified(case) == Broken(case.id, 1, "row 1 is missing")


async def test_rows_cannot_change_places(case: Case) -> None:
    for old, new in ((4, 99), (5, 4), (99, 5)):
        await HistoryRow.filter(case_id=case.id, seq=old).update(seq=new)
    assert await _verified(case) == Broken(case.id, 4, DETACHED)


async def test_a_row_cannot_come_from_another_case(house: House, case: Case) -> None:
    other = await house.plan(house.cast.luo, key="other")
    await HistoryRow.filter(case_id=case.id, seq=1).delete()
    await HistoryRow.filter(case_id=other.id, seq=1).update(case_id=case.id)
    assert await _verified(case) == Broken(case.id, 1, CHANGED)


async def test_a_row_cannot_be_sealed_anew(case: Case) -> None:
    """Who alters a row and its hash is found at the next one."""
    row = await HistoryRow.get(case_id=case.id, seq=3)
    row.actor_id = 1
    row.hash = history.seal(row)
    await row.save()
    assert await _verified(case) == Broken(case.id, 4, DETACHED)


async def test_nor_can_the_next_row_be_tied_to_it(case: Case) -> None:
    row = await HistoryRow.get(case_id=case.id, seq=3)
    row.actor_id = 1
    row.hash = history.seal(row)
    await row.save()
    await HistoryRow.filter(case_id=case.id, seq=4).update(previous=row.hash)
    assert await _verified(case) == Broken(case.id, 4, CHANGED)


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("state", "returned", "state"),
        ("data", {"topic": "别的"}, "data"),
        ("number", "海澄方〔2026〕999号", "number"),
        ("number", None, "number"),
        ("head", "0" * 64, "head"),
        ("version", 4, "number of rows"),
        ("process", "order", "process"),
        ("title", "别的", "title"),
        ("author_id", 1, "author"),
        ("project_id", 2, "project"),
        ("station_id", 1, "station"),
        ("parent_id", 1, "parent"),
        ("opened_at", story.MONDAY - timedelta(days=1), "beginning"),
        ("changed_at", story.MONDAY - timedelta(days=1), "last change"),
        ("closed_at", None, "end"),
    ],
)
async def test_no_column_of_the_case_can_be_altered(case: Case, column: str, value: Any, named: str) -> None:
    assert getattr(case, column) != value
    await Case.filter(id=case.id).update(**{column: value})
    assert await _verified(case) == Broken(case.id, 5, f"the case's {named} differs from what its history says")


async def test_rows_beyond_the_last_are_missed(case: Case) -> None:
    await Case.filter(id=case.id).update(version=6)
    assert await _verified(case) == Broken(case.id, 6, "row 6 is missing")


async def test_nobody_can_be_put_into_a_slot(case: Case) -> None:
    await Participant.filter(case_id=case.id, slot="cse").update(person_id=1)
    assert await _verified(case) == Broken(case.id, 5, "the case's people differs from what its history says")


async def test_an_attachment_cannot_be_exchanged(case: Case) -> None:
    later = await Evidence.get(name="b")
    await Evidence.filter(id=later.id).update(sha256="c" * 64)
    assert await _verified(case) == Broken(case.id, 3, f"attachment {later.id} is not the one that was submitted")


async def test_an_attachment_cannot_disappear(case: Case) -> None:
    first = await Evidence.get(name="a")
    await first.delete()
    assert await _verified(case) == Broken(case.id, 1, f"attachment {first.id} is not the one that was submitted")


@pytest.mark.parametrize("how", ["overwritten", "deleted"])
async def test_the_bytes_of_an_attachment_are_read_too(house: House, tmp_path: Path, how: str) -> None:
    store = Store.open(str(tmp_path / "media"))
    kept = await record(store, photo(), by=house.cast.chen.id, source="chat")
    case = await house.plan(pictures=[kept.id])
    assert await _verified(case, store) is None
    if how == "overwritten":
        await store.put(kept.original_key, b"something else")
    else:
        (tmp_path / "media" / kept.original_key).unlink()
    assert await _verified(case, store) == Broken(case.id, 1, f"attachment {kept.id} is not the one that was submitted")
    assert await _verified(case) is None


async def test_verifying_everything_finds_what_is_left_of_a_deleted_case(house: House, case: Case) -> None:
    other = await house.plan(key="other")
    await database.rows("DELETE FROM case_record WHERE id = $1 RETURNING id", case.id)
    found = [pair async for pair in history.verify_all()]
    assert found == [(other.id, None), (case.id, Broken(case.id, 1, "the case that it belongs to is gone"))]
