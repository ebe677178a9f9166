"""Whether notices agree with their replies, their matters, their deadlines, their projects and their papers."""

from collections.abc import AsyncIterator, Iterable, Iterator

from core.cases import clocks
from core.cases.auditing import every_case
from core.cases.models import Case, ClockRow, HistoryRow, Participant
from core.projects.models import Project, SupervisionStatus
from notices import records, reply
from notices.handing import due_of
from notices.kinds import Answer, ProjectEffect
from notices.papers import auditing as papers


async def faults() -> AsyncIterator[str]:
    stopping: set[int] = set()
    async for notice in every_case(process=records.NOTICE):
        replies = await Case.filter(parent_id=notice.id, process=records.REPLY).order_by("id")
        repliers = Participant.filter(case_id=notice.id, slot="repliers", left_at=None)
        for fault in _notice_faults(notice, replies, {part.person_id for part in await repliers}):
            yield f"notice {notice.id}: {fault}"
        if records.project_effect(notice.data["kind"]) is ProjectEffect.STOPS and notice.project_id is not None:
            stopping.add(notice.project_id)
    async for one in every_case(process=records.REPLY):
        async for fault in _reply_faults(one):
            yield f"reply {one.id}: {fault}"
    for project_id in sorted(stopping):
        async for fault in _project_faults(project_id):
            yield f"project {project_id}: {fault}"
    async for fault in papers.faults():
        yield fault


def _notice_faults(notice: Case, replies: Iterable[Case], repliers: set[int]) -> Iterator[str]:
    who, left = [one.author_id for one in replies], [one for one in replies if one.closed_at is None]
    issued = notice.state in (*records.ISSUED, records.VOIDED)
    if issued != (notice.number is not None):
        yield f"it is {notice.state} and has {'no' if notice.number is None else 'a'} number"
    if who and (not issued or sorted(who) != sorted(repliers)):
        yield "it has not exactly one reply for each of its repliers"
    if notice.state == "open" and not left:
        yield "it is open, and every reply to it has ended"
    if notice.state != "open" and left:
        yield f"it is {notice.state}, and {len(left)} replies to it have not ended"


async def _reply_faults(one: Case) -> AsyncIterator[str]:
    row, due = await ClockRow.get_or_none(case_id=one.id, name="due"), due_of(one.data)
    if row is not None and row.due_at != due:
        yield f"its deadline ends at {row.due_at}, and its record says {due}"
    standing = await Case.exists(parent_id=one.id, process=records.PAUSE, state="standing")
    if clocks.is_paused(one.data, "due") != standing:
        yield f"its deadline {'runs' if standing else 'is paused'}, and a pause {'stands' if standing else 'does not'}"
    if one.state == "closed" and one.data["answer"] == Answer.RECTIFY and not (await reply.progress(one)).done:
        yield "it is closed, and not every finding was accepted"
    late = await HistoryRow.exists(case_id=one.id, action="expire", to_state="overdue")
    if late and await Case.filter(parent_id=one.id, process=records.MATTER).count() != 1:
        yield "it was overdue, and there is not exactly one matter about that"


async def _project_faults(project_id: int) -> AsyncIterator[str]:
    stops = await records.running_stops(project_id)
    holding = [one.number for one in stops if records.project_effect(one.data["kind"]) is ProjectEffect.STOPS]
    project = await Project.get(id=project_id)
    if holding and project.status is SupervisionStatus.NORMAL:
        yield f"{holding[0]} stopped it, and it goes on"
