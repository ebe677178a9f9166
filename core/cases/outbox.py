"""The outbox: messages promised in a step's transaction, delivered after it, in order per person, each once.

A worker claims rows with a lease and a fence. A worker that was frozen longer than its lease finds its fence outdated
and may not finish what somebody else has taken over.
"""

import asyncio
import contextvars
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from core import clock, database, metrics
from core.bell import Bell
from core.cases.letters import Letter
from core.cases.models import Delivery, OutboxRow, UpdateCode
from core.moments import Moment

LEASE_SECONDS = 30
PER_MINUTE = 25  # WeCom drops the 31st message to one member within a minute, silently (path/90312)
PER_HOUR = 950
TEXT = "text"  # texts that wait for one person are joined into one message


_AT_ONCE = 500  # letters in one statement: the databases take some 32,000 values
# A letter that had been promised before is not added again and may replace nothing. Written so that only the merge key
# leads to the rows: both databases would rather go through all that is pending, PostgreSQL as long as it believes that
# little is, SQLite since its statistics do not tell rows without a merge key from rows that share one.
_REPLACE = (
    "UPDATE outbox SET state = 'replaced' WHERE id IN (SELECT id FROM outbox WHERE merge_key = $1) "
    "AND state || '' IN ('pending', 'held') AND attempts = 0 "
    "AND NOT EXISTS (SELECT 1 FROM outbox WHERE dedupe_key = $2)"
)
bell = Bell()  # rung when a transaction with letters has been committed


async def promise(letters: list[Letter]) -> None:
    """Adds letters to the outbox of the running transaction, at the latest with its COMMIT."""
    if not letters:
        return
    newest = {letter.merge_key: letter for letter in letters}
    for letter in newest.values():
        if letter.merge_key:
            database.later(_REPLACE, letter.merge_key, letter.dedupe_key)
    for first in range(0, len(letters), _AT_ONCE):
        few, now = letters[first : first + _AT_ONCE], clock.now()
        database.later(_promise(len(few)), *(v for one in few for v in _values(one, newest[one.merge_key], now)))
    database.after_commit(bell.ring)


def _values(letter: Letter, newest: Letter, now: datetime) -> tuple[object, ...]:
    replaced = letter.merge_key is not None and newest is not letter
    waits = Delivery.HELD if letter.held_until else Delivery.PENDING
    return (
        *(letter.dedupe_key, letter.merge_key, letter.person_id, letter.recipient, letter.kind, letter.body),
        *(letter.frozen, letter.case_id, letter.slot, letter.task_id),
        *(Delivery.REPLACED if replaced else waits, letter.held_until or letter.not_before or now, now),
    )


@cache
def _promise(count: int) -> str:
    given = "dedupe_key, merge_key, person_id, recipient, kind, body, frozen, case_id, slot, task_id, state, not_before"
    places = (", ".join(f"${13 * n + place}" for place in range(1, 14)) for n in range(count))
    return (
        f"INSERT INTO outbox ({given}, created_at, attempts, unknown, fence, message_id, error) VALUES "  # noqa: S608  # our own names
        + ", ".join(f"({each}, 0, false, 0, '', '')" for each in places)
        + " ON CONFLICT (dedupe_key) DO NOTHING"
    )


async def claim(limit: int) -> list[OutboxRow]:
    """Takes the oldest waiting row of each person who is not over the rate, up to ``limit`` persons."""
    now = clock.now()
    skip = "FOR UPDATE SKIP LOCKED" if database.is_postgresql() else ""
    taken = await database.rows(
        # Materialized: PostgreSQL may run a subquery once per row, and LIMIT would bind none of them.
        "WITH due AS MATERIALIZED (SELECT o.id FROM outbox o WHERE o.state = 'pending' AND o.not_before <= $1 "  # noqa: S608  # our own constants
        "AND NOT EXISTS (SELECT 1 FROM outbox_pause WHERE until > $1) "
        # In this order, row by row: most of what waits stands behind an earlier message, and counting costs more.
        f"AND CASE WHEN {_earlier('pending')} OR {_earlier('sending')} THEN false "
        f"ELSE {_sent_since('$2')} < $4 AND {_sent_since('$3')} < $5 END "
        f"ORDER BY o.not_before, o.id LIMIT $6 {skip}) "
        "UPDATE outbox SET state = 'sending', fence = fence + 1, attempts = attempts + 1, "
        f"lease_until = {database.real_time(LEASE_SECONDS)}, first_attempt_at = COALESCE(first_attempt_at, $1) "
        # By id alone: the rows are ours, and PostgreSQL would look through all that is pending when it believes it few.
        f"WHERE id IN (SELECT id FROM due) RETURNING {_all_columns()}",
        now,
        now - timedelta(minutes=1),
        now - timedelta(hours=1),
        PER_MINUTE,
        PER_HOUR,
        limit,
    )
    return sorted((OutboxRow._init_from_db(**row) for row in taken), key=lambda row: row.id)


