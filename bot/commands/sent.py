"""我发送的 (HN-25): what I submitted, in the groups of the source."""

from dataclasses import replace

from bot.commands import listing
from bot.talk import Talk
from core.cases.engine import Engine
from core.cases.ledgers import Own, Tab, named
from notices.ledgers import SENT

WORDS = frozenset({"我发送的", "我的上报"})


async def answer(talk: Talk, engine: Engine) -> None:
    lines = [line for tab in SENT.tabs for line in await _groups(talk, engine, tab)]
    if not lines:
        talk.say("您还没有提交过记录。发送“上报”开始第一次上报。")
        return
    listing.say(talk, lines)


async def _groups(talk: Talk, engine: Engine, tab: Tab) -> list[str]:
    """A tab, state by state."""
    lines = []
    for process, state in tab.states(engine.processes.values()):
        group = replace(tab, source=Own(named(process.name), (state,)))
        lines += await listing.group(talk, engine, f"{process.title}·{process.state(state).caption}", group)
    return lines
