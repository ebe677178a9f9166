"""What will be submitted, read once more before it is: what becomes of it, and that it cannot be changed (HN-23)."""

from dataclasses import dataclass, replace

from core.cases.declaration import START
from core.cases.filling import Filling, outcome
from core.forms import fill, questions
from core.naming import names
from h5.drafting.page import title

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


async def _lines(filling: Filling, answers: dict[str, object]) -> list[tuple[str, str]]:
    """Every answer as it reads, 无 and 未发现问题 included; a switch that is off says nothing."""
    shown = [q for q in questions(filling.form) if answers.get(q.name) not in (None, False)]
    known = await names({ref for q in shown for ref in q.field.refers(answers[q.name])})
    return [(q.caption, q.field.show(answers[q.name], known)) for q in shown]
