"""What a committed step promised is delivered in order per person, each once, and not faster than WeCom shows it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tortoise.exceptions import ValidationError

from core import clock, database
from core.cases import outbox
from core.cases.letters import Letter
from core.cases.models import Delivery, OutboxRow, UpdateCode
from core.cases.outbox import Sent
from tests.core.cases.story import House

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("house")


def _letter(key: str, to: str = "luo", **more: Any) -> Letter:
    return Letter(**({"person_id": 1, "recipient": to, "kind": "card", "body": key, "dedupe_key": key} | more))


async def _promise(*letters: Letter) -> None:
    await database.transaction(lambda: outbox.promise(list(letters)))


async def _claimed(limit: int = 10) -> list[str]:
    return [row.body for row in await outbox.claim(limit)]


async def _deliver() -> list[str]:
    """One round of a worker for whom everything arrives."""
    rows = await outbox.claim(50)
    for row in rows:
        assert await outbox.finish(row, Delivery.SENT, Sent())
    return [row.body for row in rows]


async def _states() -> dict[str, str]:
    return {row.dedupe_key: str(row.state) for row in await OutboxRow.all().order_by("id")}


async def test_one_persons_messages_go_in_order_and_others_need_not_wait(house: House) -> None:
    await _promise(_letter("1"), _letter("2"), _letter("3", "qin"))
    assert await _claimed() == ["1", "3"]
    assert await _claimed() == []


async def test_the_next_goes_when_the_one_before_has_ended(house: House) -> None:
    await _promise(_letter("1"), _letter("2"))
    assert [await _deliver(), await _deliver(), await _deliver()] == [["1"], ["2"], []]


async def test_one_that_must_be_tried_again_keeps_its_place(house: House) -> None:
    await _promise(_letter("1"), _letter("2"), _letter("3", "qin"))
    first, _ = await outbox.claim(10)
    await outbox.again(first, timedelta(seconds=8), "timeout", unknown=True)
    assert await _claimed() == []
    house.clock.pass_time(seconds=8)
    assert await _claimed() == ["1"]


async def test_many_workers_at_once_never_take_the_same(house: House) -> None:
    await _promise(*(_letter(f"{to}:{n}", to) for n in range(3) for to in ("luo", "qin", "chen", "fang")))
    taken = [row for round_ in await asyncio.gather(*(_claimed(2) for _ in range(8))) for row in round_]
    assert sorted(taken) == ["chen:0", "fang:0", "luo:0", "qin:0"]


async def test_the_same_promise_twice_is_one_message(house: House) -> None:
    await _promise(_letter("1"))
    await _promise(_letter("1", body="again"))
    assert [row.body for row in await OutboxRow.all()] == ["1"]


async def test_what_a_newer_message_replaces_is_found_by_its_key_however_much_waits() -> None:
    """PostgreSQL may have looked at the table when it was young, SQLite when nothing had a key."""
    await _promise(*(_letter(f"{n}", f"m{n}") for n in range(3 if database.is_postgresql() else 900)))
    await database.rows("ANALYZE outbox")
    await _promise(*(_letter(f"{n}", f"m{n}") for n in range(900)))
    asked = outbox._REPLACE.replace("$1", "'summary'").replace("$2", "'901'")
    how = "EXPLAIN" if database.is_postgresql() else "EXPLAIN QUERY PLAN"
    plan = " ".join(str(line) for row in await database.rows(f"{how} {asked}") for line in row.values())
    assert "idx_outbox_merge_k_" in plan
    assert "Seq Scan" not in plan
    assert "SCAN outbox" not in plan
    assert "idx_outbox_state_" not in plan


async def test_a_newer_message_takes_the_place_of_one_that_was_promised_in_the_same_breath(house: House) -> None:
    async def work() -> None:
        await outbox.promise([_letter("hello")])
        await outbox.promise([_letter("1", merge_key="summary")])
        await outbox.promise([_letter("2", merge_key="summary"), _letter("other")])

    await database.transaction(work)
    assert await _states() == {"hello": "pending", "1": "replaced", "2": "pending", "other": "pending"}


async def test_a_newer_message_of_its_kind_takes_the_place_of_one_that_waits(house: House) -> None:
    await _promise(_letter("1", merge_key="summary"), _letter("other"))
    await _promise(_letter("2", merge_key="summary"), _letter("3", merge_key="summary"))
    assert await _states() == {"1": "replaced", "other": "pending", "2": "replaced", "3": "pending"}


async def test_one_that_may_have_left_is_not_replaced(house: House) -> None:
    await _promise(_letter("1", merge_key="summary"))
    (row,) = await outbox.claim(1)
    await outbox.again(row, timedelta(0), "timeout", unknown=True)
    await _promise(_letter("2", merge_key="summary"))
    assert await _states() == {"1": "pending", "2": "pending"}


async def test_a_repeated_promise_replaces_nothing(house: House) -> None:
    """A step that is carried out again promises the same; what waits must not be lost to it, old or new."""
    await _promise(_letter("1", merge_key="summary"))
    await _promise(_letter("1", merge_key="summary"))
    assert await _states() == {"1": "pending"}
    await _promise(_letter("2", merge_key="summary"))
    await _promise(_letter("1", merge_key="summary"))
    assert await _states() == {"1": "replaced", "2": "pending"}


async def test_texts_right_behind_a_text_are_joined(house: House) -> None:
    await _promise(
        *(_letter(key, kind="text") for key in ("a", "bb", "ccc")), _letter("card"), _letter("d", kind="text")
    )
    (row,) = await outbox.claim(1)
    joined = await outbox.following_texts(row, room=100)
    assert [j.body for j in joined] == ["bb", "ccc"]
    assert await outbox.freeze(row, "a|bb|ccc", joined)
    await outbox.finish(row, Delivery.SENT, Sent())
    assert await _states() == {"a": "sent", "bb": "merged", "ccc": "merged", "card": "pending", "d": "pending"}
    assert await _claimed() == ["card"]


async def test_texts_are_joined_while_there_is_room(house: House) -> None:
    await _promise(*(_letter(key, kind="text") for key in ("a", "字字", "ccc")))
    (row,) = await outbox.claim(1)
    assert [j.body for j in await outbox.following_texts(row, room=8)] == ["字字"]
    assert await outbox.following_texts(row, room=5) == []


async def _expire(row: OutboxRow) -> None:
    """As if the worker had been frozen for longer than its lease; leases go by the database's own clock."""
    await OutboxRow.filter(id=row.id).update(lease_until=LONG_AGO)


