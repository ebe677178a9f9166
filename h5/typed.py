"""What was typed into a form that was not carried out: shown again, to be read and copied."""

import re
from collections.abc import Iterable

from multidict import MultiDict

from core.cases.declaration import Process
from core.forms import Question, questions

_NAMES = "csrf|key|tab|seen|then|do|photo|evidence|datum"  # of what no member writes
_OURS = re.compile(rf"{_NAMES}|was-.*|.*-(?:was|system|latitude|longitude|accuracy)")
_CHOSEN = frozenset(
    {"project", "choice", "people", "switch", "notice_kind", "offered", "photos", "voices", "videos", "place"}
)
_PICKED = frozenset({"", "true", "accept", "return"})


def words(processes: Iterable[Process], form: MultiDict[str]) -> list[tuple[str, str]]:
    """Caption and text; what was only chosen is left out."""
    forms = {step.form for process in processes for step in process.table if step.form is not None}
    asked = {q.name: q for one in forms for q in questions(one)}
    typed = [(name, value.strip()) for name, value in form.items() if not _OURS.fullmatch(name)]
    return [(_caption(name, asked), text) for name, text in typed if text not in _PICKED and _is_typed(name, asked)]


def _is_typed(name: str, asked: dict[str, Question]) -> bool:
    question = asked.get(name.partition("-")[0])
    return question is None or question.field.kind not in _CHOSEN


def _caption(name: str, asked: dict[str, Question]) -> str:
    """``answers-3`` is about the third."""
    base, _, rest = name.partition("-")
    number = rest.partition("-")[0]
    which = f"第{number}条" if number.isdigit() else ""
    return f"{asked[base].caption} {which}".strip() if base in asked else "填写的内容"
