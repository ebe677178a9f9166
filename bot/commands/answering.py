"""回复 文号, 签收 文号, 延期 文号: a notice is answered, or more time asked for, by its number."""

from bot import acting
from bot.buttons import Act
from bot.commands import where
from bot.dialogue import Dialogue
from bot.talk import Talk
from core.cases.engine import Engine
from core.cases.models import Case
from core.errors import Refusal
from notices import records

_SIGNS = "签收"
_REPLY, _SIGN, _EXTEND = ("回复", "答复"), (_SIGNS,), ("申请延期", "延期")
_UNKNOWN = "没有找到需要您回复的这份通知，请核对文号，或发送“需我回复的”查看。"


def asks(text: str) -> bool:
    """``回复 海澄质安改〔2026〕001号``, with or without the space."""
    return text.strip().startswith(_REPLY + _SIGN + _EXTEND) and where.holds_number(text)


async def by_number(talk: Talk, engine: Engine, dialogue: Dialogue, text: str) -> None:
    reply = await _reply_to(talk, text)
    if text.strip().startswith(_EXTEND):
        await dialogue.begin_following(talk, reply, records.EXTENSION)
        return
    steps = {step.caption: step for step in await engine.open_steps(reply, talk.person)}
    if text.strip().startswith(_SIGN):
        action = steps[_SIGNS].action if _SIGNS in steps else "sign"  # the engine says why it is not open any more
        await acting.act(talk, engine, dialogue, Act(reply.id, action))
        return
    step = next((one for one in steps.values() if one.form is not None), None)
    if step is None and _SIGNS in steps:
        raise Refusal(f"《{reply.title}》只需要签收，请发送“签收 {reply.data['number']}”。")
    if step is None:
        state = engine.process(reply.process).caption_of(reply.state, await engine.view(reply))
        raise Refusal(f"《{reply.title}》现在不需要您回复，状态：{state}。发送“我回复的”查看。")
    await acting.act(talk, engine, dialogue, Act(reply.id, step.action))


async def _reply_to(talk: Talk, text: str) -> Case:
    words = text.strip()
    for verb in (*_EXTEND, *_REPLY, *_SIGN):
        words = words.removeprefix(verb)
    notice = await where.numbered(words)
    number = notice.id if notice is not None else 0
    reply = await Case.get_or_none(parent_id=number, process=records.REPLY, author_id=talk.person.id)
    if reply is None:
        raise Refusal(_UNKNOWN)
    return reply
