import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

import structlog

from core import clock, database
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
    return await take(store, data, origin, partial(write_down, origin=origin), kind_hint=kind_hint, name=name)


async def take(
    store: Store,
    data: bytes,
    origin: Origin,
    write: Callable[[Kept], Awaitable[Evidence]],
    *,
    kind_hint: Kind | str | None,
    name: str,
) -> Evidence:
    """Keep the bytes and let ``write`` write them down. Raises EvidenceRefused.

    A caller who is cancelled stops it as long as nothing has been stored; after that it goes on to its end without him,
    or bytes would lie in the store that nobody knows of.
    """
    whole = asyncio.Event()

    async def work() -> Evidence:
        try:
            return await write(await keep(store, data, kind_hint=kind_hint, name=name, whole=whole))
        except EvidenceRefused as refused:
            log.info("evidence.refused", reason=refused.reason, by=origin.by, source=origin.source, size=len(data))
            raise

    task = database.begun(work())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if whole.is_set():
            task.add_done_callback(partial(_tell, origin))
        else:
            task.cancel()
        raise


def _tell(origin: Origin, task: "asyncio.Task[Evidence]") -> None:
    """What became of bytes whose sender was gone."""
    about = {"by": origin.by, "source": origin.source}
    if task.cancelled():
        log.warning("evidence.not_written_down", error="stopped", **about)
    elif error := task.exception():
        log.warning("evidence.not_written_down", error=type(error).__name__, **about)
    else:
        log.info("evidence.kept_without_its_sender", **about)


async def write_down(kept: Kept, origin: Origin) -> Evidence:
    return await Evidence.create(
        **kept.model_dump(),
        taken_by_id=origin.by,
        source=origin.source,
        taken_at=origin.taken_at,
        marks_id=origin.marks_id,
        created_at=clock.now(),
    )
