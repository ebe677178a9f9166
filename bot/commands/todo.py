"""待办: what waits for this member, longest first, and what they have not finished themselves."""

from bot.asking.desk import begun
from bot.commands import listing
from bot.talk import Talk
from core.cases import drafts
from core.cases.engine import Engine
from core.cases.models import Case, Participant

WORDS = frozenset({"待办", "待办事项", "待审核", "我的待办"})
_MOST = 8


async def answer(talk: Talk, engine: Engine) -> None:
    mine = Participant.filter(person_id=talk.person.id, turn=True)
    waiting = await mine.order_by("turn_since").limit(_MOST)
    unfinished = await _unfinished(talk, engine)
    if not waiting:
        talk.say("\n".join(["现在没有需要您办理的事项。", *unfinished]))
        return
    cases = {c.id: c for c in await Case.filter(id__in=[w.case_id for w in waiting])}
    lines = [await listing.line(talk, engine, cases[w.case_id]) for w in waiting]
    count = await mine.count()
    listing.say(talk, [f"等您办理 {count} 份：", *unfinished, *lines])


async def _unfinished(talk: Talk, engine: Engine) -> list[str]:
    draft = await drafts.current(talk.person.id)
    if draft is None or not begun(draft):
        return []
    return [f"您还有一份没有提交的{engine.process(draft.process).title}，发送“继续填写”接着填。"]
