"""The record of service (送达回证, BY-03) of a notice, as it stands when it is printed."""

from collections.abc import Sequence
from dataclasses import replace

from core import clock
from core.cases.models import Case
from core.papers.models import PaperRow
from core.people.models import Organisation
from notices.papers.gathering import cited_notice, head_of, issue_of, names
from notices.papers.paper import Served, ServiceRecord


async def service_record(notice: Case, row: PaperRow, served: Sequence[Served], public_url: str) -> ServiceRecord:
    """``row`` is of a paper that is made: a service without document is none."""
    issue = replace(await issue_of(notice), at=clock.now())
    said = issue.heading(head_of(row, public_url)) | {"title": ServiceRecord.model_fields["title"].default}
    return ServiceRecord(
        **said,
        notice=await cited_notice(notice),
        document_sha256=row.sha256,
        addressee_units=await names(Organisation, notice.data["addressee_units"]),
        served=tuple(served),
    )
