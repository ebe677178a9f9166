"""我发送的 (HN-25): what I submitted, in the groups of the source."""

from bot.commands import listing
from bot.talk import Talk
from core.cases.engine import Engine
from core.cases.models import Case

WORDS = frozenset({"我发送的", "我的上报", "我上报的"})


async def answer(talk: Talk, engine: Engine) -> None:
    groups = []
    for process in engine.processes.values():
        for state in process.states:
            mine = Case.filter(author_id=talk.person.id, process=process.name, state=state.name)
            count = await mine.count()
            if count:
                cases = await mine.order_by("-id").limit(listing.SHOWN)
                found = await listing.lines(talk, engine, cases)
                groups.append("\n".join([f"【{process.title}·{state.caption}】{count} 份", *found]))
    talk.say("\n".join(groups) if groups else "您还没有提交过记录。发送“上报”开始第一次上报。")
