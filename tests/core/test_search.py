"""What a search finds is what reading every record would find, on both databases and by both of its ways."""

import random
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from checks.report import CHECK_REPORT
from core import clock, database
from core.access import Reach
from core.cases.declaration import Process
from core.cases.models import Case, CaseFact
from core.search import filling, index, query, text
from core.search.query import Search, Wanted
from tests.core import statements

WORDS = [
    "临边",
    "防护",
    "栏杆",
    "缺失",
    "临",
    "护栏",
    "100%",
    "a_b",
    "O'Brien",
    '"AND',
    "NOT",
    "*",
    "C30",
    "ｃ30",
    "🦺",
    "é",
]
STATIONS, PROJECTS, AUTHORS = (1, 2, 3), (11, 12, 13, 14), (21, 22)
FIRST = date(2026, 3, 1)


@pytest.fixture
async def opened(migrated_url: str) -> AsyncIterator[None]:
    await database.open_database(migrated_url)
    yield
    await database.close_database()


def _case(number: int, dice: random.Random) -> Case:
    at = datetime.combine(FIRST + timedelta(days=dice.randrange(40)), datetime.min.time(), clock.ZONE)
    data = {"check_type": "safety", "checked_location": "".join(dice.choices(WORDS, k=4)), "findings": []}
    project = dice.choice(PROJECTS)
    return Case(
        process="check_report", number=f"海检〔2026〕{number:04}号", title="检查",
        state=dice.choice(["passed", "failed"]), data=data, station_id=STATIONS[project % 3],
        project_id=project, author_id=dice.choice(AUTHORS), version=1,
        opened_at=at, changed_at=at,
    )  # fmt: skip


async def _kept(count: int) -> list[Case]:
    """As they were before there was an index, and then entered."""
    from core.people.models import Organisation, OrgKind, Person, Role

    dice = random.Random(7)
    org = await Organisation.create(name="海澄站", short_name="海澄站", kind=OrgKind.STATION, code="海", level="")
    for one in AUTHORS:
        await Person.create(id=one, name=f"甲{one}", mobile=f"100{one}", org_id=org.id, role=Role.SUPERVISOR, title="")
    cases = [_case(number, dice) for number in range(1, count + 1)]
    for case in cases:
        await case.save()
    assert await filling.left() == 100
    assert await filling.catch_up({"check_report": CHECK_REPORT}) == count
    assert await filling.left() == 0
    return cases


def _expected(cases: list[Case], wanted: Wanted, stations: list[int]) -> list[int]:
    return sorted((c.id for c in cases if c.station_id in stations and _fits(c, wanted)), reverse=True)


def _fits(case: Case, wanted: Wanted) -> bool:
    said = "\n".join(map(text.plain, [str(case.number), case.title, case.data["checked_location"]]))
    day = clock.local(case.opened_at).date()
    return all(
        (
            all(word in said for word in wanted.words),
            all(word in text.plain(str(case.number)) for word in wanted.number),
            wanted.projects is None or case.project_id in wanted.projects,
            wanted.authors is None or case.author_id in wanted.authors,
            wanted.station in (None, case.station_id),
            wanted.state in ("", case.state),
            (wanted.since or day) <= day <= (wanted.until or day),
        )
    )


