"""What a record leads to: a check to its notice (HN-37), a notice to a request for more time (BY-07).

Each is a record of its own, begun by a button on the first one's card or page, with what is known filled in.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from checks.report import CHECK_REPORT, OWED_NOTICE, wants_notice
from core import clock
from core.cases import clocks, drafts
from core.cases.declaration import AUTHOR, Process
from core.cases.filling import begin_about
from core.cases.models import Case, Draft, Participant
from core.errors import NotYours, Refusal
from core.people.models import Person, Role
from notices import appeal, marks, practice, records
from notices.handing import due_of
from notices.kinds import ProjectEffect
from notices.reply import LATE
from notices.voiding import may_be_void


async def _nothing(_case: Case) -> Mapping[str, Any]:
    return {}


async def _always(_case: Case) -> bool:
    return True


@dataclass(frozen=True)
class Following:
    """``fits``: whether this record may lead to it now, and ``offered`` whether its card says so; else it is begun by
    its word. ``aside``: its page offers it, and no card. ``about``: the record that it is about, where it is not only
    begun with what this one holds; ``answers`` may refuse it in a sentence. ``still``: whether it is not done yet,
    where this record alone does not say so."""

    process: str
    caption: str
    fits: Callable[[Case], bool]
    answers: Callable[[Case], Awaitable[Mapping[str, Any]]] = _nothing
    about: Callable[[Case], int] = lambda case: 0
    otherwise: str = "现在不能办理这一项。"
    by: tuple[str, ...] = (AUTHOR,)  # who may begin it: slots of this record
    roles: frozenset[Role] = frozenset()  # and who in its station
    offered: Callable[[Case], bool] = lambda case: True
    aside: bool = False
    still: Callable[[Case], Awaitable[bool]] = _always

    async def draft(self, person: Person, process: Process, case: Case) -> tuple[Draft, bool]:
        """This person's draft of it; true where it had been begun before."""
        return await begin_about(person, process, case, self.about(case), await self.answers(case))

    async def in_the_way(self, person: Person, process: Process, case: Case) -> Draft | None:
        """This person's unfinished draft of the same about something else, which a new one would replace."""
        draft = await drafts.find(person.id, process.name, process.first().action)
        if draft is None or not drafts.begun(draft):
            return None
        about, answered = self.about(case), draft.data[drafts.ANSWERED]
        known = {} if about else await self.answers(case)
        same = draft.data.get(drafts.PARENT, 0) == about and all(answered.get(q) == known[q] for q in known)
        return None if same else draft


def _may_be_cited(check: Case) -> bool:
    return check.process == CHECK_REPORT.name and check.state == "passed" and bool(check.data["findings"])


def _wants_notice(check: Case) -> bool:
    return _may_be_cited(check) and wants_notice(check.data)


async def _from_check(check: Case) -> Mapping[str, Any]:
    return {"kind": "rectification", "project": check.project_id, "cited_check": str(check.id)}


def _is_owed(owed: Case) -> bool:
    return owed.process == OWED_NOTICE and owed.closed_at is None


async def _from_owed(owed: Case) -> Mapping[str, Any]:
    return await _from_check(await Case.get(id=owed.parent_id))


def _was_put_right(notice: Case) -> bool:
    return notice.process == records.NOTICE and records.rectified(notice)


async def _stands(stop: Case) -> bool:
    """Putting right what was found does not lift a stop."""
    return bool(_lifting()) and stop.id in {one.id for one in await records.running_stops(stop.project_id)}


def _lifting() -> str:
    """The kind that lifts a stop, empty where a station has none."""
    offered = practice.kinds().offered()
    return next((kind.name for kind in offered if kind.project is ProjectEffect.LIFTS), "")


async def _from_stop(stop: Case) -> Mapping[str, Any]:
    same = ("project", "addressee_units", "cited_check", "repliers")
    return {"kind": _lifting(), "lifts": str(stop.id)} | {name: stop.data[name] for name in same}


def _has_time(reply: Case) -> bool:
    return reply.process == records.REPLY and reply.state in ("waiting", "unsigned") and _ahead(due_of(reply.data))


def _runs(reply: Case) -> bool:
    return _has_time(reply) and not clocks.is_paused(reply.data, "due")


def _may_pause(reply: Case) -> bool:
    return _runs(reply) and reply.state == "waiting"


def _ahead(due: datetime | None) -> bool:
    return due is not None and due > clock.now()


