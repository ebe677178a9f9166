"""Fills a database with a station's years by a handful of statements: members with a draft in hand, projects, records
that are done, and the last of them waiting for a reviewer."""

import asyncio
import contextlib
import json
import os
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from core import clock

REVIEWERS, READERS, PROJECTS, STATION = 500, 1_000, 200, 1
SEATS = 4  # of every record: author, reviewer, two readers
_DRAFT = {"answers": {"project": 1, "check_type": "quality"}, "asking": "checked_location"}
_ANSWERS = {"check_type": "quality", "checked_location": "3号楼5层 临边", "findings": [], "with_notice": False}
_CARD = json.dumps(
    {"touser": "m", "msgtype": "template_card", "note": "关于滨江花园的检查记录，请审核。" * 12}, ensure_ascii=False
)
_CALLBACK = "<xml>" + "<Note><![CDATA[监督检查上报]]></Note>" * 12 + "</xml>"
_TABLES = ("organisation", "person", "project", "draft", "case_record", "case_history", "case_participant", "outbox")


@dataclass(frozen=True)
class Filled:
    """Who and what is where: ids follow from numbers, so nothing has to be looked up."""

    url: str
    members: int
    cases: int
    pending: int

    def pending_cases(self) -> range:
        return range(self.cases - self.pending + 1, self.cases + 1)

    def reviewer(self, case_id: int) -> int:
        return self.members + 1 + case_id % REVIEWERS

    def readers(self, case_id: int) -> tuple[int, int]:
        first = self.members + REVIEWERS + 1
        return first + case_id % READERS, first + (case_id + 7) % READERS

    def author(self, case_id: int) -> int:
        return 1 + case_id % self.members


@dataclass(frozen=True)
class _Spelling:
    """Where the two databases spell differently."""

    postgresql: bool

    def rows(self, count: int) -> str:
        if self.postgresql:
            return f"(SELECT i FROM generate_series(1, {count}) AS s(i))"
        counted = f"SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < {count}"
        return f"(WITH RECURSIVE s(i) AS ({counted}) SELECT i FROM s WHERE i > 0)"

    def moment(self, at: datetime) -> str:
        text = f"'{at.astimezone(UTC).isoformat(' ')}'"
        return f"CAST({text} AS timestamptz)" if self.postgresql else text

    def json(self, text: str) -> str:
        return f"CAST({text} AS jsonb)" if self.postgresql else text


def fill(url: str, members: int, cases: int = 0, pending: int = 0) -> Filled:
    """The database has the shipped schema and is empty."""
    filled = Filled(url, members, cases, pending)
    spelling = _Spelling(url.startswith("postgresql"))
    _run(url, [*_people(spelling, members), *_drafts(spelling, members), *_records(spelling, filled)])
    os.sync()  # gigabytes that the machine still has to write would hold up the first commits
    return filled


def renew_drafts(url: str) -> None:
    """Every member's draft asks again where the check was."""
    spelling = _Spelling(url.startswith("postgresql"))
    _execute(url, [f"UPDATE draft SET data = {spelling.json(_text(_DRAFT))}"])


def answered_drafts(url: str) -> int:
    """How many drafts the callbacks have changed."""
    like = "SELECT count(*) FROM draft WHERE CAST(data AS text) LIKE '%\"findings\"%'"
    return int(_execute(url, [like]))


def add_letters(url: str, count: int) -> None:
    """Cards that wait to be delivered, one for each of the first members."""
    spell = _Spelling(url.startswith("postgresql"))
    now, batch = spell.moment(clock.now()), clock.now().isoformat()
    into = (
        "INSERT INTO outbox (dedupe_key, person_id, recipient, kind, body, frozen, slot, state, not_before, attempts, "
        "unknown, fence, message_id, error, created_at)"
    )
    values = f"'{batch}' || i, i, 'm' || i, 'card', '{_CARD}', true, '', 'pending', {now}, 0, false, 0, '', '', {now}"
    _execute(url, [f"{into} SELECT {values} FROM {spell.rows(count)} AS n"])


