"""Delegation (BY-09): somebody of a station who is away for a while names a colleague who acts in his place.

A delegation is a record of its own, so its beginning and end are deadlines. While it runs, ``follow`` hands over what
waits for the principal, again and again: also what comes newly, and what waited while nobody swept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Annotated, Any, Protocol

import structlog

from core import clock, database
from core.cases import rows
from core.cases.declaration import (
    AUTHOR,
    START,
    SYSTEM,
    Condition,
    Deadline,
    Happened,
    Process,
    Slot,
    State,
    Step,
    View,
    Who,
)
from core.cases.models import Case, Participant
from core.errors import BadInput, Refusal
from core.forms import Day, Form, People
from core.naming import names
from core.people.models import STATION_ROLES, Person

log = structlog.get_logger()

NAME, DEPUTY = "delegation", "deputy"
_LONGEST = timedelta(days=366)
_ONE = timedelta(days=1)


class DelegationForm(Form):
    """委托."""

    deputy: Annotated[list[int], People("代理人", DEPUTY, several=False, hint="本站人员")]
    begins: Annotated[date | None, Day("开始日期", hint="不填从现在起")] = None
    until: Annotated[date, Day("最后一天")]


@dataclass(frozen=True)
class Period:
    """Both days belong to it."""

    first: date
    last: date

    @classmethod
    def of(cls, data: Mapping[str, Any], from_now: date) -> "Period":
        first = data.get("begins")
        return cls(date.fromisoformat(first) if first else from_now, date.fromisoformat(data["until"]))

    def meets(self, other: "Period") -> bool:
        return self.first <= other.last and other.first <= self.last


# ── what may be asked for ────────────────────────────────────────────────────────────────────────────────────────────


async def _colleagues(view: View) -> list[int]:
    found = Person.filter(org_id=view.station_id, role__in=STATION_ROLES, active=True, userid__not_isnull=True)
    return [one.id for one in await found.exclude(id=view.author_id).order_by("id").only("id")]


async def _may_be_made(view: View) -> None:
    """Raises Refusal. Two of one station are looked at one after the other, so that they make no chain together."""
    await database.rows("UPDATE organisation SET code = code WHERE id = $1 RETURNING id", view.station_id)
    asked = Period.of(view.data, clock.today())
    _is_a_period(asked)
    mine = await _away(view.author_id, asked)
    if mine is not None:
        until = spoken(mine.data["until"])
        raise Refusal(f"您在这段时间已有一份委托（到{until}）。请先发送“收回委托”收回，再另行委托。")
    deputy = view.data["deputy"][0]
    theirs = await _away(deputy, asked)
    if theirs is not None:
        name = (await Person.get(id=deputy)).name
        raise BadInput(f"{name}在这段时间也委托了他人代办（到{spoken(theirs.data['until'])}），请改选他人。", "deputy")


def _is_a_period(asked: Period) -> None:
    if asked.first < clock.today():
        raise BadInput("开始日期已经过去，请重新选择；不填从现在起。", "begins")
    if asked.last < asked.first:
        raise BadInput("最后一天不能早于开始日期，请重新选择。", "until")
    if asked.last - asked.first > _LONGEST:
        raise BadInput("一次委托最长一年，请重新选择最后一天。", "until")


async def _away(person_id: int, asked: Period) -> Case | None:
    """A delegation of this person that is not over and meets this period."""
    for case in await Case.filter(author_id=person_id, process=NAME, closed_at=None):
        if Period.of(case.data, clock.local(case.opened_at).date()).meets(asked):
            return case
    return None


def spoken(day: str) -> str:
    """``12月1日``"""
    there = date.fromisoformat(day)
    return f"{there.month}月{there.day}日"


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _begin(view: View, now: datetime) -> datetime:
    return _midnight(date.fromisoformat(view.data["begins"]))


def _end(view: View, now: datetime) -> datetime:
    return ends(view.data)


def ends(data: Mapping[str, Any]) -> datetime:
    """The first moment after the last day."""
    return _midnight(date.fromisoformat(data["until"]) + _ONE)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.ZONE)


def _lies_ahead(view: View) -> bool:
    return bool(view.data.get("begins")) and date.fromisoformat(view.data["begins"]) > clock.today()


async def _give_back(happened: Happened) -> None:
    deputy = await Person.get(id=happened.view.slots[DEPUTY][0])
    await happened.works.give_back(await Person.get(id=happened.case.author_id), deputy)


def _gist(view: View) -> str:
    if view.at in (START, "planned"):
        return "这段时间里等委托人办理的事项，也发给代理人办理；代理人本人提交的记录除外。"
    return "没有办完的事项已交还委托人，请发送“待办”查看；需要时发送“委托”另行委托。"


later = Condition("以后开始", _lies_ahead, answer="begins")

DELEGATION = Process(
    name=NAME,
    title="委托代办",
    word="委托",
    source="BY-09",
    heading=lambda view: f"委托代办（到{spoken(view.data['until'])}）",
    card_fields=("deputy", "begins", "until"),
    gist=_gist,
    check=_may_be_made,
    confirm="提交后通知代理人。您正在代他人办理的，届时自动结束并通知对方。提前结束请发送“收回委托”。",
    slots=(
        Slot(AUTHOR, "委托人", roles=STATION_ROLES),
        Slot(DEPUTY, "代理人", offers=Who("本站人员", _colleagues, "本站没有其他人员，请联系管理员登记。")),
    ),
    states=(
        State("planned", "待开始", deadline=Deadline("begin", "开始", due=_begin, then="begin")),
        State("running", "委托中", deadline=Deadline("end", "结束", due=_end, then="expire")),
        State("expired", "已到期", final=True),
        State("revoked", "已收回", final=True),
        State("lapsed", "代理人不能代办，已失效", final=True),
    ),
    table=(
        Step(START, "submit", "提交", by=AUTHOR, to="planned", form=DelegationForm, when=later, tells=(DEPUTY,)),
        Step(START, "submit", "提交", by=AUTHOR, to="running", form=DelegationForm, tells=(DEPUTY,)),
        Step("planned", "begin", "开始", by=SYSTEM, to="running", tells=(AUTHOR, DEPUTY)),
        Step("planned", "revoke", "收回", by=AUTHOR, to="revoked", tells=(DEPUTY,), turn=False, danger=True),
        Step("running", "revoke", "收回", by=AUTHOR, to="revoked", tells=(DEPUTY,), turn=False, danger=True,
             effect=_give_back),
        Step("running", "expire", "到期", by=SYSTEM, to="expired", tells=(AUTHOR, DEPUTY), effect=_give_back),
        Step("running", "lapse", "失效", by=SYSTEM, to="lapsed", tells=(AUTHOR, DEPUTY), danger=True,
             effect=_give_back),
    ),
)  # fmt: skip


# ── while it runs ────────────────────────────────────────────────────────────────────────────────────────────────────


class Engine(Protocol):
    """What following needs of the engine."""

    async def take(self, case_id: int, action: str) -> None: ...

    async def hand_over(self, case_id: int, principal: Person, deputy: Person, until: datetime) -> bool: ...


@dataclass(frozen=True)
class _Running:
    case_id: int
    principal: Person
    deputy: Person


async def follow(engine: Engine) -> int:
    """Ends what cannot go on, and hands over what waits; says how much was handed over. Any number of processes may
    follow at any moment."""
    running = await _running()
    away, handed = {one.principal.id for one in running}, 0
    for one in running:
        if _can_go_on(one, away):
            for case_id in await _waiting(one):
                handed += await database.transaction(partial(_hand_over, engine, one.case_id, case_id))
        else:
            await database.transaction(partial(_lapse, engine, one.case_id))
    return handed


async def _running() -> list[_Running]:
    # By station, since that is how records of one process are found by index.
    found = await database.rows(
        "SELECT d.id, d.author_id, s.person_id FROM organisation o JOIN case_record d ON d.station_id = o.id "
        "AND d.process = 'delegation' AND d.state = 'running' JOIN case_participant s ON s.case_id = d.id "
        "AND s.slot = 'deputy' AND s.left_at IS NULL WHERE o.kind = 'station' ORDER BY d.id"
    )
    people = await Person.in_bulk({row[column] for row in found for column in ("author_id", "person_id")}, "id")
    return [_Running(row["id"], people[row["author_id"]], people[row["person_id"]]) for row in found]


def _can_go_on(one: _Running, away: set[int]) -> bool:
    """Both are there, are still colleagues, and the deputy is not away himself."""
    both = (one.principal, one.deputy)
    there = all(p.active and p.userid is not None and p.role in STATION_ROLES for p in both)
    return there and one.principal.org_id == one.deputy.org_id and one.deputy.id not in away


async def _waiting(one: _Running) -> list[int]:
    """Cases in which it is the principal's own turn, and the deputy is neither there nor the author."""
    found = await database.rows(
        "SELECT DISTINCT s.case_id FROM case_participant s JOIN case_record c ON c.id = s.case_id "
        "WHERE s.person_id = $1 AND s.turn AND s.stands_for IS NULL AND c.author_id <> $2 AND NOT EXISTS "
        "(SELECT 1 FROM case_participant o WHERE o.case_id = s.case_id AND o.slot = s.slot AND o.person_id = $2 "
        "AND o.left_at IS NULL) ORDER BY s.case_id",
        one.principal.id,
        one.deputy.id,
    )
    return [row["case_id"] for row in found]


