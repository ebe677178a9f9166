"""R15: random people do random things with a notice while time passes, processes die and requests come twice; a model
of a few lines says what must come of it, and at the end the auditor finds nothing."""

import asyncio
import itertools
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from core import clock
from core.calendar.days import Calendar
from core.cases.engine import Outcome
from core.cases.models import Case, ClockRow
from core.errors import Refusal
from core.moments import Moment
from core.people.models import Person
from notices import pause, reply
from tests.core.cases.story import MONDAY, actions, waiting
from tests.notices import story
from tests.notices.story import Station, answer, everything_is_sound, now, reply_of, verdict
from tests.reliability import figures as kept
from tests.reliability.figures import Figures
from tests.reliability.hands import KILLED, Hands, Task

SEQUENCES = kept.many(20, 2_000)  # on each database
FINDINGS = frozenset({1, 2, 3})
PEOPLE = ("chen", "fang", "lin")
DUE, MORE = date(2026, 10, 13), timedelta(days=3)
DECISIONS = ("accept", "grant", "refuse")
PAUSES = ("pause", "resume")  # by whoever judges; what repliers ask for is told elsewhere


@dataclass(frozen=True)
class Act:
    """Somebody does something about the reply of ``replier``; ``findings`` are answered or returned. ``again`` sends
    the request before once more under its key. ``dies``: the first process that does it is killed there, and whoever
    asked asks again."""

    who: str
    replier: str
    action: str
    findings: frozenset[int]
    again: bool = False
    dies: str = ""


@dataclass(frozen=True)
class Pass:
    """Time passes; the sweeper runs or is broken, or is killed at a commit before another one runs."""

    hours: int
    swept: bool
    dies_at: int = 0


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
dying = st.builds(
    lambda act, at: replace(act, dies=at), likely, st.sampled_from((Moment.BEFORE_COMMIT, Moment.BEFORE_ANSWER))
)
torn = st.builds(Pass, st.integers(1, 48), st.just(True), st.integers(1, 3))
voiding = st.just(Act("luo", "chen", "void", frozenset()))
often = likely | anything | passing


def _of(chance: int) -> st.SearchStrategy[Act | Pass]:
    """In a hundred: three times a notice is declared void, and two dozen times somebody dies."""
    return voiding if chance >= 97 else dying if chance >= 85 else torn if chance >= 75 else often


moves = st.lists(st.integers(0, 99).flatmap(_of), min_size=8, max_size=16)


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
        return {"review": ["lin"], "closed": [], "voided": []}.get(self.state, [self.who])

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
        self.taken += ["resume"] if self.state != "waiting" else ["resume", "go_on"]

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

    def voided(self, today: date) -> None:
        if self.state == "closed":
            return
        self.state, self.until = "voided", None
        self.taken.append("void")
        self._goes_on(today)


