"""王 has one thumb free and looks for names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pinyin import LITERAL, LITERAL_FIRST, SOUND, SOUND_FIRST, Index, matches, prepare

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)  # lone surrogates and controls included


@pytest.fixture
def projects() -> Index[int]:
    index: Index[int] = Index()
    index.add(1, "滨海·新城（一期）3#楼")
    index.add(2, "重庆路 中学教学楼")
    index.add(3, "新浪花园")
    return index


@pytest.mark.parametrize(
    "typed", ["滨海", "bh", "bhxc", "binhai", "binh", "BinHaiXin", "ｂｈ", "bin海", "滨hai", "bhxcyq3"]
)
def test_wang_types_it_as_he_likes(projects: Index[int], typed: str) -> None:
    assert projects.search(typed) == [1]


@pytest.mark.parametrize("typed", ["cq", "zq", "chongqing", "zhongqing", "chq"])
def test_every_reading_of_a_character_counts(projects: Index[int], typed: str) -> None:
    assert projects.search(typed) == [2]


@pytest.mark.parametrize("typed", ["绿地", "lvdi", "ludi", "ld"])
def test_the_letter_that_keyboards_lack_may_be_v_or_u(typed: str) -> None:
    assert matches(typed, prepare("绿地")) is not None


def test_all_words_have_to_be_found(projects: Index[int]) -> None:
    assert projects.search("xc 滨海") == [1]
    assert projects.search("xc 重庆") == []


def test_what_begins_with_the_words_comes_first(projects: Index[int]) -> None:
    assert projects.search("x") == [3, 1, 2]
    assert projects.search("新") == [3, 1]


def test_nothing_typed_finds_nothing(projects: Index[int]) -> None:
    assert projects.search("  ") == []


def test_a_renamed_project_is_found_under_its_new_name_only(projects: Index[int]) -> None:
    projects.add(3, "山水苑")
    assert projects.search("xlhy") == []
    assert projects.search("ssy") == [3]


@pytest.mark.parametrize(
    ("typed", "fit"),
    [("临边", LITERAL_FIRST), ("防护", LITERAL), ("lb", SOUND_FIRST), ("fh", SOUND), ("lbx", None), ("临外", None)],
)
def test_what_is_typed_exactly_beats_what_only_sounds_like_it(typed: str, fit: int | None) -> None:
    assert matches(typed, prepare("临边防护")) == fit


@pytest.mark.parametrize("pattern", ["%", "_", ".*", "[a-z]", "l%b", "\\", "^l", "临?边"])
def test_signs_are_no_patterns(pattern: str) -> None:
    assert matches(pattern, prepare("临边防护")) is None
    assert matches(pattern, prepare(f"临边{pattern}防护")) == LITERAL


@given(ANY_TEXT, ANY_TEXT)
def test_nothing_typed_raises(typed: str, name: str) -> None:
    index: Index[str] = Index()
    index.add("it", name)
    assert index.search(typed) in ([], ["it"])


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12))
def test_a_name_is_found_by_itself(name: str) -> None:
    assert matches(name, prepare(name)) == LITERAL_FIRST


@pytest.mark.parametrize("typed", ["a" * 65_536, "阿" * 65_536, "a " * 32_768])
def test_an_endless_query_costs_no_more_than_a_long_one(typed: str) -> None:
    assert matches(typed, prepare("阿" * 200)) == matches(typed[:64], prepare("阿" * 200))
