"""The page of one case, of any process, put together from the declaration and what is kept."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import access, clock
from core.cases.declaration import Process, Step
from core.cases.models import Case, ClockRow, HistoryRow, Participant
from core.cases.turns import whose_turns
from core.naming import number_of
from core.projects.models import Project
from h5 import kinds, ladder, lines, papers, people, related, rounds, service, timeline
from h5.access import CaseVisit
from h5.actions import Action, Attempt, actions
from h5.kinds import FieldView
from h5.ladder import Rung
from h5.papers import PaperView
from h5.people import Known, Slot, Turn
from h5.related import Related
from h5.rounds import Sheet
from h5.timeline import Event
from notices import following, records, voiding
from notices.following import Following
from notices.papers.paper import Served

_SHOWN = 20
_WORDS = frozenset({"terms", "violations", "note", "severity"})
_ON_SHEET = frozenset({"answers", "verdicts"})


@dataclass(frozen=True)
class Due:
    caption: str
    at: datetime
    running: bool
    explanation: str


@dataclass(frozen=True)
class Children:
    """Cases born of this one: each person's own answer."""

    total: int
    closed: int


@dataclass(frozen=True)
class About:
    """The record that this one belongs to, for whoever may see it."""

    case_id: int
    text: str
    due: Due | None


@dataclass(frozen=True)
class CasePage:
    case: Case
    about: About | None
    title: str
    process: str
    state: str
    tone: str
    turn: Turn
    note: str
    problem: str
    due: Due | None
    children: Children | None
    hands: list[str]
    urge_key: str
    lines: list[FieldView]
    sections: list[FieldView]
    sheet: Sheet | None
    ladder: list[Rung]
    related: list[Related]
    paper: PaperView | None
    slots: list[Slot]
    served: list[Served]
    events: list[Event]
    actions: list[Action]
    onward: list[Following]
    originals: bool


async def build(visit: CaseVisit, *, problem: str = "", told: str = "", attempt: Attempt | None = None) -> CasePage:
    """``problem`` is why something was not done, in a sentence; ``told`` what else is to be known."""
    case, engine = visit.case, visit.pages.engine
    process = engine.process(case.process)
    parts = await Participant.filter(case_id=case.id).order_by("id")
    rows = await HistoryRow.filter(case_id=case.id).order_by("seq")
    everybody = await people.known([p.person_id for p in parts] + [r.actor_id for r in rows if r.actor_id])
    facts = await _facts(process, case, rows)
    fields = [view for form in process.forms() for view in kinds.views(form, case.data, facts)]
    found = await rounds.sheet(visit)
    born = await _born(visit)
    return CasePage(
        case=case,
        about=await _about(visit),
        title=case.title,
        process=process.title,
        state=process.caption_of(case.state, await engine.view(case)),
        tone=lines.tone(process, case),
        turn=people.turn(parts, visit.person, everybody),
        note=told or _note(visit, process, parts, rows, everybody),
        problem=problem,
        due=await _due(process, case) or await _nearest(born),
        children=await _children(process, case),
        hands=await _hands(visit, born),
        urge_key=secrets.token_hex(16) if await engine.urging.offered(case, visit.person) else "",
        lines=[f for f in fields if not f.template and not (found and f.kind in _ON_SHEET)],
        sections=[f for f in fields if f.template] + ([] if found else await _cited(visit)),
        sheet=found,
        ladder=await ladder.rungs(process, case, parts, everybody),
        related=await related.around(visit, facts.project),
        paper=await papers.view(visit),
        slots=people.slots(process, case, parts, everybody, discreet=not visit.inside),
        served=await service.view(visit),
        events=timeline.events(process, rows, everybody, facts, await voiding.behind(case, rows)),
        actions=actions(await engine.open_steps(case, visit.person), attempt, case.data),
        onward=await following.open_to(visit.person, case, list(engine.processes)),
        originals=await access.may_see_originals(visit.person, case),
    )


async def _about(visit: CaseVisit) -> About | None:
    parent = await Case.get_or_none(id=visit.case.parent_id) if visit.case.parent_id is not None else None
    if parent is None or not await access.may_see(visit.person, parent):
        return None
    process = visit.pages.engine.process(parent.process)
    due = await _due(process, parent) if visit.case.closed_at is None else None
    return About(parent.id, " ".join(filter(None, [number_of(parent), parent.title])), due)


