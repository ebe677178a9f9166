"""The five card types: the reference's examples are built as they stand, and nothing WeCom refuses can be built."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from wecom import cards
from wecom.cards import Advice

Card = dict[str, Any]
URL = "https://h5.example/c/1"


def text_notice() -> Card:
    return {
        "card_type": "text_notice",
        "source": {"icon_url": "https://h5.example/i.png", "desc": "质安监督", "desc_color": 0},
        "action_menu": {"desc": "更多", "action_list": [{"text": "不再提醒", "key": "mute"}]},
        "task_id": "n-0001",
        "main_title": {"title": "整改通知", "desc": "3号楼"},
        "quote_area": {"type": 1, "url": URL, "title": "条款", "quote_text": "…"},
        "emphasis_content": {"title": "24h", "desc": "剩余时间"},
        "sub_title_text": "临边防护缺失",
        "horizontal_content_list": [
            {"keyname": "责任人", "value": "林检", "type": 3, "userid": "lin.jian"},
            {"keyname": "照片", "value": "p1.jpg", "type": 2, "media_id": "MEDIA"},
        ],
        "jump_list": [{"type": 1, "title": "查看详情", "url": URL}],
        "card_action": {"type": 1, "url": URL},
    }


def news_notice() -> Card:
    return {
        "card_type": "news_notice",
        "task_id": "n-0002",
        "main_title": {"title": "巡检日报"},
        "card_image": {"url": "https://h5.example/p.png", "aspect_ratio": 1.6},
        "vertical_content_list": [{"title": "新增 3 项", "desc": "…"}],
        "horizontal_content_list": [{"type": 0, "keyname": "工地", "value": "A区"}],
        "jump_list": [{"type": 1, "title": "打开", "url": URL}],
        "card_action": {"type": 1, "url": URL},
    }


def button() -> Card:
    return {
        "card_type": "button_interaction",
        "task_id": "t-0003",
        "main_title": {"title": "整改验收", "desc": "请选择"},
        "sub_title_text": "…",
        "button_selection": {
            "question_key": "grade",
            "title": "等级",
            "selected_id": "b",
            "option_list": [{"id": "a", "text": "合格"}, {"id": "b", "text": "基本合格"}],
        },
        "button_list": [
            {"type": 0, "text": "通过", "style": 1, "key": "pass"},
            {"type": 0, "text": "退回", "style": 2, "key": "reject"},
            {"type": 1, "text": "打开", "style": 3, "url": URL},
        ],
    }


def vote() -> Card:
    return {
        "card_type": "vote_interaction",
        "task_id": "t-0004",
        "main_title": {"title": "隐患类别"},
        "checkbox": {
            "question_key": "cat",
            "mode": 1,
            "option_list": [
                {"id": "fall", "text": "高处坠落", "is_checked": False},
                {"id": "elec", "text": "用电", "is_checked": True},
            ],
        },
        "submit_button": {"text": "提交", "key": "submit"},
    }


def multiple() -> Card:
    return {
        "card_type": "multiple_interaction",
        "task_id": "t-0005",
        "main_title": {"title": "派单"},
        "select_list": [
            {
                "question_key": "team",
                "title": "班组",
                "selected_id": "t1",
                "option_list": [{"id": "t1", "text": "一班"}, {"id": "t2", "text": "二班"}],
            },
            {
                "question_key": "days",
                "title": "期限",
                "option_list": [{"id": "1", "text": "1天"}, {"id": "3", "text": "3天"}],
            },
        ],
        "submit_button": {"text": "提交", "key": "submit"},
    }


ALL = [text_notice, news_notice, button, vote, multiple]


@pytest.mark.parametrize("make", ALL)
def test_the_examples_are_built_and_written_as_they_stand(make: Callable[[], Card]) -> None:
    assert cards.parse(make()).to_json() == make()


def changed(make: Callable[[], Card], path: str, value: object) -> Card:
    """The example with one place set; a value of ... removes it."""
    card = make()
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place: Any = card
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return card


def options(count: int) -> list[dict[str, str]]:
    return [{"id": f"o{n}", "text": "是"} for n in range(count)]


def actions(count: int) -> list[dict[str, str]]:
    return [{"text": "是", "key": f"k{n}"} for n in range(count)]


HORIZONTAL = {"keyname": "工地", "value": "A"}
JUMP = {"type": 1, "title": "打开", "url": URL}
REFUSED = [
    (text_notice, "card_type", "poster"),
    (text_notice, "unknown_part", "x"),
    (text_notice, "source.desc_color", 4),
    (text_notice, "source.icon_url", "h5.example/i.png"),
    (text_notice, "action_menu.action_list", []),
    (text_notice, "action_menu.action_list", actions(4)),
    (text_notice, "action_menu.action_list", [*actions(1), *actions(1)]),
    (text_notice, "action_menu.action_list.0.key", ""),
    (text_notice, "action_menu.action_list.0.key", "键" * 342),
    (text_notice, "task_id", ...),
    (text_notice, "task_id", ""),
    (text_notice, "task_id", "a b"),
    (text_notice, "task_id", "任务"),
    (text_notice, "task_id", "a\n"),
    (text_notice, "task_id", "a" * 129),
    (text_notice, "quote_area.url", ...),
    (text_notice, "quote_area", {"type": 2}),
    (text_notice, "quote_area.type", 3),
    (text_notice, "horizontal_content_list", [HORIZONTAL] * 7),
    (text_notice, "horizontal_content_list.0.keyname", " "),
    (text_notice, "horizontal_content_list.0.userid", ...),
    (text_notice, "horizontal_content_list.1.media_id", ...),
    (text_notice, "horizontal_content_list.1.value", ...),
    (text_notice, "horizontal_content_list.0.type", 1),
    (text_notice, "horizontal_content_list.0.type", 4),
    (text_notice, "jump_list", [JUMP] * 4),
    (text_notice, "jump_list.0.title", ""),
    (text_notice, "jump_list.0.url", ...),
    (text_notice, "jump_list.0.url", "https://h5.example/" + "x" * 2048),
    (text_notice, "card_action", ...),
    (text_notice, "card_action.type", 0),
    (text_notice, "card_action", {"type": 2}),
    (news_notice, "card_action", ...),
    (news_notice, "main_title.title", ...),
    (news_notice, "main_title", ...),
    (news_notice, "card_image", ...),
    (news_notice, "card_image.aspect_ratio", 1.29),
    (news_notice, "card_image.aspect_ratio", 2.25),
    (news_notice, "vertical_content_list", [{"title": "一"}] * 5),
    (button, "task_id", ...),
    (button, "main_title.title", "  "),
    (button, "main_title.title", "\x07"),
    (button, "button_list", []),
    (button, "button_list", actions(7)),
    (button, "button_list", [*actions(1), *actions(1)]),
    (button, "button_list.0.key", ...),
    (button, "button_list.0.key", "k" * 1025),
    (button, "button_list.0.text", ""),
    (button, "button_list.0.style", 5),
    (button, "button_list.2.url", ...),
    (button, "button_selection.option_list", []),
    (button, "button_selection.option_list", options(11)),
    (button, "button_selection.option_list", [*options(1), *options(1)]),
    (button, "button_selection.selected_id", "c"),
    (button, "button_selection.option_list.0.id", "项" * 43),
    (button, "button_selection.question_key", ""),
    (vote, "task_id", ...),
    (vote, "action_menu", {"action_list": actions(1)}),
    (vote, "checkbox", ...),
    (vote, "checkbox.option_list", []),
    (vote, "checkbox.option_list", options(21)),
    (vote, "checkbox.option_list", [*options(1), *options(1)]),
    (vote, "checkbox.mode", 2),
    (vote, "checkbox", {"question_key": "q", "option_list": [o | {"is_checked": True} for o in options(2)]}),
    (vote, "submit_button", ...),
    (vote, "submit_button.key", ...),
    (multiple, "action_menu", {"action_list": actions(1)}),
    (multiple, "select_list", []),
    (multiple, "select_list", multiple()["select_list"] * 2),
    (multiple, "select_list.1.question_key", "team"),
    (multiple, "submit_button", ...),
]


@pytest.mark.parametrize(("make", "path", "value"), REFUSED)
def test_what_wecom_refuses_cannot_be_built(make: Callable[[], Card], path: str, value: object) -> None:
    with pytest.raises(ValidationError):
        cards.parse(changed(make, path, value))


ACCEPTED = [
    (text_notice, "action_menu.action_list", actions(3)),
    (text_notice, "action_menu.action_list.0.key", "键" * 341),
    (text_notice, "task_id", "A-z_0@" + "9" * 122),
    (text_notice, "main_title.title", ...),
    (text_notice, "sub_title_text", ...),
    (text_notice, "horizontal_content_list", [{"type": 0, **HORIZONTAL}] * 6),
    (text_notice, "jump_list", [JUMP] * 3),
    (news_notice, "card_image.aspect_ratio", 1.3),
    (news_notice, "vertical_content_list", [{"title": "一"}] * 4),
    (button, "button_list", [{"type": 0, "style": 1, **action} for action in actions(6)]),
    (button, "button_selection.option_list", [*options(9), {"id": "b", "text": "是"}]),
    (button, "button_selection.selected_id", ...),
    (button, "replace_text", "已通过"),
    (vote, "checkbox.option_list", [o | {"is_checked": True} for o in options(20)]),
    (vote, "checkbox.disable", True),
]


@pytest.mark.parametrize(("make", "path", "value"), ACCEPTED)
def test_what_is_just_within_the_limits_is_written_unchanged(
    make: Callable[[], Card], path: str, value: object
) -> None:
    card = changed(make, path, value)
    assert cards.parse(card).to_json() == card


def test_a_text_card_must_say_something() -> None:
    with pytest.raises(ValidationError, match="or sub_title_text must be there"):
        cards.TextNotice(card_action=cards.CardAction(url=URL), main_title=cards.MainTitle(desc="只有说明"))


def test_only_cards_that_answer_have_something_to_answer_with() -> None:
    plain = cards.TextNotice(card_action=cards.CardAction(url=URL), sub_title_text="请查看")
    answering = [cards.parse(make()).comes_back for make in ALL]
    assert (plain.comes_back, answering) == (False, [True, False, True, True, True])


def test_a_card_is_not_changed_after_it_was_checked() -> None:
    card = cards.parse(button())
    with pytest.raises(ValidationError):
        card.task_id = "!"


@pytest.mark.parametrize(
    ("said", "length", "shown"),
    [
        ("整改通知", Advice.TITLE, "整改通知"),
        ("行" * 36, Advice.TITLE, "行" * 36),
        ("行" * 37, Advice.TITLE, "行" * 35 + "…"),
        ("第一行\n第二行\x07", Advice.TITLE, "第一行 第二行"),
        ("检查 人员", Advice.KEY_NAME, "检查 人员"),
        ("检查人 员们", Advice.KEY_NAME, "检查人…"),
    ],
)
def test_clipping_to_what_the_phone_shows(said: str, length: Advice, shown: str) -> None:
    assert cards.clip(said, length) == shown
