"""Kinds of notices as data (HN-27, HN-Q19): what each prints, counts, requires, and sets in motion.

A kind is read from TOML, the shipped one or a station's own. A definition that cannot work is refused in a sentence.
"""

import tomllib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from importlib import resources
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.cases import numbering
from core.cases.ladders import Ladder
from core.errors import Misdeclared

REPLIERS = "repliers"
TOLD = frozenset({REPLIERS, "author", "reviewers", "recipients", "leader_in_charge", "chief"})
PAPERS = frozenset(
    {
        "rectification",
        "stop_work",
        "partial_stop",
        "resume_work",
        "bad_conduct",
        "equipment_restriction",
        "penalty_proposal",
        "generic",
    }
)


class Term(StrEnum):
    """Whether a notice of the kind has a deadline (HN-Q9)."""

    REQUIRED = "required"
    OPTIONAL = "optional"


class Approval(StrEnum):
    """X-4: stop-work is seen by the project only after the chief's approval."""

    OPTIONAL = "optional"
    CHIEF = "chief"


class Answer(StrEnum):
    """What the repliers owe (HN-Q8)."""

    RECTIFY = "rectify"  # finding by finding
    ACKNOWLEDGE = "acknowledge"
    NONE = "none"


class ProjectEffect(StrEnum):
    """What issuing the notice does to its project."""

    NONE = "none"
    STOPS = "stops"
    STOPS_PART = "stops_part"
    RESTRICTS = "restricts"
    LIFTS = "lifts"


RETURN = "return"


class NoticeKind(BaseModel):
    """``failed_reply``: ``return`` sends a failed reply back, the name of another kind steps up to it (X-2, HB-28).
    ``usual_workdays`` is what a form proposes, ``appeal_workdays`` how long one may object to a mark (BY-15).
    ``danger``: its messages pass through quiet hours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    title: Annotated[str, Field(min_length=2, max_length=30)]
    paper: str
    paper_title: Annotated[str, Field(min_length=2, max_length=40)]
    series: Annotated[str, Field(max_length=50)]
    deadline: Term = Term.OPTIONAL
    usual_workdays: Annotated[int, Field(ge=1, le=180)] | None = None
    appeal_workdays: Annotated[int, Field(ge=1, le=60)] = 5
    approval: Approval = Approval.OPTIONAL
    answer: Answer = Answer.RECTIFY
    failed_reply: str = RETURN
    project: ProjectEffect = ProjectEffect.NONE
    danger: bool = False
    by_system: bool = False
    ladder: Ladder = Ladder()

    @model_validator(mode="after")
    def _works(self) -> Self:
        for problem in _problems(self):
            raise ValueError(problem)
        return self


def _problems(kind: NoticeKind) -> Iterable[str]:
    if kind.paper not in PAPERS:
        yield f"没有名为“{kind.paper}”的文书样式，可用：{'、'.join(sorted(PAPERS))}"
    if not _names_its_numbers(kind.series):
        yield "文号格式要写明 {station}、{year} 和 {n}，例如 {station}质安改〔{year}〕{n:03d}号"
    strange = next((slot for rung in kind.ladder.rungs for slot in rung.tells if slot not in TOLD), None)
    if strange:
        yield f"提醒对象“{strange}”不存在，可用：{'、'.join(sorted(TOLD))}"
    if kind.answer is Answer.NONE and (kind.ladder.rungs or kind.deadline is Term.REQUIRED):
        yield "不需要回复的文书不能有期限和提醒"
    if kind.answer is not Answer.RECTIFY and kind.failed_reply != RETURN:
        yield "只有需要整改回复的文书才能因回复不合格而升级"
    if kind.by_system and kind.answer is not Answer.NONE:
        yield "由系统形成的文书不要求回复"


def _names_its_numbers(series: str) -> bool:
    try:
        first, other = (series.format(**numbering.PARTS | {"n": n}) for n in (1, 2))
        named = all(f"{{{part}" in series for part in numbering.PARTS)
    except (LookupError, ValueError, AttributeError):
        return False
    return named and first != other


class Kinds:
    """All kinds that one station uses, by name."""

    def __init__(self, kinds: Iterable[NoticeKind]) -> None:
        self._kinds = {kind.name: kind for kind in kinds}

    def __getitem__(self, name: str) -> NoticeKind:
        return self._kinds[name]

    def __contains__(self, name: str) -> bool:
        return name in self._kinds

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def title(self, name: str) -> str:
        """Also for a name that is not in use any more."""
        return self._kinds[name].title if name in self._kinds else name

    def offered(self) -> list[NoticeKind]:
        """Those that a person may choose, in the order of the file."""
        return [kind for kind in self._kinds.values() if not kind.by_system]

    def formed_by_system(self) -> list[NoticeKind]:
        return [kind for kind in self._kinds.values() if kind.by_system]

    def with_changes(self, text: str) -> "Kinds":
        """These kinds with those of a station's own file added or put in their place. Raises Misdeclared."""
        changed = {kind.name: kind for kind in _read(text)}
        return _checked(self._kinds | changed)