async def test_an_end_that_cannot_be_recorded_is_no_fault_of_the_others(house: House, database_kind: str) -> None:
    await _promise(*(_letter(name, name) for name in ("luo", "qin", "chen")))
    rows = await outbox.claim(10)
    ids = [("x" * 999 if row.recipient == "qin" else "m1") for row in rows]
    ends = [outbox.finish(row, Delivery.SENT, Sent(one)) for row, one in zip(rows, ids, strict=True)]
    ended = await asyncio.gather(*ends, return_exceptions=True)
    refused = ValidationError if database_kind == "postgresql" else bool  # SQLite takes everything
    assert [type(end) for end in ended] == [bool, refused, bool]
    assert [(await _states())[name] for name in ("luo", "chen")] == ["sent", "sent"]


async def test_a_frozen_worker_may_not_finish_what_another_took_over(house: House) -> None:
    await _promise(_letter("1", task_id="t"))
    (late,) = await outbox.claim(1)
    assert await outbox.take_over() == 0
    await _expire(late)
    assert await outbox.take_over() == 1
    (mine,) = await outbox.claim(1)
    assert not await outbox.finish(late, Delivery.FAILED, Sent(update_code="code", error="late"))
    assert not await outbox.freeze(late, "other bytes", [])
    await outbox.again(late, timedelta(0), "late", unknown=False)
    assert await outbox.finish(mine, Delivery.SENT, Sent("m1"))
    row = await OutboxRow.get()
    assert (row.state, row.body, row.message_id, row.error) == ("sent", "1", "m1", "")
    assert await UpdateCode.all().count() == 0


async def test_what_a_dead_worker_held_may_have_arrived(house: House) -> None:
    await _promise(_letter("1"))
    (row,) = await outbox.claim(1)
    first = row.first_attempt_at
    await _expire(row)
    await outbox.take_over()
    house.clock.pass_time(hours=1)
    (again,) = await outbox.claim(1)
    assert (again.unknown, again.first_attempt_at, again.attempts) == (True, first, 2)


