"""帮助: what this member can do now, as buttons."""

from bot.buttons import Word
from bot.cards import LIGHT, PRIMARY, Press, ask_with_buttons
from bot.talk import Talk
from core.cases.engine import Engine
from core.people.models import STATION_ROLES

WORDS = frozenset({"帮助", "help", "?", "？", "菜单", "你好", "您好"})

_STATION = "直接发送现场照片、语音、位置或文字即可开始上报；发送“上报”逐项填写；发送“取消”随时停止。"
_PARTY = "收到的检查记录会发到这里，点开即可查看。发送“我接收的”查看全部。"


async def answer(talk: Talk, engine: Engine) -> None:
    offer_help(talk, "可以这样使用")


def offer_help(talk: Talk, title: str) -> None:
    station = talk.person.role in STATION_ROLES
    words = ["上报", "待办", "我发送的", "我接收的"] if station else ["待办", "我接收的"]
    presses = [Press(word, Word(word), PRIMARY if word == words[0] else LIGHT) for word in words]
    text = _STATION if station else _PARTY
    talk.show(ask_with_buttons(talk.task("help"), title, text, presses, url=talk.link("/h5/")))
