"""Append-only history: one row per action, each sealed by a hash over itself and the row before.

``verify`` recomputes it all and names the first row that does not fit.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core import database
from core.cases.models import Case, HistoryRow, Participant
from core.errors import BadInput
from core.evidence.models import Evidence
from core.evidence.store import Store

GENESIS = "0" * 64
_AT_A_TIME = 500


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, real characters."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Content:
    """What a row seals beside its columns. ``kept`` says that ``data`` went into the case's own data; ``about`` is what
    the case was begun with, in its first row only. ``note`` is what a row that moves nothing is called, ``acted_for``
    whose deputy the actor was, ``held`` until when quiet hours held what others were told."""

    data: Mapping[str, Any]
    kept: bool
    slots: Mapping[str, list[int]]
    attachments: Mapping[str, str]  # evidence id → SHA-256 of the original
    number: str | None = None
    closed: bool = False
    about: Mapping[str, Any] | None = None
    note: str = ""
    acted_for: int | None = None
    held: datetime | None = None

    def text(self) -> str:
        sealed = {
            "attachments": dict(self.attachments),
            "closed": self.closed,
            "data": dict(self.data),
            "kept": self.kept,
            "number": self.number,
            "slots": _seats(self.slots),
        }
        sealed |= {} if self.about is None else {"about": dict(self.about)}
        sealed |= {} if self.acted_for is None else {"for": self.acted_for}
        sealed |= {} if self.held is None else {"held": _moment(self.held)}
        return canonical(sealed | ({"note": self.note} if self.note else {}))


def _seats(slots: Mapping[str, list[int]]) -> dict[str, list[int]]:
    return {slot: sorted(people) for slot, people in slots.items() if people}


def about(case: Case) -> dict[str, Any]:
    """What never changes in a case, as its first row seals it."""
    return {
        "author": case.author_id,
        "parent": case.parent_id,
        "process": case.process,
        "project": case.project_id,
        "station": case.station_id,
        "title": case.title,
    }


def seal(row: HistoryRow) -> str:
    body = canonical(
        {
            "action": row.action,
            "actor": row.actor_id,
            "at": _moment(row.at),
            "case": row.case_id,
            "content": row.content,
            "from": row.from_state,
            "key": row.request_key,
            "seq": row.seq,
            "to": row.to_state,
        }
    )
    return hashlib.sha256(f"{row.previous}\n{body}".encode()).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def next_row(
    case: Case, at: datetime, actor_id: int | None, action: str, to: str, content: Content, key: str | None
) -> HistoryRow:
    """The sealed row, not saved yet; the caller moves ``case.head`` and ``case.version`` along."""
    row = HistoryRow(
        case_id=case.id,
        seq=case.version,
        at=at,
        actor_id=actor_id,
        action=action,
        from_state=case.state,
        to_state=to,
        content=content.text(),
        request_key=key,
        previous=case.head or GENESIS,
        hash="",
    )
    row.hash = seal(row)
    return row


def note(
    case: Case,
    at: datetime,
    action: str,
    caption: str,
    said: Mapping[str, Any],
    seats: Mapping[str, list[int]],
    key: str | None,
    *,
    kept: bool = False,
    by: int | None = None,
    attachments: Mapping[str, str] | None = None,
    held: datetime | None = None,
) -> HistoryRow:
    """A row that moves nothing: a reminder that was given, a paper that was made. Not saved yet. ``caption`` is how
    members read of it; ``kept``: what is said goes into the case's data; ``by``: a person, else the system; ``held``:
    see Content."""
    case.version += 1
    case.data = case.data | said if kept else case.data
    content = Content(said, kept, seats, attachments or {}, closed=bool(case.closed_at), note=caption, held=held)
    row = next_row(case, at, by, action, case.state, content, key)
    case.head, case.changed_at = row.hash, at
    return row


async def fingerprints(ids: list[int], taken_by: int | None, known: Iterable[int] = ()) -> dict[str, str]:
    """SHA-256 by evidence id; what does not exist is refused like what somebody else took, unless it is ``known``."""
    if not ids:
        return {}
    found = {e.id: e for e in await Evidence.filter(id__in=ids).only("id", "sha256", "taken_by_id")}
    for one in ids:
        if one not in found or (taken_by not in (None, found[one].taken_by_id) and one not in set(known)):
            raise BadInput("有附件没有保存成功，请重新发送该附件后再提交。")
    return {str(one): found[one].sha256 for one in ids}


@dataclass(frozen=True)
class Broken:
    """The first row that does not fit, and why, in a sentence for the auditor."""

    case_id: int
    seq: int
    reason: str


async def verify_all(store: Store | None = None) -> AsyncIterator[tuple[int, Broken | None]]:
    """Every case's id and what is wrong with it, then history rows that are left of cases that are gone."""
    last = 0
    while cases := await Case.filter(id__gt=last).order_by("id").limit(_AT_A_TIME):
        for case in cases:
            yield case.id, await verify(case, store)
        last = cases[-1].id
    orphans = "SELECT DISTINCT case_id FROM case_history h WHERE NOT EXISTS (SELECT 1 FROM case_record c WHERE c.id = "
    for row in await database.rows(f"{orphans}h.case_id) ORDER BY case_id"):
        yield row["case_id"], Broken(row["case_id"], 1, "the case that it belongs to is gone")


