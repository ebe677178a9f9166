"""Papers wait here for a worker: promised with the step that issues, made after it, each once.

A worker claims a row with a lease and a fence, as in the outbox. What a claimed row lacks is made outside any
transaction; only then is it written down, by whoever still holds the row.
"""

import secrets
from datetime import datetime, timedelta

from tortoise.fields.data import JSON_DUMPS

from core import clock, database
from core.bell import Bell
from core.cases.models import Case
from core.papers.models import PaperRow, PaperState

LEASE_SECONDS = 300  # the press gives up before: see notices.papers.rendering
_CODE_BYTES = 16
_ERROR = 300
_ADD = (
    "INSERT INTO paper (case_id, template, title, number, code, state, sha256, attempts, not_before, fence, error, "
    "issued_at) VALUES ($1, $2, $3, $4, $5, 'wanted', '', 0, $6, 0, '', $6) ON CONFLICT (case_id) DO NOTHING"
)
_MINE = "WHERE id = $1 AND fence = $2 AND state = 'wanted' RETURNING id"
bell = Bell()  # rung when a transaction that promised a paper has been committed


def promise(case: Case, template: str, title: str, at: datetime) -> None:
    """In the transaction of the step that gave the case its number: whoever commits it has promised the paper."""
    database.later(_ADD, case.id, template, title, case.number or "", secrets.token_urlsafe(_CODE_BYTES), at)
    database.after_commit(bell.ring)


async def claim() -> PaperRow | None:
    """The paper that has been waiting longest."""
    skip = "FOR UPDATE SKIP LOCKED" if database.is_postgresql() else ""
    taken = await database.instances(
        PaperRow,
        # Materialized: PostgreSQL may run a subquery once per row, and LIMIT would bind none of them.
        "WITH due AS MATERIALIZED (SELECT id FROM paper WHERE state = 'wanted' AND not_before <= $1 "  # noqa: S608  # our own constants
        f"AND (lease_until IS NULL OR lease_until < {database.real_time(0)}) ORDER BY not_before, id LIMIT 1 {skip}) "
        "UPDATE paper SET fence = fence + 1, attempts = attempts + 1, "
        f"lease_until = {database.real_time(LEASE_SECONDS)} "
        f"WHERE id IN (SELECT id FROM due) RETURNING {database.columns(PaperRow)}",
        clock.now(),
    )
    return taken[0] if taken else None


async def made(row: PaperRow, printed: object, pdf_id: int, page_ids: list[int], sha256: str) -> bool:
    """False when another worker has the row now."""
    held = await database.rows(
        "UPDATE paper SET state = 'made', printed = $3, pdf_id = $4, page_ids = $5, sha256 = $6, made_at = $7, "  # noqa: S608  # our own constant
        f"lease_until = NULL, error = '' {_MINE}",
        *(row.id, row.fence, JSON_DUMPS(printed), pdf_id, JSON_DUMPS(page_ids), sha256, clock.now()),
    )
    return bool(held)


async def put_off(row: PaperRow, pause: timedelta, error: str) -> bool:
    held = await database.rows(
        f"UPDATE paper SET not_before = $3, lease_until = NULL, error = $4 {_MINE}",  # noqa: S608  # our own constant
        *(row.id, row.fence, clock.now() + pause, error[:_ERROR]),
    )
    return bool(held)


async def give_up(row: PaperRow, error: str) -> bool:
    """Until somebody asks for it again."""
    held = await database.rows(
        f"UPDATE paper SET state = 'failed', lease_until = NULL, error = $3 {_MINE}",  # noqa: S608  # our own constant
        *(row.id, row.fence, error[:_ERROR]),
    )
    return bool(held)


async def again(case_id: int | None = None) -> int:
    """Makes papers that have failed wanted again, those of one case or all; says how many."""
    failed = PaperRow.filter(state=PaperState.FAILED)
    if case_id is not None:
        failed = failed.filter(case_id=case_id)
    count = await failed.update(state=PaperState.WANTED, attempts=0, not_before=clock.now())
    database.after_commit(bell.ring)
    return count


async def of_case(case_id: int) -> PaperRow | None:
    return await PaperRow.get_or_none(case_id=case_id)


async def unmade() -> list[PaperRow]:
    return await PaperRow.exclude(state=PaperState.MADE).order_by("id")
