"""A number."""

from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.asking.words import SKIP, bare
from core.errors import BadInput
from wecom.events import TextMessage


class NumberAsker(Asker):
    async def ask(self, desk: Desk) -> bool:
        unit = getattr(desk.question.field, "unit", "")
        skip = "" if desk.question.required else "可回复“跳过”。"
        desk.talk.say(f"请发送「{desk.question.caption}」{f'（单位：{unit}）' if unit else ''}。{skip}")
        return True

    async def read(self, desk: Desk) -> Taken:
        if not isinstance(desk.talk.event, TextMessage):
            return Sign.NOT_MINE
        said = bare(desk.talk.event.content)
        if not desk.question.required and said in SKIP:
            return desk.question.default
        try:
            return float(said.removesuffix(getattr(desk.question.field, "unit", "")))
        except ValueError:
            raise BadInput(f"「{desk.question.caption}」请只发送数字，例如 12 或 3.5。") from None
