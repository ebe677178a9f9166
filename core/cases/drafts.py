"""Drafts: one form per person, process, action and case, kept until it is submitted or thrown away.

One whose step somebody else has taken is closed: it cannot be submitted any more, and is kept for its owner to read.
The same step can be begun anew then, and the closed one is in no hand.

Every door changes them alike: it holds the person (``turns.hold_person``, as each callback does), reads the draft anew,
changes it and saves it in the same transaction, so that none undoes what another has just kept.
"""

from typing import Any

from tortoise.fields.data import JSON_DUMPS

from core import clock, database
from core.cases.models import Case, Draft, HistoryRow

ANSWERED = "answers"
PARENT = "parent"  # the case that the new record is about
ASKING, MODE = "asking", "mode"  # what the conversation waits for, and what the next words mean
IN_HAND = "hand"  # findings that are not confirmed yet
PIECES = "replying"  # answers finding by finding that are not complete yet
POCKETS = "pockets"  # what the conversation has collected before it is an answer
RETURNED = "returned"  # finding → why it goes back, before that is an answer
CLOSED = "closed"  # why it cannot be submitted any more, in a sentence
AT, HELD = "at", "held"  # of a later step's draft: the state it belongs to, and what the record held by then

_CURRENT = (
    f"SELECT {database.columns(Draft)} FROM draft WHERE person_id = $1 AND closed_id = 0 "  # noqa: S608  # our own names
    "ORDER BY touched_at DESC, id DESC LIMIT 1"
)


def begun(draft: Draft) -> bool:
    """Whether there is anything in it that could be lost."""
    data = draft.data
    half_done = (data.get(IN_HAND), data.get(PIECES, {}).get("pieces"))
    collected = (*data.get(POCKETS, {}).values(), *data.get(RETURNED, {}).values())
    return bool(data[ANSWERED] or any(half_done) or any(collected))


def closed(draft: Draft) -> str:
    """Why it cannot be submitted any more, in a sentence; empty while it can be."""
    return str(draft.data[CLOSED]) if draft.closed_id else ""


def request_key(draft_id: int) -> str:
    """Under this key a draft becomes a record, or a step of one, at most once."""
    return f"draft:{draft_id}"


async def submitted_before(draft_id: int, person_id: int) -> Case | None:
    """The case that this person's draft has become, at whichever door."""
    row = await HistoryRow.get_or_none(request_key=request_key(draft_id), actor_id=person_id)
    return await Case.get(id=row.case_id) if row else None


async def unfinished(person_id: int) -> list[Draft]:
    """What this person has begun and not submitted, the one touched last first, and at the end what is closed."""
    found = [one for one in await Draft.filter(person_id=person_id).order_by("-touched_at", "-id") if begun(one)]
    return sorted(found, key=lambda one: bool(one.closed_id))


async def current(person_id: int) -> Draft | None:
    """The draft in hand: the one touched last."""
    return next(iter(await database.instances(Draft, _CURRENT, person_id)), None)


async def find(person_id: int, process: str, action: str, case_id: int = 0) -> Draft | None:
    mine = Draft.filter(person_id=person_id, closed_id=0)
    return await mine.get_or_none(process=process, action=action, case_id=case_id)


async def owned(person_id: int, draft_id: int) -> Draft | None:
    return await Draft.get_or_none(id=draft_id, person_id=person_id)


async def begin(person_id: int, process: str, action: str, case_id: int = 0, data: Any = None) -> Draft:
    now = clock.now()
    return await Draft.create(
        person_id=person_id,
        process=process,
        action=action,
        case_id=case_id,
        data=data or {ANSWERED: {}},
        begun_at=now,
        touched_at=now,
    )


async def close(draft: Draft, sentence: str, *, more_comes: bool = False) -> None:
    """Nothing is kept of one in which nothing was filled in, unless ``more_comes``."""
    held = draft.data.get(HELD, {})
    draft.data[ANSWERED] = {name: one for name, one in draft.data[ANSWERED].items() if held.get(name) != one}
    if not (begun(draft) or more_comes):
        await draft.delete()
        return
    draft.data[CLOSED] = sentence
    draft.closed_id = draft.id
    await draft.save(update_fields=["data", "closed_id"])


async def of_case(person_id: int, case_id: int) -> list[Draft]:
    """What this person has begun to fill in for steps of a case, and can still submit."""
    return await Draft.filter(person_id=person_id, case_id=case_id, closed_id=0)


async def save(draft: Draft) -> None:
    draft.touched_at = clock.now()
    text = "UPDATE draft SET data = $2, touched_at = $3 WHERE id = $1"
    database.later(text, draft.id, JSON_DUMPS(draft.data), draft.touched_at)
