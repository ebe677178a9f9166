"""What will be submitted, on one card to confirm: with what becomes of it, and that it cannot be changed afterwards."""

from collections.abc import Mapping
from typing import Any

from bot.buttons import Handle
from bot.cards import DANGER, PLAIN, PRIMARY, ROWS, Press, ask_with_buttons
from core.cases.declaration import START, Process, Step, View
from core.cases.models import Draft
from core.forms import Form, People, questions, show
from core.forms.form import refers
from core.naming import names
from core.people.models import Person
from wecom.cards import ButtonInteraction


async def summary(task: str, process: Process, step: Step, draft: Draft, author: Person) -> ButtonInteraction:
    assert step.form is not None  # noqa: S101  # drafts are begun for steps with a form only
    answers = draft.data["answers"]
    rows = await readable(step.form, answers)
    answered = [q for q in questions(step.form) if q.name in answers]
    more = [text for q in answered if (text := q.field.gist(answers[q.name]))]
    more += [f"{caption}：{value}" for caption, value in rows[ROWS:]]
    if step.at == START:
        more += [f"提交后：{_outcome(process, step.form, answers, author)}。{process.confirm}"]
    presses = [
        Press(step.caption, Handle(draft.id, "submit"), PRIMARY),
        Press("修改", Handle(draft.id, "change"), PLAIN),
        Press("取消", Handle(draft.id, "cancel"), DANGER),
    ]
    return ask_with_buttons(task, f"{process.title}：请核对", "；".join(more), presses, rows=rows[:ROWS])


async def readable(form: type[Form], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    filled = {q.name: answers.get(q.name, q.default) for q in questions(form)}
    return show(form, filled, await names(refers(form, filled)))


def _outcome(process: Process, form: type[Form], answers: Mapping[str, Any], author: Person) -> str:
    """The state the record will be in, 待审核 or 审核通过（监督内档）: a forgotten recipient is noticed now."""
    slots = {q.field.slot: list(answers.get(q.name) or []) for q in questions(form) if isinstance(q.field, People)}
    view = View(answers, slots, answers.get("project"), "", author.org_id, author.id)
    first = process.first()
    step = next((s for s in process.steps(START, first.action) if s.when is None or s.when.holds(view)), first)
    return process.caption_of(step.to, view)