def _earlier(state: str) -> str:
    """SQL: the person has an earlier message in this state. One state at a time, each is then one look at the index."""
    theirs = "SELECT 1 FROM outbox e WHERE e.recipient = o.recipient"
    return f"EXISTS ({theirs} AND e.state = '{state}' AND e.id < o.id)"


def _sent_since(moment: str) -> str:
    """SQL for the messages that a row's recipient got since then; a card that is changed is no new message."""
    to_them = "SELECT count(*) FROM outbox s WHERE s.recipient = o.recipient AND s.kind <> 'update'"
    return f"({to_them} AND s.sent_at > {moment})"


@cache
def _all_columns() -> str:
    return ", ".join(OutboxRow._meta.fields_db_projection.values())


async def take_over() -> int:
    """Frees what dead or frozen workers hold; their late finish is refused by the fence. They may have sent it."""
    skip = "FOR UPDATE SKIP LOCKED" if database.is_postgresql() else ""  # never waits for a worker that is finishing
    freed = await database.rows(
        "UPDATE outbox SET state = 'pending', unknown = true WHERE state = 'sending' AND id IN (SELECT id FROM outbox "  # noqa: S608  # our own constant
        f"WHERE state = 'sending' AND lease_until < {database.real_time(0)} {skip}) RETURNING id"
    )
    return len(freed)


async def following_texts(row: OutboxRow, room: int) -> list[OutboxRow]:
    """Texts right behind a claimed text to the same person that fit into ``room`` bytes and were never tried."""
    behind = (
        await OutboxRow.filter(recipient=row.recipient, state=Delivery.PENDING, id__gt=row.id).order_by("id").limit(8)
    )
    fitting = []
    for other in behind:
        size = len(other.body.encode())
        if other.kind != TEXT or other.frozen or other.attempts or other.not_before > clock.now() or size > room:
            break
        room -= size
        fitting.append(other)
    return fitting


async def freeze(row: OutboxRow, body: str, joined: list[OutboxRow]) -> bool:
    """Fixes the bytes before the first attempt; False when the lease was lost meanwhile."""

    async def work() -> bool:
        held = await OutboxRow.filter(id=row.id, fence=row.fence, state=Delivery.SENDING).update(body=body, frozen=True)
        if held and joined:
            await OutboxRow.filter(id__in=[j.id for j in joined], state=Delivery.PENDING).update(state=Delivery.MERGED)
        return bool(held)

    return await database.transaction(work)


async def say_instead(row: OutboxRow) -> bool:
    """Makes the change of a card a text with these bytes; False when the lease was lost meanwhile."""
    held = OutboxRow.filter(id=row.id, fence=row.fence, state=Delivery.SENDING)
    return bool(await held.update(kind=TEXT, body=row.body, frozen=True))


@dataclass(frozen=True)
class Sent:
    message_id: str = ""
    update_code: str = ""
    error: str = ""


async def finish(row: OutboxRow, state: Delivery, sent: Sent) -> bool:
    """Records the end of an attempt; False when the fence says that another worker has the row now.

    Attempts that end while a record is being written are recorded together by the next one.
    """
    Moment.BEFORE_FINISH.reached()
    return await _ends.record(_End(row, state, sent, clock.now()))


@dataclass(frozen=True)
class _End:
    row: OutboxRow
    state: Delivery
    sent: Sent
    at: datetime

    def told(self) -> dict[str, object]:
        """What the database is told, see ``_ENDED``."""
        return {
            "id": self.row.id,
            "fence": self.row.fence,
            "state": self.state,
            "sent_at": self.at.isoformat(" ") if self.state is Delivery.SENT else None,
            "message_id": self.sent.message_id,
            "error": self.sent.error[:300],
        }

    def code(self) -> UpdateCode:
        return _code(self.sent.update_code, self.row.task_id or "", self.row.recipient, self.row.case_id)


