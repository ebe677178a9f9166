"""(g) A sweep that finds and performs the steps of 100 deadlines that are over, among few and among very many that run;
and the whole life of a notice: issued, approved, replied to, returned, replied to again, accepted."""

import asyncio
import itertools
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from benchmarks import corp, figures, filling
from benchmarks.places import Places
from benchmarks.scale import Scale
from bot.processes import PROCESSES
from bot.telling import CardTeller
from core import clock, database
from core.cases import clocks
from core.cases.engine import Engine
from core.cases.models import Case
from core.people.models import Person
from notices import records

T = TypeVar("T")
_STATION, _BUILDER, _PROJECT, _NOTICE = 1, 2, 1, 1
_INSPECTOR, _LEADER, _CHIEF, _SITE = 1, 2, 3, 50  # the people of the site follow
_WARM = 3
_WRITERS = (1, 8)
_DUE_IN = timedelta(days=10)
_FINDINGS = ["3号楼5层临边没有栏杆", "6层配电箱没有上锁", "脚手架连墙件缺失"]


def measure(places: Places, scale: Scale) -> None:
    for kind in places.kinds:
        urls = {count: places.migrated(kind, f"g{count}") for count in scale.cases}
        for count, url in urls.items():
            figures.say(f"  filling {count:,} running deadlines, {kind}")
            _fill(url, count)
        _sweeps(kind, urls, scale)
        _lives(kind, urls[min(urls)], scale)


