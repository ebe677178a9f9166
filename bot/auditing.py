"""``zhian audit``: whether every promise holds over the whole database, fault by fault."""

from collections.abc import AsyncIterator

from bot.processes import PROCESSES
from core import health
from core.cases import auditing
from core.cases.models import Case
from core.evidence.store import Store
from core.settings import Settings
from notices import auditing as of_notices
from notices import practice


async def faults(store: Store | None = None) -> AsyncIterator[str]:
    async for fault in auditing.faults({process.name: process for process in PROCESSES}, store):
        yield fault
    async for fault in of_notices.faults():
        yield fault
    facts = await health.look()
    if facts.forgotten:
        yield f"{facts.forgotten} deadlines have been over for five minutes, and no sweeper has taken them"


async def run(settings: Settings, *, evidence: bool) -> int:
    """1 when something does not hold."""
    practice.use(practice.of_station(settings.notice_kinds))
    found = 0
    async for fault in faults(Store.open(settings.media_url) if evidence else None):
        found += 1
        print(fault)
    print(f"{await Case.all().count()} records audited, {found} faults.")
    return 1 if found else 0
