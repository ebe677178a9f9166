"""Makes the papers that steps have promised: gathers, sets and keeps them, seals that into the case, and tells people.

Any number of printers may run on one database. A notice stands whether or not its paper could be made yet.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot.seals import Seals
from bot.talk import plain, text_letter
from core import clock, database, metrics
from core.cases import outbox
from core.cases.declaration import AUTHOR
from core.cases.engine import Engine
from core.cases.letters import Letter
from core.cases.models import Case, Participant
from core.errors import Refusal
from core.evidence.keeping import key_of
from core.evidence.models import Evidence
from core.evidence.sniff import Kind
from core.evidence.store import Store
from core.papers import queue
from core.papers.models import PaperRow, sealed_as
from core.people.models import Organisation, Person
from notices import records
from notices.papers.gathering import head_of, issue_of, of_notice, photos
from notices.papers.matters import of_matter
from notices.papers.paper import Notice
from notices.papers.rendering import PaperFailed, Press, Rendered

log = structlog.get_logger()

PAUSES = tuple(timedelta(seconds=one) for one in (5, 30, 120, 600))  # between attempts; then a person has to look
_BROKEN = "系统内部出错，文书没有生成。"
_TOLD = (AUTHOR, "repliers", "replier", "recipients")


@dataclass(frozen=True)
class Printer:
    engine: Engine
    store: Store
    press: Press
    seals: Seals
    public_url: str

    async def once(self) -> int:
        """Makes the paper that waits longest; 0 when none does."""
        row = await queue.claim()
        if row is None:
            return 0
        try:
            await self._make(row)
        except _TakenOver:
            log.info("paper.taken_over", paper=row.id, case=row.case_id)
        except (PaperFailed, Refusal) as failed:
            await self._failed(row, failed.sentence)
        except Exception:
            log.exception("paper.broken", paper=row.id, case=row.case_id, attempt=row.attempts)
            await self._failed(row, _BROKEN)
        return 1

    async def _make(self, row: PaperRow) -> None:
        if row.attempts > len(PAUSES) + 1:  # each attempt ended with the process that made it
            raise PaperFailed(_BROKEN)
        paper = await gathered(row, self.public_url)
        station = await Organisation.get(id=(await Case.get(id=row.case_id)).station_id)
        rendered = await self.press.render(paper, await photos(paper, self.store), await self.seals.of(station))
        pdf = await self._keep(rendered.pdf, "pdf", "application/pdf", f"{row.title} {row.number}.pdf")
        pages = [await self._keep(one, "png", "image/png", f"{row.number}-{n}.png") for n, one in _numbered(rendered)]
        await database.transaction(partial(self._record, row, paper, rendered, pdf, pages))
        log.info("paper.made", paper=row.id, case=row.case_id, pages=len(pages))

    async def _keep(self, content: bytes, ending: str, mime: str, name: str) -> Evidence:
        """As evidence, so that backups and ``zhian verify`` look after it; not written down yet."""
        sha256 = hashlib.sha256(content).hexdigest()
        key = key_of(sha256, ending)
        await self.store.put(key, content)
        facts: dict[str, Any] = {"original_key": key, "shown_key": key, "name": name[-120:], "source": "system"}
        return Evidence(sha256=sha256, kind=Kind.FILE, mime=mime, size=len(content), created_at=clock.now(), **facts)

    async def _record(
        self, row: PaperRow, paper: Notice, rendered: Rendered, pdf: Evidence, pages: list[Evidence]
    ) -> None:
        kept = [await _added(one) for one in (pdf, *pages)]
        if not await queue.made(row, paper.model_dump(mode="json"), kept[0], kept[1:], rendered.sha256):
            raise _TakenOver
        said = {"paper": row.title, "sha256": rendered.sha256, "pages": len(pages)}
        await self.engine.attach(row.case_id, "paper", "文书已生成", said, kept, sealed_as(row))
        await outbox.promise(await self._ready(row, len(pages)))

    # ── telling ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _ready(self, row: PaperRow, pages: int) -> list[Letter]:
        case = await Case.get(id=row.case_id)
        text = (
            f"《{plain(case.title)}》的文书已生成：{plain(row.title)}，{row.number}，共{pages}页。\n"
            f'<a href="{self.public_url}/h5/cases/{case.id}#paper">查看文书</a>'
        )
        return await self._letters(case, _TOLD, text, f"paper:{row.id}")

    async def _failed(self, row: PaperRow, sentence: str) -> None:
        metrics.papers_failed.inc()
        if row.attempts <= len(PAUSES):
            await queue.put_off(row, PAUSES[row.attempts - 1], sentence)
        else:
            await database.transaction(partial(self._give_up, row, sentence))

    async def _give_up(self, row: PaperRow, sentence: str) -> None:
        """The notice stands; whoever issued it and the chief are told what to do."""
        if not await queue.give_up(row, sentence):
            return
        log.error("paper.given_up", paper=row.id, case=row.case_id, number=row.number)
        case = await Case.get(id=row.case_id)
        text = (
            f"《{plain(case.title)}》（{row.number}）已经下发，照常有效，但文书没有生成。\n原因：{plain(sentence)}\n"
            f"请告诉管理员；处理好以后，发送“重做文书 {row.number}”。"
        )
        await outbox.promise(await self._letters(case, (AUTHOR, "chief"), text, f"no-paper:{row.id}:{row.fence}"))

    async def _letters(self, case: Case, slots: Iterable[str], text: str, key: str) -> list[Letter]:
        """One per person who holds one of these seats, and is there; at night only to whoever issued it."""
        seats = await Participant.filter(case_id=case.id, slot__in=list(slots), left_at=None).order_by("id")
        slot_of = {seat.person_id: seat.slot for seat in reversed(seats)}
        people = await Person.filter(id__in=list(slot_of), active=True, userid__not_isnull=True).order_by("id")
        held, issuer = await self._held_until(case), (await issue_of(case)).by
        return [
            replace(
                text_letter(one, text, f"{key}:{one.id}"),
                case_id=case.id,
                slot=slot_of[one.id],
                held_until=None if one == issuer else held,
            )
            for one in people
        ]

    async def _held_until(self, case: Case) -> datetime | None:
        urgent = self.engine.process(case.process).urgent
        if urgent is not None and urgent(await self.engine.view(case)):
            return None
        return self.engine.held_until(clock.now())


class _TakenOver(Exception):
    """Another printer has the row; what this one wrote is undone with the transaction."""


async def gathered(row: PaperRow, public_url: str) -> Notice:
    case = await Case.get(id=row.case_id)
    gather = of_notice if case.process == records.NOTICE else of_matter
    return await gather(head_of(row, public_url), case)


def _numbered(rendered: Rendered) -> Iterable[tuple[int, bytes]]:
    return enumerate(rendered.pages, 1)


async def _added(evidence: Evidence) -> int:
    await evidence.save()
    return int(evidence.id)