async def _cited(visit: CaseVisit) -> list[FieldView]:
    """What is wrong, on a notice beside which no replies are shown: for whoever decides on it, or only reads it. Photos
    are the check's; who may not see that reads the words, as they stand on the paper."""
    process = visit.pages.engine.process(visit.case.process)
    if process.name != records.NOTICE:
        return []
    cited = await Case.get(id=int(visit.case.data[process.cites]))
    check, data = visit.pages.engine.process(cited.process), cited.data
    if not await access.may_see(visit.person, cited):
        data = {"findings": [{name: one[name] for name in _WORDS & one.keys()} for one in data["findings"]]}
    filled: list[tuple[Any, Mapping[str, Any]]] = [(form, data) for form in check.forms()]
    known = await kinds.facts(cited.id, await Project.get_or_none(id=cited.project_id), filled)
    shown = [view for form, _ in filled for view in kinds.views(form, data, known)]
    return [view for view in shown if view.kind == "findings"]


async def _facts(process: Process, case: Case, rows: list[HistoryRow]) -> kinds.Facts:
    project = await Project.get_or_none(id=case.project_id) if case.project_id else None
    filled: list[tuple[Any, Mapping[str, Any]]] = [(form, case.data) for form in process.forms()]
    return await kinds.facts(case.id, project, filled + timeline.remarks(process, rows))


def _last_move(process: Process, rows: list[HistoryRow]) -> HistoryRow:
    """What is only noted (a reminder, a paper) moves nothing."""
    return next((row for row in reversed(rows) if _step(process, row) is not None), rows[-1])


def _step(process: Process, row: HistoryRow) -> Step | None:
    return next((s for s in process.steps(row.from_state, row.action)), None)


def _note(
    visit: CaseVisit, process: Process, parts: list[Participant], rows: list[HistoryRow], everybody: Known
) -> str:
    """What the reader's own part in the last step was: acted himself, or somebody else was faster."""
    last = _last_move(process, rows)
    step = _step(process, last)
    if step is None or last.seq == 1 or last.actor_id is None:
        return ""
    what = f"{clock.spoken(last.at)} 办理（{step.caption}）"
    if last.actor_id == visit.person.id:
        return f"您已于 {what}。"
    if any(p.person_id == visit.person.id and p.slot == step.by and not p.turn and not p.acted_at for p in parts):
        return f"已由{everybody.name(last.actor_id)}于 {what}，无需您再处理。"
    return ""


async def _due(process: Process, case: Case) -> Due | None:
    deadline = process.state(case.state).deadline
    if deadline is None:
        return None
    row = await ClockRow.get_or_none(case_id=case.id, name=deadline.name)
    if row is None:
        return None
    if row.stopped_at is not None:
        return Due(f"{deadline.caption}（暂停计时）", row.due_at, False, row.explanation)
    return Due(deadline.caption, row.due_at, True, row.explanation)


async def _nearest(born: Sequence[Case]) -> Due | None:
    """Of a record that waits for others: when the first of those is to be done."""
    running = ClockRow.filter(case_id__in=[one.id for one in born], stopped_at=None)
    row = await running.order_by("due_at").first() if born else None
    return Due("最近截止", row.due_at, True, "") if row else None


async def _born(visit: CaseVisit) -> list[Case]:
    """The records for which this one waits, of those that the reader may see."""
    children = visit.pages.engine.process(visit.case.process).children
    if visit.case.closed_at is not None or children is None:
        return []
    born = Case.filter(parent_id=visit.case.id, process=children.process, closed_at=None).order_by("id").limit(_SHOWN)
    return [one for one in await born if await access.may_see(visit.person, one)]


async def _hands(visit: CaseVisit, born: Sequence[Case]) -> list[str]:
    """In whose hands those are."""
    turns = await whose_turns(born)
    return [f"{visit.pages.engine.process(one.process).title}：{turns[one.id]}" for one in born if turns[one.id]]


async def _children(process: Process, case: Case) -> Children | None:
    if process.children is None or case.state == records.VOIDED:
        return None
    born = Case.filter(parent_id=case.id, process=process.children.process)
    total = await born.count()
    return Children(total, await born.filter(closed_at__not_isnull=True).count()) if total else None
