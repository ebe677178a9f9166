"""Append-only history: one row per action, each sealed by a hash over itself and the row before."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.cases.models import Case, HistoryRow
from core.errors import BadInput
from core.evidence.models import Evidence

GENESIS = "0" * 64


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, real characters."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Content:
    """What a row seals beside its columns. ``kept`` says that ``data`` went into the case's own data."""

    data: Mapping[str, Any]
    kept: bool
    slots: Mapping[str, list[int]]
    attachments: Mapping[str, str]  # evidence id → SHA-256 of the original
    number: str | None = None

    def text(self) -> str:
        return canonical(
            {
                "attachments": dict(self.attachments),
                "data": dict(self.data),
                "kept": self.kept,
                "number": self.number,
                "slots": {k: sorted(v) for k, v in self.slots.items()},
            }
        )


def seal(row: HistoryRow) -> str:
    body = canonical(
        {
            "action": row.action,
            "actor": row.actor_id,
            "at": _moment(row.at),
            "case": row.case_id,
            "content": row.content,
            "from": row.from_state,
            "seq": row.seq,
            "to": row.to_state,
        }
    )
    return hashlib.sha256(f"{row.previous}\n{body}".encode()).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def next_row(case: Case, at: datetime, actor_id: int | None, action: str, to: str, content: Content) -> HistoryRow:
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
        previous=case.head or GENESIS,
        hash="",
    )
    row.hash = seal(row)
    return row


async def fingerprints(ids: list[int], taken_by: int | None) -> dict[str, str]:
    """SHA-256 by evidence id; evidence that does not exist or is somebody else's is refused alike."""
    if not ids:
        return {}
    found = await Evidence.filter(id__in=ids).values("id", "sha256", "taken_by_id")
    mine = {str(e["id"]): str(e["sha256"]) for e in found if taken_by is None or e["taken_by_id"] == taken_by}
    if len(mine) != len(set(ids)):
        raise BadInput("有附件没有保存成功，请重新发送该附件后再提交。")
    return mine


@dataclass(frozen=True)
class Broken:
    """The first row that does not fit, and why, in a sentence for the auditor."""

    case_id: int
    seq: int
    reason: str


async def verify(case: Case) -> Broken | None:
    """Recomputes the whole chain of a case and compares its state, data and number with what the rows say."""
    rows = await HistoryRow.filter(case_id=case.id).order_by("seq")
    previous, state, number = GENESIS, rows[0].from_state if rows else case.state, None
    data: dict[str, Any] = {}
    for position, row in enumerate(rows, start=1):
        reason = _fault(row, position, previous, state)
        if reason:
            return Broken(case.id, row.seq, reason)
        content = json.loads(row.content)
        number = content["number"] or number
        data |= content["data"] if content["kept"] else {}
        previous, state = row.hash, row.to_state
    return _projection_fault(case, len(rows), previous, state, data, number) or await _evidence_fault(case, rows)


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


def _projection_fault(
    case: Case, last: int, head: str, state: str, data: dict[str, Any], number: str | None
) -> Broken | None:
    pairs = (
        ("number of rows", case.version, last),
        ("head", case.head, head),
        ("state", case.state, state),
        ("data", canonical(case.data), canonical(data)),
        ("number", case.number, number),
    )
    wrong = [name for name, kept, recomputed in pairs if kept != recomputed]
    return Broken(case.id, last, f"the case's {wrong[0]} differs from what its history says") if wrong else None


async def _evidence_fault(case: Case, rows: list[HistoryRow]) -> Broken | None:
    sealed = {i: (row.seq, sha) for row in rows for i, sha in json.loads(row.content)["attachments"].items()}
    kept = {str(e.id): e.sha256 for e in await Evidence.filter(id__in=[int(i) for i in sealed])}
    for evidence_id, (seq, sha) in sealed.items():
        if kept.get(evidence_id) != sha:
            return Broken(case.id, seq, f"attachment {evidence_id} is not the one that was submitted")
    return None
