"""The supervisor 王 looks for wording on site; the station puts its own beside the starter library."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.library import CheckType, Library, Severity, Term, files, load
from core.errors import Misconfigured

TODAY = date(2026, 11, 21)
SAFETY, QUALITY, BOTH = CheckType.SAFETY, CheckType.QUALITY, CheckType.COMPREHENSIVE
EDGE = "临边防护缺失，坠落高度2米及以上的作业面临空一侧未设置防护栏杆。"
SPACING = "钢筋间距偏差超过允许偏差。"


@pytest.fixture(scope="module")
def library() -> Library:
    return load()


def texts(found: list[Term]) -> list[str]:
    return [term.text for term in found]


# Finding


@pytest.mark.parametrize("typed", ["lbfh", "LBFH", "ｌｂｆｈ", "临边防护", "linbianfanghu", "linb", "临b", "防护 临边"])
def test_wang_finds_the_edge_protection_first(library: Library, typed: str) -> None:
    assert texts(library.search_terms(typed, SAFETY, TODAY))[0] == EDGE


def test_a_safety_check_offers_no_quality_terms(library: Library) -> None:
    assert library.search_terms("钢筋间距", SAFETY, TODAY) == []
    assert texts(library.search_terms("钢筋间距", QUALITY, TODAY)) == [SPACING]


def test_a_comprehensive_check_offers_both(library: Library) -> None:
    assert texts(library.search_terms("钢筋间距", BOTH, TODAY)) == [SPACING]
    assert texts(library.search_terms("lbfhqs", BOTH, TODAY)) == [EDGE]


def test_the_value_of_a_check_type_does_as_well(library: Library) -> None:
    assert library.search_terms("lb", "safety", TODAY) == library.search_terms("lb", SAFETY, TODAY)
    assert library.search_terms("lb", "comprehensive", TODAY) == library.search_terms("lb", BOTH, TODAY)


@pytest.mark.parametrize(
    ("typed", "category"),
    [
        ("td", "塔吊"),
        ("塔机", "塔吊"),
        ("临电", "临时用电"),
        ("gzm", "模板支架"),
        ("jiazi", "脚手架"),
        ("危大", "危大工程管理"),
    ],
)
def test_what_people_on_site_call_it_is_enough(library: Library, typed: str, category: str) -> None:
    assert library.search_terms(typed, SAFETY, TODAY)[0].category == category


def test_the_number_of_a_standard_finds_what_rests_on_it(library: Library) -> None:
    found = library.search_terms("jgj196", SAFETY, TODAY, limit=100)
    assert found == [t for t in library.terms if any(b.standard.number == "JGJ 196-2010" for b in t.bases_on(TODAY))]


def test_a_clause_number_finds_its_term(library: Library) -> None:
    assert texts(library.search_terms("第4.1.1条 JGJ80", SAFETY, TODAY)) == [EDGE]


def test_no_more_are_shown_than_asked_for(library: Library) -> None:
    assert len(library.search_terms("a", BOTH, TODAY, limit=5)) == 5


def test_violations_are_found_the_same_way(library: Library) -> None:
    found = library.search_violations("wffb", BOTH, TODAY)
    assert found[0].text == "违法分包。"
    assert library.search_violations("偷工减料", SAFETY, TODAY) == []


def test_with_nothing_typed_each_category_shows_its_most_usual(library: Library) -> None:
    categories = list(dict.fromkeys(term.category for term in library.terms if term.suits(SAFETY)))
    found = library.search_terms("", SAFETY, TODAY, limit=2 * len(categories))
    assert [term.category for term in found] == categories * 2
    assert EDGE in texts(found[: len(categories)])


@settings(deadline=None)  # the first example loads the library
@given(st.text(st.characters(exclude_categories=()), max_size=300), st.sampled_from(CheckType))
def test_whatever_is_typed_gets_a_list(typed: str, check_type: CheckType) -> None:
    assert all(term.suits(check_type) for term in load().search_terms(typed, check_type, TODAY))
    assert all(violation.suits(check_type) for violation in load().search_violations(typed, check_type, TODAY))


@pytest.mark.parametrize("sign", ["%", "_", ".*", "'; --", "\\", "临%边"])
def test_signs_are_no_patterns(library: Library, sign: str) -> None:
    assert library.search_terms(sign, BOTH, TODAY) == []


# The clause in force


def test_the_clause_is_the_one_in_force_on_the_day_of_the_check(library: Library) -> None:
    own_box = library.search_terms("一机一闸", SAFETY, TODAY)[0]
    last_day, first_day = own_box.basis_on(date(2024, 12, 31)), own_box.basis_on(date(2025, 1, 1))
    assert last_day is not None
    assert first_day is not None
    assert last_day.citation == "《施工现场临时用电安全技术规范》（JGJ 46-2005）第8.1.3条"
    assert first_day.citation == "《建筑与市政工程施工现场临时用电安全技术标准》（JGJ/T 46-2024）"


def test_a_withdrawn_standard_finds_nothing_any_more(library: Library) -> None:
    assert library.search_terms("JGJ46-2005", SAFETY, TODAY) == []
    assert len(library.search_terms("JGJ46-2005", SAFETY, date(2024, 6, 1))) > 10


def test_a_term_without_a_basis_in_force_is_not_offered(library: Library) -> None:
    assert library.search_terms(EDGE, SAFETY, date(2016, 11, 30)) == []
    assert texts(library.search_terms(EDGE, SAFETY, date(2016, 12, 1))) == [EDGE]


# What the starter library holds


def test_the_library_says_that_a_station_must_check_it(library: Library) -> None:
    assert library.note == "本库为起步库，使用前须由监督站核对；条款号以现行有效文本为准。"
    assert library.version == "2026.11"


def test_there_is_enough_to_begin_with(library: Library) -> None:
    assert len(library.terms) >= 220
    assert len(library.violations) >= 70
    for check_type in (SAFETY, QUALITY):
        assert sum(term.suits(check_type) for term in library.terms) >= 100


def test_everything_rests_on_a_basis_in_force(library: Library) -> None:
    entries = [*library.terms, *library.violations]
    assert [entry.id for entry in entries if entry.basis_on(TODAY) is None] == []


def test_no_wording_stands_there_twice(library: Library) -> None:
    wordings = [entry.text for entry in (*library.terms, *library.violations)]
    assert len(set(wordings)) == len(wordings)
    assert [wording for wording in wordings if not wording.endswith("。")] == []


def test_nothing_that_stops_the_work_is_minor(library: Library) -> None:
    assert [term.id for term in library.terms if term.danger and term.severity is Severity.MINOR] == []


def test_an_entry_is_found_by_its_id(library: Library) -> None:
    edge = library.term("SA-EDGE-001")
    assert edge is not None
    assert (edge.text, edge.usual_days, edge.severity, edge.danger) == (EDGE, 0, Severity.CRITICAL, True)
    assert library.term("SA-EDGE-999") is None
    assert library.violation("SA-EDGE-001") is None


# A station's own file


def own_term(**changes: Any) -> dict[str, Any]:
    return {
        "id": "HK-EDGE-001",
        "check_types": ["safety"],
        "category": "临边洞口",
        "text": "海边堤岸作业未设置防护栏杆。",
        "basis": [{"standard": "JGJ 80-2016", "clause": None}],
        "usual_days": 1,
        "severity": "major",
        "danger": False,
        "location_hint": "堤岸桩号",
    } | changes


@pytest.fixture
def own(tmp_path: Path) -> Any:
    def write(**content: Any) -> Path:
        file = tmp_path / "own.json"
        head = {"version": "海口1", "published": "2026-11-20", "note": "本站已核对。"}
        file.write_text(json.dumps(head | content), "utf-8")
        return file

    return write


def test_a_station_adds_its_own_wording(own: Any, library: Library) -> None:
    extended = load(own(terms=[own_term()]))
    assert texts(extended.search_terms("hbda", SAFETY, TODAY)) == ["海边堤岸作业未设置防护栏杆。"]
    assert len(extended.terms) == len(library.terms) + 1
    assert (extended.version, extended.note) == ("2026.11+海口1", "本站已核对。")


def test_a_station_corrects_a_term_of_the_starter_library(own: Any, library: Library) -> None:
    corrected = load(own(terms=[own_term(id="SA-EDGE-001", usual_days=2)]))
    edge = corrected.term("SA-EDGE-001")
    assert edge is not None
    assert edge.usual_days == 2
    assert len(corrected.terms) == len(library.terms)


def test_a_station_knows_that_a_standard_has_been_replaced(own: Any) -> None:
    jgj80 = {"key": "JGJ 80-2016", "name": "建筑施工高处作业安全技术规范", "number": "JGJ 80-2016"}
    warned = load(
        own(standards=[jgj80 | {"valid_from": "2016-12-01", "valid_until": "2026-06-30"}], terms=[own_term()])
    )
    assert texts(warned.search_terms("海边", SAFETY, date(2026, 6, 30))) == ["海边堤岸作业未设置防护栏杆。"]
    assert warned.search_terms("海边", SAFETY, date(2026, 7, 1)) == []


def test_a_station_replaces_the_starter_library(own: Any) -> None:
    alone = load(own(replaces=True, terms=[own_term()]))
    assert texts(list(alone.terms)) == ["海边堤岸作业未设置防护栏杆。"]
    assert (alone.violations, alone.version) == ((), "海口1")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            {"terms": [own_term(severity="huge")]},
            "The library file own.json is wrong at terms, entry 1, severity: "
            "Input should be 'minor', 'major' or 'critical'.",
        ),
        (
            {"terms": [own_term(basis=[{"standard": "JGJ 1"}])]},
            "The library file own.json is wrong at terms, entry 1, basis, entry 1: "
            "Value error, cites JGJ 1, which no list of standards has.",
        ),
        (
            {
                "standards": [
                    {"key": "X", "name": "X", "number": "X", "valid_from": "2026-02-01", "valid_until": "2026-01-01"}
                ]
            },
            "The library file own.json is wrong at standards, entry 1: Value error, X ends before it begins.",
        ),
        ({"terms": [own_term(), own_term()]}, "The library file own.json has HK-EDGE-001 twice."),
        (
            {"terms": [own_term(basis=[])]},
            "The library file own.json is wrong at terms, entry 1, basis: "
            "Tuple should have at least 1 item after validation, not 0.",
        ),
        ({"note": ""}, "The library file own.json is wrong at note: String should have at least 1 character."),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(own: Any, content: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        load(own(**content))
    assert str(refused.value) == sentence


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"text"'])
def test_what_is_no_library_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "own.json"
    file.write_text(content, "utf-8")
    with pytest.raises(Misconfigured, match=r"^The library file own\.json "):
        load(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"^The library file gone\.json cannot be read: "):
        load(tmp_path / "gone.json")


def test_the_example_of_the_readme_works(tmp_path: Path) -> None:
    readme = files.STARTER[0].with_name("README.md").read_text("utf-8")
    file = tmp_path / "own.json"
    file.write_text(readme.split("```json")[1].split("```")[0], "utf-8")
    assert texts(load(file).search_terms("堤岸", SAFETY, TODAY)) == ["堤岸作业未设置防护栏杆。"]
