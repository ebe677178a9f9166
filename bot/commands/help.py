"""帮助: what this member can do now, as buttons."""

from collections.abc import Sequence

from bot.buttons import Handle, Word
from bot.cards import LIGHT, PRIMARY, Press, ask_with_buttons
from bot.talk import Talk
from core.cases import drafts
from core.cases.drafts import begun
from core.cases.engine import Engine
from core.people.models import STATION_ROLES

WORDS = frozenset({"帮助", "help", "?", "？", "菜单", "你好", "您好"})

_STATION = (
    "直接发送现场照片、语音、位置或文字即可开始上报；发送“上报”逐项填写，“新建通知”下发文书，"
    "“委托”请同事代办，“催办”提醒对方；发送“取消”随时停止。"
)
_PARTY = "收到的检查记录和通知会发到这里，点开即可查看、回复。发送“我接收的”查看全部。"
_BUTTONS = 6


async def answer(talk: Talk, engine: Engine) -> None:
    draft = await drafts.current(talk.person.id)
    unfinished = draft is not None and begun(draft)
    offer_help(
        talk, "可以这样使用", [Press("继续填写", Handle(draft.id, "continue"), PRIMARY)] if draft and unfinished else []
    )


def offer_help(talk: Talk, title: str, first: Sequence[Press] = ()) -> None:
    """``first``: what is nearest at hand, before the usual buttons."""
    station = talk.person.role in STATION_ROLES
    words = ["上报", "新建通知", "待办", "我发送的", "我接收的"] if station else ["需我回复的", "待办", "我接收的"]
    presses = [*first, *(Press(word, Word(word), LIGHT if first or at else PRIMARY) for at, word in enumerate(words))]
    text = _STATION if station else _PARTY
    talk.show(ask_with_buttons(talk.task("help"), title, text, presses[:_BUTTONS], url=talk.link("/h5/")))
