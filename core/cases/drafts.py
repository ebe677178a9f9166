"""Drafts: one form per person, process, action and case, kept until it is submitted or thrown away."""

from typing import Any

from tortoise.fields.data import JSON_DUMPS

from core import clock, database
from core.cases.models import Draft

_CURRENT = f"SELECT {database.columns(Draft)} FROM draft WHERE person_id = $1 ORDER BY touched_at DESC, id DESC LIMIT 1"  # noqa: S608  # our own names


async def current(person_id: int) -> Draft | None:
    """The draft in hand: the one touched last."""
    return next(iter(await database.instances(Draft, _CURRENT, person_id)), None)


async def find(person_id: int, process: str, action: str, case_id: int = 0) -> Draft | None:
    return await Draft.get_or_none(person_id=person_id, process=process, action=action, case_id=case_id)


async def owned(person_id: int, draft_id: int) -> Draft | None:
    return await Draft.get_or_none(id=draft_id, person_id=person_id)


async def begin(person_id: int, process: str, action: str, case_id: int = 0, data: Any = None) -> Draft:
    now = clock.now()
    return await Draft.create(
        person_id=person_id,
        process=process,
        action=action,
        case_id=case_id,
        data=data or {"answers": {}},
        begun_at=now,
        touched_at=now,
    )


async def forget(person_id: int, case_id: int) -> None:
    """What this person had begun to fill in for a step of a case."""
    await Draft.filter(person_id=person_id, case_id=case_id).delete()


async def save(draft: Draft) -> None:
    draft.touched_at = clock.now()
    text = "UPDATE draft SET data = $2, touched_at = $3 WHERE id = $1"
    database.later(text, draft.id, JSON_DUMPS(draft.data), draft.touched_at)
