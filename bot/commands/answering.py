"""回复, 签收, 延期 and 异议 文号: a notice is answered, more time asked for, or a mark objected to, by number."""

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
_REPLY, _SIGN, _EXTEND, _OBJECT = ("回复", "答复"), (_SIGNS,), ("申请延期", "延期"), ("我有异议", "异议")
_VERBS = _EXTEND + _REPLY + _SIGN + _OBJECT
_UNKNOWN = "没有找到需要您回复的这份通知，请核对文号，或发送“需我回复的”查看。"


def asks(text: str) -> bool:
    """``回复 海澄质安改〔2026〕001号``, with or without the space."""
    return text.strip().startswith(_VERBS) and where.holds_number(text)


async def by_number(talk: Talk, engine: Engine, dialogue: Dialogue, text: str) -> None:
    about = await _numbered(text)
    if about is not None and about.process == records.MATTER and text.strip().startswith(_OBJECT):
        await dialogue.begin_following(talk, await _about_me(talk, about), records.APPEAL)
        return
    reply = await _reply_to(talk, about)
    if text.strip().startswith(_OBJECT):
        await dialogue.begin_following(talk, reply, records.APPEAL)
        return
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


async def _numbered(text: str) -> Case | None:
    words = text.strip()
    for verb in _VERBS:
        words = words.removeprefix(verb)
    return await where.numbered(words)


async def _about_me(talk: Talk, matter: Case) -> Case:
    """What came of this member's own reply, once it is issued."""
    mine = await Case.exists(id=matter.parent_id, author_id=talk.person.id)
    if not mine or matter.state != "issued":
        raise Refusal(_UNKNOWN)
    return matter


async def _reply_to(talk: Talk, notice: Case | None) -> Case:
    number = notice.id if notice is not None else 0
    reply = await Case.get_or_none(parent_id=number, process=records.REPLY, author_id=talk.person.id)
    if reply is None:
        raise Refusal(_UNKNOWN)
    return reply
