"""One or several of what the process offers: ticked on a card, or said by number or name."""

import re
from collections.abc import Collection

from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.asking.words import SKIP, bare
from bot.cards import OPTIONS, QUESTION, Pick, ask_with_options
from core import pinyin
from core.errors import BadInput, Refusal
from core.forms import Offered
from wecom.events import TextMessage

_BETWEEN = re.compile(r"[、，,；;]+")
_NOTHING = "none"


class OfferedAsker(Asker):
    async def ask(self, desk: Desk) -> bool:
        offered = await desk.filling.offered(desk.question)
        if not offered and desk.question.required:
            raise Refusal(desk.process.offers[desk.question.name].missing)
        if offered:
            self._offer(desk, offered, await desk.filling.offered_before(desk.question))
        return bool(offered)

    def _offer(self, desk: Desk, offered: dict[str, str], before: Collection[str]) -> None:
        several = _field(desk).several
        room = OPTIONS if desk.question.required else OPTIONS - 1
        picks = [Pick(key, caption, key in before) for key, caption in offered.items()][:room]
        if not desk.question.required:
            picks.append(Pick(_NOTHING, "不选"))
        more = f"共 {len(offered)} 项，未列出的请回复名称中的几个字或拼音"
        hint = more if len(offered) > room else desk.question.field.hint
        submit = "选好了" if several else "确定"
        card = ask_with_options(desk.task(), desk.title, hint, picks, desk.carries(), several=several, submit=submit)
        desk.talk.show(card)

    async def read(self, desk: Desk) -> Taken:
        if not isinstance(desk.talk.event, TextMessage):
            return Sign.NOT_MINE
        said = bare(desk.talk.event.content)
        if not desk.question.required and said in SKIP:
            return desk.question.default
        offered = await desk.filling.offered(desk.question)
        several = _field(desk).several
        chosen = [_meant(desk, one, offered) for one in (_BETWEEN.split(said) if several else [said]) if one]
        return chosen if several else next(iter(chosen), Sign.NOT_MINE)

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        offered = await desk.filling.offered(desk.question)
        chosen = [one for one in selected.get(QUESTION, []) if one in offered]
        if desk.question.required and not chosen:
            raise BadInput(f"请至少选择一项「{desk.question.caption}」。")
        if _field(desk).several:
            return chosen
        return chosen[0] if chosen else desk.question.default


def _field(desk: Desk) -> Offered:
    assert isinstance(desk.question.field, Offered)  # noqa: S101  # the registry pairs kinds and askers
    return desk.question.field


def _meant(desk: Desk, said: str, offered: dict[str, str]) -> str:
    """Its number on the card, its name, or the only one that fits some of it: also a unit's short name."""
    keys = list(offered)
    if said.isascii() and said.isdigit() and 1 <= int(said[:4]) <= len(keys):
        return keys[int(said) - 1]
    exact = [key for key, caption in offered.items() if caption == said]
    fitting = exact or [key for key in keys if pinyin.matches(said, pinyin.prepare(offered[key])) is not None]
    fitting = fitting or [key for key in keys if _shortens(said, offered[key])]
    if len(fitting) == 1:
        return fitting[0]
    trouble = "没有找到" if not fitting else "不止一项符合"
    raise BadInput(f"「{desk.question.caption}」中{trouble}“{said[:20]}”，请在卡片上选择，或说得更具体些。")


def _shortens(said: str, name: str) -> bool:
    """All its characters stand in the name, in their order: 砺尺监理 for 岚海省砺尺工程监理有限公司."""
    rest = iter(name.casefold())
    return all(one in rest for one in said)