def _itself(case: Case) -> int:
    return int(case.id)


def _its_reply(matter: Case) -> int:
    return int(matter.parent_id or 0)


def _is_reply(case: Case) -> bool:
    return case.process == records.REPLY


def _is_marked(reply: Case) -> bool:
    """It has just got a mark that its author may not agree with."""
    returned = any(not one["accepted"] for one in reply.data.get("verdicts") or [])
    recorded = reply.state == "unsigned" and marks.is_record(reply)
    return recorded or reply.state in (*LATE, "escalated") or (reply.state == "waiting" and returned)


def _is_issued(matter: Case) -> bool:
    return matter.process == records.MATTER and matter.state == "issued"


async def _mark_of(case: Case) -> Mapping[str, Any]:
    if case.process == records.REPLY:
        return await appeal.begin_with(case)
    return await appeal.begin_with(await Case.get(id=_its_reply(case)), f"m{case.id}")


_NO_STOP = "不是还没有解除的停工通知，不需要下发复工通知。"
_NO_MARK = "没有可以提出异议的记录。"
_NO_TIME = "现在不能申请延期：没有截止日期、已经到期、暂停计时，或者已经回复。"
_NO_PAUSE = "现在不能暂停计时：没有截止日期、已经到期、已经暂停，或者已经回复。"
FOLLOWINGS = (
    Following(records.NOTICE, "下发整改通知", _wants_notice, _from_check),
    Following(records.NOTICE, "下发整改通知", _may_be_cited, _from_check, aside=True),
    Following(records.NOTICE, "下发整改通知", _is_owed, _from_owed),
    Following(
        records.NOTICE, "下发复工通知", _was_put_right, _from_stop, otherwise=_NO_STOP, aside=True, still=_stands
    ),
    Following(records.EXTENSION, "申请延期", _runs, about=_itself, otherwise=_NO_TIME),
    Following(
        records.PAUSE, "暂停计时", _may_pause, about=_itself, otherwise=_NO_PAUSE, by=(AUTHOR, records.ISSUER, "chief")
    ),
    Following(
        records.VOIDING,
        "作废",
        may_be_void,
        about=_itself,
        otherwise="还没有下发，或者已经作废。",
        by=(),
        roles=frozenset({Role.CHIEF}),
    ),
    Following(records.APPEAL, "我有异议", _is_reply, _mark_of, about=_itself, otherwise=_NO_MARK, offered=_is_marked),
    Following(records.APPEAL, "我有异议", _is_issued, _mark_of, about=_its_reply, otherwise=_NO_MARK, by=("replier",)),
)


def following(case: Case, process: str) -> Following:
    """Raises Refusal when this record does not lead there, or not any more."""
    found = [one for one in FOLLOWINGS if one.process == process]
    fitting = next((one for one in found if one.fits(case)), None)
    if fitting is None:
        raise Refusal(f"《{case.title}》{found[0].otherwise if found else Following.otherwise}")
    return fitting


def after(case: Case, processes: Sequence[str], slot: str = AUTHOR) -> list[Following]:
    """What those in this slot may begin now, of the processes in use."""
    mine = [one for one in FOLLOWINGS if one.process in processes and slot in one.by]
    return [one for one in mine if one.fits(case) and one.offered(case) and not one.aside]


async def open_to(person: Person, case: Case, processes: Sequence[str]) -> list[Following]:
    """What this person may begin from a record now, whichever seats are his."""
    fitting = [one for one in FOLLOWINGS if one.process in processes and one.fits(case) and one.offered(case)]
    slots = await _seats(person, case) if fitting else set()
    mine = [one for one in fitting if _may_begin(person, case, slots, one) and await one.still(case)]
    return list({one.process: one for one in mine}.values())


async def begun_by(person: Person, case: Case, process: str) -> Following:
    """What this person begins from a record. Raises Refusal, or NotYours for what only others may begin."""
    found = following(case, process)
    if not _may_begin(person, case, await _seats(person, case), found):
        raise NotYours
    if not await found.still(case):
        raise Refusal(f"《{case.title}》{found.otherwise}")
    return found


def _may_begin(person: Person, case: Case, slots: set[str], found: Following) -> bool:
    return bool(slots & set(found.by)) or (person.role in found.roles and person.org_id == case.station_id)


async def _seats(person: Person, case: Case) -> set[str]:
    seats = await Participant.filter(case_id=case.id, person_id=person.id)
    return {one.slot for one in seats if one.sits(clock.now())}
