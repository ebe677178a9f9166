"""``open`` and ``perform``: the only ways a case comes to be and changes.

In one transaction: the case's state, one sealed history row, whose turn it is, clocks, child cases, and the outbox
rows for everyone to be told. A refusal leaves nothing behind, also where the caller goes on in its own transaction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tortoise.expressions import Q

from core import clock, database
from core.calendar import counting
from core.calendar.hours import Quiet
from core.cases import allowing, answering, clocks, history, numbering, outbox, rows, turns
from core.cases.answering import Answer
from core.cases.checking import check_all
from core.cases.declaration import AUTHOR, START, SYSTEM, Children, Happened, Process, Step, View, view_of
from core.cases.letters import Change, Teller
from core.cases.models import Case, ClockRow, HistoryRow, Participant
from core.cases.rows import Shown
from core.cases.standing_in import StandingIn
from core.cases.sweeping import Sweeper
from core.cases.urging import Urging
from core.errors import NotNow, Refusal
from core.evidence import likeness
from core.people.models import Organisation, Person
from core.projects.models import Project
from core.search import index


@dataclass(frozen=True)
class Outcome:
    """``repeated``: this request had been carried out before; nothing was done again."""

    case: Case
    step: Step | None
    repeated: bool = False


class Engine:
    """Holds the declarations (checked here, so a wrong one fails at start-up) and the teller of the doors."""

    def __init__(self, processes: Iterable[Process], teller: Teller, quiet: Quiet | None = None) -> None:
        """Without ``quiet`` nothing is held at night."""
        self.processes = {p.name: p for p in processes}
        check_all(self.processes.values())
        self._teller = teller
        self._quiet = quiet
        self._standing_in = StandingIn(self.processes, teller, self.held_until)
        self.urging = Urging(self.processes, teller, self.held_until)
        self._sweeper = Sweeper(self.processes, teller, quiet, self._perform)

    def process(self, name: str) -> Process:
        return self.processes[name]

    async def open(
        self, process: str, actor: Person, data: Mapping[str, Any], *, key: str, parent: Case | None = None
    ) -> Outcome:
        """Submits a new case. Raises Refusal; the same ``key`` twice gives the first case again."""
        declared = self.processes[process]
        return await database.transaction(lambda: self._open(declared, actor, data, key, parent))

    async def perform(
        self,
        case_id: int,
        action: str,
        actor: Person | None,
        data: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
    ) -> Outcome:
        """Takes a step; ``actor`` None is the system. Raises NotYours, NotNow or BadInput in plain Chinese."""
        return await database.transaction(lambda: self._perform(case_id, action, actor, data or {}, key))

    async def open_steps(self, case: Case, person: Person) -> list[Step]:
        """What this person may do now, one per action, in the order of the table."""
        process = self.processes[case.process]
        parts = await Participant.filter(Q(person_id=person.id) | Q(stands_for=person.id), case_id=case.id)
        mine = {p.slot: p for p in parts if p.person_id == person.id}
        found: dict[str, Step] = {}
        for step in process.steps(case.state):
            part = mine.get(step.by)
            if part is None or not turns.may_sit(process, case, part, parts, clock.now()):
                continue
            mine_now = part.turn or not (step.turn or part.stands_for)
            if mine_now and not step.is_moot(case):
                found.setdefault(step.action, step)
        return list(found.values())

    async def asked(self, case: Case, action: str, person: Person) -> Step:
        """The step that this person may take now under this name. Raises NotYours or NotNow."""
        process, parts = self.processes[case.process], await Participant.filter(case_id=case.id)
        await allowing.allow(process, case, action, person, parts)
        return process.steps(case.state, action)[0]

    async def view(self, case: Case) -> View:
        project = await rows.find(Project, case.project_id)
        return view_of(case, _name(project), turns.holders(await Participant.filter(case_id=case.id).order_by("id")))

    async def attach(
        self, case_id: int, action: str, caption: str, said: Mapping[str, Any], attachments: list[int], key: str
    ) -> None:
        """Seals what was made for a case beside its steps, with the hashes of its files (evidence ids), once per
        ``key``."""
        held = await rows.hold_case(case_id, key)
        if held.done is None:
            sealed, seats = await history.fingerprints(attachments, None), turns.by_slot(held.parts)
            note = history.note(held.case, clock.now(), action, caption, said, seats, key, attachments=sealed)
            rows.add_history(note)
            rows.keep_case(held.case)

    def held_until(self, moment: datetime) -> datetime | None:
        """When an ordinary message that somebody else has caused now may leave; None: at once."""
        return self._quiet.until(counting.calendar(), moment) if self._quiet is not None else None

    async def sweep(self, limit: int = 100) -> int:
        """Takes the steps of all deadlines that are over; any number of processes may sweep at any moment."""
        return await self._sweeper.sweep(limit)

    async def sweep_all(self, limit: int = 100) -> int:
        """Until nothing is due any more: a whole station's reminders may have the same second."""
        swept = taken = await self.sweep(limit)
        while taken == limit:
            taken = await self.sweep(limit)
            swept += taken
        return swept

    async def hand_over(self, case_id: int, principal: Person, deputy: Person, until: datetime) -> bool:
        """Gives the deputy the turn beside the principal; False where he must not decide. NotYours: no such case."""
        return await database.transaction(lambda: self._standing_in.hand_over(case_id, principal, deputy, until))

    async def succeed(self, case_id: int) -> bool:
        """Gives the turn of those who have all left to somebody who is there; False where nobody is found."""
        return await database.transaction(lambda: self._standing_in.succeed(case_id))

    # ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _open(
        self, process: Process, author: Person, data: Mapping[str, Any], key: str, parent: Case | None
    ) -> Outcome:
        done = await rows.hold_person(author.id, key)
        if done is not None:
            case = await Case.get(id=done.case_id)
            allowing.refuse_foreign(done.seq == 1 and case.author_id == author.id and case.process == process.name)
            return Outcome(case, None, repeated=True)
        return await self._begin(process, author, data, key, parent)

    async def _begin(
        self,
        process: Process,
        author: Person,
        data: Mapping[str, Any],
        key: str,
        parent: Case | None,
        given: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """``given``: what the system puts into a case that it begins for this author."""
        first, now = process.first(), clock.now()
        actor = None if first.by == SYSTEM or given is not None else author
        answer = answering.read(first, data, {}, now) if given is None else answering.of_the_system(first, given, now)
        project = await rows.find(Project, answer.project_id or (parent.project_id if parent else None))
        case = _new_case(process, author, answer, project, parent, now)
        view = view_of(case, _name(project), {AUTHOR: [author.id], **answer.chosen})
        case.title = process.heading(view)[:200]
        if actor is not None:
            await answering.may_begin(process, actor, answer, view)
        await answering.may_choose(process, first, answer, view)
        await answering.may_sit(process, first, answer, view)
        view = replace(view, slots=await answering.fill_by_rule(process, view))
        step = _branch(process, START, first.action, view)
        sealed = await history.fingerprints(answer.attachments, actor.id if actor else None)
        await rows.add_case(case)
        parts = turns.seat(case, view.slots, [], now)
        return await self._take(_Move(process, case, step, actor, answer, parts, {}, view, sealed, key, now, author))

    # ── performing ───────────────────────────────────────────────────────────────────────────────────────────────

    async def _perform(
        self,
        case_id: int,
        action: str,
        actor: Person | None,
        data: Mapping[str, Any],
        key: str | None,
        known: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """``known``: what the system itself brings along, which the case keeps."""
        held, now = await rows.hold_case(case_id, key), clock.now()
        case, parts, by = held.case, held.parts, actor.id if actor else None
        if held.done is not None:
            allowing.refuse_foreign((held.done.case_id, held.done.actor_id) == (case_id, by))
            return Outcome(case, None, repeated=True)
        process = self.processes[case.process]
        await allowing.allow(process, case, action, actor, parts)
        asked = process.steps(case.state, action)[0]
        answer = answering.read(asked, data, case.data, now)
        if known is not None:
            answer = answering.of_the_system(asked, known, now)
        answering.same_project(case, asked, answer)
        slots = turns.holders(parts) | answer.chosen
        view = view_of(case, held.project_name, slots, answer.data if answer.kept else {})
        await answering.may_choose(process, asked, answer, view)
        await answering.may_sit(process, asked, answer, view)
        step = _branch(process, case.state, action, view)
        sealed = await history.fingerprints(answer.attachments, by, answer.known)
        parts = turns.seat(case, answer.chosen, parts, now)
        move = _Move(process, case, step, actor, answer, parts, held.people, view, sealed, key, now)
        return await self._take(move)

    async def _take(self, move: "_Move") -> Outcome:
        process, case, step, actor, parts, now = move.process, move.case, move.step, move.actor, move.parts, move.now
        left, numbered, acted_for = case.state, case.number is not None, _acted_for(move)
        freed = turns.act(step, actor, parts, now)
        moved = turns.moves(process, step, actor, parts)
        if moved:
            allowing.refuse_empty_turn(process, case, step, parts)
        passed = turns.pass_on(process, case, step, actor, parts, now) if moved else turns.Passed([], [])
        held = self._held(move, passed)
        row = await _advance(move, step.to if moved else left, acted_for, held)
        change = Change(
            process, case, step, case.version, actor, now, {} if move.answer.kept else move.answer.data, move.view,
            passed.told, [*freed, *passed.relieved], move.around,
            move.around[acted_for].person.name if acted_for else "", held,
        )  # fmt: skip
        letters = await self._teller.letters(change)
        if actor is not None:  # what the system hands out was handed in by somebody before
            await likeness.note(case.id, move.answer.attachments, now)
        rows.add_history(row)
        rows.keep_case(case)
        rows.keep_seats(parts)
        await self._enter(move, left, numbered=not numbered and case.number is not None)
        clocks.follow(process, case, left, move.view, now, counting.calendar())
        await outbox.promise(letters)
        if moved:
            if step.effect is not None:
                await step.effect(Happened(case, actor, now, move.view, move.answer.data, self))
            await self._tell_family(move)
        return Outcome(case, step)

    def _held(self, move: "_Move", passed: turns.Passed) -> datetime | None:
        """Until when quiet hours hold what others are told of this step."""
        urgent, by = move.process.urgent, move.actor.id if move.actor else None
        if all(part.person_id == by for part in passed.told) or (urgent is not None and urgent(move.view)):
            return None
        return self.held_until(move.now)

    # ── what effects may do ──────────────────────────────────────────────────────────────────────────────────────

    def knows(self, process: str) -> bool:
        return process in self.processes

    async def begin(self, process: str, author: Person, data: Mapping[str, Any], key: str, parent: Case) -> Case:
        """Begins a case of the system's own with this data, for this person; the same ``key`` begins it once."""
        done = await HistoryRow.get_or_none(request_key=key)
        if done is not None:
            return await Case.get(id=done.case_id)
        return (await self._begin(self.processes[process], author, {}, key, parent, data)).case

    async def postpone(self, case_id: int, deadline: str, due: datetime, why: str) -> None:
        """Gives a case's deadline another end, with all reminders around it. Both are sealed, and kept in the case's
        data under the deadline's name: ``due``, and in ``due_why`` a line for each change."""
        held = await rows.hold_case(case_id)
        runs = await ClockRow.exists(case_id=case_id, name=deadline, stopped_at=None)
        ends = {deadline: due.isoformat()} | clocks.explained(held.case, deadline, why)
        self._move_clock(held, deadline, due, _put(held, "postpone", "改期", ends), runs=runs)

    async def pause(self, case_id: int, deadline: str, why: str) -> None:
        """The deadline stands still, whatever state the case goes through, until ``resume``. The case's data says so
        as ``due_paused``."""
        held = await rows.hold_case(case_id)
        if clocks.is_paused(held.case.data, deadline):
            raise NotNow(f"《{held.case.title}》的计时已经暂停，不能再暂停一次。")
        said = clocks.explained(held.case, deadline, why)
        _put(held, "pause", why, clocks.paused(deadline) | said)
        clocks.pause(case_id, deadline, said)

    async def resume(self, case_id: int, deadline: str, due: datetime, why: str) -> None:
        """What was paused goes on to this end; what would have been said meanwhile is not made up for."""
        held = await rows.hold_case(case_id)
        if not clocks.is_paused(held.case.data, deadline):
            raise NotNow(f"《{held.case.title}》的计时没有暂停，不需要恢复。")
        ends = {deadline: due.isoformat()} | clocks.explained(held.case, deadline, why)
        runs = self.processes[held.case.process].deadline(held.case.state, deadline) is not None
        view = _put(held, "resume", why, clocks.paused(deadline, None) | ends)
        self._move_clock(held, deadline, due, view, runs=runs)

    def _move_clock(self, held: rows.Held, deadline: str, due: datetime, view: View, *, runs: bool) -> None:
        clocks.move(self.processes[held.case.process], held.case, deadline, due, view, counting.calendar(), runs=runs)

    async def put(self, case_id: int, action: str, caption: str, said: Mapping[str, Any]) -> None:
        """Seals in a case what was decided about it elsewhere, and keeps it in the case's data."""
        held = await rows.hold_case(case_id)
        _put(held, action, caption, said)
        index.follow(self.processes[held.case.process], held.case, action)

    async def take(self, case_id: int, action: str, remark: Mapping[str, Any] | None = None) -> None:
        """A step of the system in another case; NotNow where that case is elsewhere. ``remark`` says why, where the
        step has a form for it."""
        await self._perform(case_id, action, None, remark or {}, None)

    async def note(self, case: Case, action: str, caption: str, said: Mapping[str, Any]) -> None:
        """Seals what a step of this case has done elsewhere, under a caption that members read."""
        seats = turns.by_slot(await Participant.filter(case_id=case.id).order_by("id"))
        rows.add_history(history.note(case, clock.now(), action, caption, said, seats, None))
        rows.keep_case(case)

    async def give_back(self, principal: Person, deputy: Person) -> None:
        """Everything in which the deputy still stands for the principal."""
        await self._standing_in.give_back(principal, deputy)

    # ── child cases ──────────────────────────────────────────────────────────────────────────────────────────────

    async def _enter(self, move: "_Move", left: str, *, numbered: bool) -> None:
        """What searches and statistics find the case by, as far as this step has changed it."""
        process, case, step, project_name = move.process, move.case, move.step, move.view.project_name
        if move.author is not None:
            index.add(process, case, move.author.org_id, project_name, await self._cited(case), step.action)
            return
        if case.state != left or step.action in (process.counts_round, process.counts_late) or move.answer.kept:
            index.follow(process, case, step.action)
        if numbered or step.form is not None:
            before = (await index.remarks_in(self.processes, [case])).get(case.id, [])
            remarks = [*before, *index.remarked(process, move.answer.data)]
            index.keep_text(process, case, project_name, await self._cited(case), remarks)
            index.keep_topics(process, case)

    async def _cited(self, case: Case) -> list[str]:
        return (await index.cited_by(self.processes, [case])).get(case.id, [])

    async def _tell_family(self, move: "_Move") -> None:
        case, children = move.case, move.process.children
        if children is not None and children.at == case.state:
            await self._bear(children, case, move.view, {p.person_id for p in turns.seated(move.parts, children.slot)})
        if case.parent_id is not None and case.closed_at is not None:
            await self._report(case.process, case.parent_id)

    async def _bear(self, children: Children, case: Case, view: View, people: set[int]) -> None:
        child = self.processes[children.process]
        given = await children.data(case, view) if children.data is not None else {}
        for person in await Person.filter(id__in=people).order_by("id"):
            await self._begin(child, person, {}, f"child:{case.id}:{case.version}:{person.id}", case, given)

    async def _report(self, child: str, parent_id: int) -> None:
        """The last child that closes takes its parent's step: children queue up at the parent's lock."""
        parent = (await rows.hold_case(parent_id)).case
        children = self.processes[parent.process].children
        if children is None or children.process != child or parent.state != children.at:
            return
        if not await Case.exists(parent_id=parent_id, process=child, closed_at=None):
            sum_of_all = await children.sums_up(parent) if children.sums_up is not None else None
            await self._perform(parent_id, children.then, None, {}, None, sum_of_all)


@dataclass(frozen=True)
class _Move:
    """A step that may be taken, with everything it needs."""

    process: Process
    case: Case
    step: Step
    actor: Person | None
    answer: Answer
    parts: list[Participant]
    around: dict[int, Shown]
    view: View
    sealed: dict[str, str]
    key: str | None
    now: datetime
    author: Person | None = None  # of a case that begins


def _new_case(
    process: Process, author: Person, answer: Answer, project: Project | None, parent: Case | None, now: datetime
) -> Case:
    """Not saved yet. A child belongs to the project and the station of its parent."""
    elsewhere = parent.station_id if parent else author.org_id
    return Case(
        process=process.name,
        title="",
        state=START,
        data=answer.data,
        station_id=project.station_id if project else elsewhere,
        project_id=answer.project_id or (parent.project_id if parent else None),
        author_id=author.id,
        parent_id=parent.id if parent else None,
        opened_at=now,
        changed_at=now,
    )


def _put(held: rows.Held, action: str, caption: str, said: Mapping[str, Any]) -> View:
    """The case as it was before."""
    view = view_of(held.case, held.project_name, turns.holders(held.parts))
    seats = turns.by_slot(held.parts)
    rows.add_history(history.note(held.case, clock.now(), action, caption, said, seats, None, kept=True))
    rows.keep_case(held.case)
    return view


def _acted_for(move: _Move) -> int | None:
    """Whose deputy the actor is in this step."""
    by = move.actor.id if move.actor else None
    return next((p.stands_for for p in move.parts if (p.person_id, p.slot) == (by, move.step.by)), None)


async def _advance(move: _Move, to: str, acted_for: int | None, held: datetime | None) -> HistoryRow:
    """Brings the case into its new state and gives back the row that seals the step; nothing is written yet."""
    process, case, step, answer = move.process, move.case, move.step, move.answer
    begins, number = case.version == 0, None
    if step.numbered and to != case.state and case.number is None:
        station = await rows.get(Organisation, case.station_id)
        number = case.number = await numbering.next_number(process.series(move.view), station, move.now)
    closed = process.state(to).final
    seats = turns.by_slot(move.parts)
    about = history.about(case) if begins else None
    case.version += 1
    content = history.Content(
        answer.data, answer.kept, seats, move.sealed, number, closed, about, acted_for=acted_for, held=held
    )
    by = move.actor.id if move.actor else None
    row = history.next_row(case, move.now, by, step.action, to, content, move.key)
    if answer.kept and not begins:
        case.data = case.data | answer.data
    case.state, case.head, case.changed_at = to, row.hash, move.now
    case.closed_at = move.now if closed else None
    return row


def _name(project: Project | None) -> str:
    return project.name if project else ""


def _branch(process: Process, at: str, action: str, view: View) -> Step:
    for step in process.steps(at, action):
        if step.when is None or step.when.holds(view):
            return step
    raise Refusal("按现在填写的内容，这一步无法办理，请检查后再试。")
