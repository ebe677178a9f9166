"""待办: what waits for this member, the most urgent first, and what they have not finished themselves."""

from bot import submitting
from bot.commands import listing
from bot.talk import Talk
from core.cases import ledgers
from core.cases.engine import Engine
from notices.ledgers import TODO

WORDS = frozenset({"待办", "待办事项", "待审核", "我的待办"})
_MOST = 8


async def answer(talk: Talk, engine: Engine) -> None:
    processes = list(engine.processes.values())
    waiting = await ledgers.find(TODO, processes, talk.person.id, most=_MOST)
    unfinished = [text for text in [await submitting.unfinished(talk, engine)] if text]
    if not waiting.cases:
        talk.say("\n".join(["现在没有需要您办理的事项。", *unfinished]))
        return
    lines = await listing.lines(talk, engine, waiting.cases)
    count = await ledgers.count(TODO, processes, talk.person.id)
    listing.say(talk, [f"等您办理 {ledgers.tally(count)} 份：", *unfinished, *lines])