async def test_a_lost_lease_joins_nothing(house: House) -> None:
    await _promise(_letter("a", kind="text"), _letter("b", kind="text"))
    (row,) = await outbox.claim(1)
    joined = await outbox.following_texts(row, room=100)
    await _expire(row)
    await outbox.take_over()
    assert not await outbox.freeze(row, "a|b", joined)
    assert await _states() == {"a": "pending", "b": "pending"}


async def test_the_26th_message_within_a_minute_waits(house: House) -> None:
    await _promise(*(_letter(f"{n:02d}") for n in range(26)), _letter("other", "qin"))
    for _ in range(25):
        await _deliver()
    assert await _deliver() == []
    house.clock.pass_time(seconds=59)
    assert await _deliver() == []
    house.clock.pass_time(seconds=1)
    assert await _deliver() == ["25"]


async def test_the_951st_message_within_an_hour_waits(house: House) -> None:
    sent = {"person_id": 1, "recipient": "luo", "kind": "card", "body": "", "state": Delivery.SENT}
    at = {"not_before": clock.now(), "created_at": clock.now(), "sent_at": clock.now()}
    await OutboxRow.bulk_create([OutboxRow(**sent, **at, dedupe_key=f"sent:{n}") for n in range(950)])
    await _promise(_letter("next"))
    house.clock.pass_time(minutes=59)
    assert await _claimed() == []
    house.clock.pass_time(minutes=1)
    assert await _claimed() == ["next"]


async def test_a_message_may_be_kept_back_for_more_to_come(house: House) -> None:
    await _promise(_letter("1", not_before=clock.now() + timedelta(seconds=3)), _letter("2"))
    assert await _claimed() == []
    house.clock.pass_time(seconds=3)
    assert await _claimed() == ["1"]


async def test_a_pause_holds_up_everybody_also_what_is_promised_meanwhile(house: House) -> None:
    await _promise(_letter("1"))
    await outbox.pause_all(timedelta(seconds=60))
    await outbox.pause_all(timedelta(seconds=5))
    await _promise(_letter("2", "qin"))
    house.clock.pass_time(seconds=59)
    assert await _claimed() == []
    house.clock.pass_time(seconds=1)
    assert await _claimed() == ["1", "2"]


async def test_an_update_code_is_used_once_and_a_repeated_attempt_gets_the_same(house: House) -> None:
    await outbox.keep_code("old", "card", "luo", None)
    await outbox.keep_code("new", "card", "luo", None)
    await outbox.keep_code("new", "card", "luo", None)
    await _promise(*(_letter(key, kind="update", task_id="card") for key in ("1", "2", "3")))
    rows = await OutboxRow.all().order_by("id")
    codes = [await outbox.take_code(rows[n]) for n in (0, 0, 1, 2)]
    assert codes == ["new", "new", "old", None]


async def test_two_who_want_the_last_code_at_once_do_not_share_it(house: House) -> None:
    await outbox.keep_code("only", "card", "luo", None)
    await _promise(*(_letter(str(n), kind="update", task_id="card") for n in range(5)))
    codes = await asyncio.gather(*(outbox.take_code(row) for row in await OutboxRow.all()))
    assert sorted(code or "" for code in codes) == ["", "", "", "", "only"]


async def test_an_update_code_dies_after_72_hours(house: House) -> None:
    await outbox.keep_code("code", "card", "luo", None)
    await _promise(_letter("1", kind="update", task_id="card"))
    row = await OutboxRow.get()
    house.clock.pass_time(hours=72)
    assert await outbox.take_code(row) is None


async def test_a_code_changes_only_the_card_and_the_phone_it_was_given_for(house: House) -> None:
    await outbox.keep_code("luo's", "card", "luo", None)
    await outbox.keep_code("another card", "other", "luo", None)
    await _promise(_letter("1", "qin", kind="update", task_id="card"))
    assert await outbox.take_code(await OutboxRow.get()) is None


async def test_a_step_that_did_not_happen_promises_nothing(house: House) -> None:
    async def work() -> None:
        await outbox.promise([_letter("1")])
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await database.transaction(work)
    assert await OutboxRow.all().count() == 0


async def test_a_worker_takes_no_more_than_it_can_send_at_once(house: House) -> None:
    """Also where PostgreSQL takes the table for empty and would ask anew for every row which ones are due."""
    if database.is_postgresql():
        await database.rows("VACUUM ANALYZE outbox")
    await _promise(*(_letter(str(number), f"member{number}") for number in range(40)))
    assert [len(await outbox.claim(16)) for _ in range(4)] == [16, 16, 8, 0]
