"""``open`` and ``perform``: the only ways a case comes to be and changes.

In one transaction: the case's state, one sealed history row, whose turn it is, clocks, child cases, and the outbox
rows for everyone to be told. A refusal is always raised before anything was written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from core import clock, database
from core.cases import clocks, history, numbering, outbox, turns
from core.cases.checking import check_all
from core.cases.declaration import AUTHOR, START, SYSTEM, Policy, Process, Slot, Step, View
from core.cases.letters import Change, Teller
from core.cases.models import Case, ClockRow, HistoryRow, Participant
from core.errors import BadInput, NotNow, NotYours, Refusal
from core.forms import Form, People, fill, questions
from core.forms.form import attachments
from core.people.models import Organisation, Person
from core.projects.models import Project

log = structlog.get_logger()


@dataclass(frozen=True)
class Outcome:
    """``repeated``: this request had been carried out before; nothing was done again."""

    case: Case
    step: Step | None
    repeated: bool = False


@dataclass(frozen=True)
class _Answer:
    """A validated form and what it refers to."""

    data: dict[str, Any]
    kept: bool
    chosen: dict[str, list[int]]
    attachments: list[int]


class Engine:
    """Holds the declarations (checked here, so a wrong one fails at start-up) and the teller of the doors."""

    def __init__(self, processes: Iterable[Process], teller: Teller) -> None:
        self.processes = {p.name: p for p in processes}
        check_all(self.processes.values())
        self._teller = teller

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
        mine = {p.slot: p for p in await Participant.filter(case_id=case.id, person_id=person.id)}
        found: dict[str, Step] = {}
        for step in process.steps(case.state):
            part = mine.get(step.by)
            if part is None or _own_record(process.slot(step.by), case, person):
                continue
            if part.turn or not step.turn:
                found.setdefault(step.action, step)
        return list(found.values())

    async def view(self, case: Case) -> View:
        slots: dict[str, list[int]] = {}
        for part in await Participant.filter(case_id=case.id).order_by("id"):
            slots.setdefault(part.slot, []).append(part.person_id)
        return await _view(case, slots)

    async def sweep(self, limit: int = 100) -> int:
        """Takes the steps of all deadlines that are over; any number of processes may sweep at any moment."""
        due = await clocks.claim_due(limit)
        for row in due:
            await self._expire(row)
        return len(due)

    async def _expire(self, row: ClockRow) -> None:
        case = await Case.get(id=row.case_id)
        deadline = self.processes[case.process].state(case.state).deadline
        if deadline is None or deadline.name != row.name:
            await ClockRow.filter(id=row.id).update(next_step_at=None)
            return
        try:
            await self.perform(case.id, deadline.then, None, key=f"clock:{row.id}:{row.started_at.isoformat()}")
        except Exception:
            # The row comes up again after its lease; the others must not wait for it.
            log.exception("sweep.failed", case=case.id, clock=row.name)

    # ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _open(
        self, process: Process, author: Person, data: Mapping[str, Any], key: str, parent: Case | None
    ) -> Outcome:
        await turns.hold_person(author.id)
        done = await HistoryRow.get_or_none(request_key=key)
        if done is not None:
            return Outcome(await Case.get(id=done.case_id), None, repeated=True)
        first = process.first()
        actor = author if first.by != SYSTEM else None
        if actor is not None:
            _may_start(process, actor)
        answer = _answer(first, data)
        case = await self._new_case(process, author, answer, parent)
        slots = await self._slots(process, case, {AUTHOR: [author.id], **answer.chosen})
        step = _branch(process, START, first.action, await _view(case, slots))
        await _refuse_own_judges(process, slots, author)
        sealed = await history.fingerprints(answer.attachments, author.id)
        await case.save()
        parts = await turns.seat(case, slots)
        return await self._take(process, case, step, actor, answer, parts, slots, sealed, key)

    async def _new_case(self, process: Process, author: Person, answer: _Answer, parent: Case | None) -> Case:
        project_id = answer.data.get("project", parent.project_id if parent else None)
        project = await Project.get_or_none(id=project_id) if project_id else None
        if project_id and project is None:
            raise BadInput("没有找到这个工程，请重新选择。", "project")
        now = clock.now()
        case = Case(
            process=process.name,
            title="",
            state=START,
            data=dict(answer.data),
            station_id=project.station_id if project else author.org_id,
            project_id=project_id,
            author_id=author.id,
            parent_id=parent.id if parent else None,
            opened_at=now,
            changed_at=now,
        )
        view = await _view(case, {AUTHOR: [author.id], **answer.chosen})
        case.title = process.heading(view)[:200]
        return case

    async def _slots(self, process: Process, case: Case, slots: dict[str, list[int]]) -> dict[str, list[int]]:
        """Fills the slots that have a rule; an empty one matters only when its turn comes."""
        view = await _view(case, slots)
        for slot in process.slots:
            if slot.who is not None and not slots.get(slot.name):
                slots[slot.name] = await slot.who.find(view)
        return slots

    # ── performing ───────────────────────────────────────────────────────────────────────────────────────────────

    async def _perform(
        self, case_id: int, action: str, actor: Person | None, data: Mapping[str, Any], key: str | None
    ) -> Outcome:
        case = await turns.hold_case(case_id)
        if key and await HistoryRow.exists(request_key=key):
            return Outcome(case, None, repeated=True)
        process = self.processes[case.process]
        parts = await Participant.filter(case_id=case.id).order_by("id")
        slots = turns.by_slot(parts)
        await self._allow(process, case, action, actor, parts)
        answer = _answer(process.steps(case.state, action)[0], data)
        slots |= answer.chosen
        merged = case.data | (answer.data if answer.kept else {})
        step = _branch(process, case.state, action, await _view(case, slots, merged))
        sealed = await history.fingerprints(answer.attachments, actor.id if actor else None)
        parts += await turns.seat(case, answer.chosen, present=parts)
        return await self._take(process, case, step, actor, answer, parts, slots, sealed, key)

    async def _allow(
        self, process: Process, case: Case, action: str, actor: Person | None, parts: list[Participant]
    ) -> None:
        steps = process.steps(case.state, action)
        if actor is None:
            if not steps or steps[0].by != SYSTEM:
                raise NotNow(f"系统现在不能对《{case.title}》执行此操作。")
            return
        mine = [p for p in parts if p.person_id == actor.id]
        if not mine:
            raise NotYours
        if not steps:
            raise NotNow(await _what_happened(process, case))
        seat = next((p for p in mine if p.slot == steps[0].by), None)
        if seat is None or _own_record(process.slot(steps[0].by), case, actor):
            raise NotNow("这一步不由您办理。")
        if steps[0].turn and not seat.turn:
            raise NotNow(await _what_happened(process, case))

    async def _take(
        self,
        process: Process,
        case: Case,
        step: Step,
        actor: Person | None,
        answer: _Answer,
        parts: list[Participant],
        slots: dict[str, list[int]],
        sealed: dict[str, str],
        key: str | None,
    ) -> Outcome:
        now = clock.now()
        moves = turns.moves(process, step, actor, parts)
        to = step.to if moves else case.state
        if moves:
            _refuse_empty_turn(process, to, slots)
        if step.numbered:
            station = await Organisation.get(id=case.station_id)
            case.number = await numbering.next_number(process.number, process.name, station, now)
        case.version += 1
        content = history.Content(answer.data, answer.kept, slots, sealed, case.number if step.numbered else None)
        row = history.next_row(case, now, actor.id if actor else None, step.action, to, content)
        row.request_key = key
        if answer.kept:
            case.data = case.data | answer.data
        left, case.state, case.head, case.changed_at = case.state, to, row.hash, now
        case.closed_at = now if process.state(to).final else None
        await row.save()
        await case.save()
        told, relieved = await turns.pass_on(process, case, step, actor, parts, moves, now)
        view = await _view(case, slots)
        await clocks.follow(process, case, left, view, now)
        change = Change(process, case, step, row.seq, actor, now, _remark(answer), view, told, relieved)
        await outbox.promise(await self._teller.letters(change))
        await self._family(process, case, moves)
        return Outcome(case, step)

    # ── child cases ──────────────────────────────────────────────────────────────────────────────────────────────

    async def _family(self, process: Process, case: Case, moved: bool) -> None:
        if not moved:
            return
        if process.children is not None and process.children.at == case.state:
            await self._bear(process, case)
        if case.parent_id is not None and process.state(case.state).final:
            await self._report(case.parent_id)

    async def _bear(self, process: Process, case: Case) -> None:
        assert process.children is not None  # noqa: S101  # the caller looked
        child = self.processes[process.children.process]
        seats = await Participant.filter(case_id=case.id, slot=process.children.slot).order_by("id")
        for person in await Person.filter(id__in=[p.person_id for p in seats]).order_by("id"):
            key = f"child:{case.id}:{case.version}:{person.id}"
            await self._open(child, person, {}, key, case)

    async def _report(self, parent_id: int) -> None:
        parent = await turns.hold_case(parent_id)
        children = self.processes[parent.process].children
        waiting = await Case.filter(parent_id=parent_id, closed_at=None).exists()
        if children is not None and parent.state == children.at and not waiting:
            await self._perform(parent_id, children.then, None, {}, None)


async def _view(case: Case, slots: Mapping[str, list[int]], data: Mapping[str, Any] | None = None) -> View:
    project = await Project.get_or_none(id=case.project_id) if case.project_id else None
    return View(
        data=case.data if data is None else data,
        slots=slots,
        project_id=case.project_id,
        project_name=project.name if project else "",
        station_id=case.station_id,
        author_id=case.author_id,
        parent_id=case.parent_id,
    )


def _answer(step: Step, data: Mapping[str, Any]) -> _Answer:
    if step.form is None:
        if data:
            raise BadInput("这一步不需要填写内容。")
        return _Answer({}, False, {}, [])
    filled: Form = fill(step.form, data)
    plain = filled.model_dump(mode="json", exclude_none=True)
    chosen = {
        q.field.slot: list(dict.fromkeys(plain.get(q.name) or []))
        for q in questions(step.form)
        if isinstance(q.field, People)
    }
    return _Answer(plain, not step.form.remark, chosen, attachments(step.form, plain))


def _remark(answer: _Answer) -> dict[str, Any]:
    return {} if answer.kept else answer.data


def _branch(process: Process, at: str, action: str, view: View) -> Step:
    for step in process.steps(at, action):
        if step.when is None or step.when.holds(view):
            return step
    raise Refusal("按现在填写的内容，这一步无法办理，请检查后再试。")


def _may_start(process: Process, actor: Person) -> None:
    roles = process.slot(AUTHOR).roles
    if roles and actor.role not in roles:
        raise Refusal(f"「{process.title}」由{process.slot(AUTHOR).caption}办理，您的岗位不能发起。")


def _own_record(slot: Slot, case: Case, person: Person) -> bool:
    return slot.judges and case.author_id == person.id


async def _refuse_own_judges(process: Process, slots: Mapping[str, list[int]], author: Person) -> None:
    for slot in process.slots:
        if slot.judges and author.id in slots.get(slot.name, []):
            raise BadInput(f"不能由本人担任「{slot.caption}」，请改选他人。", slot.name)


def _refuse_empty_turn(process: Process, state: str, slots: Mapping[str, list[int]]) -> None:
    for name in process.turn_slots(state):
        slot = process.slot(name)
        if not slots.get(name) and slot.policy is not Policy.EACH:
            raise Refusal(slot.who.missing if slot.who else f"请选择「{slot.caption}」。")


async def _what_happened(process: Process, case: Case) -> str:
    """Who was faster, and when, in a sentence."""
    last = await HistoryRow.filter(case_id=case.id).order_by("-seq").first()
    if last is None:
        raise NotYours
    actor = await Person.get_or_none(id=last.actor_id) if last.actor_id else None
    step = next((s for s in process.table if s.action == last.action), None)
    who, what = actor.name if actor else "系统", step.caption if step else last.action
    return f"《{case.title}》已由{who}于 {clock.spoken(last.at)} 办理（{what}），无需再处理。"
