"""Photos, voice or video for a plain form: collected until the member says that this is all."""

from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.asking.words import SKIP, bare
from bot.cards import PLAIN, PRIMARY, Press, ask_with_buttons
from core.cases.drafts import POCKETS
from wecom.events import Callback, ImageMessage, TextMessage, VideoMessage, VoiceMessage

_MESSAGES: dict[str, type[Callback]] = {"photos": ImageMessage, "voices": VoiceMessage, "videos": VideoMessage}
_DONE = frozenset({"完成", "好了", "发完了", "没有了"})


class AttachmentsAsker(Asker):
    """One per kind; ``eager``, since a photo may come while another question is open."""

    eager = True

    def __init__(self, kind: str) -> None:
        self._message = _MESSAGES[kind]

    async def ask(self, desk: Desk) -> bool:
        kept = _pocket(desk)
        text = f"已收到 {len(kept)} 个，可以继续发送。" if kept else desk.question.field.hint
        presses = [Press("发完了", desk.carries("done"), PRIMARY)] if kept else []
        if not desk.question.required and not kept:
            presses = [Press("跳过", desk.carries("done"), PLAIN)]
        if not presses:
            desk.talk.say(f"请发送「{desk.question.caption}」。{text}")
            return True
        card = ask_with_buttons(desk.task(), f"请发送{desk.question.caption}", text, presses, url=desk.page)
        desk.talk.show(card, merge_key=f"attach:{desk.draft.id}:{desk.question.name}")
        return True

    async def read(self, desk: Desk) -> Taken:
        event = desk.talk.event
        if isinstance(event, self._message) and desk.talk.evidence is not None:
            return await self._add(desk, desk.talk.evidence.id)
        if isinstance(event, TextMessage) and bare(event.content) in _DONE | SKIP:
            return self._finished(desk)
        return Sign.NOT_MINE

    async def _add(self, desk: Desk, evidence_id: int) -> Taken:
        """One that comes after the question was answered is added to the answer, and never lost."""
        kept = [*_pocket(desk), evidence_id]
        desk.question.field.check(kept)
        desk.draft.data[POCKETS][desk.question.name] = kept
        if desk.question.name in desk.answers:
            desk.answers[desk.question.name] = kept
            return Sign.GO_ON
        if desk.draft.data.get("asking") == desk.question.name:
            await self.ask(desk)
        return Sign.COLLECTING

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        return self._finished(desk)

    def _finished(self, desk: Desk) -> Taken:
        kept = _pocket(desk)
        if desk.question.required and not kept:
            desk.talk.say(f"还没有收到「{desk.question.caption}」，请先发送。")
            return Sign.COLLECTING
        return kept


def _pocket(desk: Desk) -> list[int]:
    pockets: dict[str, list[int]] = desk.draft.data.setdefault(POCKETS, {})
    return pockets.setdefault(desk.question.name, list(desk.answers.get(desk.question.name) or []))
