"""Evidence in an S3-compatible store, also when the store fails in the middle of an upload."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.cases.models import InboxRow
from core.evidence import store as stores
from core.evidence.models import Evidence
from core.evidence.store import Store, StoreAway
from tests.operation.buckets import Line, bucket, line_to, media_url
from tests.town import photo, town

KEY = "ab/abcdef.jpg"
LARGE = bytes(range(256)) * 8000


@pytest.fixture(scope="module")
def shelf() -> Iterator[tuple[str, int]]:
    with bucket() as address:
        yield address


@pytest.fixture
async def line(shelf: tuple[str, int]) -> AsyncIterator[tuple[Line, int]]:
    async with line_to(*shelf) as made:
        yield made


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "_RETRIES", stores._RETRIES | {"max_retries": 1})


async def test_what_is_put_comes_back_whole_and_in_parts(shelf: tuple[str, int]) -> None:
    store = Store.open(media_url(*shelf))
    await store.put(KEY, LARGE)
    parts = [part async for part in store.stream(KEY, 1000, 700_000)]
    assert (await store.get(KEY), await store.size(KEY), b"".join(parts)) == (LARGE, len(LARGE), LARGE[1000:700_000])
    with pytest.raises(FileNotFoundError):
        await store.get("ab/missing.jpg")


async def test_one_break_in_the_middle_of_an_upload_is_made_good(line: tuple[Line, int]) -> None:
    store = Store.open(media_url("127.0.0.1", line[1]))
    line[0].cut(after_bytes=500_000, times=1)
    await store.put("ab/onebreak.jpg", LARGE)
    assert (line[0].cuts, await store.get("ab/onebreak.jpg")) == (1, LARGE)


async def test_an_upload_that_keeps_breaking_leaves_nothing(line: tuple[Line, int], impatient: None) -> None:
    store = Store.open(media_url("127.0.0.1", line[1]))
    line[0].cut(after_bytes=500_000, times=2)
    with pytest.raises(StoreAway):
        await store.put("ab/broken.jpg", LARGE)
    assert (line[0].cuts, await store.exists("ab/broken.jpg")) == (2, False)


async def test_a_store_that_is_gone_is_told_from_a_missing_file(impatient: None) -> None:
    store = Store.open(media_url("127.0.0.1", 9))
    for doing in (store.put(KEY, b"x"), store.get(KEY), store.size(KEY), store.is_empty()):
        with pytest.raises(StoreAway):
            await doing


async def test_a_photo_waits_for_the_store_and_is_kept_then(
    line: tuple[Line, int], impatient: None, migrated_url: str, tmp_path: Path
) -> None:
    """The member is told nothing about it: the photo arrives as if nothing had happened."""
    async with town(migrated_url, tmp_path, media_url=media_url("127.0.0.1", line[1])) as place:
        lin = place.phone("lin")
        line[0].cut(after_bytes=1_000, times=1_000)
        place.world.send_image("lin", photo())
        async with asyncio.timeout(60):
            while not await InboxRow.exists(waiting=True, error="store"):
                await place.world.settled()
        assert (await Evidence.all().count(), lin.messages) == (0, [])
        line[0].cut(after_bytes=0, times=0)
        place.pass_time(seconds=2)
        await place.settle()
        kept = await Evidence.get()
        store = place.house.store
        assert await store.get(kept.original_key) == photo()
        assert (line[0].cuts > 1, len(lin.messages)) == (True, 1)
