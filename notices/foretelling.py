"""What submitting sets in motion, before it is submitted (BY-06): every reminder with its day and its people."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from core import clock
from core.calendar import counting
from core.calendar.deadlines import on_day
from core.cases.clocks import planned
from core.cases.declaration import AUTHOR, View
from core.cases.ladders import announced
from core.naming import names
from core.projects import finding
from notices import practice, records
from notices.kinds import Answer
from notices.records import ISSUER
from notices.reply import NOTICE_REPLY


@dataclass(frozen=True)
class Foretold:
    """``explanation``: how the deadline was counted; ``rungs``: a line for each reminder; ``last``: what then."""

    explanation: str
    rungs: list[str]
    last: str


async def foretold(process: str, view: View) -> Foretold | None:
    """None for a record without a deadline, or whose kind is open. Raises BadInput for a day that cannot be."""
    if process != records.NOTICE or not (view.data.get("deadline") and view.data.get("kind")):
        return None
    day, rule = date.fromisoformat(view.data["deadline"]), counting.rule(view.station_id)
    term = on_day(counting.calendar(), clock.today(), day, rule)
    deadline = NOTICE_REPLY.state("waiting").deadline
    assert deadline is not None  # noqa: S101  # the reply is what the deadline is for
    handed = replace(view, data={"kind": view.data["kind"], "due": term.due.isoformat()})
    rungs = planned(deadline, term.due, handed, clock.now(), counting.calendar())
    owes = practice.kind(str(view.data["kind"])).answer is Answer.RECTIFY
    last = f"到期未回复的，{_HINT}。" if owes else ""  # of what is only to be signed for, people are reminded
    return Foretold(term.explanation, announced(rungs, await _people(view)), last)


_HINT = "由审核人提出处罚建议或者记录不良行为"


async def _people(view: View) -> Mapping[str, str]:
    """By the slots of the reply: 回复人 are those chosen; the others are found by their rules."""
    found = {AUTHOR: list(view.slots["repliers"])}
    found[ISSUER] = await finding.team_lead().find(view) or [view.author_id]
    for slot in NOTICE_REPLY.slots:
        if slot.who is not None and slot.name not in found:
            found[slot.name] = await slot.who.find(view)
    known = await names({f"person:{one}" for people in found.values() for one in people})
    return {slot: "、".join(known[f"person:{one}"] for one in people) for slot, people in found.items()}
