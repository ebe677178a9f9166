"""What is over goes after its time; what somebody still needs stays."""

import asyncio
import contextvars
from typing import Any

import pytest

from core import clock, database
from core.cases import retention
from core.cases.models import Case, Delivery, InboxRow, OutboxRow, PastDelivery, UpdateCode
from tests.core.cases.story import House

pytestmark = pytest.mark.usefixtures("house")
KEEP_DAYS = 30


async def _case(*, closed: bool) -> int:
    now = clock.now()
    case: Case = await Case.create(
        process="check_report",
        title="滨江花园一期 安全检查",
        state="passed" if closed else "pending",
        data={},
        station_id=1,
        author_id=1,
        opened_at=now,
        changed_at=now,
        closed_at=now if closed else None,
    )
    return case.id


async def _letter(key: str, state: Delivery = Delivery.SENT, **more: Any) -> OutboxRow:
    now, sent = clock.now(), state is Delivery.SENT
    given: dict[str, Any] = {
        "person_id": 1,
        "recipient": "luo",
        "kind": "card",
        "body": "{}",
        "sent_at": now if sent else None,
    } | more
    return await OutboxRow.create(dedupe_key=key, state=state, not_before=now, created_at=now, **given)


async def _callback(key: str, *, waiting: bool = False) -> None:
    now = clock.now()
    await InboxRow.create(
        repeat_key=key, sender="luo", kind="TextMessage", body="", waiting=waiting, not_before=now, received_at=now
    )


async def _left() -> list[str]:
    return [*(row.repeat_key for row in await InboxRow.all()), *(await _letters())]


async def _letters() -> list[str]:
    return [row.dedupe_key for row in await OutboxRow.all().order_by("id")]


async def test_what_is_over_goes_after_thirty_days_and_not_before(house: House) -> None:
    await _callback("done")
    await _letter("sent")
    await _letter("merged", Delivery.MERGED)
    await _letter("replaced", Delivery.REPLACED)
    await UpdateCode.create(code="c", task_id="t", recipient="luo", issued_at=clock.now())
    house.clock.pass_time(days=KEEP_DAYS)
    assert await retention.remove(KEEP_DAYS) == 0
    await _callback("new")
    await _letter("new")
    house.clock.pass_time(seconds=1)
    assert await retention.remove(KEEP_DAYS) == 5
    assert (await _left(), await UpdateCode.all().count()) == (["new", "new"], 0)


async def test_what_waits_failed_or_is_uncertain_stays(house: House) -> None:
    await _callback("waiting", waiting=True)
    for state in (Delivery.PENDING, Delivery.SENDING, Delivery.FAILED, Delivery.UNCERTAIN):
        await _letter(state, state)
    house.clock.pass_time(days=10 * KEEP_DAYS)
    assert await retention.remove(KEEP_DAYS) == 0
    assert await _left() == ["waiting", "pending", "sending", "failed", "uncertain"]


async def test_a_letter_that_waited_long_is_kept_from_when_it_was_sent(house: House) -> None:
    row = await _letter("late", Delivery.PENDING)
    house.clock.pass_time(days=20)
    await OutboxRow.filter(id=row.id).update(state=Delivery.SENT, sent_at=clock.now())
    house.clock.pass_time(days=20)
    assert await retention.remove(KEEP_DAYS) == 0


async def test_of_closed_cases_it_stays_known_what_was_sent_and_open_ones_keep_their_cards(house: House) -> None:
    closed, still_open = await _case(closed=True), await _case(closed=False)
    sent = await _letter("case:1", case_id=closed, slot="reviewers", message_id="m1")
    await _letter("case:2", case_id=still_open, task_id="a2-1")
    house.clock.pass_time(days=KEEP_DAYS + 1)
    assert await retention.remove(KEEP_DAYS) == 1
    past = await PastDelivery.get()
    assert await _letters() == ["case:2"]
    assert (past.id, past.case_id, past.person_id, past.slot) == (sent.id, closed, 1, "reviewers")
    assert (past.state, past.sent_at, past.message_id) == ("sent", sent.sent_at, "m1")


async def test_more_than_one_batch(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_BATCH", 2)
    still_open = await _case(closed=False)
    for number in range(7):
        await _letter(str(number), case_id=still_open if number in (0, 1, 4) else None)
    house.clock.pass_time(days=KEEP_DAYS + 1)
    assert (await retention.remove(KEEP_DAYS), await _letters()) == (4, ["0", "1", "4"])


async def test_together_two_processes_remove_each_row_once(house: House) -> None:
    closed = await _case(closed=True)
    for number in range(20):
        await _letter(str(number), case_id=closed)
    house.clock.pass_time(days=KEEP_DAYS + 1)
    removed = await asyncio.gather(*(retention.remove(KEEP_DAYS) for _ in range(3)))
    assert (sum(removed), await PastDelivery.all().count()) == (20, 20)


async def test_a_case_that_is_closed_in_between_leaves_its_line(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the lines that letters leave and the removal of the letters, on PostgreSQL."""
    closing = await _case(closed=False)
    await _letter("case:1", case_id=closing)
    house.clock.pass_time(days=KEEP_DAYS + 1)
    rows = database.rows

    async def closed() -> None:
        await Case.filter(id=closing).update(closed_at=clock.now())

    async def meanwhile(text: str, *values: object) -> database.Rows:
        found = await rows(text, *values)
        if text.startswith("INSERT INTO past_delivery"):
            await asyncio.create_task(closed(), context=contextvars.Context())  # by somebody else
        return found

    with monkeypatch.context() as patched:
        if database.is_postgresql():  # SQLite lets nobody in between
            patched.setattr(database, "rows", meanwhile)
        await retention.remove(KEEP_DAYS)
    await closed()
    await retention.remove(KEEP_DAYS)
    assert (await OutboxRow.all().count(), await PastDelivery.all().count()) == (0, 1)
