"""Which command, flow or button gets this message, event or card click.

Words that work everywhere (帮助, 取消, 待办 …) come first, then the draft in hand, then a new photo-first report, and
at last a short help: a wrong answer gets a correction, never silence.
"""

from collections.abc import Awaitable, Callable

import structlog

from bot import acting
from bot.asking.words import bare
from bot.buttons import Act, Again, Follow, Handle, Reply, Word, unpack
from bot.commands import (
    answering,
    delegating,
    ledgers,
    numbers,
    papers,
    pausing,
    projects,
    received,
    sent,
    serving,
    todo,
    urging,
    where,
)
from bot.commands import help as helping
from bot.dialogue import Dialogue
from bot.flows import loose
from bot.handling import Handling, Pressed
from bot.talk import Talk, plain
from core.cases import drafts, outbox
from core.cases.declaration import Process
from core.cases.drafts import begun
from core.cases.engine import Engine
from core.cases.filling import receiving_now
from core.cases.models import Draft
from core.errors import Refusal
from notices import records
from wecom.events import (
    CardClick,
    CardMenuClick,
    ImageMessage,
    LinkMessage,
    LocationMessage,
    LocationSelected,
    MenuClick,
    ScanCode,
    Subscribe,
    TextMessage,
    UnknownMessage,
    VideoMessage,
    VoiceMessage,
)

log = structlog.get_logger()

Answer = Callable[[Talk, Engine], Awaitable[None]]
COMMANDS = (helping, todo, sent, received, where, projects, delegating)
_CANCEL = frozenset({"取消", "退出", "不填了"})
_DRAFT_WORDS = {"继续填写": "continue", "重新开始": "restart"}
_MATERIAL = (ImageMessage, VoiceMessage, VideoMessage, LocationMessage, LocationSelected)
_NOT_FOR_US = (LinkMessage, UnknownMessage, ScanCode)
_NOTHING_BEGUN = "现在没有正在填写的内容。发送“帮助”查看可以做什么。"
_LONGEST_CODE, _LONGEST_TASK = 200, 128  # ours are no longer (path/90236)
_UNKNOWN = "没有明白您的意思"


class Router:
    def __init__(self, engine: Engine, dialogue: Dialogue, photo_first: Process) -> None:
        self._engine = engine
        self._dialogue = dialogue
        self._handling = Handling(engine, dialogue)
        self._photo_first = photo_first
        self._words: dict[str, Answer] = {word: c.answer for c in COMMANDS for word in c.WORDS}
        if records.NOTICE in engine.processes:
            self._words |= {ledger.caption: ledgers.command(ledger) for ledger in ledgers.LEDGERS}
            self._words |= dict.fromkeys(numbers.WORDS, numbers.answer)
        self._forms = {p.word: p for p in engine.processes.values() if p.word}

    async def handle(self, talk: Talk) -> None:
        """Answers by letters in the talk; a refusal becomes the sentence that is said."""
        try:
            await self._dispatch(talk)
        except Refusal as refusal:
            talk.say(plain(refusal.sentence))

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
        elif isinstance(event, _NOT_FOR_US):
            helping.offer_help(talk, "暂不支持这类消息")
        else:
            # Opening the app, a page of the menu, the announcement of pictures that follow one by one …
            log.info("event.nothing_to_say", kind=type(event).__name__, person=talk.person.id)

    # ── words ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _text(self, talk: Talk, content: str) -> None:
        said = bare(content)
        draft = await drafts.current(talk.person.id)
        if said in _CANCEL:
            await self._cancel(talk, draft)
        elif said in self._words:
            await self._words[said](talk, self._engine)
        elif said in self._forms:
            await self._dialogue.begin(talk, self._forms[said])
        elif said in _DRAFT_WORDS:
            await self._go_on(talk, draft, _DRAFT_WORDS[said])
        elif urging.asks(content):
            await urging.by_number(talk, self._engine, content)
        elif answering.asks(content):
            await answering.by_number(talk, self._engine, self._dialogue, content)
        elif serving.asks(content):
            await serving.by_number(talk, content)
        elif papers.asks(content):
            await papers.by_number(talk, content)
        elif pausing.asks(content):
            await pausing.by_number(talk, self._engine, self._dialogue, content)
        elif numbers.asks(content):
            await numbers.by_number(talk, self._dialogue, content)
        elif projects.asks(content):
            await projects.by_keyword(talk, self._engine, content)
        elif not (where.asks(content) and await where.by_number(talk, self._engine, content)):
            await self._other_words(talk, content, draft)

    async def _other_words(self, talk: Talk, content: str, draft: Draft | None) -> None:
        if draft is not None and (await self._handling.said(talk, draft) or await self._dialogue.take(talk, draft)):
            return
        if await acting.said(talk, self._engine, self._dialogue, bare(content)):
            return
        if await where.by_number(talk, self._engine, content):
            return
        if self._may_report(talk) and await receiving_now(talk.person):
            await loose.hold(talk, self._photo_first, content)  # said about the photo that is just being fetched
        elif draft is not None and begun(draft):
            await self._dialogue.remind(talk, draft)
        elif self._may_report(talk):
            await loose.keep(talk, self._photo_first, content)
        else:
            helping.offer_help(talk, _UNKNOWN)

    async def _go_on(self, talk: Talk, draft: Draft | None, verb: str) -> None:
        if draft is None:
            talk.say(_NOTHING_BEGUN)
        else:
            await self._handling.handle(talk, Handle(draft.id, verb))

    async def _cancel(self, talk: Talk, draft: Draft | None) -> None:
        if draft is None or not (begun(draft) or "asking" in draft.data):
            talk.say(_NOTHING_BEGUN)
        else:
            await self._handling.cancel(talk, draft)

    # ── photos, voice, video and locations ───────────────────────────────────────────────────────────────────────

    def _may_report(self, talk: Talk) -> bool:
        return talk.person.role in self._photo_first.slot(self._photo_first.first().by).roles

    async def _material(self, talk: Talk) -> None:
        """For the draft in hand, or the beginning of a report (BY-01)."""
        draft = await drafts.current(talk.person.id)
        if draft is not None and await self._dialogue.take(talk, draft):
            return
        if not self._may_report(talk):
            raise Refusal("已收到，但现在没有需要您提交材料的事项。发送“待办”查看等您办理的事项。")
        await self._dialogue.take(talk, await loose.report(talk, self._photo_first))

    # ── buttons ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _click(self, talk: Talk, event: CardClick | CardMenuClick) -> None:
        if 0 < len(event.response_code) <= _LONGEST_CODE and len(event.task_id) <= _LONGEST_TASK and talk.person.userid:
            await outbox.keep_code(event.response_code, event.task_id, talk.person.userid, None)
        selected = event.selected if isinstance(event, CardClick) else {}
        await self._pressed(talk, event.key, selected, event.task_id)

    async def _pressed(self, talk: Talk, key: str, selected: dict[str, list[str]], task_id: str) -> None:
        button = unpack(key)
        if isinstance(button, Act):
            await acting.act(talk, self._engine, self._dialogue, button)
        elif isinstance(button, Again):
            await acting.again(talk, self._dialogue, button)
        elif isinstance(button, Follow):
            await acting.follow(talk, self._dialogue, button)
        elif isinstance(button, Reply):
            await self._dialogue.press(talk, button, selected, task_id)
        elif isinstance(button, Handle):
            await self._handling.handle(talk, button, Pressed(task_id, selected))
        elif isinstance(button, Word):
            await self._text(talk, button.word)
        else:
            raise Refusal("这个按钮已经失效。发送“帮助”查看可以做什么。")
