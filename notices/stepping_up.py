"""A failed reply that steps up (X-2, HB-28): a notice of the next kind is drawn up, and waits for the chief."""

from core import clock
from core.cases.declaration import Happened
from core.cases.models import Case
from notices import practice, records, terms
from notices.in_charge import present
from notices.kinds import NoticeKind


async def step_up(happened: Happened) -> None:
    """For the same units and on the same check, but for this replier alone."""
    reply = happened.case
    notice = await Case.get(id=reply.parent_id)
    kind = practice.kind(practice.kind(notice.data["kind"]).failed_reply)
    same = {name: notice.data[name] for name in ("project", "addressee_units", "cited_check")}
    given = same | {
        "kind": kind.name,
        "repliers": [reply.author_id],
        "recipients": notice.data["recipients"],
        "notice_text": f"因《{notice.title}》（{notice.number}）的整改回复未通过审核。",
    }
    author = await present([notice.author_id], happened.view, but_the_chief=True)  # who would have approved it then
    await happened.works.begin(
        records.NOTICE, author, given | _term(kind, notice.station_id), f"step_up:{reply.id}", notice
    )


def _term(kind: NoticeKind, station_id: int) -> dict[str, str]:
    if kind.usual_workdays is None:
        return {}
    return {"deadline": terms.workdays(clock.today(), kind.usual_workdays, station_id).last_day.isoformat()}
