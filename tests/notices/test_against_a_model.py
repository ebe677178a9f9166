"""Random people do random things with a notice while time passes; a model of a few lines says what must come of it."""

import asyncio
import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core import clock
from core.calendar.days import Calendar
from core.cases.engine import Outcome
from core.cases.models import Case
from core.errors import Refusal
from core.people.models import Person
from notices import pause, reply
from tests.core.cases.story import MONDAY, actions, waiting
from tests.notices import story
from tests.notices.story import Station, answer, everything_is_sound, now, reply_of, verdict
from tests.reliability import figures

SEQUENCES = figures.many(40, 400)  # on each database
FINDINGS = frozenset({1, 2, 3})
PEOPLE = ("chen", "fang", "lin")
DUE, MORE = date(2026, 10, 13), timedelta(days=3)
DECISIONS = ("accept", "grant", "refuse")
PAUSES = ("pause", "resume")  # by whoever judges; what repliers ask for is told elsewhere


@dataclass(frozen=True)
class Act:
    """Somebody does something about the reply of ``replier``; ``findings`` are answered or returned. ``again`` sends
    the request before once more under its key."""

    who: str
    replier: str
    action: str
    findings: frozenset[int]
    again: bool = False


@dataclass(frozen=True)
class Pass:
    """Time passes; the sweeper runs or is broken."""

    hours: int
    swept: bool


repliers = st.sampled_from(("chen", "fang"))
some = st.frozensets(st.sampled_from(sorted(FINDINGS)))
answers = st.builds(lambda who, f: Act(who, who, "reply", f), repliers, st.just(FINDINGS) | some)
verdicts = st.builds(lambda who, f: Act("lin", who, "judge", f), repliers, some)
requests = st.builds(lambda who: Act(who, who, "ask", frozenset()), repliers)
decisions = st.builds(lambda who, what: Act("lin", who, what, frozenset()), repliers, st.sampled_from(DECISIONS))
pauses = st.builds(lambda who, what: Act("lin", who, what, frozenset()), repliers, st.sampled_from(PAUSES))
anything = st.builds(
    Act, st.sampled_from(PEOPLE), repliers, st.sampled_from(("reply", "judge", "ask", *DECISIONS)), some, st.booleans()
)
passing = st.builds(Pass, st.integers(1, 48), st.booleans())
likely = answers | answers | verdicts | verdicts | requests | decisions | pauses
moves = st.lists(likely | anything | passing | passing, min_size=8, max_size=16)


@dataclass
class Model:
    """What must be known of one replier's part. ``due`` is the last day; ``until`` what was asked for."""

    who: str
    state: str = "waiting"
    due: date = DUE
    owed: frozenset[int] = FINDINGS
    answered: frozenset[int] = frozenset()
    until: date | None = None
    paused: date | None = None
    matters: int = 0
    taken: list[str] = field(default_factory=lambda: ["hand_out"])

    @property
    def turn(self) -> list[str]:
        return {"review": ["lin"], "closed": []}.get(self.state, [self.who])

    def over(self, today: date) -> bool:
        return today > self.due

    def swept(self, today: date) -> None:
        if self.state == "waiting" and self.over(today) and self.paused is None:
            self.state, self.matters = "overdue", 1
            self.taken.append("expire")

    def takes(self, act: Act, today: date) -> bool:
        """Whether the step is taken; False when it must be refused."""
        done = act.who == (self.who if act.action in ("reply", "ask") else "lin") and self._step(act, today)
        if done and act.action in ("reply", "judge", "accept", "pause"):
            self.taken.append(act.action)
        if done and act.action in ("reply", "resume"):
            self._goes_on(today)
        return done

    def _step(self, act: Act, today: date) -> bool:
        ways = {"reply": self._reply, "judge": self._judge, "accept": self._accept, "ask": self._ask}
        ways |= {"pause": self._pause, "resume": self._resume}
        return ways.get(act.action, self._decide)(act, today)

    def _reply(self, act: Act, today: date) -> bool:
        if self.state not in ("waiting", "overdue") or act.findings != self.owed:
            return False
        self.state, self.answered = "review", act.findings
        return True

    def _judge(self, act: Act, today: date) -> bool:
        """``findings`` are returned, all others of the answer accepted."""
        returned = act.findings & self.answered
        if self.state != "review":
            return False
        if not returned:
            return self._accept(act, today)
        self.owed, self.state = returned, "overdue" if self.over(today) else "waiting"
        return True

    def _accept(self, act: Act, today: date) -> bool:
        if self.state != "review":
            return False
        self.state, self.until = "closed", None
        return True

    def _ask(self, act: Act, today: date) -> bool:
        free = self.until is None and self.paused is None
        if self.state not in ("waiting", "overdue") or self.over(today) or not free:
            return False
        self.until = self.due + MORE
        return True

    def _pause(self, act: Act, today: date) -> bool:
        if self.state != "waiting" or self.over(today) or self.paused is not None:
            return False
        self.paused = today
        return True

    def _resume(self, act: Act, today: date) -> bool:
        return self.paused is not None

    def _goes_on(self, today: date) -> None:
        """As many working days are left as were left before."""
        if self.paused is None:
            return
        self.due = pause.moved(Calendar(), self.due, self.paused, today).last_day
        self.paused = None
        self.taken += ["resume"] if self.state == "review" else ["resume", "go_on"]

    def _decide(self, act: Act, today: date) -> bool:
        if self.until is None or (act.action == "grant" and self.until <= today):
            return False
        if act.action == "grant":
            self.due = self.until
            late = self.state == "overdue"
            self.taken += ["postpone", *(["reprieve"] if late else [])]
            self.state = "waiting" if late else self.state
        self.until = None
        return True


