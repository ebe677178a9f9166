"""One of a few options: buttons, their words, or their numbers."""

from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.asking.words import bare
from bot.cards import LIGHT, OPTIONS, QUESTION, Pick, Press, ask_with_buttons, ask_with_options
from core.errors import BadInput
from core.forms import Choice
from notices.fields import KindField
from wecom.events import TextMessage

_BUTTONS = 6


class ChoiceAsker(Asker):
    async def ask(self, desk: Desk) -> bool:
        options = _options(desk)
        if len(options) <= _BUTTONS:
            presses = [Press(caption, desk.carries(key), LIGHT) for key, caption in options.items()]
            card = ask_with_buttons(desk.task(), desk.title, desk.question.field.hint, presses, url=desk.page)
            desk.talk.show(card)
            return True
        picks = [Pick(key, caption) for key, caption in options.items()][:OPTIONS]
        desk.talk.show(
            ask_with_options(
                desk.task(), desk.title, desk.question.field.hint, picks, desk.carries(), several=False, submit="确定"
            )
        )
        return True

    async def read(self, desk: Desk) -> Taken:
        if not isinstance(desk.talk.event, TextMessage):
            return Sign.NOT_MINE
        said, options = bare(desk.talk.event.content), _options(desk)
        if said.isascii() and said.isdigit() and 1 <= int(said[:4]) <= len(options):
            return list(options)[int(said) - 1]
        fitting = [key for key, caption in options.items() if said and (said == key or caption.startswith(said))]
        if len(fitting) == 1:
            return fitting[0]
        raise BadInput(f"「{desk.question.caption}」请点按钮，或回复：{'、'.join(options.values())}。")

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        return value or next(iter(selected.get(QUESTION, [])), Sign.NOT_MINE)


def _options(desk: Desk) -> dict[str, str]:
    assert isinstance(desk.question.field, Choice | KindField)  # noqa: S101  # the registry pairs kinds and askers
    return dict(desk.question.field.options)
