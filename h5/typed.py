"""What was filled into a form that was not carried out: shown again, to be read and copied."""

import re
from collections.abc import Iterable, Mapping, Sequence

from multidict import MultiDict

from checks.finding import SEVERITIES
from core.cases.declaration import Process
from core.forms import Choice, Field, Question, Switch, questions
from notices.fields import KindField

_NAMES = "csrf|key|tab|seen|then|do|photo|evidence|datum|entry"  # of what no member writes
_OURS = re.compile(rf"{_NAMES}|was-.*|.*-(?:was|system|latitude|longitude|accuracy)")
_NAMED_BY_IDS = frozenset({"project", "people", "offered", "photos", "voices", "videos", "place"})
_RULED = {"accept": "通过", "return": "退回"}
_SEVERITY = re.compile(r"findings-.*-severity")

Asked = Mapping[str, Sequence[Question]]
"""By name: steps may ask for something else under the same one."""


def words(processes: Iterable[Process], form: MultiDict[str]) -> list[tuple[str, str]]:
    """Caption and text, also of what was only chosen; not what an id stands for: perhaps nobody is signed in."""
    asked: dict[str, list[Question]] = {}
    forms = dict.fromkeys(step.form for process in processes for step in process.table if step.form is not None)
    for one in forms:
        for question in questions(one):
            asked.setdefault(question.name, []).append(question)
    said = [(name, _said(name, value.strip(), asked)) for name, value in form.items() if not _OURS.fullmatch(name)]
    return [(_caption(name, asked), text) for name, text in said if text]


def _said(name: str, value: str, asked: Asked) -> str:
    fields = [question.field for question in asked.get(name.partition("-")[0], ())]
    if _SEVERITY.fullmatch(name):
        return SEVERITIES.get(value, "")
    if not fields:
        return "" if value == "true" else value
    return next(filter(None, (_shown(field, value) for field in fields)), "")


def _shown(field: Field, value: str) -> str:
    if isinstance(field, Choice | KindField):
        return field.options.get(value, "")
    if isinstance(field, Switch):
        return field.show(True, {}) if value == "true" else ""
    if field.kind == "verdicts":
        return _RULED.get(value, value)
    return "" if field.kind in _NAMED_BY_IDS else value


def _caption(name: str, asked: Asked) -> str:
    """``answers-3`` is about the third."""
    base, _, rest = name.partition("-")
    number = rest.partition("-")[0]
    which = f"第{number}条" if number.isdigit() else ""
    if _SEVERITY.fullmatch(name):
        return "严重程度"
    return f"{asked[base][0].caption} {which}".strip() if base in asked else "填写的内容"