def _people(spell: _Spelling, members: int) -> list[str]:
    everybody, now = members + REVIEWERS + READERS, spell.moment(clock.now())
    role = (
        f"CASE WHEN i > {members + REVIEWERS} THEN 'participant' WHEN i > {members} THEN 'chief' ELSE 'supervisor' END"
    )
    return [
        "INSERT INTO organisation (id, name, short_name, kind, level, code, uscc) "
        f"VALUES ({STATION}, '海澄市质安监督站', '海澄站', 'station', 'city', '海澄', '')",
        "INSERT INTO person (id, userid, name, mobile, org_id, role, title, active, admitted_at) "
        f"SELECT i, 'm' || i, '成员' || i, '1' || (1000000000 + i), {STATION}, {role}, '', true, {now} "
        f"FROM {spell.rows(everybody)} AS n",
        "INSERT INTO project (id, name, supervision_no, station_id, status, address, progress_stage) "
        f"SELECT i, '滨江花园' || i || '期', 'HC-' || i, {STATION}, 'normal', '', '' FROM {spell.rows(PROJECTS)} AS n",
    ]


def _drafts(spell: _Spelling, members: int) -> list[str]:
    now = spell.moment(clock.now())
    return [
        "INSERT INTO draft (id, person_id, process, action, case_id, data, begun_at, touched_at) "
        f"SELECT i, i, 'check_report', 'submit', 0, {spell.json(_text(_DRAFT))}, {now}, {now} "
        f"FROM {spell.rows(members)} AS n"
    ]


def _records(spell: _Spelling, filled: Filled) -> list[str]:
    if not filled.cases:
        return []
    return [
        *_cases(spell, filled),
        *_histories(spell, filled),
        *_seats(spell, filled),
        *_letters(spell, filled),
        *_callbacks(spell, filled),
    ]


def _cases(spell: _Spelling, filled: Filled) -> list[str]:
    at = spell.moment(clock.now() - timedelta(days=30))
    data = spell.json(f"replace({_text(_ANSWERS | {'project': -1})}, '-1', CAST(1 + i % {PROJECTS} AS text))")
    waits = _waits(filled)
    return [
        "INSERT INTO case_record (id, process, number, title, state, data, station_id, project_id, author_id, version, "
        "head, opened_at, changed_at, closed_at) SELECT i, 'check_report', '海澄检〔2026〕' || i || '号', "
        f"'滨江花园' || (1 + i % {PROJECTS}) || '期 质量检查', CASE WHEN {waits} THEN 'pending' ELSE 'passed' END, "
        f"{data}, {STATION}, 1 + i % {PROJECTS}, {_author(filled)}, CASE WHEN {waits} THEN 1 ELSE 2 END, "
        f"{_HASH}, {at}, {at}, CASE WHEN {waits} THEN NULL ELSE {at} END FROM {spell.rows(filled.cases)} AS n"
    ]


def _histories(spell: _Spelling, filled: Filled) -> list[str]:
    at = spell.moment(clock.now() - timedelta(days=30))
    content = _text({"attachments": {}, "closed": False, "data": _ANSWERS, "kept": True, "number": None, "slots": {}})
    into = (
        "INSERT INTO case_history (case_id, seq, at, actor_id, action, from_state, to_state, content, request_key, "
        "previous, hash)"
    )
    return [
        f"{into} SELECT i, 1, {at}, {_author(filled)}, 'submit', 'start', 'pending', {content}, 'draft:' || i, "
        f"{_HASH}, {_HASH} FROM {spell.rows(filled.cases)} AS n",
        f"{into} SELECT i, 2, {at}, {_reviewer(filled)}, 'pass', 'pending', 'passed', {content}, 'tap:' || i, "
        f"{_HASH}, {_HASH} FROM {spell.rows(filled.cases - filled.pending)} AS n",
    ]