def shipped() -> Kinds:
    text = resources.files("notices").joinpath("kinds.toml").read_text("utf-8")
    return Kinds([]).with_changes(text)


def _read(text: str) -> list[NoticeKind]:
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misdeclared(f"通知种类的文件读不懂：{error}") from None
    strange = written.keys() - {"kind", "ladder"}
    if strange:
        raise Misdeclared(f"通知种类的文件里只能有 kind 和 ladder，多了：{'、'.join(sorted(strange))}。")
    kinds = written.get("kind", [])
    names = [one.get("name") for one in kinds]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise Misdeclared(f"通知种类“{twice}”写了两次。")
    return [_kind(one, written.get("ladder", {})) for one in kinds]


def _kind(written: dict[str, Any], ladders: dict[str, Any]) -> NoticeKind:
    name, ladder = written.get("name", "（没有 name）"), written.get("ladder", {})
    if isinstance(ladder, str):
        if ladder not in ladders:
            raise Misdeclared(f"通知种类“{name}”用了没有定义的阶梯“{ladder}”。")
        ladder = ladders[ladder]
    try:
        return NoticeKind.model_validate(written | {"ladder": ladder})
    except ValidationError as error:
        raise Misdeclared(f"通知种类“{name}”不能用：{_sentence(error)}。") from None


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    where = "的".join(str(part) for part in first["loc"])
    said = str(first["ctx"]["error"]) if first["type"] == "value_error" else _PLAIN.get(first["type"], first["msg"])
    return f"{where}：{said}" if where else said


_PLAIN = {
    "missing": "没有填写",
    "extra_forbidden": "没有这一项",
    "enum": "不在可选的值之内",
    "string_pattern_mismatch": "只能用小写字母、数字和下划线，并以字母开头",
    "string_too_short": "太短",
    "string_too_long": "太长",
    "too_short": "至少要有一个",
    "int_parsing": "要填整数",
    "int_type": "要填整数",
    "bool_parsing": "要填 true 或 false",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
    "time_parsing": "时间要写成 09:00 的样子",
}


def _can_be_drawn_up(kind: NoticeKind, next_one: NoticeKind) -> None:
    """The system fills in everything of the notice to which a failed reply steps up."""
    if next_one.by_system or next_one.project is ProjectEffect.LIFTS:
        raise Misdeclared(f"通知种类“{kind.name}”不能升级为“{next_one.name}”，请改为需要回复的通知。")
    if next_one.deadline is Term.REQUIRED and next_one.usual_workdays is None:
        raise Misdeclared(f"通知种类“{kind.name}”要升级为“{next_one.name}”，请写明后者的 usual_workdays。")


def _checked(kinds: dict[str, NoticeKind]) -> Kinds:
    for kind in kinds.values():
        if kind.failed_reply != RETURN and kind.failed_reply not in kinds:
            raise Misdeclared(f"通知种类“{kind.name}”要升级为“{kind.failed_reply}”，但没有这个种类。")
        if kind.failed_reply == kind.name:
            raise Misdeclared(f"通知种类“{kind.name}”不能升级为它自己。")
        if kind.failed_reply != RETURN:
            _can_be_drawn_up(kind, kinds[kind.failed_reply])
    series: dict[str, str] = {}
    for kind in kinds.values():
        key = kind.series.format(**numbering.PARTS | {"n": 0})
        if key in series:
            raise Misdeclared(f"通知种类“{kind.name}”和“{series[key]}”的文号会混在一起，请改其中一个的 series。")
        series[key] = kind.name
    return Kinds(kinds.values())
