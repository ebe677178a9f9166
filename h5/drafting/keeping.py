"""Saving what a page posts, answer by answer, into the draft as it is by then.

Each answer comes with the name of the answer that the page was made with (``was-{question}``). Where another tab or the
chat has changed it meanwhile, the newer one stays, and the reader is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from multidict import MultiDict

from core import database
from core.cases import drafts, turns
from core.cases.drafts import ASKING, MODE
from core.cases.filling import Filling
from core.errors import BadInput, NotYours
from core.forms import Question
from core.naming import names
from h5.access import DraftVisit
from h5.drafting.adapter import WRITTEN, Desk, mark
from h5.drafting.registry import ADAPTERS


@dataclass(frozen=True)
class Trouble:
    """Why an answer was not kept. ``typed`` is what was posted; ``stale``: a newer answer stays instead."""

    sentence: str
    typed: Any
    stale: bool = False


Troubles = Mapping[str, Trouble]


async def keep(visit: DraftVisit, only: str = "") -> tuple[Filling, Troubles]:
    """Saves what was posted, or the answer to ``only`` this question, with what the page ticked in advance before it:
    the answer may depend on that. Raises NotYours for a draft that has gone."""

    async def work() -> tuple[Filling, Troubles]:
        filling = await held(visit)
        asked = [q for q in _meant(filling, only) if f"was-{q.name}" in visit.form]
        found = {q.name: await _keep(Desk(filling, q, visit.form)) for q in asked if q.field.kind in ADAPTERS}
        await drafts.save(filling.draft)
        return filling, {name: trouble for name, trouble in found.items() if trouble is not None}

    return await database.transaction(work)


def _meant(filling: Filling, only: str) -> list[Question]:
    asked = filling.questions
    if not only:
        return asked
    place = next(n for n, q in enumerate(asked) if q.name == only)
    return [*(q for q in asked[:place] if _open(filling, q)), asked[place]]


def _open(filling: Filling, question: Question) -> bool:
    adapter = ADAPTERS.get(question.field.kind)
    return adapter is not None and adapter.proposes and Desk(filling, question, MultiDict()).open


async def held(visit: DraftVisit) -> Filling:
    """The draft as it is now, and nobody else changes it before the transaction ends."""
    await turns.hold_person(visit.person.id)
    draft = await drafts.owned(visit.person.id, visit.filling.draft.id)
    if draft is None:
        raise NotYours
    return Filling(visit.filling.process, draft, visit.person)


async def _keep(desk: Desk) -> Trouble | None:
    adapter, name, form = ADAPTERS[desk.question.field.kind], desk.name, desk.posted
    posted = adapter.read(name, form)
    try:
        value = None if posted is None else adapter.typed(desk, posted)
        now, was, wanted = mark(adapter.held(desk)), form[f"was-{name}"], mark(value)
        if wanted in (now, was):
            return None
        if value is not None:
            await adapter.check(desk, value)  # before it is named: nobody is told names of what is not offered
        if not adapter.merges and now != was and [desk.tab, now] != _written(desk).get(name):
            return Trouble(await _changed_meanwhile(desk, value), posted, stale=True)
    except BadInput as error:
        return Trouble(error.sentence, posted)
    put(desk, value, desk.tab)
    return None


def put(desk: Desk, value: Any, tab: str) -> None:
    """An answer that has been found good, None for no answer."""
    ADAPTERS[desk.question.field.kind].keep(desk, value)
    _written(desk)[desk.name] = [tab, mark(value)]
    if value is None or desk.name in desk.answers:  # some answers grow over several saves
        _answered(desk.filling.draft.data, desk.name)


def _written(desk: Desk) -> dict[str, list[str | None]]:
    written: dict[str, list[str | None]] = desk.filling.draft.data.setdefault(WRITTEN, {})
    return written


def _answered(data: dict[str, Any], name: str) -> None:
    """The conversation does not wait any more for what has been answered here."""
    if data.get(ASKING) == name:
        data.pop(ASKING)
        data[MODE] = ""


async def _changed_meanwhile(desk: Desk, value: Any) -> str:
    newer, mine = [await _read(desk.question, one) for one in (desk.answers.get(desk.name), value)]
    return f"这一项在别处改过了，现在是：{newer}。您在这里填写的没有保存：{mine}。需要时请再改一次。"


async def _read(question: Question, value: Any) -> str:
    if value in (None, "", []):
        return "空"
    return question.field.show(value, await names(question.field.refers(value)))