def _seats(spell: _Spelling, filled: Filled) -> list[str]:
    at, waits = spell.moment(clock.now() - timedelta(days=30)), _waits(filled)
    told = f"CASE WHEN {waits} THEN NULL ELSE {at} END"
    turn, since = f"CASE WHEN {waits} THEN true ELSE false END", f"CASE WHEN {waits} THEN {at} ELSE NULL END"
    reader = f"{filled.members + REVIEWERS + 1} + (i + {{}}) % {READERS}"
    seats = [
        (_author(filled), "author", "false", "NULL", told, at, "submit"),
        (_reviewer(filled), "reviewers", turn, since, at, told, ""),
        (reader.format(0), "recipients", "false", "NULL", told, "NULL", ""),
        (reader.format(7), "recipients", "false", "NULL", told, "NULL", ""),
    ]
    nothing = "CAST(NULL AS timestamptz)" if spell.postgresql else "NULL"
    return [
        "INSERT INTO case_participant (id, case_id, person_id, slot, process, turn, turn_since, told_at, acted_at, "
        f"action) SELECT {SEATS} * (i - 1) + {number}, i, {person}, '{slot}', 'check_report', {turn}, "
        + ", ".join(nothing if moment == "NULL" else moment for moment in (since, told, acted))
        + f", '{action}' FROM {spell.rows(filled.cases)} AS n"
        for number, (person, slot, turn, since, told, acted, action) in enumerate(seats, start=1)
    ]


def _letters(spell: _Spelling, filled: Filled) -> list[str]:
    """The reviewer's card of every record, and a reader's of those that were issued; all delivered long ago."""
    at = spell.moment(clock.now() - timedelta(days=30))
    into = (
        "INSERT INTO outbox (dedupe_key, person_id, recipient, kind, body, frozen, case_id, slot, task_id, state, "
        "not_before, attempts, unknown, fence, first_attempt_at, sent_at, message_id, error, created_at)"
    )
    rest = f"'sent', {at}, 1, false, 1, {at}, {at}, 'msg' || i, '', {at}"
    reviewer, reader = _reviewer(filled), f"({filled.members + REVIEWERS + 1} + i % {READERS})"
    return [
        f"{into} SELECT 'case:' || i || ':1', {reviewer}, 'm' || {reviewer}, 'card', '{_CARD}', true, i, 'reviewers', "
        f"'k' || i || '-1', {rest} FROM {spell.rows(filled.cases)} AS n",
        f"{into} SELECT 'case:' || i || ':2', {reader}, 'm' || {reader}, 'card', '{_CARD}', true, i, 'recipients', "
        f"NULL, {rest} FROM {spell.rows(filled.cases - filled.pending)} AS n",
    ]


def _callbacks(spell: _Spelling, filled: Filled) -> list[str]:
    at = spell.moment(clock.now() - timedelta(days=30))
    return [
        "INSERT INTO inbox (repeat_key, sender, kind, body, reply, waiting, attempts, not_before, fence, error, "
        f"received_at) SELECT 'old:' || i, 'm' || {_author(filled)}, 'TextMessage', '{_CALLBACK}', '', false, 0, {at}, "
        f"0, '', {at} FROM {spell.rows(filled.cases)} AS n"
    ]


_HASH = f"substr('{'0' * 64}' || i, length(CAST(i AS text)) + 1)"


def _waits(filled: Filled) -> str:
    return f"i > {filled.cases - filled.pending}"


def _author(filled: Filled) -> str:
    return f"(1 + i % {filled.members})"


def _reviewer(filled: Filled) -> str:
    return f"({filled.members + 1} + i % {REVIEWERS})"


def _text(value: dict[str, Any]) -> str:
    return f"'{json.dumps(value, ensure_ascii=False)}'"


def _run(url: str, statements: list[str]) -> None:
    """Quickly, since nothing is lost by doing it again."""
    if url.startswith("postgresql"):
        sequences = [
            f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) + 1 FROM {name}))"
            for name in _TABLES
        ]
        _execute(url, ["SET synchronous_commit = off", *statements, *sequences, "VACUUM ANALYZE", "CHECKPOINT"])
    else:
        quick = ["PRAGMA synchronous = OFF", "PRAGMA cache_size = -500000", "BEGIN"]
        _execute(url, [*quick, *statements, "COMMIT", "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"])


def _execute(url: str, statements: list[str]) -> Any:
    """Gives the first value of the last statement, when it has one."""
    if url.startswith("postgresql"):
        return asyncio.run(_on_postgresql(url, statements))
    found = None
    path = url.removeprefix("sqlite://")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=60)) as connection:
        for statement in statements:
            found = connection.execute(statement).fetchone()
    return found[0] if found else None


async def _on_postgresql(url: str, statements: list[str]) -> Any:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()
