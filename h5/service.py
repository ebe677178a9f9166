"""送达情况 on the page of a notice and of an answer to it; the station's own business."""

from core.cases.models import Case
from h5.access import CaseVisit
from notices import records, service
from notices.papers.paper import Served


async def view(visit: CaseVisit) -> list[Served]:
    case: Case = visit.case
    if visit.inside and case.process == records.NOTICE and case.state in (*records.ISSUED, records.VOIDED):
        return await service.of_notice(case)
    if visit.inside and case.process == records.REPLY and case.author_id != visit.person.id:
        return await service.of_reply(case)
    return []
