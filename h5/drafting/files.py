"""One's own photos, recordings and videos on a draft's page."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from aiohttp.web_request import FileField

from core.errors import BadInput, NotYours
from core.evidence import records
from core.evidence.models import Evidence
from core.evidence.records import Source
from core.evidence.refusal import EvidenceRefused
from core.evidence.sniff import Kind, check_size
from h5.access import Visit
from h5.numbers import number


@dataclass(frozen=True)
class OwnFile:
    """``original`` is the address of the untouched picture, where this one was drawn on."""

    id: int
    kind: str
    thumb: str
    shown: str
    seconds: str
    marks: int | None
    original: str


def own_file(evidence: Evidence) -> OwnFile:
    base = f"/h5/evidence/{evidence.id}"
    return OwnFile(
        id=evidence.id,
        kind=evidence.kind,
        thumb=f"{base}/thumb" if evidence.thumb_key else "",
        shown=f"{base}/shown",
        seconds=f"{evidence.seconds:.0f} 秒" if evidence.seconds else "",
        marks=evidence.marks_id,
        original=f"/h5/evidence/{evidence.marks_id}/shown" if evidence.marks_id else "",
    )


async def own(visit: Visit, kinds: Iterable[Kind]) -> Evidence:
    """What the form names, if this member has brought it. Raises NotYours."""
    said = number(visit.form.get("evidence", ""))
    found = await Evidence.get_or_none(id=said, taken_by_id=visit.person.id, kind__in=list(kinds))
    if found is None:
        raise NotYours
    return found


async def take(visit: Visit, sent: FileField, kind: Kind, put: Callable[[Evidence], Awaitable[None]]) -> str:
    """Keeps what a form without a script brought, and puts it where it belongs; says in a sentence why it was not."""
    try:
        data = await asyncio.to_thread(sent.file.read)
        check_size(len(data), kind)
        by, store = visit.person.id, visit.pages.store
        await put(await records.record(store, data, by=by, source=Source.PAGE, kind_hint=kind, name=sent.filename))
    except (EvidenceRefused, BadInput) as refused:
        return f"{sent.filename[:40]}：{refused.sentence}"
    return ""
