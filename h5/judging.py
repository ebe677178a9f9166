"""Verdicts finding by finding on a page (BY-04): as in the conversation, what is not returned is accepted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from multidict import MultiDict

from notices.rounds import Answer, Verdict

ROOM = 2 << 20  # bytes: 200 findings with a reason of 1,000 letters each, which are nine bytes on the wire
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True)
class Ruling:
    """An answer that waits for its verdict, with what was chosen so far."""

    finding: int
    wording: str
    statement: str
    accepted: bool
    reason: str


def rulings(data: Mapping[str, Any], chosen: Sequence[Mapping[str, Any]]) -> list[Ruling]:
    """``data`` is the reply's; its answers are those of the last round."""
    known = {one["finding"]: one for one in chosen}
    answers = sorted((Answer.model_validate(one) for one in data["answers"]), key=lambda one: one.finding)
    return [_ruling(one, data, known.get(one.finding)) for one in answers]


def _ruling(answer: Answer, data: Mapping[str, Any], chosen: Mapping[str, Any] | None) -> Ruling:
    accepted, reason = (chosen["accepted"], chosen["reason"]) if chosen else (True, "")
    return Ruling(answer.finding, data["findings"][answer.finding - 1], answer.statement, accepted, reason)


def read(name: str, form: MultiDict[str]) -> list[dict[str, Any]]:
    """``verdicts-3`` is accept or return; ``verdicts-3-usual`` are reasons that were tapped, ``verdicts-3-reason`` is
    one that was written."""
    numbers = [one.removeprefix(f"{name}-") for one in form if one.startswith(f"{name}-")]
    return [_verdict(f"{name}-{one}", int(one), form) for one in numbers if _NUMBER.fullmatch(one)]


def _verdict(field: str, finding: int, form: MultiDict[str]) -> dict[str, Any]:
    accepted = form[field] == "accept"
    reason = "" if accepted else _reason(field, form)
    return Verdict(finding=finding, accepted=accepted, reason=reason).model_dump()


def _reason(field: str, form: MultiDict[str]) -> str:
    said = [*form.getall(f"{field}-usual", []), form.get(f"{field}-reason", "")]
    return "；".join(filter(None, (one.strip() for one in said)))
