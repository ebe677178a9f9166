"""The last three weeks of the invented province: made by the engine, in every state, and told to nobody."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo import loading, records
from bot.demo.history import play
from bot.demo.records import Silent, stopped_at
from checks.report import CHECK_REPORT
from core import access, clock, database
from core.cases import history
from core.cases.engine import Engine
from core.cases.models import Case, OutboxRow, Participant
from core.evidence.models import Evidence
from core.evidence.store import Store
from core.people.models import REVIEWER_ROLES, Person, Role
from tests.core.evidence import material

SATURDAY_NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
ENGINE = Engine([CHECK_REPORT], Silent())
PICTURE = material.saved(material.site(320, 240))


@pytest.fixture
async def province(migrated_url: str) -> AsyncIterator[None]:
    await database.open_database(migrated_url)
    await loading.load()
    yield
    await database.close_database()


@pytest.fixture
def store(tmp_path: Path, province: None) -> Store:
    return Store.open(str(tmp_path / "media"))


async def nothing() -> None: ...


async def played(store: Store) -> None:
    await play(await records.planned(ENGINE, store, dict.fromkeys(records.pictures_shown(), PICTURE)), nothing)


async def three_weeks(store: Store) -> list[Case]:
    with stopped_at(SATURDAY_NOON):
        await played(store)
    return await Case.all().order_by("opened_at")


async def test_there_are_records_in_every_state(store: Store) -> None:
    cases = await three_weeks(store)
    assert len(cases) >= 12
    captions = [CHECK_REPORT.caption_of(case.state, await ENGINE.view(case)) for case in cases]
    assert set(captions) == {"待审核", "审核通过", "审核通过（监督内档）", "审核未通过"}
    assert Counter(case.data["check_type"] for case in cases).keys() == {"quality", "safety", "comprehensive"}


async def test_each_has_two_to_five_findings_with_photos_and_clauses(store: Store) -> None:
    for case in await three_weeks(store):
        findings = case.data["findings"]
        assert 2 <= len(findings) <= 5, case.title
        assert any(finding["photos"] for finding in findings), case.title
        cited = [one for finding in findings for one in finding["terms"] + finding["violations"]]
        assert all(one["basis"] and one["library"] for one in cited), case.title
        assert await access.evidence_of(case) == {i for finding in findings for i in finding["photos"]}


async def test_a_finding_is_as_grave_as_the_gravest_thing_it_cites(store: Store) -> None:
    case = next(case for case in await three_weeks(store) if "污水处理厂" in case.title)
    assert [finding["severity"] for finding in case.data["findings"]] == ["critical", "major", "major", "critical"]


async def test_they_happened_on_working_days_of_the_last_three_weeks(store: Store) -> None:
    cases = await three_weeks(store)
    days = [clock.local(case.opened_at) for case in cases]
    assert all(SATURDAY_NOON - timedelta(days=23) < day < SATURDAY_NOON for day in days)
    assert [day for day in days if day.weekday() > 4] == []
    assert all(7 < day.hour < 18 for day in days)


async def test_numbers_follow_the_days_without_holes(store: Store) -> None:
    numbers = [case.number or "" for case in await three_weeks(store)]
    assert [number for number in numbers if number.startswith("汐港检")] == [
        f"汐港检〔2026〕{n:04d}号" for n in range(1, 9)
    ]


async def test_photos_were_taken_by_the_author_before_submitting(store: Store) -> None:
    for case in await three_weeks(store):
        for photo in await Evidence.filter(id__in=await access.evidence_of(case)):
            assert photo.taken_by_id == case.author_id
            assert timedelta(0) < case.opened_at - photo.created_at < timedelta(hours=1)


async def test_every_chain_of_history_is_sound_and_nobody_was_told(store: Store) -> None:
    cases = await three_weeks(store)
    assert [await history.verify(case) for case in cases] == [None] * len(cases)
    assert await OutboxRow.all().count() == 0


async def test_reviewers_are_leaders_of_the_station_and_readers_serve_on_the_project(store: Store) -> None:
    for case in await three_weeks(store):
        view = await ENGINE.view(case)
        for slot in ("reviewers", "recipients"):
            offers = CHECK_REPORT.slot(slot).offers
            assert offers is not None
            assert set(view.slots.get(slot, [])) <= set(await offers.find(view)), (case.title, slot)
        author = await Person.get(id=case.author_id)
        assert (author.role, author.org_id) == (Role.SUPERVISOR, case.station_id)


async def test_the_chief_finds_something_to_do(store: Store) -> None:
    await three_weeks(store)
    chief = await Person.get(userid="luojingchuan")
    assert chief.role in REVIEWER_ROLES
    turns = await Participant.filter(person_id=chief.id, turn=True).values_list("case_id", flat=True)
    assert [case.title for case in await Case.filter(id__in=turns)] == ["汐港市听潮小学新建工程 综合检查"]


async def test_the_clock_is_given_back(store: Store) -> None:
    with stopped_at(SATURDAY_NOON):
        await played(store)
        assert clock.now() == SATURDAY_NOON
