"""What a reader may do with a case now: buttons, and forms for what must be said with them."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web
from multidict import MultiDict

from core.cases.declaration import Process, Step
from core.errors import BadInput
from core.forms import Question, questions
from h5 import judging

TYPED = frozenset({"text", "choice", "day", "number", "switch", "verdicts"})
_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Attempt:
    """An action whose form did not fit, with what was typed into it."""

    action: str
    error: BadInput
    typed: Mapping[str, Any]
    key: str


@dataclass(frozen=True)
class Input:
    """``value`` is text, for verdicts a list of rulings; ``id`` is the page's only one, though steps may ask alike."""

    id: str
    question: Question
    value: Any
    error: str
    template: str


@dataclass(frozen=True)
class Action:
    """``key`` names this request: however often it arrives, it acts once. ``apart``: its form (photos, people)
    has a page of its own, which keeps a draft. ``main``: its button stands out."""

    name: str
    caption: str
    danger: bool
    key: str
    inputs: list[Input] = field(default_factory=list)
    error: str = ""
    open: bool = False
    apart: bool = False
    main: bool = False


def actions(steps: list[Step], attempt: Attempt | None, data: Mapping[str, Any]) -> list[Action]:
    """In the order of the table, but dangerous ones first and the one that stands out last: the bar's right end is
    where the thumb rests. What the case's ``data`` holds already is opened for editing, as in the conversation."""
    found = [_action(step, attempt if attempt and attempt.action == step.action else None, data) for step in steps]
    main = _main(found)
    rest = sorted((one for one in found if one is not main), key=lambda one: not one.danger)
    return [*rest, replace(main, main=True)] if main else rest


def _main(found: list[Action]) -> Action | None:
    """Of those that do no harm, one that has a page of its own, else one that does it at once."""
    harmless = [one for one in found if not one.danger]
    at_once = [one for one in harmless if not one.apart and not one.inputs]
    return next(iter([*(one for one in harmless if one.apart), *at_once]), None)


def _action(step: Step, attempt: Attempt | None, data: Mapping[str, Any]) -> Action:
    key = attempt.key if attempt else secrets.token_hex(16)
    if step.form is None:
        return Action(step.action, step.caption, step.danger, key)
    asked = questions(step.form)
    if any(q.field.kind not in TYPED for q in asked):
        return Action(step.action, step.caption, step.danger, key, apart=True)
    held = {} if step.form.remark else data
    inputs = [_input(step.action, question, attempt, held) for question in asked]
    misplaced = attempt.error.sentence if attempt and not any(i.error for i in inputs) else ""
    return Action(step.action, step.caption, step.danger, key, inputs, misplaced, open=attempt is not None)


def _input(action: str, question: Question, attempt: Attempt | None, held: Mapping[str, Any]) -> Input:
    value = _value(question, attempt, held)
    error = attempt.error.sentence if attempt and attempt.error.field == question.name else ""
    return Input(f"f-{action}-{question.name}", question, value, error, f"fields/{question.field.kind}.html")


def _value(question: Question, attempt: Attempt | None, held: Mapping[str, Any]) -> Any:
    if question.field.kind == "verdicts":
        return judging.rulings(held, attempt.typed[question.name] if attempt else [])
    return attempt.typed.get(question.name, "") if attempt else _preset(held.get(question.name, question.default))


def _preset(default: Any) -> str:
    if isinstance(default, bool):
        return "true" if default else ""
    return "" if default is None else str(default)


def answered(process: Process, state: str, action: str, form: MultiDict[str]) -> dict[str, Any]:
    """What the page's form brought for this action's questions; what was left empty is left out."""
    steps = process.steps(state, action)
    asked = questions(steps[0].form) if steps and steps[0].form else []
    texts = {q.name: form[q.name].strip() for q in asked if form.get(q.name, "").strip()}
    return texts | {q.name: judging.read(q.name, form) for q in asked if q.field.kind == "verdicts"}


def request_key(form: MultiDict[str]) -> str:
    """Raises HTTPBadRequest for what no page of ours would post."""
    key = form.get("key", "")
    if not _KEY.fullmatch(key):
        raise web.HTTPBadRequest
    return key
