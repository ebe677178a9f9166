"""The page of a draft: its fields with what is filled in, put together from the declaration."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from multidict import MultiDict

from core.cases.drafts import ANSWERED, PARENT
from core.cases.filling import Filling
from core.cases.models import Case
from core.errors import BadInput
from core.forms import Question
from h5.drafting.adapter import Desk, mark
from h5.drafting.keeping import Trouble, Troubles
from h5.drafting.registry import ADAPTERS
from notices.foretelling import Foretold, foretold


@dataclass(frozen=True)
class FieldView:
    """``value`` is the answer as the template takes it, ``offer`` what the adapter prepared. ``was`` names the answer
    that this is made with, ``marks`` what the page that posted may go on with. ``error`` and ``said`` are sentences."""

    question: Question
    template: str
    value: Any
    offer: Any
    was: str
    marks: Mapping[str, str]
    error: str
    said: str

    @property
    def id(self) -> str:
        return f"f-{self.question.name}"


@dataclass(frozen=True)
class Frame:
    """What is around the fields. ``tab`` names this page in this window; ``foretold``: what submitting sets in motion
    (BY-06), as far as that can be said already."""

    id: int
    tab: str
    foretold: Foretold | None


@dataclass(frozen=True)
class DraftPage(Frame):
    process: str
    title: str
    case_id: int
    about_id: int
    danger: bool
    fields: list[FieldView]
    left_to_chat: list[str]
    problem: str


async def build(
    filling: Filling, troubles: Troubles, posted: MultiDict[str] | None = None, *, problem: str = ""
) -> DraftPage:
    """``problem`` is why something was not done, in a sentence that belongs to no field."""
    asked, proposed = filling.questions, await with_proposals(filling)
    about = await frame(proposed, secrets.token_hex(8))
    served = [q for q in asked if q.field.kind in ADAPTERS]
    return DraftPage(
        id=about.id,
        tab=about.tab,
        foretold=about.foretold,
        process=filling.process.title,
        title=await title(filling),
        case_id=filling.draft.case_id,
        about_id=_about(filling),
        danger=filling.step.danger,
        fields=[await view(filling, q, troubles.get(q.name), posted, proposed=proposed) for q in served],
        left_to_chat=[q.caption for q in asked if q.field.kind not in ADAPTERS],
        problem=problem,
    )


async def with_proposals(filling: Filling) -> Filling:
    """As it will be when what is ticked in advance stays: what depends on that is offered at once."""
    draft = copy(filling.draft)
    draft.data = draft.data | {ANSWERED: dict(filling.answers)}
    shown = replace(filling, draft=draft)
    for question in filling.questions:
        desk, adapter = Desk(shown, question, MultiDict()), ADAPTERS.get(question.field.kind)
        if adapter is None or not adapter.proposes or not desk.open:
            continue
        if (proposal := await adapter.proposal(desk)) is not None:
            shown.answers[question.name] = proposal
    return shown


async def frame(filling: Filling, tab: str) -> Frame:
    return Frame(filling.draft.id, tab, await _foretold(filling))


async def _foretold(filling: Filling) -> Foretold | None:
    """Nothing for a day that cannot be: its field says why."""
    with suppress(BadInput):
        return await foretold(filling.process.name, filling.view)
    return None


async def title(filling: Filling) -> str:
    """With the record that it is about, where there is one."""
    caption = filling.step.caption if filling.draft.case_id else filling.process.title
    case = await Case.get_or_none(id=_about(filling))
    return f"{caption}：{case.title}" if case is not None else caption


def _about(filling: Filling) -> int:
    return int(filling.draft.case_id or filling.draft.data.get(PARENT) or 0)


async def view(
    filling: Filling,
    question: Question,
    trouble: Trouble | None = None,
    posted: MultiDict[str] | None = None,
    *,
    proposed: Filling | None = None,
) -> FieldView:
    adapter, desk = ADAPTERS[question.field.kind], Desk(filling, question, posted or MultiDict())
    shown = replace(desk, filling=proposed or await with_proposals(filling))
    held = adapter.held(desk)
    typed = trouble is not None and not trouble.stale
    error, said = (trouble.sentence, "") if trouble else await _said(shown)
    marks = {} if trouble else await adapter.marks(desk)
    return FieldView(
        question=question,
        template=f"fields/{question.field.kind}.html",
        value=adapter.shown(desk, trouble.typed if trouble is not None and typed else held),
        offer=await adapter.offer(shown),
        was=mark(held),
        marks={name: one for name, one in marks.items() if name in desk.posted},
        error=error,
        said=said,
    )


async def _said(desk: Desk) -> tuple[str, str]:
    try:
        return "", await ADAPTERS[desk.question.field.kind].said(desk)
    except BadInput as error:
        return error.sentence, ""
