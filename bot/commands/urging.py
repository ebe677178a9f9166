"""催办 文号 (BY-10): reminds those in whose hands a record is."""

from bot.commands import where
from bot.talk import Talk, plain
from core import access
from core.cases.engine import Engine
from core.cases.models import Case
from core.errors import Refusal
from notices import records

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
    own = await Case.get_or_none(parent_id=case.id, process=records.REPLY, author_id=talk.person.id)
    case = own or case  # whoever answers to a notice knows his answer by the notice's number
    urged = await engine.urging.urge(case, talk.person, f"urge:{talk.key}")
    talk.say(f"《{plain(case.title)}》：{plain(urged.sentence)}")
