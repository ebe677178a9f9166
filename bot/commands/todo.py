"""待办: what waits for this member, longest first."""

from bot.commands import listing
from bot.talk import Talk
from core.cases.engine import Engine
from core.cases.models import Case, Participant

WORDS = frozenset({"待办", "待办事项", "待审核", "我的待办"})
_MOST = 8


async def answer(talk: Talk, engine: Engine) -> None:
    mine = Participant.filter(person_id=talk.person.id, turn=True)
    waiting = await mine.order_by("turn_since").limit(_MOST + 1)
    if not waiting:
        talk.say("现在没有需要您办理的事项。")
        return
    cases = {c.id: c for c in await Case.filter(id__in=[w.case_id for w in waiting])}
    found = await listing.lines(talk, engine, [cases[w.case_id] for w in waiting[:_MOST]])
    more = [f'<a href="{talk.link("/h5/")}">查看全部</a>'] if len(waiting) > _MOST else []
    talk.say("\n".join(["等您办理：", *found, *more]))
