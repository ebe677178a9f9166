from enum import StrEnum

import structlog

from core import clock
from core.evidence.keeping import keep
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
    door = Source(source)
    try:
        kept = await keep(store, data, kind_hint=kind_hint, name=name)
    except EvidenceRefused as refused:
        log.info("evidence.refused", reason=refused.reason, by=by, source=door, size=len(data))
        raise
    return await Evidence.create(**kept.model_dump(), taken_by_id=by, source=door, created_at=clock.now())
