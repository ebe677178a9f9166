"""Finding by finding (BY-04): what a replier answers, how each answer is judged, and what goes round again.

A notice has the findings of the check it cites, numbered from 1. Whoever replies answers every finding that is still
owed; the reviewer accepts or returns each of these answers; only what was returned is owed again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Limit

from core.errors import BadInput
from core.forms import Field

_LONGEST = 1000
_MOST_PHOTOS = 30


class Answer(BaseModel):
    """One finding's reply (X-1): statement, photos, and the day on which it was put right."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    finding: Annotated[int, Limit(ge=1)]
    statement: str
    photos: Annotated[list[int], Limit(max_length=_MOST_PHOTOS)] = []
    done_on: date


class Verdict(BaseModel):
    """``reason`` says what is still wrong; a return needs one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    finding: Annotated[int, Limit(ge=1)]
    accepted: bool
    reason: str = ""


@dataclass(frozen=True)
class Answers(Field):
    kind: ClassVar[str] = "answers"
    afresh: ClassVar[bool] = True
    caption: str = "逐条回复"

    def check(self, value: list[Answer]) -> None:
        _once(value)
        for one in value:
            if not one.statement.strip():
                raise ValueError(f"请填写第{one.finding}条的整改说明。")
            if len(one.statement) > _LONGEST:
                raise ValueError(f"第{one.finding}条的整改说明最多{_LONGEST}个字，请精简后重发。")

    def attachments(self, value: list[Mapping[str, Any]]) -> Iterable[int]:
        return [photo for one in value for photo in one.get("photos", [])]

    def words(self, value: list[Mapping[str, Any]]) -> Iterable[str]:
        return (one["statement"] for one in value)

    def gist(self, value: list[Mapping[str, Any]]) -> str:
        return in_a_line((one["finding"], one["statement"]) for one in value)

    def show(self, value: list[Mapping[str, Any]], names: Mapping[str, str]) -> str:
        return f"{len(value)}条，照片{sum(len(one.get('photos', [])) for one in value)}张"


@dataclass(frozen=True)
class Verdicts(Field):
    """``usual``: reasons that are offered for a return."""

    kind: ClassVar[str] = "verdicts"
    afresh: ClassVar[bool] = True
    usual: ClassVar[tuple[str, ...]] = ("照片看不清", "整改不到位", "照片不是同一部位", "缺少整改后的照片")
    caption: str = "逐条审核"

    def check(self, value: list[Verdict]) -> None:
        _once(value)
        for one in value:
            if not one.accepted and not one.reason.strip():
                raise ValueError(f"请填写第{one.finding}条退回的原因。")
            if len(one.reason) > _LONGEST:
                raise ValueError(f"第{one.finding}条退回的原因最多{_LONGEST}个字，请精简后重发。")

    def words(self, value: list[Mapping[str, Any]]) -> Iterable[str]:
        return (one.get("reason", "") for one in value)

    def gist(self, value: list[Mapping[str, Any]]) -> str:
        return in_a_line((one["finding"], one["reason"]) for one in value if not one["accepted"])

    def show(self, value: list[Mapping[str, Any]], names: Mapping[str, str]) -> str:
        returned = sum(not one["accepted"] for one in value)
        return f"{len(value)}条全部通过" if not returned else f"通过{len(value) - returned}条，退回{returned}条"


def in_a_line(said: Iterable[tuple[int, str]]) -> str:
    """``1.已搭设栏杆；2.已上锁``: sentences lose their stop."""
    return "；".join(f"{number}.{words.removesuffix('。')}" for number, words in said)


def _once(value: Sequence[Answer] | Sequence[Verdict]) -> None:
    numbers = [one.finding for one in value]
    twice = next((number for number in numbers if numbers.count(number) > 1), None)
    if twice:
        raise ValueError(f"第{twice}条写了两次，请只保留一次。")


class Standing(StrEnum):
    """How one finding stands for one replier."""

    OWED = "owed"
    ANSWERED = "answered"
    RETURNED = "returned"
    ACCEPTED = "accepted"


@dataclass(frozen=True)
class Round:
    """One reply, and its verdicts once there are any."""

    answers: tuple[Answer, ...]
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True)
class Progress:
    """Where a reply stands after its rounds; ``findings`` is how many there are."""

    findings: int
    rounds: tuple[Round, ...] = ()

    def standing(self, finding: int) -> Standing:
        for one in reversed(self.rounds):
            verdict = next((v for v in one.verdicts if v.finding == finding), None)
            if verdict is not None:
                return Standing.ACCEPTED if verdict.accepted else Standing.RETURNED
            if any(a.finding == finding for a in one.answers):
                return Standing.ANSWERED
        return Standing.OWED

    def owed(self) -> list[int]:
        """What the replier has to answer now."""
        return self._standing(Standing.OWED, Standing.RETURNED)

    def to_judge(self) -> list[int]:
        return self._standing(Standing.ANSWERED)

    @property
    def done(self) -> bool:
        return self._standing(Standing.ACCEPTED) == list(range(1, self.findings + 1))

    @property
    def headline(self) -> str:
        """``第2轮，12项中剩3项``; a reply that waits for its verdict still counts its findings as left."""
        left = self.findings - len(self._standing(Standing.ACCEPTED))
        round_now = len(self.rounds) + bool(self.owed())
        return f"第{max(1, round_now)}轮，{self.findings}项中剩{left}项" if left else f"{self.findings}项全部通过"

    def last_answer(self, finding: int) -> Answer | None:
        """What was answered before; a second round opens it for editing."""
        every = (a for one in reversed(self.rounds) for a in one.answers if a.finding == finding)
        return next(every, None)

    def reason(self, finding: int) -> str:
        """Why it came back last time."""
        every = (v for one in reversed(self.rounds) for v in one.verdicts if v.finding == finding)
        return next((v.reason for v in every if not v.accepted), "")

    def replied(self, answers: Sequence[Answer], today: date) -> "Progress":
        """With one more reply; raises BadInput unless it answers exactly what is owed."""
        _fits(self.owed(), [a.finding for a in answers], "回复")
        ahead = next((a for a in answers if a.done_on > today), None)
        if ahead:
            raise BadInput(f"第{ahead.finding}条的整改完成日期还没有到，请改为实际完成的日期。")
        return Progress(self.findings, (*self.rounds, Round(tuple(answers))))

    def judged(self, verdicts: Sequence[Verdict]) -> "Progress":
        """With the verdicts on the last reply; raises BadInput unless there is one for each answer."""
        _fits(self.to_judge(), [v.finding for v in verdicts], "审核")
        last = self.rounds[-1]
        return Progress(self.findings, (*self.rounds[:-1], Round(last.answers, tuple(verdicts))))

    def _standing(self, *wanted: Standing) -> list[int]:
        return [number for number in range(1, self.findings + 1) if self.standing(number) in wanted]


def _fits(expected: list[int], given: list[int], verb: str) -> None:
    missing = sorted(set(expected) - set(given))
    if missing:
        raise BadInput(f"还有第{_listed(missing)}条没有{verb}，请补齐后再提交。")
    strange = sorted(set(given) - set(expected))
    if strange:
        raise BadInput(f"第{_listed(strange)}条现在不需要{verb}，请刷新后再试。")


def _listed(numbers: list[int]) -> str:
    return "、".join(map(str, numbers))