async def _hand_over(engine: Engine, delegation_id: int, case_id: int) -> bool:
    """Nothing is handed over that would not be given back: the delegation is held while it is."""
    held = await rows.hold_case(delegation_id)
    until = ends(held.case.data)
    if held.case.state != "running" or until <= clock.now():
        return False
    (deputy,) = (part.person_id for part in held.parts if part.slot == DEPUTY and part.left_at is None)
    people = await Person.in_bulk([held.case.author_id, deputy], "id")
    return await engine.hand_over(case_id, people[held.case.author_id], people[deputy], until)


async def _lapse(engine: Engine, delegation_id: int) -> None:
    if (await rows.hold_case(delegation_id)).case.state == "running":
        await engine.take(delegation_id, "lapse")
        log.info("delegation.lapsed", case=delegation_id)


async def concerning(person: Person) -> list[Case]:
    """Delegations that are not over: those of this person, then those in which he is the deputy."""
    own = await Case.filter(author_id=person.id, process=NAME, closed_at=None).order_by("id")
    seats = Participant.filter(person_id=person.id, process=NAME, slot=DEPUTY, left_at=None)
    theirs = Case.filter(id__in=[seat.case_id for seat in await seats], closed_at=None)
    return [*own, *await theirs.order_by("id")]


async def described(case: Case) -> str:
    """Who acts for whom, from when to when, in a sentence."""
    refs = [f"person:{one}" for one in (case.author_id, *case.data[DEPUTY])]
    known = await names(refs)
    author, deputy = (known[ref] for ref in refs)
    first, last = case.data.get("begins"), case.data["until"]
    since = f"从{spoken(first)}" if first else ""
    return f"{deputy}代{author}办理，{since}到{spoken(last)}。"