@pytest.mark.parametrize("read", [3_000, 6])
async def test_a_search_finds_what_reading_everything_finds(
    opened: None, read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 6 the grams are asked for nearly everything."""
    monkeypatch.setattr(query, "_READ", read)
    for limit, small in {"_LEAST": 2, "_ENOUGH": 2, "_MANY": 2, "_PER_FOUND": 0, "_NEAR": 40, "_LOOKED_AT": 9}.items():
        monkeypatch.setattr(query, limit, small)
    monkeypatch.setattr(text, "BLOCK", 16)
    cases = await _kept(150)
    dice = random.Random(read)
    for _ in range(120):
        wanted = _question(dice)
        reach = Reach(dice.choice([[1], [1, 2], [1, 2, 3]]))
        expected = _expected(cases, wanted, reach.stations)
        search = Search(reach, wanted)
        assert await search.page(1_000) == expected, wanted
        first = await search.page(7)
        assert first + await search.page(1_000, before=first[-1] if first else 1) == expected
        assert await search.count(10) == min(len(expected), 10)


def _question(dice: random.Random) -> Wanted:
    typed = "".join(dice.choices(WORDS, k=dice.choice([1, 1, 1, 2])))
    some: dict[str, Any] = {
        "projects": dice.sample(PROJECTS, 2),
        "authors": [dice.choice(AUTHORS)],
        "station": dice.choice(STATIONS),
        "state": dice.choice(["passed", "failed"]),
        "process": "check_report",
        "number": (f"{dice.randrange(15)}号",),
        "since": FIRST + timedelta(days=dice.randrange(40)),
        "until": FIRST + timedelta(days=dice.randrange(40)),
    }
    chosen = dice.sample(sorted(some), dice.randrange(3))
    start = dice.randrange(len(typed))
    return Wanted(words=text.words_of(typed[start : start + 5]), **{name: some[name] for name in chosen})


async def test_a_supervisor_finds_his_own_and_those_of_his_teams(opened: None) -> None:
    cases = await _kept(60)
    mine = [c.id for c in cases if c.author_id == 21 or c.project_id == 12]
    found = await Search(Reach([], 21, [12]), Wanted(words=("海检",))).page(100)
    assert found == sorted(mine, reverse=True)


async def test_what_only_other_stations_say_is_looked_up_once(opened: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, small in {"_READ": 6, "_LEAST": 2, "_PER_FOUND": 0, "_NEAR": 40, "_LOOKED_AT": 60}.items():
        monkeypatch.setattr(query, limit, small)
    for case in await _kept(60):
        if case.station_id != 1:
            case.data["checked_location"] = "塔吊基础"
            await database.transaction(partial(_kept_anew, case))
    assert len(await Search(Reach([2, 3]), Wanted(words=("塔吊",))).page(5)) == 5
    asked: list[None] = []
    with statements.watched(before=lambda: asked.append(None)):
        assert await Search(Reach([1]), Wanted(words=("塔吊",))).page(5) == []
    assert len(asked) <= 4  # how far to read, reading, which pairs are rare, what they lead to


async def _kept_anew(case: Case) -> None:
    index.keep_text(CHECK_REPORT, case, "", [])


async def test_entering_again_changes_nothing(opened: None) -> None:
    await _kept(5)
    before = await CaseFact.all().order_by("case_id").values()
    await database.rows("UPDATE search_fill SET next_id = first_id RETURNING id")
    assert await filling.catch_up({"check_report": CHECK_REPORT}) == 5
    assert await CaseFact.all().order_by("case_id").values() == before
    assert await Search(Reach([1, 2, 3]), Wanted(words=("0003号",))).page(9) == [3]


async def test_a_version_that_knows_more_enters_all_again_and_goes_on_where_it_was_stopped(
    opened: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service is stopped after the first hundred; figures are whole all the while."""
    cases = await _kept(150)
    monkeypatch.setattr(index, "VERSION", index.VERSION + 1)
    assert (await filling.left(), await filling.uncounted()) == (100, 0)
    entered, some = list[int](), filling._some

    async def stopped(processes: Mapping[str, Process]) -> int:
        if entered:
            raise OSError("the service is stopped")
        entered.append(await some(processes))
        return entered[0]

    with monkeypatch.context() as patched, pytest.raises(OSError, match="stopped"):
        patched.setattr(filling, "_some", stopped)
        await filling.catch_up({"check_report": CHECK_REPORT})
    assert (entered, await filling.left(), await filling.uncounted()) == ([100], 34, 0)
    assert await Search(Reach([1, 2, 3]), Wanted(words=("海检",))).count(999) == len(cases)
    assert await filling.catch_up({"check_report": CHECK_REPORT}) == 50
    assert (await filling.left(), await filling.uncounted()) == (0, 0)
    assert await filling.catch_up({"check_report": CHECK_REPORT}) == 0


async def test_a_text_that_is_the_same_is_not_written_again(opened: None) -> None:
    """Entering all again costs reading, and writes what has changed."""
    (case,) = await _kept(1)
    written = "SELECT ctid::text AS n FROM case_text" if database.is_postgresql() else "SELECT total_changes() AS n"
    before = await database.rows(written)
    await database.transaction(partial(_kept_anew, case))
    assert await database.rows(written) == before
    case.data["checked_location"] = "塔吊基础"
    await database.transaction(partial(_kept_anew, case))
    assert await database.rows(written) != before


def test_what_is_typed_is_compared_without_case_width_and_what_nobody_sees() -> None:
    assert text.words_of("  ＣＲＢ400\u200b 临\u200e边　防护\x00 ") == ("crb400", "临边", "防护")
    assert text.words_of(" \u200b ") == ()