async def verify(case: Case, store: Store | None = None) -> Broken | None:
    """Recomputes the whole chain of a case and compares the case with what its rows say; with a ``store`` it also reads
    every attachment."""
    rows = await HistoryRow.filter(case_id=case.id).order_by("seq")
    return _chain_fault(case, rows) or await _case_fault(case, rows) or await _evidence_fault(case, rows, store)


def _chain_fault(case: Case, rows: list[HistoryRow]) -> Broken | None:
    previous, state = GENESIS, rows[0].from_state if rows else ""
    for position, row in enumerate(rows, start=1):
        reason = _fault(row, position, previous, state)
        if reason:
            return Broken(case.id, position, reason)
        previous, state = row.hash, row.to_state
    if len(rows) < max(case.version, 1):
        return Broken(case.id, len(rows) + 1, f"row {len(rows) + 1} is missing")
    return None


def _fault(row: HistoryRow, position: int, previous: str, state: str) -> str:
    if row.seq != position:
        return f"row {position} is missing"
    if row.previous != previous:
        return "it does not continue the row before"
    if row.from_state != state:
        return "it does not begin in the state where the row before ended"
    if row.hash != seal(row):
        return "its content was changed after it was written"
    return ""


async def _case_fault(case: Case, rows: list[HistoryRow]) -> Broken | None:
    """The case's own columns and seats only repeat what its rows say."""
    contents = [json.loads(row.content) for row in rows]
    data: dict[str, Any] = {}
    for content in contents:
        data |= content["data"] if content["kept"] else {}
    last, numbers = rows[-1], [c["number"] for c in contents if c["number"]]
    compared = {
        "number of rows": (case.version, last.seq),
        "head": (case.head, last.hash),
        "state": (case.state, last.to_state),
        "number": (case.number, numbers[-1] if numbers else None),
        "data": (canonical(case.data), canonical(data)),
        "beginning": (case.opened_at, rows[0].at),
        "last change": (case.changed_at, last.at),
        "end": (case.closed_at, _last_move(rows).at if contents[-1]["closed"] else None),
        "people": (await _seated(case), contents[-1]["slots"]),
        **{name: (value, contents[0]["about"][name]) for name, value in about(case).items()},
    }
    wrong = [name for name, (kept, said) in compared.items() if kept != said]
    return Broken(case.id, last.seq, f"the case's {wrong[0]} differs from what its history says") if wrong else None


def _last_move(rows: list[HistoryRow]) -> HistoryRow:
    return next(row for row in reversed(rows) if row.from_state != row.to_state)


async def _seated(case: Case) -> dict[str, list[int]]:
    seats: dict[str, list[int]] = {}
    for part in await Participant.filter(case_id=case.id, left_at=None):
        seats.setdefault(part.slot, []).append(part.person_id)
    return _seats(seats)


async def _evidence_fault(case: Case, rows: list[HistoryRow], store: Store | None) -> Broken | None:
    sealed = [(row.seq, int(i), sha) for row in rows for i, sha in json.loads(row.content)["attachments"].items()]
    kept = await Evidence.in_bulk({i for _, i, _ in sealed}, "id")
    for seq, evidence_id, sha in sealed:
        if evidence_id not in kept or not await _is(kept[evidence_id], sha, store):
            return Broken(case.id, seq, f"attachment {evidence_id} is not the one that was submitted")
    return None


async def _is(evidence: Evidence, sha: str, store: Store | None) -> bool:
    if evidence.sha256 != sha or store is None:
        return evidence.sha256 == sha
    digest = hashlib.sha256()
    try:
        async for chunk in store.stream(evidence.original_key):
            digest.update(chunk)
    except FileNotFoundError:
        return False
    return digest.hexdigest() == sha
