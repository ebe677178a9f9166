"""Forms say in plain Chinese what does not fit, and show what was filled in the way people read it."""

from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import Field as Limit

from checks.report import CheckReport
from core.errors import BadInput
from core.forms import (
    Choice,
    Day,
    Form,
    Number,
    People,
    Photos,
    Place,
    Project,
    Spot,
    Switch,
    Text,
    Videos,
    Voices,
    check_answer,
    fill,
    questions,
    show,
)
from core.forms.form import attachments, refers


class Pour(Form):
    """One of every kind."""

    project: Annotated[int, Project()]
    part: Annotated[str, Text("浇筑部位", 10, hint="例如：3号楼 5层 顶板")]
    grade: Annotated[str, Choice("强度等级", {"c30": "C30", "c40": "C40"})]
    volume: Annotated[float, Number("方量", unit="立方米", most=500)]
    day: Annotated[date, Day("浇筑日期")]
    pumped: Annotated[bool, Switch("泵送")] = False
    remark_text: Annotated[str, Text("备注", 20)] = ""
    again: Annotated[date | None, Day("复查日期")] = None
    place: Annotated[Spot | None, Place("浇筑位置")] = None
    pictures: Annotated[list[int], Photos("坍落度照片", most=2)] = []
    talks: Annotated[list[int], Voices("说明")] = []
    films: Annotated[list[int], Videos("录像")] = []
    witnesses: Annotated[list[int], People("见证人", "witnesses")] = []
    foreman: Annotated[list[int], People("带班人", "foreman", several=False)] = []
    serial: Annotated[int, Limit(default=0, ge=0)]  # not asked: carries no field type


FULL: dict[str, Any] = {"project": 3, "part": "3号楼顶板", "grade": "c30", "volume": 41.5, "day": "2026-11-21"}


def _refused(**change: Any) -> tuple[str, str]:
    with pytest.raises(BadInput) as refused:
        fill(Pour, {name: value for name, value in (FULL | change).items() if value is not None})
    return refused.value.field, refused.value.sentence


def test_what_fits_is_taken() -> None:
    assert fill(Pour, FULL).day == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("part", None, "请填写「浇筑部位」。"),
        ("part", "  ", "请填写「浇筑部位」。"),
        ("part", "三号楼五层顶板和六层墙柱", "「浇筑部位」最多 10 个字，现在是 12 个字，请精简后重发。"),
        ("part", 3, "「浇筑部位」填写的内容不符合要求，请重新填写。"),
        ("part", "顶板\x00", "「浇筑部位」中有无法保存的字符，请删除后重新填写。"),
        ("part", "顶板\ud83d", "「浇筑部位」中有无法保存的字符，请删除后重新填写。"),
        ("grade", "c50", "「强度等级」请从 C30、C40 中选择一项。"),
        ("volume", "很多", "「方量」填写的内容不符合要求，请重新填写。"),
        ("volume", -1, "「方量」应在 0 与 500 之间。"),
        ("volume", 501, "「方量」应在 0 与 500 之间。"),
        ("volume", float("nan"), "「方量」应在 0 与 500 之间。"),
        ("day", "2026-02-30", "「浇筑日期」填写的内容不符合要求，请重新填写。"),
        ("pictures", [1, 2, 3], "「坍落度照片」最多 2 个，现在是 3 个，请去掉几个。"),
        ("place", {"latitude": 20.0}, "请填写「浇筑位置」。"),
        (
            "place",
            {"latitude": 1, "longitude": 2, "label": "\x00"},
            "「浇筑位置」中有无法保存的字符，请删除后重新填写。",
        ),
        ("foreman", [1, 2], "「带班人」只能选一位，请重新选择。"),
        ("wage", "12", "不认识的内容「wage」，请重新填写。"),
    ],
)
def test_what_does_not_fit_is_named_in_a_sentence(field: str, value: Any, sentence: str) -> None:
    assert _refused(**{field: value}) == (field, sentence)


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [("volume", "41.5", 41.5), ("day", "2026-11-21", "2026-11-21"), ("pictures", [7], [7]), ("remark_text", "", "")],
)
def test_one_answer_is_checked_like_the_whole(field: str, given: Any, kept: Any) -> None:
    question = next(q for q in questions(Pour) if q.name == field)
    assert check_answer(question, given) == kept


@pytest.mark.parametrize("field", ["part", "grade", "volume", "day", "pictures"])
def test_one_answer_is_refused_like_the_whole(field: str) -> None:
    question = next(q for q in questions(Pour) if q.name == field)
    wrong = {"part": " ", "grade": "c50", "volume": -1, "day": "gestern", "pictures": [1, 2, 3]}[field]
    with pytest.raises(BadInput) as refused:
        check_answer(question, wrong)
    assert (refused.value.field, refused.value.sentence) == _refused(**{field: wrong})


def test_questions_come_in_order_and_only_with_a_kind() -> None:
    asked = questions(Pour)
    assert [q.name for q in asked] == [name for name in Pour.model_fields if name != "serial"]
    assert [q.name for q in asked if q.required] == ["project", "part", "grade", "volume", "day"]
    assert {q.name: q.default for q in asked if not q.required}["pumped"] is False


def test_what_was_filled_in_reads_as_people_read_it() -> None:
    spot = {"latitude": 20.02, "longitude": 110.35, "label": "北侧", "system": "gcj02"}
    answers = FULL | {"pumped": True, "place": spot, "pictures": [7, 8], "talks": [9], "witnesses": [1, 2]}
    names = {"project:3": "滨江花园一期", "person:1": "林小舟", "person:2": "方知远"}
    assert show(Pour, answers, names) == [
        ("工程名称", "滨江花园一期"),
        ("浇筑部位", "3号楼顶板"),
        ("强度等级", "C30"),
        ("方量", "41.5立方米"),
        ("浇筑日期", "2026年11月21日"),
        ("泵送", "是"),
        ("浇筑位置", "北侧"),
        ("坍落度照片", "2 张照片"),
        ("说明", "1 段录音"),
        ("见证人", "林小舟、方知远"),
    ]


def test_a_place_without_a_name_shows_its_degrees() -> None:
    spot = {"latitude": 20.02, "longitude": 110.35, "label": ""}
    assert show(Pour, FULL | {"place": spot}, {})[5:] == [("浇筑位置", "20.02000, 110.35000")]


def test_a_form_says_what_it_refers_to() -> None:
    answers = FULL | {"pictures": [8, 7, 8], "talks": [9], "films": [10], "witnesses": [1]}
    assert attachments(Pour, answers) == [8, 7, 9, 10]
    assert refers(Pour, answers) == {"project:3", "person:1"}


def test_the_check_report_asks_in_the_order_of_its_source() -> None:
    assert [q.caption for q in questions(CheckReport)] == [
        *("工程名称", "抽查类型", "抽查部位", "问题", "上报接收人", "下达接收人", "同时下发整改通知"),
    ]