class _Ends:
    """Ends that wait to be written. Each is awaited by its worker, so none is reported that is not kept."""

    def __init__(self) -> None:
        self._waiting: list[tuple[_End, asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def record(self, end: _End) -> bool:
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((end, kept))
        if self._writing is None or self._writing.done():
            # In a context of its own: whatever transaction a caller is in, this is none of it.
            self._writing = asyncio.create_task(self._write(), context=contextvars.Context())
        return await kept

    async def _write(self) -> None:
        while self._waiting:
            told = [(end, kept) for end, kept in self._waiting if not kept.done()]  # done: its worker was stopped
            self._waiting = []
            answers = await _answers([end for end, _ in told])
            for (_, kept), answer in zip(told, answers, strict=True):
                if kept.done():
                    continue
                if isinstance(answer, Exception):
                    kept.set_exception(answer)
                else:
                    kept.set_result(answer)


async def _answers(ends: list[_End]) -> list[bool | Exception]:
    try:
        held = await _record(ends)
    except Exception as error:
        if len(ends) == 1:
            return [error]
        return [answer for end in ends for answer in await _answers([end])]  # one may be at fault, and the others not
    return [end.row.id in held for end in ends]


_ends = _Ends()


async def _record(ends: list[_End]) -> set[int]:
    """The rows that were still held, each by its own fence."""
    coded = [end for end in ends if end.sent.update_code and end.row.task_id]

    async def work() -> set[int]:
        held = await _ended(ends)
        await _keep([end.code() for end in coded if end.row.id in held])
        return held

    held = await (database.transaction(work) if coded else _ended(ends))
    for end in ends:
        if end.row.id in held:
            metrics.delivered.labels(end.state).inc()
    return held


async def _ended(ends: list[_End]) -> set[int]:
    told = json.dumps([end.told() for end in ends], ensure_ascii=False)
    rows = await database.rows(_RECORD_POSTGRESQL if database.is_postgresql() else _RECORD_SQLITE, told)
    return {row["id"] for row in rows}


_RECORD = (
    "UPDATE outbox SET state = d.state, sent_at = d.sent_at, message_id = d.message_id, error = d.error, "
    "lease_until = NULL FROM {ends} AS d{columns} "
    "WHERE outbox.id = d.id AND outbox.fence = d.fence AND outbox.state = 'sending' RETURNING outbox.id"
)
_RECORD_POSTGRESQL = _RECORD.format(
    ends="jsonb_to_recordset($1::jsonb)",
    columns="(id bigint, fence int, state text, sent_at timestamptz, message_id text, error text)",
)
_TOLD = ("id", "fence", "state", "sent_at", "message_id", "error")
_EACH = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in _TOLD)
_RECORD_SQLITE = _RECORD.format(ends=f"(SELECT {_EACH} FROM json_each($1))", columns="")  # noqa: S608  # our own names


async def again(row: OutboxRow, after: timedelta, error: str, *, unknown: bool) -> None:
    """Puts a row back for another attempt of the same bytes; ``unknown``: this attempt may have arrived."""
    await OutboxRow.filter(id=row.id, fence=row.fence, state=Delivery.SENDING).update(
        state=Delivery.PENDING,
        not_before=clock.now() + after,
        error=error[:300],
        unknown=row.unknown or unknown,
        lease_until=None,
    )


async def pause_all(until_after: timedelta) -> None:
    """WeCom said 45009: nobody sends before the block is over, neither what waits nor what is promised meanwhile."""
    until = clock.now() + until_after
    await OutboxRow.filter(state=Delivery.PENDING, not_before__lt=until).update(not_before=until)
    await database.rows(
        "INSERT INTO outbox_pause (id, until) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET until = excluded.until "
        "WHERE outbox_pause.until < excluded.until RETURNING id",
        until,
    )


async def keep_code(code: str, task_id: str, recipient: str, case_id: int | None) -> None:
    """Remembers a response code: one use, 72 hours (path/94888)."""
    await _keep([_code(code, task_id, recipient, case_id)])


def _code(code: str, task_id: str, recipient: str, case_id: int | None) -> UpdateCode:
    return UpdateCode(code=code, task_id=task_id, recipient=recipient, case_id=case_id, issued_at=clock.now())


async def _keep(codes: list[UpdateCode]) -> None:
    await UpdateCode.bulk_create(codes, ignore_conflicts=True)


async def take_code(row: OutboxRow) -> str | None:
    """The newest code that can still change this person's card; a repeated attempt gets the same one."""
    before = await UpdateCode.get_or_none(used_by=row.id)
    if before is not None:
        return before.code
    fresh = clock.now() - timedelta(hours=72)
    found = (
        await UpdateCode.filter(task_id=row.task_id, recipient=row.recipient, used_by=None, issued_at__gt=fresh)
        .order_by("-id")
        .first()
    )
    if found is None:
        return None
    held = await UpdateCode.filter(id=found.id, used_by=None).update(used_by=row.id)
    return found.code if held else None
