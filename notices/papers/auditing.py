"""Whether everything that was issued has its paper, and every paper is the one that was sealed."""

from collections.abc import AsyncIterator

from core import database
from core.cases.models import HistoryRow
from core.evidence.models import Evidence
from core.papers.models import PaperRow, PaperState, sealed_as
from notices import records

_AT_A_TIME = 500
_WITHOUT = (
    "SELECT id FROM case_record c WHERE process IN ($1, $2) AND number IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM paper p WHERE p.case_id = c.id AND p.number = c.number) ORDER BY id"
)


async def faults() -> AsyncIterator[str]:
    for case in await database.rows(_WITHOUT, records.NOTICE, records.MATTER):
        yield f"case {case['id']}: it has a number, and no paper of this number was promised"
    last = 0
    while rows := await PaperRow.filter(id__gt=last, state=PaperState.MADE).order_by("id").limit(_AT_A_TIME):
        for row in rows:
            if not await _is_sealed(row):
                yield f"paper {row.id}: it is not the one that the history of case {row.case_id} has sealed"
        last = rows[-1].id


async def _is_sealed(row: PaperRow) -> bool:
    note = await HistoryRow.get_or_none(request_key=sealed_as(row), case_id=row.case_id)
    kept = await Evidence.get_or_none(id=row.pdf_id)
    if note is None or kept is None or kept.sha256 != row.sha256:
        return False
    content = records.content(note)
    return bool(content["data"]["sha256"] == row.sha256 and content["attachments"].get(str(row.pdf_id)) == row.sha256)
