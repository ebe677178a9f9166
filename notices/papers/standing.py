"""How an issued record stands now, in the words of the public check (BY-12): nothing of it names a person.

A paper stays as it was issued; what became of it since is said beside it.
"""

from dataclasses import dataclass

from core.cases.models import Case, HistoryRow
from notices import marks, practice, records
from notices.kinds import Answer, ProjectEffect

_STOPS = (ProjectEffect.STOPS, ProjectEffect.STOPS_PART)


@dataclass(frozen=True)
class Standing:
    """``tone``: done where the paper says all there is to know, warn where something has become of it."""

    caption: str
    tone: str
    lines: tuple[str, ...] = ()


async def standing(case: Case) -> Standing:
    said = _questioned(case)
    if said is not None:
        return said
    if case.process != records.NOTICE:
        return Standing("现行有效", "done")
    later = await _later(case)
    if records.project_effect(case.data["kind"]) in _STOPS:
        return await _of_stop(case, later)
    if case.closed_at is None:
        return Standing("现行有效", "done", later)
    return _of_closed(case, later)


def _of_closed(case: Case, later: tuple[str, ...]) -> Standing:
    """What was only to be signed for holds on."""
    kinds, kind = practice.kinds(), str(case.data["kind"])
    answer = kinds[kind].answer if kind in kinds else Answer.NONE
    if answer is Answer.RECTIFY:
        how = "要求的事项已经全部办结。" if records.rectified(case) else "办理已经结束。"
        return Standing("已办结", "done", (how, *later))
    signed = ("已经全部签收。",) if answer is Answer.ACKNOWLEDGE else ()
    return Standing("现行有效", "done", (*signed, *later))


def _questioned(case: Case) -> Standing | None:
    """What somebody said against it is nobody else's business; that there is an objection is."""
    objections = (case.data.get(marks.MARKS) or {}).values()
    if case.state == records.VOIDED:
        return Standing("已作废", "warn", ("这份文书已经作废，不再有效。",))
    if marks.Standing.CORRECTED in objections:
        return Standing("已更正", "warn", ("经裁决异议成立，这份文书认定的事实已经更正。",))
    if marks.Standing.DISPUTED in objections:
        return Standing("现行有效", "warn", ("有人对这份文书认定的事实提出异议，正在裁决。",))
    return None


async def _of_stop(case: Case, later: tuple[str, ...]) -> Standing:
    """That everything was put right lifts nothing."""
    lifting = await _lifting(case)
    if lifting is not None:
        return Standing("已解除", "done", (f"停工已由{lifting.number}解除。", *later))
    state = "整改已经完成，停工尚未解除。" if case.closed_at else "停工尚未解除。"
    return Standing("现行有效", "warn", (state, *later))


async def _lifting(stop: Case) -> Case | None:
    issued = Case.filter(project_id=stop.project_id, process=records.NOTICE, state__in=records.ISSUED, id__gt=stop.id)
    return next((one for one in await issued.order_by("id") if one.data.get("lifts") == str(stop.id)), None)


async def _later(case: Case) -> tuple[str, ...]:
    replies = await Case.filter(parent_id=case.id, process=records.REPLY).only("id")
    moved = await HistoryRow.exists(case_id__in=[one.id for one in replies], action="postpone")
    return ("签发以后，有回复人的期限经批准延长。",) if moved else ()