class Play:
    """One sequence on the real engine and on the model."""

    keys = itertools.count()

    def __init__(self, station: Station, notice: Case, replies: dict[str, Case]) -> None:
        self.station, self.notice, self.replies = station, notice, replies
        self.models = {who: Model(who) for who in replies}
        self.last: tuple[Act, str, date] | None = None

    async def move(self, move: Act | Pass) -> None:
        if isinstance(move, Pass):
            self.station.clock.pass_time(hours=move.hours)
            if move.swept:
                await self._sweep()
        else:
            await self._act(move)

    async def _sweep(self) -> None:
        while await self.station.engine.sweep():
            pass
        for model in self.models.values():
            model.swept(clock.today())

    async def _act(self, act: Act) -> None:
        repeated = act.again and self.last is not None
        if repeated and self.last is not None:
            act, key, until = self.last
        else:
            key, until = f"play:{next(self.keys)}", self.models[act.replier].due + MORE
        expected = repeated or self.models[act.replier].takes(act, clock.today())
        try:
            done = await self._perform(act, key, until)
        except Refusal:
            assert not expected
        else:
            assert (expected, done.repeated) == (True, repeated)
            self.last = (act, key, until)

    async def _perform(self, act: Act, key: str, until: date) -> Outcome:
        engine, mine, who = self.station.engine, self.replies[act.replier], getattr(self.station.cast, act.who)
        if act.action == "ask":
            asked = {"until": until.isoformat(), "reason": "雨天"}
            return await engine.open("extension", who, asked, key=key, parent=mine)
        if act.action == "pause":
            return await engine.open("pause", who, {"reason": "封路"}, key=key, parent=mine)
        if act.action == "resume":
            return await engine.perform((await self._newest("pause", mine)).id, "resume", who, key=key)
        target = await self._newest("extension", mine) if act.action in ("grant", "refuse") else mine
        return await engine.perform(target.id, act.action, who, await self._filled(act, mine), key=key)

    async def _newest(self, process: str, mine: Case) -> Case:
        """The one that is open; for a request that is repeated, the newest."""
        asked = Case.filter(process=process, parent_id=mine.id).order_by("-id")
        return await asked.first() or mine

    async def _filled(self, act: Act, mine: Case) -> dict[str, Any]:
        if act.action == "reply":
            return {"answers": [answer(n) for n in sorted(act.findings)]}
        if act.action == "judge":
            answered = sorted(one["finding"] for one in (await now(mine)).data.get("answers", []))
            return {"verdicts": [verdict(n, accepted=n not in act.findings) for n in answered]}
        return {"reason": "来得及"} if act.action == "refuse" else {}

    async def compare(self) -> None:
        for who, model in self.models.items():
            case = await now(self.replies[who])
            assert (case.state, await waiting(case)) == (model.state, model.turn)
            if model.state in ("waiting", "overdue"):
                assert set(reply.before(case.data).owed()) == set((await reply.progress(case)).owed()) == model.owed
            assert date.fromisoformat(case.data["due"][:10]) == model.due
            assert [one for one in await actions(case) if one not in _REMINDERS] == model.taken
            assert await Case.filter(process="overdue_matter", parent_id=case.id).count() == model.matters
        closed = all(model.state == "closed" for model in self.models.values())
        assert (await now(self.notice)).state == ("closed" if closed else "open")

    async def end(self) -> None:
        """Nothing of this sequence goes on in the next."""
        for who, model in self.models.items():
            if model.state in ("waiting", "overdue"):
                await self._act(Act(who, who, "reply", model.owed))
            if model.state == "review":
                await self._act(Act("lin", who, "accept", frozenset()))
        await self.compare()
        assert not await Case.filter(process__in=["extension", "pause"], closed_at=None).exists()


_REMINDERS = {"soon", "tomorrow", "late", "late_3", "late_7"}


async def play(station: Station, check: Case, moves: list[Act | Pass]) -> None:
    station.clock.moment = MONDAY
    cast = station.cast
    notice = await station.notice(cast.chen, cast.fang, check=check, deadline=DUE.isoformat())
    people: tuple[Person, ...] = (cast.chen, cast.fang)
    played = Play(station, notice, {str(p.userid): await reply_of(notice, p) for p in people})
    for move in moves:
        await played.move(move)
        await played.compare()
    await played.end()


def test_notices_agree_with_the_model(migrated_url: str) -> None:
    with asyncio.Runner() as runner:
        manager = story.station(migrated_url)
        station = runner.run(manager.__aenter__())
        check = runner.run(station.checked(["临边无防护", "基坑积水", "通道堵塞"]))

        @settings(max_examples=SEQUENCES, deadline=None, database=None, print_blob=True)
        @given(moves)
        def sequences(moves: list[Act | Pass]) -> None:
            runner.run(play(station, check, moves))

        try:
            sequences()
            runner.run(everything_is_sound())
        finally:
            runner.run(manager.__aexit__(None, None, None))
