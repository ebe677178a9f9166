"""在哪 / 在谁手上 + 编号 (BY-10): who must act on a record, and for how long already."""

import re

from bot.commands import listing
from bot.talk import Talk
from core import access
from core.cases.engine import Engine
from core.cases.models import Case
from core.people.models import Person
from notices import records

WORDS = frozenset({"在谁手上", "在哪", "进度"})
# 海澄检〔2026〕0001号, and what a thumb makes of it: 海澄检2026-1, 海澄检(2026)1号
_WIDTHS = (3, 4)
_NUMBER = re.compile(r"([一-鿿A-Za-z]+?)\s*[〔［\[（(【]?(20\d\d)[〕］\]）)】]?\s*[-－—第]?\s*(\d{1,6})")


async def answer(talk: Talk, engine: Engine) -> None:
    open_cases = await Case.filter(author_id=talk.person.id, closed_at=None).order_by("-id").limit(listing.SHOWN)
    if not open_cases:
        talk.say("您提交的记录都已办结。也可以直接回复记录编号查询。")
        return
    lines = await listing.lines(talk, engine, open_cases)
    listing.say(talk, ["还没有办结的，需要催办的请发送“催办 编号”：", *lines])


def asks(text: str) -> bool:
    """在谁手上 海澄检2026-1: a question even while something is being filled in."""
    return any(text.strip().startswith(word) for word in WORDS)


async def by_number(talk: Talk, engine: Engine, text: str) -> bool:
    """A record's number, typed or pasted, shows the record and in whose hands its children are; False when it is none
    that this member may see."""
    case = await numbered(text)
    if case is None or not await access.may_see(talk.person, case):
        return False
    talk.say("\n".join(await listing.lines(talk, engine, [case, *await _answers(talk.person, case)])))
    return True


async def _answers(person: Person, case: Case) -> list[Case]:
    children = (
        await Case.filter(parent_id=case.id, closed_at=None)
        .exclude(process=records.CONSENT)
        .order_by("id")
        .limit(listing.SHOWN)
    )
    return [child for child in children if await access.may_see(person, child)]


def holds_number(text: str) -> bool:
    return _NUMBER.search(text) is not None


async def numbered(text: str) -> Case | None:
    """The record of this number, also of one that was typed without its brackets and noughts."""
    for word in WORDS:
        text = text.replace(word, " ")
    exact = await Case.get_or_none(number=text.strip())
    found = _NUMBER.search(text)
    if exact is not None or found is None:
        return exact
    series, year, number = found[1], found[2], int(found[3])
    forms = (f"{series}〔{year}〕{number:0{width}d}号" for width in _WIDTHS)
    return await Case.filter(number__in=list(forms)).order_by("id").first()
