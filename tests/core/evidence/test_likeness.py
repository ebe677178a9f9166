"""Photos that look alike (BY-05): whatever the search by index finds, a comparison of all with all finds, too."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise.backends.base import executor

from core import clock, database
from core.evidence import likeness
from core.evidence.models import Evidence, PhotoUse

LIN = 11
SITE = 0x1F3A5C7E90B2D4F6


@pytest.fixture(autouse=True)
async def opened(migrated_url: str) -> AsyncIterator[None]:
    executor.EXECUTOR_CACHE.clear()  # statements prepared for the other kind of database do not fit this one
    await database.open_database(migrated_url)
    yield
    await database.close_database()


async def photo(bits: int, content: str = "") -> Evidence:
    phash = f"{bits:016x}"
    return await Evidence.create(
        sha256=hashlib.sha256((content or phash).encode()).hexdigest(), kind="photo", mime="image/jpeg", size=1,
        original_key="o", shown_key="s", phash=phash, name="现场.jpg", source="chat", taken_by_id=LIN,
        created_at=clock.now(),
    )  # fmt: skip


async def handed_in(case_id: int, *photos: Evidence, days: int = 0) -> None:
    now = clock.now() + timedelta(days=days)
    await database.transaction(lambda: likeness.note(case_id, [one.id for one in photos], now))


async def cases_with_one_like(asked: Evidence) -> list[int]:
    return [use.case_id for use in (await likeness.uses_of_like([asked])).get(asked.id, [])]


def flipped(bits: int, *places: int) -> int:
    for place in places:
        bits ^= 1 << place
    return bits


async def test_a_photo_that_was_handed_in_before_is_found_with_its_cases_oldest_first() -> None:
    seen, again = await photo(SITE), await photo(SITE)
    await handed_in(1, seen)
    await handed_in(2, again, days=3)
    assert await cases_with_one_like(again) == [1, 2]


async def test_one_that_was_packed_again_is_found_and_another_spot_is_not() -> None:
    await handed_in(1, await photo(SITE))
    assert await cases_with_one_like(await photo(flipped(SITE, 0, 21, 42))) == [1]
    assert await cases_with_one_like(await photo(flipped(SITE, 0, 21, 42, 63))) == []


async def test_dark_pictures_are_alike_only_when_they_are_the_same_file() -> None:
    await handed_in(1, await photo(0, "a dark cellar"))
    assert await cases_with_one_like(await photo(0, "another dark cellar")) == []
    assert await cases_with_one_like(await photo(0, "a dark cellar")) == [1]


async def test_what_was_never_handed_in_and_what_is_no_photo_is_not_remembered() -> None:
    poster = await photo(SITE)
    await Evidence.filter(id=poster.id).update(kind="video")
    await handed_in(1, poster)
    await photo(SITE)
    assert await cases_with_one_like(await photo(SITE)) == []


async def test_the_same_photo_of_the_same_case_is_remembered_once() -> None:
    seen = await photo(SITE)
    await handed_in(1, seen)
    await handed_in(1, seen, days=3)
    assert await PhotoUse.all().count() == 1


near = st.lists(st.integers(0, 63), max_size=6, unique=True).map(lambda places: flipped(SITE, *places))
hashes = st.lists(st.one_of(near, st.integers(0, 2**64 - 1), st.just(0), st.just(2**64 - 1)), min_size=1, max_size=25)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seen=hashes, asked=hashes)
async def test_the_search_by_index_finds_what_brute_force_finds(seen: list[int], asked: list[int]) -> None:
    await PhotoUse.all().delete()
    there, here = [await photo(one) for one in seen], [await photo(one) for one in asked]
    await handed_in(1, *there)
    found = await likeness.uses_of_like(here)
    for one in here:
        brute = [other.id for other in there if likeness.alike(one, other)]
        assert [use.evidence_id for use in found.get(one.id, [])] == brute
