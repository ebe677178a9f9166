"""What a record leads to: a check to its notice (HN-37), a notice to a request for more time (BY-07).

Each is a record of its own, begun by a button on the first one's card, with what is known filled in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.buttons import Follow
from bot.cards import PLAIN, Press
from checks.report import CHECK_REPORT
from core import clock
from core.cases import clocks
from core.cases.declaration import AUTHOR
from core.cases.models import Case
from core.errors import Refusal
from notices import records
from notices.handing import due_of
from notices.voiding import may_be_void


@dataclass(frozen=True)
class Following:
    """``fits``: whether this record may lead to it now. ``child``: it is about the very record, and not only begun
    with what that holds. ``offered``: its author finds a button for it; else it is begun by its word."""

    process: str
    caption: str
    fits: Callable[[Case], bool]
    answers: Callable[[Case], Mapping[str, Any]] = lambda case: {}
    child: bool = False
    offered: bool = True
    otherwise: str = "现在不能办理这一项。"
    by: tuple[str, ...] = (AUTHOR,)  # who may begin it: slots of this record


def _wants_notice(check: Case) -> bool:
    asked = check.process == CHECK_REPORT.name and check.state == "passed" and check.data.get("with_notice")
    return bool(asked and check.data["findings"])


def _from_check(check: Case) -> Mapping[str, Any]:
    return {"kind": "rectification", "project": check.project_id, "cited_check": str(check.id)}


def _has_time(reply: Case) -> bool:
    return reply.process == records.REPLY and reply.state in ("waiting", "unsigned") and _ahead(due_of(reply.data))


def _runs(reply: Case) -> bool:
    return _has_time(reply) and not clocks.is_paused(reply.data, "due")


def _may_pause(reply: Case) -> bool:
    return _runs(reply) and reply.state == "waiting"


def _ahead(due: datetime | None) -> bool:
    return due is not None and due > clock.now()


_NO_TIME = "现在不能申请延期：没有截止日期、已经到期、暂停计时，或者已经回复。"
_NO_PAUSE = "现在不能暂停计时：没有截止日期、已经到期、已经暂停，或者已经回复。"
FOLLOWINGS = (
    Following(records.NOTICE, "下发整改通知", _wants_notice, _from_check),
    Following(records.EXTENSION, "申请延期", _runs, child=True, otherwise=_NO_TIME),
    Following(
        records.PAUSE, "暂停计时", _may_pause, child=True, otherwise=_NO_PAUSE, by=(AUTHOR, records.ISSUER, "chief")
    ),
    Following(records.VOIDING, "作废", may_be_void, child=True, offered=False, otherwise="还没有下发，或者已经作废。"),
)


def following(case: Case, process: str) -> Following:
    """Raises Refusal when this record does not lead there, or not any more."""
    found = next((one for one in FOLLOWINGS if one.process == process), None)
    if found is None or not found.fits(case):
        raise Refusal(f"《{case.title}》{found.otherwise if found else Following.otherwise}")
    return found


def after(case: Case, processes: Sequence[str]) -> list[Following]:
    """What the author of this record may begin now, of the processes in use."""
    return [one for one in FOLLOWINGS if one.offered and one.process in processes and one.fits(case)]


def presses(case: Case, processes: Sequence[str]) -> list[Press]:
    return [Press(one.caption, Follow(case.id, one.process), PLAIN) for one in after(case, processes)]