# ── sweeps ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _sweeps(kind: str, urls: dict[int, str], scale: Scale) -> None:
    few, many = urls
    due = min(100, few // (scale.rounds + 1))
    found = figures.interleave(scale.rounds, {f"{n}": partial(_swept, urls[n], n, due) for n in urls})
    looks = figures.interleave(scale.rounds, {f"{n}": partial(_looked, urls[n], scale.looks) for n in urls})
    rows = [[f"{n:,}", figures.spread(found[f"{n}"]), figures.spread(looks[f"{n}"], 2)] for n in urls] + [
        [
            "ratio",
            f"{figures.ratio(found, f'{many}', f'{few}'):.2f}",
            f"{figures.ratio(looks, f'{many}', f'{few}'):.2f}",
        ]
    ]
    title = f"(g) {kind}: milliseconds of a sweep, {scale.rounds} rounds, {due} deadlines over of those that run"
    figures.table(title, ["running", "finds and performs them", "finds that nothing is due"], rows)


def _swept(url: str, count: int, due: int) -> float:
    async def work(engine: Engine) -> float:
        await _run_out(count, due)
        began = time.perf_counter()
        assert await engine.sweep_all() == due
        return (time.perf_counter() - began) * 1000

    return asyncio.run(_with_engine(url, work))


async def _run_out(count: int, due: int) -> None:
    """So many more end now, all over the table."""
    step = max(1, count // (due * 8))
    await database.rows(
        "UPDATE case_clock SET next_step_at = $1, due_at = $1 WHERE id IN (SELECT k.id FROM case_clock k "
        "JOIN case_record c ON c.id = k.case_id WHERE c.state = 'waiting' AND k.case_id % $2 = 0 LIMIT $3) "
        "RETURNING id",
        *(clock.now() - timedelta(seconds=1), step, due),
    )


def _looked(url: str, looks: int) -> float:
    async def work(_engine: Engine) -> float:
        began = time.perf_counter()
        for _ in range(looks):
            assert not await clocks.claim_due(100)
        return (time.perf_counter() - began) * 1000 / looks

    return asyncio.run(_with_engine(url, work))


async def _with_engine(url: str, work: Callable[[Engine], Awaitable[T]]) -> T:
    await database.open_database(url)
    try:
        return await work(Engine(PROCESSES, CardTeller(corp.AGENT_ID, "http://localhost:8080")))
    finally:
        await database.close_database()


# ── whole lives ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _lives(kind: str, url: str, scale: Scale) -> None:
    lives = max(1, scale.steps // 10)
    found = figures.interleave(scale.rounds, {f"{n}": partial(_lived, url, lives, n) for n in _WRITERS})
    rows = [
        [f"{n}", figures.spread(found[f"{n}"], 1), figures.spread([len(_STEPS) * one for one in found[f"{n}"]])]
        for n in _WRITERS
    ]
    title = f"(g) {kind}: whole lives of notices with {len(_FINDINGS)} findings, {scale.rounds} rounds of {lives}"
    figures.table(title, ["at once", "lives a second", "steps a second"], rows)


_STEPS = ("issue", "approve", "reply", "return", "reply", "accept")
_keys = itertools.count()


@dataclass(frozen=True)
class _Life:
    engine: Engine
    people: dict[int, Person]
    check: int

    async def lived(self, site: int) -> None:
        inspector, leader, replier = (self.people[one] for one in (_INSPECTOR, _LEADER, site))
        said = {"kind": "rectification", "project": _PROJECT, "addressee_units": [str(_BUILDER)]}
        said |= {"cited_check": str(self.check), "deadline": (clock.today() + _DUE_IN).isoformat()}
        said |= {"repliers": [replier.id], "reviewers": [leader.id]}
        notice = (await self.engine.open(records.NOTICE, inspector, said, key=_key())).case
        await self._do(notice, "pass", leader)
        reply = await Case.get(parent_id=notice.id, process=records.REPLY)
        await self._do(reply, "reply", replier, answers=_answers(1, 2, 3))
        verdicts = [{"finding": n, "accepted": n != 2, "reason": "仍不符合要求" if n == 2 else ""} for n in (1, 2, 3)]
        await self._do(reply, "judge", inspector, verdicts=verdicts)
        await self._do(reply, "reply", replier, answers=_answers(2))
        await self._do(reply, "accept", inspector)

    async def _do(self, case: Case, action: str, who: Person, **said: Any) -> None:
        await self.engine.perform(case.id, action, who, said, key=_key())


def _answers(*findings: int) -> list[dict[str, Any]]:
    return [{"finding": n, "statement": "已整改", "done_on": clock.today().isoformat()} for n in findings]


def _key() -> str:
    return f"g:{time.time_ns()}:{next(_keys)}"


def _lived(url: str, lives: int, writers: int) -> float:
    """Lives a second, after a few to warm up."""

    async def work(engine: Engine) -> float:
        people = {one.id: one for one in await Person.all()}
        findings = [{"note": one} for one in _FINDINGS]
        seen = {"project": _PROJECT, "check_type": "safety", "checked_location": "3号楼", "findings": findings}
        check = (await engine.open("check_report", people[_INSPECTOR], seen, key=_key())).case
        life = _Life(engine, people, check.id)
        for number in range(_WARM):
            await life.lived(_site(number))
        left = iter(range(lives))

        async def live() -> None:
            for number in left:
                await life.lived(_site(number))

        began = time.perf_counter()
        await asyncio.gather(*(live() for _ in range(writers)))
        return lives / (time.perf_counter() - began)

    return asyncio.run(_with_engine(url, work))


def _site(number: int) -> int:
    return _CHIEF + 1 + number % _SITE


# ── filling ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _fill(url: str, count: int) -> None:
    spell = filling._Spelling(url.startswith("postgresql"))
    filling._run(url, [*_people(spell), *_replies(spell, count)])


def _people(spell: filling._Spelling) -> list[str]:
    now, site = spell.moment(clock.now()), f"i + {_CHIEF}"
    org = "INSERT INTO organisation (id, name, short_name, kind, level, code, uscc) VALUES"
    person = "INSERT INTO person (id, userid, name, mobile, org_id, role, title, active, admitted_at)"
    named = ((_INSPECTOR, "林小舟", "supervisor"), (_LEADER, "秦若岩", "leader_in_charge"), (_CHIEF, "罗敬川", "chief"))
    return [
        f"{org} ({_STATION}, '海澄市质安监督站', '海澄站', 'station', 'city', '海澄', '')",
        f"{org} ({_BUILDER}, '海澄临港建工有限公司', '临港建工', 'contractor', '', '', '')",
        *(
            f"{person} VALUES ({one}, 'm{one}', '{name}', '100000000{one}', {_STATION}, '{role}', '', true, {now})"
            for one, name, role in named
        ),
        f"{person} SELECT {site}, 'm' || ({site}), '工地' || i, '1' || (1000000000 + i), {_BUILDER}, 'participant', "
        f"'', true, {now} FROM {spell.rows(_SITE)} AS n",
        "INSERT INTO project (id, name, supervision_no, station_id, status, address, progress_stage) "
        f"VALUES ({_PROJECT}, '滨江花园一期', 'HC-1', {_STATION}, 'normal', '', '')",
        f"INSERT INTO project_party (project_id, org_id, kind) VALUES ({_PROJECT}, {_BUILDER}, 'contractor')",
        "INSERT INTO project_member (project_id, person_id, org_id, post) "
        f"SELECT {_PROJECT}, {site}, {_BUILDER}, 'other' FROM {spell.rows(_SITE)} AS n",
    ]


def _replies(spell: filling._Spelling, count: int) -> list[str]:
    """Each waits for somebody of the site, and its deadline runs out within the next two months."""
    before, now, nothing = clock.now() - timedelta(days=5), clock.now(), "0" * 64
    at, rows, who = spell.moment(before), f"{spell.rows(count)} AS n", f"({_CHIEF} + 1 + i % {_SITE})"
    ends = _ahead(spell, now)
    return [
        "INSERT INTO case_record (id, process, title, state, data, station_id, project_id, author_id, parent_id, "
        f"version, head, opened_at, changed_at) SELECT i, '{records.REPLY}', '滨江花园一期 整改通知', 'waiting', "
        f"{spell.json(_data(now))}, {_STATION}, {_PROJECT}, {who}, {_NOTICE}, 1, '{nothing}', {at}, {at} FROM {rows}",
        "INSERT INTO case_history (case_id, seq, at, action, from_state, to_state, content, request_key, previous, "
        f"hash) SELECT i, 1, {at}, 'hand_out', 'start', 'waiting', {_data(now)}, 'child:' || i, '{nothing}', "
        f"'{nothing}' FROM {rows}",
        *(_seat(f"{person}", slot, turn, at, rows) for person, slot, turn in (
            (who, "author", "true"), (_INSPECTOR, "issuer", "false"), (_CHIEF, "chief", "false"),
        )),
        "INSERT INTO case_clock (case_id, name, started_at, due_at, explanation, next_step_at, next_step, rungs) "
        f"SELECT i, 'due', {at}, {ends}, '', {ends}, 0, '[]' FROM {rows}",
    ]  # fmt: skip


def _seat(person: str, slot: str, turn: str, at: str, rows: str) -> str:
    return (
        "INSERT INTO case_participant (case_id, person_id, slot, process, turn, turn_since, told_at, action) "
        f"SELECT i, {person}, '{slot}', '{records.REPLY}', {turn}, {at}, {at}, '' FROM {rows}"
    )


def _ahead(spell: filling._Spelling, now: datetime) -> str:
    if spell.postgresql:
        return f"{spell.moment(now)} + (1 + i % 86400 * 60) * interval '1 second' + interval '1 day'"
    return f"strftime('%Y-%m-%d %H:%M:%f+00:00', {spell.moment(now)}, (86400 + i % 86400 * 60) || ' seconds')"


def _data(now: datetime) -> str:
    due = (now + _DUE_IN).isoformat()
    said = {"kind": "rectification", "title": "滨江花园一期 整改通知", "number": "海澄质安改〔2026〕001号"}
    said |= {"answer": "rectify", "due": due, "due_why": "截止12月2日（周三）24时。", "cited_check": "1"}
    kept = said | {"findings": _FINDINGS, "photos": [[], [], []], "attachments": []}
    return f"'{json.dumps(kept, ensure_ascii=False)}'"
