from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog

from core import clock
from core.evidence.keeping import Kept, keep
from core.evidence.models import Evidence
from core.evidence.refusal import EvidenceRefused
from core.evidence.sniff import Kind
from core.evidence.store import Store

log = structlog.get_logger()


class Source(StrEnum):
    """The door evidence came through."""

    CHAT = "chat"
    PAGE = "page"
    DEMO = "demo"


@dataclass(frozen=True)
class Origin:
    """Who brought it (a person's id), through which door; ``taken_at`` and ``marks_id`` as in ``Evidence``."""

    by: int | None
    source: Source
    taken_at: datetime | None = None
    marks_id: int | None = None


async def record(
    store: Store,
    data: bytes,
    *,
    by: int | None,
    source: Source | str,
    kind_hint: Kind | str | None = None,
    name: str = "",
) -> Evidence:
    """Keep the bytes and write down who brought them (a person's id) and when. Raises EvidenceRefused."""
    origin = Origin(by, Source(source))
    return await write_down(await take(store, data, origin, kind_hint=kind_hint, name=name), origin)


async def take(store: Store, data: bytes, origin: Origin, *, kind_hint: Kind | str | None, name: str) -> Kept:
    """Keep the bytes; they are nobody's evidence before they are written down. Raises EvidenceRefused."""
    try:
        return await keep(store, data, kind_hint=kind_hint, name=name)
    except EvidenceRefused as refused:
        log.info("evidence.refused", reason=refused.reason, by=origin.by, source=origin.source, size=len(data))
        raise


async def write_down(kept: Kept, origin: Origin) -> Evidence:
    return await Evidence.create(
        **kept.model_dump(),
        taken_by_id=origin.by,
        source=origin.source,
        taken_at=origin.taken_at,
        marks_id=origin.marks_id,
        created_at=clock.now(),
    )
