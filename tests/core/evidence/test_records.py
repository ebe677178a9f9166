from collections.abc import AsyncIterator

import pytest
from tortoise.backends.base import executor

from core import clock, database
from core.evidence.models import Evidence
from core.evidence.records import record
from core.evidence.refusal import EvidenceRefused
from core.evidence.store import Store
from tests.core.evidence import material

LIN, ZHAO = 11, 12
PHOTO = material.saved(material.site())


@pytest.fixture(autouse=True)
async def opened(migrated_url: str) -> AsyncIterator[None]:
    executor.EXECUTOR_CACHE.clear()  # statements prepared for the other kind of database do not fit this one
    await database.open_database(migrated_url)
    yield
    await database.close_database()


async def test_a_row_says_who_brought_what_and_when(store: Store) -> None:
    before = clock.now()
    made = await record(store, PHOTO, by=LIN, source="chat", kind_hint="photo", name="一层.jpg")
    row = await Evidence.get(id=made.id)
    assert (row.kind, row.mime, row.size, row.name) == ("photo", "image/jpeg", len(PHOTO), "一层.jpg")
    assert (row.width, row.height, row.seconds) == (800, 600, None)
    assert (row.taken_by_id, row.source) == (LIN, "chat")
    assert before <= row.created_at <= clock.now()
    assert await store.get(row.original_key) == PHOTO


async def test_the_same_photo_from_two_people_is_two_rows_over_one_file(store: Store) -> None:
    first = await record(store, PHOTO, by=LIN, source="chat")
    second = await record(store, PHOTO, by=ZHAO, source="page")
    assert first.id != second.id
    assert first.original_key == second.original_key
    assert [row.taken_by_id for row in await Evidence.filter(sha256=first.sha256).order_by("id")] == [LIN, ZHAO]


async def test_what_is_refused_leaves_no_row(store: Store) -> None:
    with pytest.raises(EvidenceRefused):
        await record(store, b"MZ" + bytes(500), by=LIN, source="chat")
    assert await Evidence.all().count() == 0


async def test_an_unknown_door_is_our_own_mistake(store: Store) -> None:
    with pytest.raises(ValueError, match="'fax' is not a valid Source"):
        await record(store, PHOTO, by=LIN, source="fax")
