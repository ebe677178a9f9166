"""Random people do random things with check reports; a model of a few lines says what must come of it."""

import asyncio
import itertools
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from core.cases import history
from core.cases.models import Case
from core.errors import Refusal
from core.people.models import Person
from tests.core.cases import story
from tests.core.cases.story import House

SEQUENCES = 150  # on each database
INSPECTORS, LEADERS, READERS = ("lin",), ("luo", "qin"), ("chen", "fang")
EVERYBODY = (*INSPECTORS, *LEADERS, *READERS)


@dataclass(frozen=True)
class Submit:
    author: str
    reviewers: frozenset[str]
    readers: frozenset[str]


@dataclass(frozen=True)
class Decide:
    """``report`` counts from the newest; ``again`` repeats the request before under its key."""

    report: int
    who: str
    action: str
    opinion: str
    again: bool


people = st.sampled_from(EVERYBODY)
groups = st.frozensets(st.sampled_from((*LEADERS, *READERS)), max_size=3)
leaders = st.frozensets(st.sampled_from(LEADERS))
submissions = st.builds(Submit, people, leaders | groups, st.frozensets(st.sampled_from(READERS)) | groups)
decisions = st.builds(
    Decide,
    st.integers(0, 2),
    st.sampled_from(LEADERS) | people,
    st.sampled_from(["pass", "fail", "pass", "drop"]),
    st.sampled_from(["", "照片不清"]),
    st.booleans(),
)


@dataclass
class Report:
    """What must be known of one report."""

    author: str
    reviewers: frozenset[str]
    readers: frozenset[str]
    state: str
    actions: list[str] = field(default_factory=lambda: ["submit"])
    told: list[str] = field(default_factory=list)
    last: tuple[Decide, str] | None = None  # the request that was carried out, and its key

    @property
    def waiting(self) -> set[str]:
        return set(self.reviewers) if self.state == "pending" else set()


def submitted(move: Submit) -> Report | None:
    """None when it must be refused."""
    may_begin = move.author not in READERS
    if not (may_begin and move.reviewers <= set(LEADERS) - {move.author} and move.readers <= set(READERS)):
        return None
    state = "pending" if move.reviewers else "passed"
    told = sorted(move.reviewers or move.readers)
    return Report(move.author, move.reviewers, move.readers, state, told=told)


def decided(report: Report, move: Decide) -> bool:
    """Whether the report has changed; False when it must be refused."""
    opinion_fits = bool(move.opinion) == (move.action == "fail")
    if move.who not in report.waiting or move.action not in ("pass", "fail") or not opinion_fits:
        return False
    relieved = report.waiting - {move.who}
    report.told += sorted({report.author, *(report.readers if move.action == "pass" else ())}) + sorted(relieved)
    report.state = "passed" if move.action == "pass" else "failed"
    report.actions.append(move.action)
    return True


class Play:
    """One sequence on the real engine and on the model."""

    keys = itertools.count()

    def __init__(self, house: House, ids: dict[str, int]) -> None:
        self.house, self.ids = house, ids
        self.reports: list[tuple[int, Report]] = []

    async def submit(self, move: Submit) -> None:
        expected = submitted(move)
        data = {
            "project": self.house.cast.project.id,
            "check_type": "quality",
            "checked_location": "1号楼",
            "reviewers": [self.ids[p] for p in sorted(move.reviewers)],
            "recipients": [self.ids[p] for p in sorted(move.readers)],
        }
        author = getattr(self.house.cast, move.author)
        try:
            done = await self.house.engine.open("check_report", author, data, key=f"submit:{next(self.keys)}")
        except Refusal:
            assert expected is None
        else:
            assert expected is not None
            self.reports.append((done.case.id, expected))

    async def decide(self, move: Decide) -> None:
        if not self.reports:
            return
        case_id, report = self.reports[-1 - move.report % len(self.reports)]
        repeated = move.again and report.last is not None
        if move.again and report.last is not None:
            move, key = report.last
        else:
            key = f"decide:{next(self.keys)}"
        actor, expected = getattr(self.house.cast, move.who), repeated or decided(report, move)
        data = {"opinion": move.opinion} if move.opinion else {}
        try:
            done = await self.house.engine.perform(case_id, move.action, actor, data, key=key)
        except Refusal:
            assert not expected
        else:
            assert (expected, done.repeated) == (True, repeated)
            report.last = (move, key)

    async def compare(self) -> None:
        for case_id, report in self.reports:
            case = await Case.get(id=case_id)
            assert case.state == report.state
            assert set(await story.waiting(case)) == report.waiting
            assert await story.actions(case) == report.actions
            assert sorted(who for who, _ in await story.told(case)) == sorted(report.told)
            assert await history.verify(case) is None


async def play(house: House, moves: list[Submit | Decide]) -> None:
    ids = {str(p.userid): p.id for p in await Person.all()}
    played = Play(house, ids)
    for move in moves:
        await (played.submit(move) if isinstance(move, Submit) else played.decide(move))
        await played.compare()


def test_the_engine_agrees_with_the_model(migrated_url: str) -> None:
    with asyncio.Runner() as runner:
        manager = story.house(migrated_url)
        house = runner.run(manager.__aenter__())

        @settings(max_examples=SEQUENCES, deadline=None, database=None, print_blob=True)
        @given(st.lists(submissions | decisions | decisions, max_size=10))
        def sequences(moves: list[Submit | Decide]) -> None:
            runner.run(play(house, moves))

        try:
            sequences()
        finally:
            runner.run(manager.__aexit__(None, None, None))
