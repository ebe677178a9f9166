"""Records whose turn-holders have all left: their authors are told, once, since nobody else would notice."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.talk import plain, text_letter
from core import clock, database
from core.cases import outbox
from core.cases.letters import Letter
from core.cases.models import Case
from core.people.models import Person

_TOLD_WITHIN = timedelta(days=5)  # shorter than a letter is kept, which is how the author is told once only


async def tell_authors(held_until: datetime | None = None) -> int:
    """Says how many records were found to wait for somebody who is not there any more, since some days at most."""
    orphans = await database.rows(
        "SELECT p.case_id, max(p.person_id) AS person_id FROM person q JOIN case_participant p ON p.person_id = q.id "
        "WHERE p.turn AND NOT q.active AND (q.left_at > $1 OR p.turn_since > $1) "
        "AND NOT EXISTS (SELECT 1 FROM case_participant o JOIN person h "
        "ON h.id = o.person_id WHERE o.case_id = p.case_id AND o.turn AND h.active) GROUP BY p.case_id",
        clock.now() - _TOLD_WITHIN,
    )
    for row in orphans:
        await database.transaction(partial(_tell, row["case_id"], row["person_id"], held_until))
    return len(orphans)


async def _tell(case_id: int, person_id: int, held_until: datetime | None) -> None:
    case = await Case.get(id=case_id)
    author = await Person.get_or_none(id=case.author_id, active=True)
    if author is not None:
        letter = _letter(case, author, await Person.get(id=person_id))
        await outbox.promise([replace(letter, held_until=held_until)])


def _letter(case: Case, author: Person, gone: Person) -> Letter:
    text = (
        f"《{plain(case.title)}》（{case.number or '无编号'}）在 {gone.name} 手上，但 {gone.name} 已离开，"
        "现在没有人能办理。请联系站长安排，或重新上报并另选接收人。"
    )
    return text_letter(author, text, f"gone:{case.id}:{gone.id}")
