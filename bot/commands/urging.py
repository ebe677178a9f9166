"""催办 文号 (BY-10): reminds those in whose hands a record is."""

from bot.commands import where
from bot.talk import Talk, plain
from core import access
from core.cases.engine import Engine
from core.errors import Refusal

WORD = "催办"


def asks(text: str) -> bool:
    return text.strip().startswith(WORD)


async def by_number(talk: Talk, engine: Engine, text: str) -> None:
    """Without a number: what may be urged."""
    words = text.strip().removeprefix(WORD)
    if not words.strip():
        await where.answer(talk, engine)
        return
    case = await where.numbered(words)
    if case is None or not await access.may_see(talk.person, case):
        raise Refusal("没有找到这份记录，请核对编号。发送“在谁手上”查看还没有办结的记录。")
    urged = await engine.urging.urge(case, talk.person, f"urge:{talk.key}")
    talk.say(f"《{plain(case.title)}》：{plain(urged.sentence)}")
