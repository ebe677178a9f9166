"""What becomes of a mark when somebody objects to it: every case that shows it says so, and what followed from one that
was wrong is taken back."""

from core import clock
from core.cases import rows
from core.cases.declaration import Happened, Works
from core.cases.models import Case, HistoryRow
from core.errors import Refusal
from notices import marks, records, terms
from notices.marks import Mark, Standing
from notices.reply import LATE


async def shows(works: Works, mark: Mark, stands: Standing, said: str, reason: str = "") -> None:
    """The reason is for whoever objected and those who deal with it; a notice is read by others, too."""
    for case_id in sorted(mark.shown_by):
        case = (await rows.hold_case(case_id)).case  # how other marks stand may have been decided just now
        why = f"：{reason}" if reason and case.process != records.NOTICE else ""
        await works.put(case.id, stands.value, f"{said}{why}"[:500], marks.with_standing(case, mark.key, stands))


async def lets_go(works: Works, mark: Mark) -> None:
    """Nobody decides on the objection any more; what was issued stands as before it."""
    for case_id in sorted(mark.shown_by):
        case = (await rows.hold_case(case_id)).case
        await works.put(case.id, "lapsed", "异议不再办理", marks.without_standing(case, mark.key))


async def undisputed(happened: Happened) -> None:
    """The effect of every step that makes something of a mark: not before an objection to it is decided."""
    if Standing.DISPUTED in (happened.case.data.get(marks.MARKS) or {}).values():
        raise Refusal(f"《{happened.case.title}》：对方已经提出异议，请等异议裁决以后再办理。")


async def takes_back(works: Works, mark: Mark) -> None:
    reply = await Case.get(id=mark.shown_by[0])
    if marks.name(mark.key).startswith("e"):
        await _drop_matters(works, reply)
        await _give_time(works, reply)
    elif marks.name(mark.key).startswith("j"):
        await _judge_again(works, reply, mark)


async def _drop_matters(works: Works, reply: Case) -> None:
    open_ones = Case.filter(parent_id=reply.id, process=records.MATTER, closed_at=None)
    for matter in await open_ones.order_by("id"):
        await works.take(matter.id, "withdraw")


async def _give_time(works: Works, reply: Case) -> None:
    """Who still owes the reply gets as long again as one has to object."""
    if reply.state not in LATE:
        return
    term = terms.workdays(clock.today(), marks.workdays_to_object(reply.data["kind"]), reply.station_id)
    await works.postpone(reply.id, "due", term.due, f"超期异议成立，重新确定期限。{term.explanation}")
    await works.take(reply.id, "reprieve")


async def _judge_again(works: Works, reply: Case, mark: Mark) -> None:
    """What was answered goes back to its judge, unless it was answered again meanwhile."""
    rounds = HistoryRow.filter(case_id=reply.id, action__in=("reply", "judge", "accept"))
    last = await rounds.order_by("-seq").first()
    if reply.state in ("waiting", "overdue") and last is not None and marks.name(mark.key) == f"j{last.seq}":
        await works.take(reply.id, "judge_again")
