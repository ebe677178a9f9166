"""A form: its questions, its validation in plain Chinese, and how filled data reads."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from core.errors import BadInput
from core.forms.fields import Field


class Form(BaseModel):
    """``remark`` forms (an opinion beside a decision) stay in the history only and do not touch the case's data."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    remark: ClassVar[bool] = False


class Spot(BaseModel):
    """A place on earth in degrees; ``accuracy`` in metres."""

    model_config = ConfigDict(frozen=True)
    latitude: float
    longitude: float
    label: str = ""
    system: Literal["gcj02", "wgs84"] = "gcj02"
    accuracy: float | None = None


@dataclass(frozen=True)
class Question:
    name: str
    field: Field
    required: bool
    info: FieldInfo

    @property
    def caption(self) -> str:
        return getattr(self.field, "caption", self.name)

    @property
    def label(self) -> str:
        """The caption where there is room for ``LABEL`` characters."""
        return self.field.short or self.caption

    @property
    def annotation(self) -> Any:
        return self.info.annotation

    @property
    def default(self) -> Any:
        """Made anew each time, since answers are changed in place."""
        return None if self.required else self.info.get_default(call_default_factory=True)


LABEL = 5  # what a card shows of the name of a line (path/90236)
F = TypeVar("F", bound=Form)
_UNKEPT = re.compile("[\x00\ud800-\udfff]")


@cache
def questions(form: type[BaseModel]) -> tuple[Question, ...]:
    """The form's fields that carry a Field, in order of declaration."""
    found = []
    for name, info in form.model_fields.items():
        field = next((m for m in info.metadata if isinstance(m, Field)), None)
        if field is not None:
            found.append(Question(name, field, info.is_required(), info))
    return tuple(found)


def check_answer(question: Question, value: Any) -> Any:
    """The value as the form would hold it (JSON types); raises BadInput with the sentence to show. What an optional
    question holds when it is not answered needs no check."""
    if not question.required and value == question.default:
        return value
    adapter = _adapter(question.annotation)
    try:
        typed = adapter.validate_python(value)
    except ValidationError as error:
        raise BadInput(_sentence(question.caption, error), question.name) from None
    _check(question, typed)
    return adapter.dump_python(typed, mode="json")


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    """Kept, since making one costs a hundred times as much as using it."""
    return TypeAdapter(annotation)


def fill(form: type[F], data: Mapping[str, Any]) -> F:
    """Validates everything at once; raises BadInput naming the first field that does not fit."""
    asked = {q.name: q for q in questions(form)}
    for name, value in data.items():
        if _unkept(value):
            caption = asked[name].caption if name in asked else name
            raise BadInput(f"「{caption}」中有无法保存的字符，请删除后重新填写。", name)
    try:
        filled = form.model_validate(dict(data))
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        caption = asked[name].caption if name in asked else name
        raise BadInput(_sentence(caption, error), name) from None
    for question in asked.values():
        value = getattr(filled, question.name)
        if value is not None and (question.required or value != question.default):
            _check(question, value)
    return filled


def _unkept(value: Any) -> bool:
    """Whether there is a character in it that no database keeps: NUL, or half of a pair."""
    if isinstance(value, str):
        return _UNKEPT.search(value) is not None
    if isinstance(value, Mapping):
        return any(map(_unkept, value.values()))
    return isinstance(value, list) and any(map(_unkept, value))


def _check(question: Question, value: Any) -> None:
    try:
        question.field.check(value)
    except ValueError as error:
        raise BadInput(str(error), question.name) from None


def _sentence(caption: str, error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] == "missing":
        return f"请填写「{caption}」。"
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    if first["type"] == "extra_forbidden":
        return f"不认识的内容「{caption}」，请重新填写。"
    return f"「{caption}」填写的内容不符合要求，请重新填写。"


def show(form: type[BaseModel], data: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Caption and text of every field that was answered."""
    return [
        (q.caption, q.field.show(data[q.name], names))
        for q in questions(form)
        if data.get(q.name) not in (None, "", [])
    ]


def refers(form: type[BaseModel], data: Mapping[str, Any]) -> set[str]:
    return {ref for q, value in _answered(form, data) for ref in q.field.refers(value)}


def attachments(form: type[BaseModel], data: Mapping[str, Any]) -> list[int]:
    """Evidence ids the data refers to, in order, each once."""
    return list(dict.fromkeys(one for q, value in _answered(form, data) for one in q.field.attachments(value)))


def words(form: type[BaseModel], data: Mapping[str, Any]) -> list[str]:
    """Everything that was written into the form."""
    return [text for q, value in _answered(form, data) for text in q.field.words(value) if text]


def topics(form: type[BaseModel], data: Mapping[str, Any]) -> set[str]:
    """Ids of what is cited from libraries."""
    return {one for q, value in _answered(form, data) for one in q.field.topics(value)}


def _answered(form: type[BaseModel], data: Mapping[str, Any]) -> Iterable[tuple[Question, Any]]:
    return ((q, data[q.name]) for q in questions(form) if data.get(q.name) is not None)
