"""我发送的 (HN-25): what I submitted, in the groups of the source."""

from bot.commands import listing
from bot.talk import Talk
from core.cases.declaration import SYSTEM
from core.cases.engine import Engine
from core.cases.models import Case
from notices import records

WORDS = frozenset({"我发送的", "我的上报"})


async def answer(talk: Talk, engine: Engine) -> None:
    lines = []
    for process in engine.processes.values():
        if process.first().by == SYSTEM or process.name == records.CONSENT:
            continue  # handed to this member by the system, and not sent
        for state in process.states:
            mine = Case.filter(author_id=talk.person.id, process=process.name, state=state.name)
            count = await mine.count()
            if count:
                cases = await mine.order_by("-id").limit(listing.SHOWN)
                caption = f"{process.title}·{state.caption}"
                lines += await listing.block(talk, engine, caption, cases, count)
    if not lines:
        talk.say("您还没有提交过记录。发送“上报”开始第一次上报。")
        return
    listing.say(talk, lines)
