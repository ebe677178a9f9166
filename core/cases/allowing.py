"""Whether a step may be taken, and why not, in a sentence."""

from datetime import datetime

from core import clock
from core.cases import answering, turns
from core.cases.declaration import SYSTEM, Process, Step
from core.cases.models import Case, HistoryRow, Participant
from core.errors import NotNow, NotYours, Refusal
from core.people.models import Person


async def allow(process: Process, case: Case, action: str, actor: Person | None, parts: list[Participant]) -> None:
    """Raises NotYours or NotNow; ``actor`` None is the system."""
    steps = process.steps(case.state, action)
    if actor is None:
        if not steps or steps[0].by != SYSTEM:
            raise NotNow(f"系统现在不能对《{case.title}》执行此操作。")
        return
    mine = [p for p in parts if p.person_id == actor.id]
    if not mine:
        raise NotYours
    if not steps:
        raise NotNow(await _no_more(process, case))
    seat = next((p for p in mine if p.slot == steps[0].by and p.left_at is None), None)
    if seat is None or not turns.may_sit(process, case, seat, parts, clock.now()):
        raise NotNow("这一步不由您办理。")
    if (steps[0].turn or seat.stands_for) and not seat.turn:
        raise NotNow(await _no_more(process, case))
    if steps[0].marks and case.data.get(steps[0].marks):
        when = clock.spoken(datetime.fromisoformat(case.data[steps[0].marks]))
        raise NotNow(f"《{case.title}》您已于 {when} {steps[0].caption}，不用再办这一步。")


def refuse_foreign(own: bool) -> None:
    """A request key names one request of one person; a different one under its name is not carried out."""
    if not own:
        raise Refusal("这次操作无法识别，请重新打开后再试。")


def refuse_empty_turn(process: Process, case: Case, step: Step, parts: list[Participant]) -> None:
    """Raises Refusal when it would be the turn of nobody: an empty slot, or only people who may not judge this case."""
    to = step.to
    needed = process.turn_slots(to)
    if process.children is not None and process.children.at == to:
        needed |= {process.children.slot}
    for slot in sorted(needed):
        seats = turns.holders(parts).get(slot, [])
        if not seats:
            raise answering.missing(process, step, slot)
        if all(turns.barred(process, case, slot, one, parts) for one in seats):
            caption = process.slot(slot).caption
            raise Refusal(f"「{caption}」只有经办人本人，不能自己审核，请先登记其他人员再办理。")


async def _no_more(process: Process, case: Case) -> str:
    return f"{await what_happened(process, case)}，无需再处理。"


async def what_happened(process: Process, case: Case) -> str:
    """Who was faster, and when, in a sentence without its stop; reminders and the like move nothing."""
    done = await HistoryRow.filter(case_id=case.id).order_by("-seq")
    last, step = next(((row, step) for row in done for step in process.steps(row.from_state, row.action)), (None, None))
    if last is None or step is None:
        raise NotYours
    actor = await Person.get_or_none(id=last.actor_id) if last.actor_id else None
    who = actor.name if actor else "系统"
    return f"《{case.title}》已由{who}于 {clock.spoken(last.at)} 办理（{step.caption}）"