class Play:
    """One sequence on the real engine and on the model."""

    keys = itertools.count()

    def __init__(self, station: Station, notice: Case, replies: dict[str, Case], url: str, hands: Hands) -> None:
        self.station, self.notice, self.replies = station, notice, replies
        self.models = {who: Model(who) for who in replies}
        self.last: tuple[Act, str, date] | None = None
        self.void = False
        self.kills = 0
        self._url, self._hands = url, hands

    async def move(self, move: Act | Pass) -> None:
        if isinstance(move, Pass):
            self.station.clock.pass_time(hours=move.hours)
            if move.dies_at:
                await self._die(Task("", "", dies=Moment.BEFORE_COMMIT, nth=move.dies_at))
                self.station.clock.pass_time(minutes=1)  # what the dead one had claimed comes up again
            if move.swept:
                await self._sweep()
        else:
            await self._act(move)

    async def _sweep(self) -> None:
        """PostgreSQL holds what the dead one had claimed until it notices the death, and others pass over it."""
        while await self.station.engine.sweep() or await ClockRow.filter(next_step_at__lte=clock.now()).exists():
            pass
        for model in self.models.values():
            model.swept(clock.today())

    async def _act(self, act: Act) -> None:
        repeated = act.again and self.last is not None
        if repeated and self.last is not None:
            act, key, until = self.last
        else:
            key, until = f"play:{next(self.keys)}", self.models[act.replier].due + MORE
        expected = repeated or self._takes(act)
        died = bool(act.dies) and not repeated and await self._killed(act, key, until)
        done_before = repeated or (died and act.dies == Moment.BEFORE_ANSWER)
        try:
            done = await self._perform(act, key, until)
        except Refusal:
            assert not expected
        else:
            assert (expected, done.repeated) == (True, done_before)
            self.last = (act, key, until)

    def _takes(self, act: Act) -> bool:
        if act.action != "void":
            return self.models[act.replier].takes(act, clock.today())
        first, self.void = not self.void, True
        for model in self.models.values() if first else ():
            model.voided(clock.today())
        return first

    async def _killed(self, act: Act, key: str, until: date) -> bool:
        """False where it was refused before it came to a commit."""
        begins, case, data = await self._request(act, key, until)
        asked = {"actor": act.who, "action": act.action, "begins": begins, "case": case.id, "data": data, "key": key}
        return await self._die(Task("", "", dies=act.dies, **asked))

    async def _die(self, task: Task) -> bool:
        task = replace(task, url=self._url, at=clock.now().isoformat())
        (said,) = await asyncio.to_thread(self._hands.do, task)
        self.kills += said == KILLED
        return said == KILLED

    async def _request(self, act: Act, key: str, until: date) -> tuple[str, Case, dict[str, Any]]:
        """The process that it begins (empty: it is a step), the case that it is about, and what is filled in."""
        mine = self.replies[act.replier]
        if act.action == "ask":
            return "extension", mine, {"until": until.isoformat(), "reason": "雨天"}
        if act.action == "pause":
            return "pause", mine, {"reason": "封路"}
        if act.action == "void":
            return "voiding", self.notice, {"reason": "依据有误"}
        about = {"grant": "extension", "refuse": "extension", "resume": "pause"}.get(act.action)
        target = await self._newest(about, mine) if about is not None else mine
        return "", target, await self._filled(act, mine)

    async def _perform(self, act: Act, key: str, until: date) -> Outcome:
        engine, who = self.station.engine, getattr(self.station.cast, act.who)
        begins, case, data = await self._request(act, key, until)
        if begins:
            return await engine.open(begins, who, data, key=key, parent=case)
        return await engine.perform(case.id, act.action, who, data, key=key)

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
        assert (await now(self.notice)).state == ("voided" if self.void else "closed" if closed else "open")

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


async def play(station: Station, check: Case, moves: list[Act | Pass], url: str, hands: Hands) -> Play:
    station.clock.moment = MONDAY
    cast = station.cast
    notice = await station.notice(cast.chen, cast.fang, check=check, deadline=DUE.isoformat())
    people: tuple[Person, ...] = (cast.chen, cast.fang)
    played = Play(station, notice, {str(p.userid): await reply_of(notice, p) for p in people}, url, hands)
    for move in moves:
        await played.move(move)
        await played.compare()
    await played.end()
    return played


def test_notices_agree_with_the_model(migrated_url: str, hands: Hands, figures: Figures) -> None:
    with asyncio.Runner() as runner:
        manager = story.station(migrated_url)
        station = runner.run(manager.__aenter__())
        check = runner.run(station.checked(["临边无防护", "基坑积水", "通道堵塞"]))

        @seed(kept.SEED)
        @settings(max_examples=SEQUENCES, deadline=None, database=None, print_blob=True)
        @given(moves)
        def sequences(moves: list[Act | Pass]) -> None:
            played = runner.run(play(station, check, moves, migrated_url, hands))
            figures.add(sequences=1, moves=len(moves), kills=played.kills, void=int(played.void))

        try:
            sequences()
            runner.run(everything_is_sound())
        finally:
            runner.run(manager.__aexit__(None, None, None))
