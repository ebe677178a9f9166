"""在哪 / 在谁手上 + 编号 (BY-10): who must act on a record, and for how long already."""

from bot.commands import listing
from bot.talk import Talk
from core import access
from core.cases.engine import Engine
from core.cases.models import Case
from core.errors import NotYours

WORDS = frozenset({"在谁手上", "在哪", "进度"})


async def answer(talk: Talk, engine: Engine) -> None:
    open_cases = await Case.filter(author_id=talk.person.id, closed_at=None).order_by("-id").limit(listing.SHOWN)
    if not open_cases:
        talk.say("您提交的记录都已办结。也可以直接回复记录编号查询。")
        return
    talk.say("\n".join(["还没有办结的：", *await listing.lines(talk, engine, open_cases)]))


async def by_number(talk: Talk, engine: Engine, text: str) -> bool:
    """A record's number, typed or pasted, shows the record; False when it is none that this member may see."""
    case = await Case.get_or_none(number=text.strip())
    if case is None:
        return False
    try:
        seen = await access.case_for(talk.person, case.id)
    except NotYours:
        return False
    talk.say(await listing.line(talk, engine, seen))
    return True
