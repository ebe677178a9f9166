"""Which command, flow or button gets this message, event or card click.

Words that work everywhere (帮助, 取消, 待办 …) come first, then the draft in hand, then a new photo-first report, and
at last a short help: a wrong answer gets a correction, never silence.
"""

from collections.abc import Awaitable, Callable

from bot.asking.words import bare
from bot.buttons import Act, Handle, Reply, Word, unpack
from bot.commands import help as helping
from bot.commands import received, sent, todo, where
from bot.dialogue import Dialogue
from bot.talk import Talk
from core.cases import drafts, outbox
from core.cases.declaration import Process
from core.cases.engine import Engine
from core.errors import Refusal
from wecom.events import (
    CardClick,
    CardMenuClick,
    EnterAgent,
    ImageMessage,
    LocationMessage,
    LocationSelected,
    MenuClick,
    PicsSent,
    Subscribe,
    TextMessage,
    VideoMessage,
    VoiceMessage,
)

Answer = Callable[[Talk, Engine], Awaitable[None]]
COMMANDS = (helping, todo, sent, received, where)
_CANCEL = frozenset({"取消", "退出", "不填了"})
_MATERIAL = (ImageMessage, VoiceMessage, VideoMessage, LocationMessage, LocationSelected)
_UNKNOWN = "没有明白您的意思"


class Router:
    def __init__(self, engine: Engine, dialogue: Dialogue, photo_first: Process) -> None:
        self._engine = engine
        self._dialogue = dialogue
        self._photo_first = photo_first
        self._words: dict[str, Answer] = {word: c.answer for c in COMMANDS for word in c.WORDS}
        self._forms = {p.word: p for p in engine.processes.values() if p.word}

    async def handle(self, talk: Talk) -> None:
        """Answers by letters in the talk; a refusal becomes the sentence that is said."""
        try:
            await self._dispatch(talk)
        except Refusal as refusal:
            talk.say(refusal.sentence)

    async def _dispatch(self, talk: Talk) -> None:
        event = talk.event
        if isinstance(event, CardClick | CardMenuClick):
            await self._click(talk, event)
        elif isinstance(event, MenuClick):
            await self._pressed(talk, event.key, {}, "")
        elif isinstance(event, TextMessage):
            await self._text(talk, event.content)
        elif isinstance(event, _MATERIAL):
            await self._material(talk)
        elif isinstance(event, Subscribe):
            helping.offer_help(talk, f"{talk.person.name}，欢迎使用质安监督")
        elif isinstance(event, EnterAgent | PicsSent):
            return  # opening the app says nothing, and the pictures themselves follow one by one
        else:
            helping.offer_help(talk, "暂不支持这类消息")

    async def _text(self, talk: Talk, content: str) -> None:
        said = bare(content)
        if said in _CANCEL:
            await self._cancel(talk)
        elif said in self._words:
            await self._words[said](talk, self._engine)
        elif said in self._forms:
            await self._dialogue.begin(talk, self._forms[said])
        elif await self._goes_to_draft(talk) or await where.by_number(talk, self._engine, content):
            return
        else:
            helping.offer_help(talk, _UNKNOWN)

    async def _goes_to_draft(self, talk: Talk) -> bool:
        draft = await drafts.current(talk.person.id)
        return draft is not None and await self._dialogue.take(talk, draft)

    async def _cancel(self, talk: Talk) -> None:
        draft = await drafts.current(talk.person.id)
        if draft is None:
            talk.say("现在没有正在填写的内容。发送“帮助”查看可以做什么。")
        else:
            await self._dialogue.cancel(talk, draft)

    async def _material(self, talk: Talk) -> None:
        """Photos, voice, video and locations: for the draft in hand, or the beginning of a report (BY-01)."""
        if await self._goes_to_draft(talk):
            return
        first = self._photo_first.first()
        if talk.person.role not in self._photo_first.slot(first.by).roles:
            raise Refusal("已收到，但现在没有需要您提交材料的事项。发送“待办”查看等您办理的事项。")
        draft = await drafts.find(talk.person.id, self._photo_first.name, first.action)
        draft = draft or await drafts.begin(talk.person.id, self._photo_first.name, first.action)
        await self._dialogue.take(talk, draft)

    async def _click(self, talk: Talk, event: CardClick | CardMenuClick) -> None:
        if event.response_code and talk.person.userid:
            await outbox.keep_code(event.response_code, event.task_id, talk.person.userid, None)
        selected = event.selected if isinstance(event, CardClick) else {}
        await self._pressed(talk, event.key, selected, event.task_id)

    async def _pressed(self, talk: Talk, key: str, selected: dict[str, list[str]], task_id: str) -> None:
        button = unpack(key)
        if isinstance(button, Act):
            await self._dialogue.act(talk, button)
        elif isinstance(button, Reply):
            await self._dialogue.press(talk, button, selected, task_id)
        elif isinstance(button, Handle):
            await self._dialogue.handle(talk, button, selected, task_id)
        elif isinstance(button, Word):
            await self._text(talk, button.word)
        else:
            raise Refusal("这个按钮已经失效。发送“帮助”查看可以做什么。")
