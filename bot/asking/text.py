"""Free text."""

from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.asking.words import SKIP, bare
from bot.cards import PLAIN, Press, ask_with_buttons
from wecom.events import TextMessage


class TextAsker(Asker):
    async def ask(self, desk: Desk) -> bool:
        question = desk.question
        hint = f"\n{question.field.hint}" if question.field.hint else ""
        if question.required:
            desk.talk.say(f"{desk.heading}请发送「{question.caption}」。{hint}")
            return True
        press = Press("跳过", desk.carries("skip"), PLAIN)
        title = f"请发送{question.caption}"
        desk.talk.show(ask_with_buttons(desk.task(), title, f"可不填。{hint}", [press], url=desk.page))
        return True

    async def read(self, desk: Desk) -> Taken:
        event = desk.talk.event
        if not isinstance(event, TextMessage):
            return Sign.NOT_MINE
        text = event.content.strip()
        return desk.question.default if not desk.question.required and bare(text) in SKIP else text

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        return desk.question.default if value == "skip" and not desk.question.required else Sign.NOT_MINE
