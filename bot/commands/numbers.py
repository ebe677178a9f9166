"""文号, 文号 2025: every number that was given and what became of it (BY-13). 作废 文号: a paper is declared void."""

import re

from bot.commands import listing, where
from bot.dialogue import Dialogue
from bot.talk import Talk, plain
from core import access, clock
from core.cases.engine import Engine
from core.errors import NotYours, Refusal
from core.people.models import Role
from notices import numbers, records

WORDS = frozenset({"文号", "文号清单"})
_YEAR = re.compile(r"^文号(?:清单)?\s*(20\d\d)年?$")
_VOID = "作废"
_UNKNOWN = "没有找到这份文书，请核对文号，或发送“文号”查看全部。"


async def answer(talk: Talk, _engine: Engine) -> None:
    await _report(talk, clock.today().year)


def asks(text: str) -> bool:
    said = text.strip()
    return bool(_YEAR.match(said)) or (said.startswith(_VOID) and where.holds_number(said))


async def by_number(talk: Talk, dialogue: Dialogue, text: str) -> None:
    year = _YEAR.match(text.strip())
    if year is not None:
        await _report(talk, int(year[1]))
        return
    _only_chiefs(talk)
    paper = await where.numbered(text.strip().removeprefix(_VOID))
    try:
        case = await access.case_for(talk.person, paper.id if paper is not None else 0)
    except NotYours:
        raise Refusal(_UNKNOWN) from None
    if case.station_id != talk.person.org_id:
        raise Refusal("这份文书由下发它的监督站的站长作废。")
    await dialogue.begin_following(talk, case, records.VOIDING)


async def _report(talk: Talk, year: int) -> None:
    _only_chiefs(talk)
    found = await numbers.of_year(year, [talk.person.org_id])
    if not found:
        talk.say(f"{year}年还没有使用过文号。")
        return
    lines = [f"{year}年的文号：", *(plain(line) for one in found for line in one.lines())]
    listing.say(talk, lines, f"往年的请发送“文号 {year - 1}”，要作废一份文书请发送“作废 文号”。")


def _only_chiefs(talk: Talk) -> None:
    if talk.person.role is not Role.CHIEF:
        raise Refusal("文号清单和作废由站长办理，请联系站长。")
