"""What will be submitted, read once more before it is: what becomes of it, and that it cannot be changed (HN-23)."""

from dataclasses import dataclass, replace
from typing import Any

from multidict import MultiDict

from checks.finding import SEVERITIES, Finding
from core.cases.declaration import START
from core.cases.filling import Filling, outcome
from core.forms import fill, questions
from core.naming import names
from h5.drafting.adapter import Desk
from h5.drafting.keeping import Trouble, Troubles
from h5.drafting.page import title
from h5.drafting.registry import ADAPTERS

_VERBS = {"text": "填写", "number": "填写", "photos": "上传", "voices": "录制", "videos": "上传", "place": "获取"}
_FINAL = "提交后不能修改，请核对无误再提交。"


@dataclass(frozen=True)
class Summary:
    id: int
    process: str
    title: str
    outcome: str
    confirm: str
    verb: str
    danger: bool
    lines: list[tuple[str, str]]


async def missing(filling: Filling, posted: MultiDict[str]) -> Troubles:
    """Every question that must be answered and is not, with its sentence."""
    asked = [q for q in filling.questions if q.required and q.name not in filling.answers and q.field.kind in ADAPTERS]
    return {q.name: Trouble(await _lacking(Desk(filling, q, posted)), None) for q in asked}


async def _lacking(desk: Desk) -> str:
    kind = desk.question.field.kind
    return await ADAPTERS[kind].lacking(desk) or f"请{_VERBS.get(kind, '选择')}「{desk.question.caption}」。"


async def summary(filling: Filling) -> Summary:
    """Raises BadInput that names the question where something is missing or does not fit together."""
    step = filling.step
    plain = fill(filling.form, filling.answers).model_dump(mode="json", exclude_none=True)
    if step.at == START and filling.process.check is not None:
        await filling.process.check(replace(filling.view, data=plain))
    return Summary(
        id=filling.draft.id,
        process=filling.process.title,
        title=await title(filling),
        outcome=await outcome(filling) if step.at == START else "",
        confirm=filling.process.confirm or _FINAL,
        verb=step.caption,
        danger=step.danger,
        lines=await _lines(filling, plain),
    )


async def _lines(filling: Filling, answers: dict[str, Any]) -> list[tuple[str, str]]:
    """Every answer as it reads, 无 and 未发现问题 included; a switch that is off says nothing. Findings and what is
    answered to them follow one by one, each in a line."""
    shown = [q for q in questions(filling.form) if answers.get(q.name) not in (None, False)]
    known = await names({ref for q in shown for ref in q.field.refers(answers[q.name])})
    return [
        (q.caption, "\n".join([q.field.show(answers[q.name], known), *_each(q.field.kind, answers[q.name])]))
        for q in shown
    ]


def _each(kind: str, value: Any) -> list[str]:
    if kind == "findings":
        found = [Finding.model_validate(one) for one in value]
        return [f"{n}. {one.wording}（{SEVERITIES[one.severity]}）" for n, one in enumerate(found, 1)]
    return [f"{one['finding']}. {one['statement']}" for one in value] if kind == "answers" else []
