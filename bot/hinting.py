"""Lines of a card that only one slot is shown: what to look at before judging, and what comes when nothing is done."""

from collections.abc import Mapping

from bot.cards import Line
from core import clock
from core.calendar import counting
from core.cases import clocks
from core.cases.declaration import AUTHOR
from core.cases.ladders import TERM, Planned
from core.cases.letters import Change
from core.cases.models import ClockRow
from notices import pairing, records
from notices.kinds import Answer as Asked
from notices.records import ISSUER
from notices.reply import progress
from notices.rounds import Answer, Round


async def hints(change: Change, page: str) -> Mapping[str, list[Line]]:
    """By slot; ``page`` is the address of the record."""
    if change.case.process != records.REPLY or change.case.closed_at is not None:
        return {}
    if change.case.state == "review":
        return {ISSUER: await _used_photos(change, page)}
    return {AUTHOR: await _reminders(change, page)}


async def _used_photos(change: Change, page: str) -> list[Line]:
    """BY-05."""
    rounds = [*(await progress(change.case)).rounds]
    if change.step.form is not None:  # what was answered just now is not in the history yet
        rounds.append(Round(tuple(Answer.model_validate(one) for one in change.case.data["answers"])))
    used = await pairing.used_in_last(change.case, rounds)
    return [Line("照片核对", f"{pairing.listed(used)}有以前用过的照片", page)] if used else []


async def _reminders(change: Change, page: str) -> list[Line]:
    """BY-06: the page shows each with its people."""
    ahead = [rung for rung in await _ladder(change) if rung.at > change.at and rung.name != TERM]
    if not ahead:
        return []
    first = clock.local(ahead[0].at)
    at_last = "，逾期将处理" if change.case.data["answer"] == Asked.RECTIFY else ""
    return [Line("后续安排", f"{first.month}月{first.day}日起提醒{len(ahead)}次{at_last}", page)]


async def _ladder(change: Change) -> list[Planned]:
    """As it is kept; a clock that is only about to start is planned here as it will be there."""
    case, deadline = change.case, change.process.state(change.case.state).deadline
    if deadline is None or clocks.is_paused(case.data, deadline.name):
        return []
    kept = await ClockRow.get_or_none(case_id=case.id, name=deadline.name)
    if kept is not None:
        return clocks.rungs(kept, deadline.then)
    due = deadline.due(change.view, change.at)
    return clocks.planned(deadline, due, change.view, change.at, counting.calendar()) if due else []
