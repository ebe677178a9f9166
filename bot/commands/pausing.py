"""暂停 文号, 恢复 文号 (BY-07): a notice's deadline stands still for one of its repliers, and goes on."""

from bot import acting
from bot.buttons import Act, Follow
from bot.cards import LIGHT, Press, ask_with_buttons
from bot.commands import where
from bot.dialogue import Dialogue
from bot.talk import Talk
from core.cases.declaration import AUTHOR
from core.cases.engine import Engine
from core.cases.models import Case, Participant
from core.errors import Refusal
from core.naming import names
from notices import records

_PAUSE, _RESUME = ("暂停计时", "暂停"), ("恢复计时", "恢复")
_MAY = (AUTHOR, records.ISSUER, "chief")
_MOST = 6
_UNKNOWN = "没有找到可以由您暂停计时的这份通知，请核对文号，或发送“我上报的”查看。"
_NOTHING = "这份通知没有可以由您恢复的暂停计时，请核对文号。"


def asks(text: str) -> bool:
    return text.strip().startswith(_PAUSE + _RESUME) and where.holds_number(text)


async def by_number(talk: Talk, engine: Engine, dialogue: Dialogue, text: str) -> None:
    found = await _named(await _replies(talk, text), text)
    if text.strip().startswith(_RESUME):
        await _resume(talk, engine, dialogue, found)
    elif not found:
        raise Refusal(_UNKNOWN)
    elif len(found) == 1:
        await dialogue.begin_following(talk, found[0], records.PAUSE)
    else:
        await _ask_whose(talk, found)


async def _replies(talk: Talk, text: str) -> list[Case]:
    """The answers to this notice whose time this member may stop, of those who still owe one."""
    words = text.strip()
    for verb in (*_PAUSE, *_RESUME):
        words = words.removeprefix(verb)
    notice = await where.numbered(words)
    replies = Case.filter(parent_id=notice.id if notice else 0, process=records.REPLY, closed_at=None)
    seats = Participant.filter(
        case_id__in=[case.id for case in await replies], person_id=talk.person.id, slot__in=_MAY, left_at=None
    )
    return await replies.filter(id__in=[seat.case_id for seat in await seats]).order_by("id")


async def _named(replies: list[Case], text: str) -> list[Case]:
    """Those whose people the text names, of several; all of them where it names nobody."""
    known = await names(f"person:{reply.author_id}" for reply in replies)
    return [reply for reply in replies if known[f"person:{reply.author_id}"] in text] or replies


async def _resume(talk: Talk, engine: Engine, dialogue: Dialogue, replies: list[Case]) -> None:
    pauses = Case.filter(parent_id__in=[reply.id for reply in replies], process=records.PAUSE, state="standing")
    for pause in await pauses.order_by("id"):
        step = next(iter(await engine.open_steps(pause, talk.person)), None)
        if step is not None:
            await acting.act(talk, engine, dialogue, Act(pause.id, step.action))
            return
    raise Refusal(_NOTHING)


async def _ask_whose(talk: Talk, replies: list[Case]) -> None:
    known = await names(f"person:{reply.author_id}" for reply in replies)
    presses = [
        Press(known[f"person:{reply.author_id}"], Follow(reply.id, records.PAUSE), LIGHT) for reply in replies[:_MOST]
    ]
    text = "每位回复人各自计时，请选择要暂停谁的。"
    if len(replies) > _MOST:
        text += f"未列出的，请发送“暂停 {replies[0].data['number']} 姓名”。"
    talk.show(ask_with_buttons(talk.task(f"pause{replies[0].parent_id}"), "暂停谁的计时？", text, presses))
