import asyncio
import hashlib
import itertools
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import structlog
from tortoise.backends.base import executor

from core import clock, database
from core.evidence import uploads
from core.evidence.models import Evidence, Upload
from core.evidence.records import record
from core.evidence.refusal import EvidenceRefused
from core.evidence.sniff import Kind
from core.evidence.store import Store, StoreAway
from core.evidence.uploads import Announced
from tests.core.evidence import material
from tests.reliability.cancelling import interrupted
from tests.town import photo

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


async def test_what_was_stored_is_written_down_whenever_its_sender_goes_away(store: Store, folder: Path) -> None:
    """Cancelled at each moment, with another photo each time."""
    for moment in itertools.count(1):
        brought = partial(record, store, photo(number=moment), by=LIN, source="page")
        gone = (await interrupted(brought, moment)).struck
        written = await Evidence.all().order_by("id")
        assert material.stored(folder) == sorted(key for row in written for key in _keys(row))
        if not gone:
            break
    assert 0 < len(written) < moment  # before there was anything to store there was nothing to write down
    assert all([await store.exists(key) for row in written for key in _keys(row)])


async def test_an_upload_that_loses_its_sender_while_it_is_finished_is_one_piece_of_evidence(
    store: Store, folder: Path
) -> None:
    for moment in itertools.count(1):
        taken = photo(number=moment)
        announced = Announced(Kind.PHOTO, len(taken), hashlib.sha256(taken).hexdigest())
        upload = await uploads.begin(LIN, announced)
        await uploads.append(store, upload, 0, taken)
        gone = (await interrupted(partial(uploads.finish, store, upload), moment)).struck
        first = await Evidence.filter(sha256=announced.sha256)
        lying = [key for key in material.stored(folder) if announced.sha256 in key]
        assert lying == sorted(key for row in first for key in _keys(row))
        again = await uploads.finish(store, await Upload.get(id=upload.id))
        assert [row.id for row in await Evidence.filter(sha256=announced.sha256)] == [again.id]
        if not gone:
            break
    assert moment > 10


async def test_a_sender_who_goes_away_is_told_of_when_his_photo_cannot_be_written_down(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, goes_on = asyncio.Event(), asyncio.Event()

    async def away(key: str, data: bytes) -> None:
        waits.set()
        await goes_on.wait()
        raise StoreAway

    monkeypatch.setattr(store, "put", away)
    with structlog.testing.capture_logs() as logged:
        sending = asyncio.create_task(record(store, PHOTO, by=LIN, source="page"))
        await waits.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        goes_on.set()
        await database.close_database()
    assert logged == [
        {
            "event": "evidence.not_written_down",
            "error": "StoreAway",
            "by": LIN,
            "source": "page",
            "log_level": "warning",
        }
    ]


def _keys(row: Evidence) -> list[str]:
    return [row.original_key, row.shown_key, str(row.thumb_key)]
