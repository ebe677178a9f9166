"""Random delegations, absences and decisions: nobody ever decides on a record of his own, and no seat outlives them."""

import asyncio
import itertools
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.report import CHECK_REPORT
from core import clock
from core.cases.engine import Engine
from core.cases.models import Case, HistoryRow, Participant
from core.errors import Refusal
from core.people import admission, delegation
from core.people.models import Person
from notices.processes import NOTICES
from tests.core.cases import story as cases
from tests.core.cases.story import PlainTeller
from tests.notices import story
from tests.notices.story import Station, everything_is_sound
from tests.reliability import figures

SEQUENCES = figures.many(25, 300)  # on each database
STATION = ("lin", "luo", "qin", "wen")


@dataclass(frozen=True)
class Delegate:
    who: str
    deputy: str
    days: int


@dataclass(frozen=True)
class Submit:
    who: str
    reviewers: frozenset[str]


@dataclass(frozen=True)
class Decide:
    who: str


@dataclass(frozen=True)
class Pass:
    hours: int


@dataclass(frozen=True)
class Leave:
    who: str


@dataclass(frozen=True)
class Revoke:
    who: str


anybody, reviewers = st.sampled_from(STATION), st.sampled_from(("luo", "qin"))
delegations = st.builds(Delegate, reviewers, anybody, st.integers(2, 9))
records = st.builds(Submit, anybody, st.frozensets(reviewers, min_size=1))
decisions = st.builds(Decide, anybody)
others = (
    st.builds(Delegate, anybody, anybody, st.integers(0, 3))
    | st.builds(Pass, st.integers(1, 40))
    | st.builds(Leave, anybody)
    | st.builds(Revoke, anybody)
)
# Both records and delegations first in turns: what waits already is handed over, and what comes newly.
moves = st.tuples(
    st.permutations(["delegation", "record", "record", "record"]).flatmap(
        lambda order: st.tuples(*(delegations if one == "delegation" else records for one in order))
    ),
    st.lists(records | decisions | decisions | others, min_size=4, max_size=10),
).map(lambda parts: [*parts[0], *parts[1]])
keys = (f"play:{n}" for n in itertools.count())


class Play:
    def __init__(self, station: Station, people: dict[str, Person]) -> None:
        self.station, self.people = station, people

    async def move(self, move: object) -> None:
        with suppress(Refusal):  # what counts is what has been done
            await self._do(move)
        await self._follow()

    async def _do(self, move: object) -> None:
        engine = self.station.engine
        match move:
            case Delegate(who, deputy, days):
                until = (clock.today() + timedelta(days=days)).isoformat()
                data = {"deputy": [self.people[deputy].id], "until": until}
                await engine.open("delegation", self.people[who], data, key=next(keys))
            case Submit(who, reviewers):
                seen = {"project": self.station.cast.project.id, "check_type": "safety", "checked_location": "3号楼"}
                chosen = {"reviewers": [self.people[one].id for one in sorted(reviewers)], "recipients": []}
                await engine.open("check_report", self.people[who], seen | chosen, key=next(keys))
            case Decide(who):
                await self._decide(self.people[who])
            case Pass(hours):
                self.station.clock.pass_time(hours=hours)
            case Leave(who):
                await admission.leave(who)
                await self._follow()
                await admission.come_back(who)
            case Revoke(who):
                for case in await delegation.concerning(self.people[who]):
                    await engine.perform(case.id, "revoke", self.people[who], key=next(keys))

    async def _decide(self, person: Person) -> None:
        """Whatever the engine would let this person do to any record, also what it does not offer."""
        for case in await Case.filter(process="check_report", closed_at=None):
            offered = {step.action for step in await self.station.engine.open_steps(case, person)}
            try:
                await self.station.engine.perform(case.id, "pass", person, key=next(keys))
            except Refusal:
                assert "pass" not in offered
            else:
                assert "pass" in offered

    async def authors_try(self) -> None:
        for case in await Case.filter(process="check_report", closed_at=None):
            with pytest.raises(Refusal):
                await self.station.engine.perform(case.id, "pass", await Person.get(id=case.author_id), key=next(keys))

    async def _follow(self) -> None:
        while await self.station.engine.sweep():
            pass
        while await delegation.follow(self.station.engine):
            pass
        await delegation.follow(self.station.engine)

    async def compare(self) -> None:
        authors = {case.id: case.author_id for case in await Case.filter(process="check_report")}
        rows = await HistoryRow.filter(case_id__in=list(authors), action="pass")
        for row in rows:
            assert authors[row.case_id] not in (row.actor_id, json.loads(row.content).get("for"))
        running = await Case.filter(process="delegation", state="running")
        pairs = {(case.author_id, case.data["deputy"][0]) for case in running}
        assert {principal for principal, _ in pairs} & {deputy for _, deputy in pairs} == set()  # no chain
        standing = await Participant.filter(stands_for__not_isnull=True, left_at=None)
        assert {(seat.stands_for, seat.person_id) for seat in standing} <= pairs
        assert all(seat.turn and seat.person_id != authors[seat.case_id] for seat in standing)

    async def end(self) -> None:
        """Nothing of this sequence goes on in the next; what waits is decided by a deputy, where there is one."""
        for case in await Case.filter(process="check_report", closed_at=None):
            last = await Participant.filter(case_id=case.id, turn=True).order_by("-id").first()
            assert last is not None
            await self.station.engine.perform(case.id, "pass", await Person.get(id=last.person_id))
        for person in self.people.values():
            for case in await Case.filter(process="delegation", author_id=person.id, closed_at=None):
                await self.station.engine.perform(case.id, "revoke", person, key=next(keys))
        await self.compare()


async def play(station: Station, people: dict[str, Person], moves: list[object]) -> None:
    station.clock.moment = max(station.clock.moment, cases.MONDAY)
    played = Play(station, people)
    for move in moves:
        await played.move(move)
        await played.compare()
        await played.authors_try()
    await played.end()


async def _people(station: Station) -> dict[str, Person]:
    cast = station.cast
    wen = await Person.create(
        userid="wen", name="温书宁", mobile="10000000020", org_id=cast.station.id, role=cast.lin.role, title="监督员"
    )
    return {"lin": cast.lin, "luo": cast.luo, "qin": cast.qin, "wen": wen}


def test_nobody_ever_decides_on_his_own_record(migrated_url: str) -> None:
    with asyncio.Runner() as runner:
        manager = story.station(migrated_url)
        station = runner.run(manager.__aenter__())
        station.engine = Engine((CHECK_REPORT, *NOTICES, delegation.DELEGATION), PlainTeller())
        people = runner.run(_people(station))

        @settings(max_examples=SEQUENCES, deadline=None, database=None, print_blob=True)
        @given(moves)
        def sequences(moves: list[object]) -> None:
            runner.run(play(station, people, moves))

        try:
            sequences()
            runner.run(everything_is_sound())
        finally:
            runner.run(manager.__aexit__(None, None, None))
