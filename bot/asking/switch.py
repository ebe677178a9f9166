"""Yes or no."""

from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.asking.words import NO, YES, bare
from bot.cards import LIGHT, Press, ask_with_buttons
from core.errors import BadInput
from wecom.events import TextMessage


class SwitchAsker(Asker):
    async def ask(self, desk: Desk) -> bool:
        presses = [Press("是", desk.carries("yes"), LIGHT), Press("否", desk.carries("no"), LIGHT)]
        caption, hint = desk.question.caption, desk.question.field.hint
        desk.talk.show(ask_with_buttons(desk.task(), caption, hint, presses, url=desk.page))
        return True

    async def read(self, desk: Desk) -> Taken:
        if not isinstance(desk.talk.event, TextMessage):
            return Sign.NOT_MINE
        said = bare(desk.talk.event.content)
        if said not in YES | NO:
            raise BadInput(f"「{desk.question.caption}」请回复“是”或“否”。")
        return said in YES

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        return value == "yes"
