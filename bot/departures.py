"""Records whose turn-holders have all left go to somebody who is there; where nobody is found, somebody is told."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from bot.talk import plain, text_letter
from core import clock, database
from core.cases import outbox
from core.cases.engine import Engine
from core.cases.letters import Letter
from core.cases.models import Case
from core.naming import number_of
from core.people.models import Person, Role
from notices import records

log = structlog.get_logger()

_TOLD_WITHIN = timedelta(days=5)  # shorter than a letter is kept, which is how somebody is told once only


async def see_to(engine: Engine) -> int:
    """Says how many records were found to wait for somebody who is not there any more, since some days at most."""
    orphans = await database.rows(
        "SELECT p.case_id, max(p.person_id) AS person_id FROM person q JOIN case_participant p ON p.person_id = q.id "
        "WHERE p.turn AND NOT q.active AND (q.left_at > $1 OR p.turn_since > $1) "
        "AND NOT EXISTS (SELECT 1 FROM case_participant o JOIN person h "
        "ON h.id = o.person_id WHERE o.case_id = p.case_id AND o.turn AND h.active) GROUP BY p.case_id",
        clock.now() - _TOLD_WITHIN,
    )
    for row in orphans:
        try:
            await database.transaction(partial(_see_to, engine, row["case_id"], row["person_id"]))
        except Exception:
            # It is found again the next time; the others must not wait for it.
            log.exception("departures.failed", case=row["case_id"])
    return len(orphans)


async def _see_to(engine: Engine, case_id: int, person_id: int) -> None:
    case, gone = await Case.get(id=case_id), await Person.get(id=person_id)
    if case.process == records.CONSENT or await engine.succeed(case_id):
        return  # nobody else consents to anything
    held_until = engine.held_until(clock.now())
    letters = [replace(_letter(case, one, gone), held_until=held_until) for one in await _concerned(case)]
    await outbox.promise(letters)


async def _concerned(case: Case) -> list[Person]:
    """Who sent it, else who sent what it answers to, else the station's chief: the first who is there."""
    parent = await Case.get_or_none(id=case.parent_id) if case.parent_id else None
    for sender in (case.author_id, parent.author_id if parent else None):
        found = await Person.filter(id=sender, active=True, userid__not_isnull=True)
        if found:
            return found
    chiefs = Person.filter(org_id=case.station_id, role=Role.CHIEF, active=True, userid__not_isnull=True)
    return await chiefs.order_by("id")


def _letter(case: Case, reader: Person, gone: Person) -> Letter:
    text = (
        f"《{plain(case.title)}》（{number_of(case) or '无编号'}）在 {gone.name} 手上，但 {gone.name} 已离开，"
        f"现在没有人能办理。{_WAY_OUT if case.author_id == reader.id else _WAY_OUT_FOR_OTHERS}"
    )
    return text_letter(reader, text, f"gone:{case.id}:{gone.id}:{reader.id}")


_WAY_OUT = "请联系站长安排，或重新上报并另选接收人。"
_WAY_OUT_FOR_OTHERS = "请向该单位确认接替人员，再发送“新建通知”下发给接替的人员。"
