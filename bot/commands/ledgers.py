"""The ledgers of notices (HN-40 … HN-47): what I issued, what was issued to me, what I owe, what I have judged."""

from collections.abc import Awaitable, Callable

from bot.commands import listing
from bot.talk import Talk
from core.cases import ledgers
from core.cases.engine import Engine
from core.cases.ledgers import COUNTED, Tab
from core.cases.models import Case
from notices import records
from notices.ledgers import ENDED, ISSUED_TO_ME, JUDGED, OWED, REPLIED, REPORTED, REPORTED_TO_ME, WAITING

LEDGERS = (REPORTED, REPORTED_TO_ME, ISSUED_TO_ME, OWED, REPLIED, WAITING, JUDGED)
_HINTS = {OWED: "发送“回复 文号”开始回复，需要更多时间发送“延期 文号”。"}


def command(ledger: Tab) -> Callable[[Talk, Engine], Awaitable[None]]:
    async def answer(talk: Talk, engine: Engine) -> None:
        await _show(talk, engine, ledger)

    return answer


async def _show(talk: Talk, engine: Engine, ledger: Tab) -> None:
    """In groups by state, as members ask how many are still open."""
    groups: dict[str, list[Case]] = {}
    found = await ledgers.find(ledger, list(engine.processes.values()), talk.person.id, most=COUNTED)
    for case in found.cases:
        groups.setdefault(await listing.state(engine, case), []).append(case)
    if not groups:
        talk.say(ledger.nothing)
        return
    lines = [f"{ledger.caption}，{_how_many(found)}{_closed(found.cases)}。{_HINTS.get(ledger, '')}"]
    for caption, cases in groups.items():
        lines += await listing.block(talk, engine, caption, cases, str(len(cases)))
    listing.say(talk, lines)


def _how_many(found: ledgers.Found) -> str:
    return f"超过 {COUNTED} 份，这里是前 {COUNTED} 份" if found.after else f"共 {len(found.cases)} 份"


def _closed(cases: list[Case]) -> str:
    """Closed and rectified are counted apart."""
    closed = [case for case in cases if case.process in (records.NOTICE, records.REPLY) and case.state in ENDED]
    rectified = sum(records.rectified(case) for case in closed)
    return f"，已完结 {len(closed)} 份，其中已整改 {rectified} 份" if closed else ""
