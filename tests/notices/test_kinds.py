"""Kinds of notices are data; a station adds its own, and a bad definition is refused in a sentence."""

import pytest

from core.errors import Misdeclared
from notices.kinds import Answer, Approval, ProjectEffect, Term, shipped

WARNING = """
[[kind]]
name = "warning"
title = "约谈通知"
paper = "generic"
paper_title = "约谈通知书"
series = "{station}质安谈〔{year}〕{n:03d}号"
answer = "acknowledge"
"""


def test_the_six_kinds_of_the_source_are_offered() -> None:
    assert [kind.title for kind in shipped().offered()] == [
        "整改通知",
        "停工通知",
        "局部停工通知",
        "复工通知",
        "不良行为记录通知",
        "工程设备使用限制通知",
    ]


def test_two_are_formed_by_the_system() -> None:
    assert [kind.title for kind in shipped().formed_by_system()] == ["处罚建议书", "不良行为记录（逾期未整改）"]


def test_stop_work_needs_the_chief_and_stops_the_project() -> None:
    kinds = shipped()
    for name, effect in (("stop_work", ProjectEffect.STOPS), ("partial_stop", ProjectEffect.STOPS_PART)):
        assert (kinds[name].approval, kinds[name].project, kinds[name].danger) == (Approval.CHIEF, effect, True)


def test_who_owes_what_and_by_when() -> None:
    kinds = shipped().offered()
    assert {k.name: (k.deadline, k.answer) for k in kinds} == {
        "rectification": (Term.REQUIRED, Answer.RECTIFY),
        "stop_work": (Term.REQUIRED, Answer.RECTIFY),
        "partial_stop": (Term.REQUIRED, Answer.RECTIFY),
        "resume_work": (Term.OPTIONAL, Answer.ACKNOWLEDGE),
        "bad_conduct": (Term.OPTIONAL, Answer.ACKNOWLEDGE),
        "equipment_restriction": (Term.REQUIRED, Answer.RECTIFY),
    }


def test_a_station_adds_a_kind_of_its_own() -> None:
    kinds = shipped().with_changes(WARNING)
    assert [kind.title for kind in kinds.offered()][-1] == "约谈通知"
    assert kinds["rectification"] == shipped()["rectification"]


def test_a_station_of_hubei_steps_up_after_a_failed_reply() -> None:
    kinds = shipped().with_changes(
        '[[kind]]\nname = "rectification"\ntitle = "限期整改通知"\npaper = "rectification"\n'
        'paper_title = "限期整改通知书"\nseries = "{station}质安改〔{year}〕{n:03d}号"\ndeadline = "required"\n'
        'failed_reply = "partial_stop"\n'
    )
    assert kinds["rectification"].failed_reply == "partial_stop"


def changed(line: str, to: str) -> str:
    assert line in WARNING
    return WARNING.replace(line, to)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[sort]", "通知种类的文件里只能有 kind 和 ladder，多了：sort。"),
        (WARNING + WARNING, "通知种类“warning”写了两次。"),
        (changed('title = "约谈通知"\n', ""), "通知种类“warning”不能用：title：没有填写。"),
        (
            changed('"warning"', '"Warning"'),
            "通知种类“Warning”不能用：name：只能用小写字母、数字和下划线，并以字母开头。"),
        (
            changed("{n:03d}", "001"),
            "通知种类“warning”不能用：文号格式要写明 {station}、{year} 和 {n}，"
            "例如 {station}质安改〔{year}〕{n:03d}号。",
        ),
        (changed("质安谈", "质安改"), "通知种类“warning”和“rectification”的文号会混在一起，请改其中一个的 series。"),
        (changed('"acknowledge"', '"later"'), "通知种类“warning”不能用：answer：不在可选的值之内。"),
        (WARNING + 'ladder = "none"', "通知种类“warning”用了没有定义的阶梯“none”。"),
        (WARNING + "colour = 1", "通知种类“warning”不能用：colour：没有这一项。"),
        (
            WARNING + 'failed_reply = "stop_work"',
            "通知种类“warning”不能用：只有需要整改回复的文书才能因回复不合格而升级。",
        ),
        (
            changed('answer = "acknowledge"', 'failed_reply = "prison"'),
            "通知种类“warning”要升级为“prison”，但没有这个种类。",
        ),
        (changed('answer = "acknowledge"', 'failed_reply = "warning"'), "通知种类“warning”不能升级为它自己。"),
        (
            changed('answer = "acknowledge"', 'failed_reply = "penalty_proposal"'),
            "通知种类“warning”不能升级为“penalty_proposal”，请改为需要回复的通知。",
        ),
        (
            changed('answer = "acknowledge"', 'failed_reply = "resume_work"'),
            "通知种类“warning”不能升级为“resume_work”，请改为需要回复的通知。",
        ),
        (
            WARNING.replace('answer = "acknowledge"', 'deadline = "required"')
            + '[[kind]]\nname = "first"\ntitle = "初次通知"\npaper = "generic"\npaper_title = "初次通知"\n'
            'series = "{station}初〔{year}〕{n:03d}号"\nfailed_reply = "warning"\n',
            "通知种类“first”要升级为“warning”，请写明后者的 usual_workdays。",
        ),
        (
            changed('"acknowledge"', '"none"\ndeadline = "required"'),
            "通知种类“warning”不能用：不需要回复的文书不能有期限和提醒。",
        ),
        (WARNING + "by_system = true", "通知种类“warning”不能用：由系统形成的文书不要求回复。"),
        (
            WARNING + 'ladder.rungs = [{name="a", when={days=-1}, tells=["mayor"], says="x"}]',
            "通知种类“warning”不能用：提醒对象“mayor”不存在，"
            "可用：author、chief、leader_in_charge、recipients、repliers、reviewers。",
        ),
        (
            WARNING + 'ladder.rungs = [{name="a", when={days=-1, at="9"}, tells=["chief"], says="x"}]',
            "通知种类“warning”不能用：ladder的rungs的0的when的at：时间要写成 09:00 的样子。",
        ),
        (
            WARNING + 'ladder.rungs = [{name="a", when={days=-1}, tells=["chief"], says="{who}"}]',
            "通知种类“warning”不能用：ladder的rungs的0的says：句子里只能用 {title}、{number}、{project}、{due}。",
        ),
    ],
)  # fmt: skip
def test_a_definition_that_cannot_work(text: str, sentence: str) -> None:
    with pytest.raises(Misdeclared) as refused:
        shipped().with_changes(text)
    assert str(refused.value) == sentence


def test_a_file_that_is_not_toml() -> None:
    with pytest.raises(Misdeclared, match=r"^通知种类的文件读不懂："):
        shipped().with_changes("[[kind]")
