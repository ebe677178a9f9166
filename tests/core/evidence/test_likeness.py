"""Photos that look alike (BY-05): whatever the search by index finds, a comparison of all with all finds, too."""

import hashlib
import importlib
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise import get_connection
from tortoise.backends.base import executor

from core import clock, database
from core.cases import history
from core.cases.models import HistoryRow
from core.evidence import likeness
from core.evidence.models import Evidence, PhotoUse

pytestmark = pytest.mark.usefixtures("opened")
LIN = 11
SITE = 0x1F3A5C7E90B2D4F6


@pytest.fixture
async def opened(migrated_url: str) -> AsyncIterator[None]:
    executor.EXECUTOR_CACHE.clear()  # statements prepared for the other kind of database do not fit this one
    await database.open_database(migrated_url)
    yield
    await database.close_database()


async def photo(bits: int, content: str = "") -> Evidence:
    (made,) = await photos(bits, content=content)
    return made


async def photos(*hashes: int, content: str = "") -> list[Evidence]:
    last = await Evidence.all().count()
    made = [
        Evidence(
            id=last + number, sha256=hashlib.sha256((content or str(bits)).encode()).hexdigest(), kind="photo",
            mime="image/jpeg", size=1, original_key="o", shown_key="s", phash=f"{bits:016x}", name="现场.jpg",
            source="chat", taken_by_id=LIN, created_at=clock.now(),
        )
        for number, bits in enumerate(hashes, 1)
    ]  # fmt: skip
    await Evidence.bulk_create(made)
    return made


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


async def test_photos_from_before_there_was_a_search_are_found_as_well() -> None:
    seen, found = await photo(SITE), await photo(SITE)
    now = clock.now()
    for seq, actor in ((1, LIN), (2, None)):  # what the system hands out was used by nobody
        content = history.canonical({"attachments": {str(seen.id if actor else found.id): "0"}})
        await HistoryRow.create(
            case_id=7, seq=seq, at=now, actor_id=actor, action="a", from_state="a", to_state="b", content=content,
            previous="", hash=str(seq),
        )  # fmt: skip
    migration = importlib.import_module("core.migrations.0008_photo_use")
    await migration.used_before(None, SimpleNamespace(client=get_connection("default")))
    assert [(use.evidence_id, use.case_id) for use in (await likeness.uses_of_like([found]))[found.id]] == [
        (seen.id, 7)
    ]
    kept = await PhotoUse.get()
    assert [kept.band_a, kept.band_b, kept.band_c, kept.band_d] == likeness.bands(kept.phash)


near = st.lists(st.integers(0, 63), max_size=6, unique=True).map(lambda places: flipped(SITE, *places))
hashes = st.lists(st.one_of(near, st.integers(0, 2**64 - 1), st.just(0), st.just(2**64 - 1)), min_size=1, max_size=25)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seen=hashes, asked=hashes)
async def test_the_search_by_index_finds_what_brute_force_finds(seen: list[int], asked: list[int]) -> None:
    await PhotoUse.all().delete()
    there, here = await photos(*seen), await photos(*asked)
    await handed_in(1, *there)
    found = await likeness.uses_of_like(here)
    for one in here:
        brute = [other.id for other in there if likeness.alike(one, other)]
        assert [use.evidence_id for use in found.get(one.id, [])] == brute


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.sets(st.integers(0, 63), max_size=5)), max_size=12), st.integers(0, 3))
def test_an_album_finds_what_a_comparison_with_each_finds(drawn: list[tuple[int, set[int]]], most: int) -> None:
    seeds = (SITE, ~SITE & (2**64 - 1), 0)  # the last is a dark photo, which looks like nothing
    hashes = [flipped(seeds[seed], *places) for seed, places in drawn]
    made = [Evidence(id=n, sha256=str(bits), phash=f"{bits:016x}") for n, bits in enumerate(hashes)]
    album = likeness.Album(made)
    for one in made:
        expected = [n for n, other in enumerate(made) if likeness.alike(one, other, most)]
        assert list(album.like(one, most)) == expected


def test_an_album_of_many_photos_compares_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply on two hundred findings must not hold up everybody else."""
    many = [
        Evidence(id=n, sha256=str(n), phash=hashlib.sha256(bytes(str(n), "ascii")).hexdigest()[:16]) for n in range(600)
    ]
    compared = 0

    def alike(one: Evidence, other: Evidence, most: int) -> bool:
        nonlocal compared
        compared += 1
        return one is other

    monkeypatch.setattr(likeness, "alike", alike)
    album = likeness.Album(many)
    assert [list(album.like(one)) for one in many] == [[n] for n in range(600)]
    assert compared < 2 * len(many)
