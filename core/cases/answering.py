"""What was filled in for a step, made sure of before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core import access
from core.cases.declaration import AUTHOR, START, SYSTEM, Process, Slot, Step, View
from core.cases.models import Case
from core.errors import BadInput, Refusal
from core.forms import Form, Offered, People, Project, fill, questions
from core.forms.form import attachments
from core.people.models import Person


@dataclass(frozen=True)
class Answer:
    """``kept``: goes into the case's data. ``chosen``: people by slot. ``known``: attachments the case had before."""

    data: dict[str, Any]
    kept: bool
    chosen: dict[str, list[int]]
    attachments: list[int]
    known: list[int]
    project_id: int | None


NOTHING = Answer({}, False, {}, [], [], None)


def read(step: Step, data: Mapping[str, Any], before: Mapping[str, Any], now: datetime) -> Answer:
    """``before`` is the case's data; an answer that is left out now is taken out of it. Raises BadInput."""
    if step.form is None:
        if data:
            raise BadInput("这一步不需要填写内容。")
        return replace(NOTHING, data={step.marks: now.isoformat()}, kept=True) if step.marks else NOTHING
    plain = fill(step.form, data).model_dump(mode="json", exclude_none=True)
    kept = not step.form.remark
    gone = {name: None for name in step.form.model_fields if kept and name not in plain and name in before}
    return Answer(
        data=plain | gone,
        kept=kept,
        chosen=_chosen(step.form, plain),
        attachments=attachments(step.form, plain),
        known=attachments(step.form, before) if kept else [],
        project_id=next((plain.get(q.name) for q in questions(step.form) if isinstance(q.field, Project)), None),
    )


def of_the_system(first: Step, given: Mapping[str, Any], now: datetime) -> Answer:
    """What the system puts into a case that it begins itself: also what people fill in where they begin it. Where
    nobody does, ``attachments`` are the evidence ids that are sealed with it."""
    if first.form is not None:
        return read(first, given, {}, now)
    return Answer(dict(given), True, {}, given.get("attachments", []), [], None)


def _chosen(form: type[Form], plain: Mapping[str, Any]) -> dict[str, list[int]]:
    asked = {q.name: q.field.slot for q in questions(form) if isinstance(q.field, People)}
    return {slot: list(dict.fromkeys(plain.get(name) or [])) for name, slot in asked.items()}


async def fill_by_rule(process: Process, view: View) -> dict[str, list[int]]:
    """Everybody's seats, with the slots that have a rule; an empty one matters only when its turn comes."""
    slots = dict(view.slots)
    for slot in process.slots:
        if slot.who is not None and not slots.get(slot.name):
            slots[slot.name] = await slot.who.find(view)
    return slots


def may_begin_by_role(process: Process, author: Person) -> None:
    """Raises Refusal where the author's slot asks for another role."""
    slot = process.slot(process.first().by)
    if slot.roles and author.role not in slot.roles:
        raise Refusal(f"「{process.title}」由{slot.caption}办理，您的岗位不能发起。")


async def may_begin(process: Process, author: Person, answer: Answer, view: View) -> None:
    """Raises Refusal unless the author holds the role, works on the project and is whom the author's slot asks for."""
    slot = process.slot(AUTHOR)
    may_begin_by_role(process, author)
    if answer.project_id is not None:
        await _project_is_open_to(author, answer, process)
    if slot.who is not None and author.id not in await slot.who.find(view):
        sentence = f"「{process.title}」由{slot.who.caption}发起，您不是这个工程的{slot.who.caption}，请重新选择工程。"
        raise BadInput(sentence, _question(process.first(), Project))


async def _project_is_open_to(author: Person, answer: Answer, process: Process) -> None:
    try:
        await access.require_running_project(author, answer.project_id or 0)
    except Refusal as refusal:
        raise BadInput(refusal.sentence, _question(process.first(), Project)) from None


async def may_sit(process: Process, step: Step, answer: Answer, view: View) -> None:
    """Raises BadInput for people whom the slot does not offer, and for an author who would judge himself."""
    for name, people in answer.chosen.items():
        slot, question = process.slot(name), _question(step, People, name)
        if slot.judges and view.author_id in people:
            raise BadInput(f"不能由本人担任「{slot.caption}」，请改选他人。", question)
        if people and slot.offers is not None:
            others = set(people) - set(await slot.offers.find(view))
            if others:
                raise BadInput(await _not_offered(slot, others), question)


async def _not_offered(slot: Slot, others: set[int]) -> str:
    names = "、".join(person.name for person in await Person.filter(id__in=others).order_by("id"))
    said = slot.offers.others if slot.offers is not None else ""
    return f"{names}{said}" if said else f"「{slot.caption}」中有不能选择的人员，请重新选择。"


async def may_choose(process: Process, step: Step, answer: Answer, view: View) -> None:
    """Raises BadInput for what a question does not offer, and for answers that do not fit together."""
    for question in questions(step.form) if step.form else []:
        value = answer.data.get(question.name)
        if isinstance(question.field, Offered) and value:
            offered = await process.offers[question.name].find(view)
            if not set(value if question.field.several else [value]) <= offered.keys():
                raise BadInput(f"「{question.caption}」中有不能选择的内容，请重新选择。", question.name)
    if step.form is not None and process.check is not None and not _of_the_system(step):
        await process.check(view)


def _of_the_system(step: Step) -> bool:
    return step.by == SYSTEM and step.at != START


def same_project(case: Case, step: Step, answer: Answer) -> None:
    if answer.project_id not in (None, case.project_id):
        raise BadInput("提交后不能更换工程。", _question(step, Project))


def missing(process: Process, step: Step, slot: str) -> Refusal:
    """Why a case cannot go where it would be the turn of nobody."""
    declared, question = process.slot(slot), _question(step, People, slot)
    if question or declared.who is None:
        return BadInput(f"请选择「{declared.caption}」。", question)
    return Refusal(declared.who.missing)


def _question(step: Step, kind: type[People] | type[Project], slot: str = "") -> str:
    """The name of the question that asks for people of a slot, or for the project; empty when none does."""
    asked = questions(step.form) if step.form else []
    fitting = (q for q in asked if isinstance(q.field, kind) and slot in ("", getattr(q.field, "slot", "")))
    return next((q.name for q in fitting), "")
