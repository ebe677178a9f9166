"""待办: what waits for this member, longest first, and what they have not finished themselves."""

from bot import submitting
from bot.commands import listing
from bot.talk import Talk
from core.cases.engine import Engine
from core.cases.models import Case, Participant

WORDS = frozenset({"待办", "待办事项", "待审核", "我的待办"})
_MOST = 8


async def answer(talk: Talk, engine: Engine) -> None:
    mine = Participant.filter(person_id=talk.person.id, turn=True)
    waiting = await mine.order_by("turn_since").limit(_MOST)
    unfinished = [text for text in [await submitting.unfinished(talk, engine)] if text]
    if not waiting:
        talk.say("\n".join(["现在没有需要您办理的事项。", *unfinished]))
        return
    cases = {c.id: c for c in await Case.filter(id__in=[w.case_id for w in waiting])}
    lines = await listing.lines(talk, engine, [cases[w.case_id] for w in waiting])
    count = len(waiting) if len(waiting) < _MOST else await mine.count()
    listing.say(talk, [f"等您办理 {count} 份：", *unfinished, *lines])
