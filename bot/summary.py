"""What will be submitted, on one card to confirm: with what becomes of it, and that it cannot be changed afterwards."""

from collections.abc import Mapping
from typing import Any

from bot.buttons import Handle
from bot.cards import DANGER, PLAIN, PRIMARY, ROWS, Press, ask_with_buttons
from bot.talk import Talk
from core.cases.declaration import START, Process, Step
from core.cases.filling import Filling, outcome
from core.cases.models import Draft
from core.forms import Form, Question, questions
from core.naming import names
from wecom.cards import ButtonInteraction


async def summary(task: str, process: Process, step: Step, draft: Draft, talk: Talk) -> ButtonInteraction:
    assert step.form is not None  # noqa: S101  # drafts are begun for steps with a form only
    answers = draft.data["answers"]
    shown = await _shown(step.form, answers)
    more = (
        [f"提交后：{await outcome(Filling(process, draft, talk.person))}。{process.confirm}"]
        if step.at == START
        else []
    )
    more += [f"{question.caption}：{value}。" for question, value in shown[ROWS:]]
    more += [text for q in questions(step.form) if (text := q.field.gist(answers[q.name]) if q.name in answers else "")]
    presses = [
        Press(step.caption, Handle(draft.id, "submit"), PRIMARY),
        Press("修改", Handle(draft.id, "change"), PLAIN),
        Press("在页面上填写", talk.page_of(draft.id), PLAIN),
        Press("取消", Handle(draft.id, "cancel"), DANGER),
    ]
    return ask_with_buttons(task, f"{process.title}：请核对", "".join(more), presses, rows=_rows(shown[:ROWS]))


async def readable(form: type[Form], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every answer as a line of a card."""
    return _rows(await _shown(form, answers))


async def _shown(form: type[Form], answers: Mapping[str, Any]) -> list[tuple[Question, str]]:
    """Every answer as it reads, 无 and 未发现问题 included; a switch that is off says nothing."""
    shown = [q for q in questions(form) if answers.get(q.name) not in (None, False)]
    known = await names({ref for q in shown for ref in q.field.refers(answers[q.name])})
    return [(q, q.field.show(answers[q.name], known)) for q in shown]


def _rows(shown: list[tuple[Question, str]]) -> list[tuple[str, str]]:
    return [(question.label, value) for question, value in shown]
