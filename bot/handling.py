"""A draft as a whole: going on with it, beginning anew, changing one answer, submitting it, throwing it away."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.asking.words import NO, YES, bare
from bot.buttons import Handle
from bot.cards import DANGER, PRIMARY, QUESTION, Pick, Press, ask_with_buttons, ask_with_options
from bot.dialogue import Dialogue
from bot.summary import readable
from bot.talk import Talk
from core.cases import drafts
from core.cases.drafts import ANSWERED, ASKING, MODE, begun
from core.cases.engine import Engine
from core.cases.models import Draft
from core.errors import BadInput, Refusal
from wecom.events import TextMessage

_CANCELLING = "cancel"  # the mode in which 是 means that the draft is thrown away
_RESTARTING = "restart"  # the same, and another one is begun
_THROW_AWAY = YES | {"取消，不保留", "不保留", "确认取消", "重新开始，不保留"}
_QUESTIONS = {
    _CANCELLING: ("取消", "取消，不保留", "discard"),
    _RESTARTING: ("重新开始", "重新开始，不保留", "restart"),
}
_ENDS = frozenset({"submit", "cancel", "discard"})  # what may be done with a draft that others have overtaken
_AT_SUMMARY = {"提交": "submit", "确认": "submit", "确认提交": "submit", "修改": "change"}


@dataclass(frozen=True)
class Pressed:
    """The card that was pressed, and what was chosen on it; empty when a word was typed instead."""

    task_id: str = ""
    selected: dict[str, list[str]] = field(default_factory=dict)

    def settle(self, talk: Talk, words: str) -> None:
        if self.task_id:
            talk.settle(self.task_id, words)


Verb = Callable[[Talk, Draft, Pressed], Awaitable[None]]


class Handling:
    def __init__(self, engine: Engine, dialogue: Dialogue) -> None:
        self._engine = engine
        self._dialogue = dialogue
        self._verbs: dict[str, Verb] = {
            "continue": self._go_on, "restart": self._restart, "submit": self._submit, "cancel": self._cancel,
            "discard": self._discard, "change": self._offer_changes, "field": self._change,
        }  # fmt: skip

    async def handle(self, talk: Talk, button: Handle, pressed: Pressed = Pressed()) -> None:  # frozen
        verb = self._verbs.get(button.verb)
        if verb is None:
            raise Refusal("这个按钮已经失效。发送“帮助”查看可以做什么。")
        if button.verb == "submit" and await _told_before(talk, button.draft_id):
            return
        draft = await self._dialogue.draft(talk, button.draft_id)
        if button.verb in _ENDS or not await self._dialogue.is_over(talk, draft):
            await verb(talk, draft, pressed)

    async def said(self, talk: Talk, draft: Draft) -> bool:
        """Words that stand for a button of the summary, or answer whether to throw the draft away."""
        if not isinstance(talk.event, TextMessage):
            return False
        word = bare(talk.event.content)
        if draft.data.get(MODE) in (_CANCELLING, _RESTARTING):
            return await self._answered(talk, draft, word)
        return draft.data.get(ASKING, "") is None and await self._said_at_summary(talk, draft, word)

    async def _answered(self, talk: Talk, draft: Draft, word: str) -> bool:
        """Whether to throw away what is filled in."""
        if word in _THROW_AWAY:
            ends = self._discard if draft.data[MODE] == _CANCELLING else self._restart
            await ends(talk, draft, Pressed())
            return True
        draft.data[MODE] = ""
        await drafts.save(draft)
        if word in NO:
            await self._dialogue.remind(talk, draft)
        return word in NO

    async def _said_at_summary(self, talk: Talk, draft: Draft, word: str) -> bool:
        verb = "submit" if word == self._dialogue.step(draft)[1].caption else _AT_SUMMARY.get(word)
        named = next((q.name for q in self._dialogue.questions(draft) if q.caption == word), None)
        if verb:
            await self.handle(talk, Handle(draft.id, verb))
        elif named:
            await self._change(talk, draft, Pressed(selected={QUESTION: [named]}))
        return bool(verb or named)

    # ── going on ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _go_on(self, talk: Talk, draft: Draft, pressed: Pressed) -> None:
        pressed.settle(talk, "继续填写")
        draft.data[MODE] = ""
        await self._dialogue.remind(talk, draft)

    async def _restart(self, talk: Talk, draft: Draft, pressed: Pressed) -> None:
        if not pressed.task_id and draft.data.get(MODE) != _RESTARTING and begun(draft):
            await self._ask_whether(talk, draft, _RESTARTING)  # a word is said more lightly than a button is pressed
            return
        pressed.settle(talk, "已重新开始")
        if draft.case_id:
            draft.data["answers"] = {}
            await self._dialogue.go_on(talk, draft)
            return
        await draft.delete()
        await self._dialogue.begin(talk, self._engine.process(draft.process))

    async def _submit(self, talk: Talk, draft: Draft, _pressed: Pressed) -> None:
        await self._dialogue.submit(talk, draft)

    # ── changing one answer ──────────────────────────────────────────────────────────────────────────────────────

    async def _offer_changes(self, talk: Talk, draft: Draft, pressed: Pressed) -> None:
        asked = self._dialogue.questions(draft)
        if len(asked) == 1:
            await self._change(talk, draft, Pressed(pressed.task_id, {QUESTION: [asked[0].name]}))
            return
        picks = [Pick(q.name, q.caption) for q in asked]
        task, carries = talk.task(f"c{draft.id}"), Handle(draft.id, "field")
        talk.show(ask_with_options(task, "要修改哪一项？", "", picks, carries, several=False, submit="修改这一项"))

    async def _change(self, talk: Talk, draft: Draft, pressed: Pressed) -> None:
        name = next(iter(pressed.selected.get(QUESTION, [])), "")
        question = next((q for q in self._dialogue.questions(draft) if q.name == name), None)
        if question is None:
            raise BadInput("请先选中要修改的一项。")
        pressed.settle(talk, f"修改{question.caption}")
        if not await self._dialogue.ask(talk, draft, question):
            raise Refusal(f"没有可选的「{question.caption}」，原来的内容没有变。发送“继续填写”回到核对。")

    # ── throwing away ────────────────────────────────────────────────────────────────────────────────────────────

    async def cancel(self, talk: Talk, draft: Draft) -> None:
        """One step back inside a question; a draft with something in it is thrown away only when that is confirmed."""
        if draft.data.get(MODE) == _CANCELLING or not (draft.data.get(MODE) or begun(draft)):
            await self._discard(talk, draft, Pressed())
        elif draft.data.get(MODE):
            draft.data[MODE] = ""
            await self._dialogue.remind(talk, draft)
        else:
            await self._ask_whether(talk, draft, _CANCELLING)

    async def _cancel(self, talk: Talk, draft: Draft, _pressed: Pressed) -> None:
        await self.cancel(talk, draft)

    async def _ask_whether(self, talk: Talk, draft: Draft, mode: str) -> None:
        draft.data[MODE] = mode
        await drafts.save(draft)
        asked, button, verb = _QUESTIONS[mode]
        presses = [
            Press("继续填写", Handle(draft.id, "continue"), PRIMARY),
            Press(button, Handle(draft.id, verb), DANGER),
        ]
        rows = await readable(self._dialogue.form(draft), draft.data[ANSWERED])
        task, title = talk.task(f"x{draft.id}"), f"{asked}这份{self._dialogue.step(draft)[0].title}？"
        card = ask_with_buttons(task, title, f"{asked}后已填的内容不再保留。", presses, rows=rows)
        talk.show(card, merge_key=f"cancel:{draft.id}")

    async def _discard(self, talk: Talk, draft: Draft, pressed: Pressed) -> None:
        pressed.settle(talk, "已取消")
        process, step = self._dialogue.step(draft)
        await draft.delete()
        if draft.case_id:
            talk.say(f"已取消「{step.caption}」，这份记录没有变化。发送“待办”可以再办理。")
        else:
            talk.say(f"已取消，{process.title}没有提交。需要时发送“{process.word}”重新开始。")


async def _told_before(talk: Talk, draft_id: int) -> bool:
    """A second tap on 提交: says that it was done, and does nothing again."""
    case = await drafts.submitted_before(draft_id, talk.person.id)
    if case is None:
        return False
    talk.say(f"这份记录已经提交过了，编号：{case.number or '无'}。发送“我发送的”查看。")
    return True
