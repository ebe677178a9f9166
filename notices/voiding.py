"""A paper that was issued by mistake is declared void (BY-13): its number keeps its place, with the reason.

The chief of its station does it, whoever issued it. What it set in motion ends: replies are not owed any more, and a
project that it stopped goes on. What has come of it already stays until it is declared void itself.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from core.cases.declaration import AUTHOR, START, Happened, Process, Slot, State, Step, View, Works
from core.cases.models import Case, HistoryRow
from core.errors import NotNow, Refusal
from core.forms import Form, Text
from core.people.models import Role
from core.projects import finding
from notices import effects, records

_DECIDED_ON = (records.EXTENSION, records.PAUSE, records.APPEAL, records.MATTER)  # as long as a reply is owed
_ENDS_BY_AN_ANSWER = (records.EXTENSION, records.PAUSE)
_ENDED_BY = {records.REPLY: "void"} | dict.fromkeys(_DECIDED_ON, "lapse")
_NUMBERED = {records.NOTICE: records.ISSUED, records.MATTER: ("issued",)}


class VoidingForm(Form):
    """作废."""

    reason: Annotated[str, Text("作废的原因", 500, hint="会写进文号清单，并告知收到这份文书的人")]


def may_be_void(paper: Case) -> bool:
    return paper.state in _NUMBERED.get(paper.process, ())


async def _paper(view: View) -> Case:
    found = await Case.get_or_none(id=view.parent_id, process__in=list(_NUMBERED)) if view.parent_id else None
    if found is None:
        raise Refusal("请发送“作废 文号”，说明要作废哪一份文书。")
    return found


async def _is_issued(view: View) -> None:
    paper = await _paper(view)
    if paper.state == records.VOIDED:
        raise Refusal(f"{paper.number}已经作废，不用再办理。")
    if not may_be_void(paper):
        raise Refusal(f"《{paper.title}》还没有下发，没有文号，不需要作废。")


async def _declare(happened: Happened) -> None:
    paper = await Case.get(id=happened.case.parent_id)
    who = happened.actor.name if happened.actor else "系统"
    try:
        await happened.works.take(paper.id, "void", {"by": who, "reason": happened.answer["reason"]})
    except NotNow:
        raise Refusal(f"{paper.number}已经作废，不用再办理。") from None


async def notice_is_void(happened: Happened) -> None:
    """Nobody owes an answer to it any more, and its project is as it was without it."""
    for reply in await Case.filter(parent_id=happened.case.id, process=records.REPLY).order_by("id"):
        if reply.closed_at is None:
            await happened.works.take(reply.id, "void")
        else:
            await _nothing_to_decide(happened.works, reply.id)
    await effects.undone(happened)


async def reply_is_void(happened: Happened) -> None:
    await _nothing_to_decide(happened.works, happened.case.id)


async def _nothing_to_decide(works: Works, reply_id: int) -> None:
    """Nobody decides any more what comes of this reply."""
    begun = Case.filter(parent_id=reply_id, process__in=_DECIDED_ON, closed_at=None)
    for one in await begun.order_by("id"):
        await works.take(one.id, "lapse")


async def behind(case: Case, rows: Sequence[HistoryRow]) -> Mapping[int, Mapping[str, Any]]:
    """What was said when a notice was declared void (``Voided``), by the number of the step with which the system ended
    this part of it. It is sealed in the notice's history only, and read there."""
    ended = next((row for row in rows if row.action == _ENDED_BY.get(case.process)), None)
    if ended is None or case.parent_id is None:
        return {}
    parent = await Case.get(id=case.parent_id)
    above = [parent.id] if parent.process == records.NOTICE else [parent.id, parent.parent_id]
    voids = {row.case_id: row for row in await HistoryRow.filter(case_id__in=above, action="void")}
    declared, reply = voids.get(above[-1]), voids.get(parent.id)
    # What was only asked for ends by an answer, too: that came before the reply was void.
    otherwise = case.process in _ENDS_BY_AN_ANSWER and (reply is None or reply.id > ended.id)
    return {} if declared is None or otherwise else {ended.seq: records.content(declared)["data"]}


VOIDING = Process(
    name=records.VOIDING,
    title="作废",
    word="",
    source="BY-13",
    heading=lambda view: f"{view.project_name} 文书作废",
    card_fields=("reason",),
    confirm="作废后不能恢复，文号保留，不再使用。",
    check=_is_issued,
    slots=(Slot(AUTHOR, "站长", roles=frozenset({Role.CHIEF}), who=finding.station(Role.CHIEF)),),
    states=(State("done", "已作废", final=True),),
    table=(Step(START, "declare", "确认作废", by=AUTHOR, to="done", form=VoidingForm, effect=_declare),),
)
