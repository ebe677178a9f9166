"""The ledgers of notices (HN-40 … HN-47): what I issued, what was issued to me, what I owe, what I have judged."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from bot.commands import listing
from bot.talk import Talk
from core.cases.declaration import AUTHOR
from core.cases.engine import Engine
from core.cases.models import Case, Participant
from core.people.models import Person
from notices import records

_LOOKED_AT = 200
_ENDED = ("closed", "escalated")  # a notice that was never issued has not ended, it never was one
_JUDGES_OF_NOTICES = ("reviewers", "chief")
_JUDGE_OF_REPLIES = "issuer"


@dataclass(frozen=True)
class Ledger:
    """``find`` gives cases newest first; ``nothing`` is said when there are none."""

    caption: str
    find: Callable[[Person], Awaitable[list[Case]]]
    nothing: str
    hint: str = ""


async def _issued_by(person: Person) -> list[Case]:
    return await Case.filter(process=records.NOTICE, author_id=person.id).order_by("-id").limit(_LOOKED_AT)


async def _reported_to(person: Person) -> list[Case]:
    parts = Participant.filter(person_id=person.id, process=records.NOTICE, slot__in=_JUDGES_OF_NOTICES)
    return await _cases(part for part in await parts if _reached(part))


async def _issued_to(person: Person) -> list[Case]:
    parts = Participant.filter(person_id=person.id, process=records.NOTICE, slot="recipients")
    return await _cases(part for part in await parts if _reached(part))


async def _owed_by(person: Person) -> list[Case]:
    return await _cases(await Participant.filter(person_id=person.id, process=records.REPLY, slot=AUTHOR, turn=True))


async def _replied_by(person: Person) -> list[Case]:
    parts = Participant.filter(person_id=person.id, process=records.REPLY, slot=AUTHOR)
    return await _cases(await parts.filter(acted_at__not_isnull=True))


async def _waits_for(person: Person) -> list[Case]:
    """A notice before it is issued, and replies to those that were."""
    waiting = Participant.filter(person_id=person.id, turn=True).exclude(slot=AUTHOR)
    return await _cases(await waiting)


async def _judged_by(person: Person) -> list[Case]:
    parts = Participant.filter(person_id=person.id, process=records.REPLY, slot=_JUDGE_OF_REPLIES)
    return await _cases(await parts.filter(acted_at__not_isnull=True))


def _reached(part: Participant) -> bool:
    return bool(part.told_at or part.turn_since or part.acted_at)


async def _cases(parts: Iterable[Participant]) -> list[Case]:
    ids = sorted({part.case_id for part in parts}, reverse=True)[:_LOOKED_AT]
    return await Case.filter(id__in=ids).order_by("-id")


_TO_REPLY = "发送“回复 文号”开始回复，需要更多时间发送“延期 文号”。"
LEDGERS = (
    Ledger("我上报的", _issued_by, "您还没有下发过通知。发送“新建通知”开始。"),
    Ledger("上报给我的", _reported_to, "没有上报给您的通知。有通知需要您审核时，会在这里通知您。"),
    Ledger("下达给我的", _issued_to, "没有下达给您的通知。有通知下达给您时，会在这里通知您。"),
    Ledger("需我回复的", _owed_by, "现在没有需要您回复的通知。", _TO_REPLY),
    Ledger("我回复的", _replied_by, "您还没有回复过通知。发送“需我回复的”查看需要回复的通知。"),
    Ledger("待我审核", _waits_for, "现在没有需要您审核的事项。"),
    Ledger("我审核的", _judged_by, "您还没有审核过回复。发送“待我审核”查看等您审核的事项。"),
)


def command(ledger: Ledger) -> Callable[[Talk, Engine], Awaitable[None]]:
    async def answer(talk: Talk, engine: Engine) -> None:
        await _show(talk, engine, ledger)

    return answer


async def _show(talk: Talk, engine: Engine, ledger: Ledger) -> None:
    """In groups by state, as members ask how many are still open."""
    groups: dict[str, list[Case]] = {}
    found = await ledger.find(talk.person)
    for case in found:
        groups.setdefault(await listing.state(engine, case), []).append(case)
    if not groups:
        talk.say(ledger.nothing)
        return
    lines = [f"{ledger.caption}，共 {len(found)} 份{_closed(found)}。{ledger.hint}"]
    for caption, cases in groups.items():
        lines += await listing.block(talk, engine, caption, cases, len(cases))
    listing.say(talk, lines)


def _closed(cases: list[Case]) -> str:
    """Closed and rectified are counted apart."""
    closed = [case for case in cases if case.process in (records.NOTICE, records.REPLY) and case.state in _ENDED]
    rectified = sum(records.rectified(case) for case in closed)
    return f"，已完结 {len(closed)} 份，其中已整改 {rectified} 份" if closed else ""
