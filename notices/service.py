"""What proves that a notice has reached each person who must answer it (BY-03): from the outbox, from what retention
has kept of it, and from the sealed history."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.cases.declaration import AUTHOR
from core.cases.models import Case, Delivery, HistoryRow, OutboxRow, Participant, PastDelivery
from core.people.models import Organisation, Person
from notices import consent, records
from notices.kinds import REPLIERS
from notices.papers.paper import Served
from notices.reply import SIGNED

_SHOWN = ("card", "text")
_CODE = re.compile(r"-?\d+ \w+: ")  # what WeCom's administrators want to know, before the reason
UNJOINED, LEFT = "还没有加入企业微信应用", "已离开，收不到消息"
ON_PAPER = "不同意电子送达，须书面送达"


@dataclass(frozen=True)
class _Reached:
    """One person of a notice; ``case`` is his answer, or the notice itself where none is owed."""

    person: Person
    case: Case
    seats: Sequence[Participant]
    rows: Sequence[OutboxRow | PastDelivery]
    acts: Sequence[HistoryRow]


async def of_notice(notice: Case) -> list[Served]:
    """In the order of the repliers' ids."""
    replies = await Case.filter(parent_id=notice.id, process=records.REPLY).order_by("author_id")
    if replies:
        return await _served({reply.author_id: reply for reply in replies}, AUTHOR)
    seats = await Participant.filter(case_id=notice.id, slot=REPLIERS, left_at=None).order_by("person_id")
    return await _served({seat.person_id: notice for seat in seats}, REPLIERS)


async def of_reply(reply: Case) -> list[Served]:
    return await _served({reply.author_id: reply}, AUTHOR)


async def _served(cases: dict[int, Case], slot: str) -> list[Served]:
    ids = {case.id for case in cases.values()}
    people = await Person.in_bulk(cases, "id")
    units = await Organisation.in_bulk({person.org_id for person in people.values()}, "id")
    seats = await Participant.filter(case_id__in=ids, slot=slot)
    past = await PastDelivery.filter(case_id__in=ids, kind__in=_SHOWN).order_by("id")
    rows: list[OutboxRow | PastDelivery] = [*past]
    rows += await OutboxRow.filter(case_id__in=ids, kind__in=_SHOWN).order_by("id")
    acts = await HistoryRow.filter(case_id__in=ids, action__in=("reply", "acknowledge")).order_by("seq")
    found = []
    for person_id, case in cases.items():
        reached = _Reached(
            people[person_id], case, [one for one in seats if (one.case_id, one.person_id) == (case.id, person_id)],
            [one for one in rows if (one.case_id, one.person_id) == (case.id, person_id)],
            [one for one in acts if one.case_id == case.id],
        )  # fmt: skip
        found.append(await _one(reached, units[people[person_id].org_id].short_name))
    return found


async def _one(reached: _Reached, unit: str) -> Served:
    person, case = reached.person, reached.case
    decided = await consent.given(person.id, case.project_id)
    delivered = [row for row in reached.rows if row.state == Delivery.SENT]
    signed = case.data.get(SIGNED)
    return Served(
        name=person.name,
        unit=unit,
        role=person.title,
        consented_at=decided.closed_at if decided is not None and decided.state == consent.AGREED else None,
        sent_at=_first(_tried(row) for row in reached.rows),
        delivered_at=_first(row.sent_at for row in delivered),
        opened_at=_first(seat.opened_at for seat in reached.seats),
        acknowledged_at=datetime.fromisoformat(signed) if signed else _acted(reached, "acknowledge"),
        replied_at=_acted(reached, "reply"),
        message_ids=tuple(row.message_id for row in delivered if row.message_id),
        trouble="；".join(_troubles(reached, decided, bool(delivered))),
    )


def _tried(row: OutboxRow | PastDelivery) -> datetime | None:
    """Retention keeps only when it was sent."""
    return row.first_attempt_at if isinstance(row, OutboxRow) else row.sent_at


def _acted(reached: _Reached, action: str) -> datetime | None:
    return _first(row.at for row in reached.acts if row.action == action and row.actor_id == reached.person.id)


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _troubles(reached: _Reached, decided: Case | None, delivered: bool) -> Iterable[str]:
    if decided is not None and decided.state == consent.REFUSED:
        yield ON_PAPER
    if delivered:
        return
    waiting = [row for row in reached.rows if isinstance(row, OutboxRow)]
    if reached.person.userid is None:
        yield UNJOINED
    elif not reached.person.active:
        yield LEFT
    elif not waiting:
        yield "没有发送"
    else:
        yield _state(waiting[-1])


def _state(row: OutboxRow) -> str:
    if row.state == Delivery.HELD:
        return f"免打扰时段，{clock.spoken(row.not_before)} 发送"
    if row.state in (Delivery.FAILED, Delivery.UNCERTAIN):
        return reason(row.error)
    return "正在发送"


def reason(error: str) -> str:
    """Why a message did not arrive, as a member reads it."""
    return _CODE.sub("", error, count=1) or "原因不明"
