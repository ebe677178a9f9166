"""A reply finding by finding (BY-04, HN-44): photos and words in any order for the one that is open, then the next."""

import re
from datetime import date, timedelta

from bot.asking.day import named_day
from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.asking.words import bare
from bot.cards import QUESTION
from bot.flows import reply_cards as cards
from bot.flows.replying import Replying
from core import clock
from core.errors import BadInput
from wecom.events import ImageMessage, TextMessage, VideoMessage, VoiceMessage

_QUIET = timedelta(seconds=2)
_NEXT = frozenset({"下一条", "下一步", "完成", "好了", "填好了", "改好了", "发完了"})
_BACK = frozenset({"上一条", "上一步"})
_NUMBERED = re.compile(r"^(?:修改|改)?第\s?(\d{1,3})\s?条$")
_REWORD, _DAY = "reword", "day"


class AnswersAsker(Asker):
    """A button's value is a verb and the finding's number: ``next:3``."""

    eager = True

    async def ask(self, desk: Desk) -> bool:
        reply = await Replying.of(desk)
        if desk.question.name in desk.answers:
            desk.talk.show(cards.every(desk, reply))
        else:
            self._show(desk, reply, reply.now)
        return True

    # ── what comes in ────────────────────────────────────────────────────────────────────────────────────────────

    async def read(self, desk: Desk) -> Taken:
        event, reply = desk.talk.event, await Replying.of(desk)
        if isinstance(event, ImageMessage) and desk.talk.evidence is not None:
            return self._photo(desk, reply, desk.talk.evidence.id)
        if desk.draft.data.get("asking") != desk.question.name:
            return Sign.NOT_MINE
        if isinstance(event, VoiceMessage | VideoMessage):
            raise BadInput("逐条回复只收文字和照片，这一段没有记入回复。请发送文字说明。")
        return self._words(desk, reply, event.content.strip()) if isinstance(event, TextMessage) else Sign.NOT_MINE

    def _photo(self, desk: Desk, reply: Replying, evidence_id: int) -> Taken:
        number = reply.shown_then()
        if not number:
            raise BadInput("每一条都已填好，这张照片没有加上。要补照片，请先点“修改”选中那一条，再发送照片。")
        reply.add_photo(number, evidence_id)
        if not reply.now:
            desk.answers[desk.question.name] = reply.answers()
            return Sign.GO_ON
        self._show(desk, reply, reply.now, after=_QUIET)
        return Sign.COLLECTING

    def _words(self, desk: Desk, reply: Replying, text: str) -> Taken:
        said, found = bare(text), _NUMBERED.match(bare(text))
        mode, _, number = desk.draft.data.get("mode", "").partition(":")
        if mode == _REWORD:
            reply.clear(int(number), "statement")
        elif mode == _DAY or named_day(said, past=True) or said in cards.LATELY:
            return self._done(desk, reply, int(number or self._open(reply)), said)
        elif found:
            return self._open_again(desk, reply, int(found[1]))
        elif said in _NEXT:
            return self._onward(desk, reply, self._open(reply))
        elif said in _BACK:
            return self._back(desk, reply, self._open(reply))
        reply.say(int(number or self._open(reply)), text)
        self._show(desk, reply, reply.now, after=_QUIET)
        return Sign.COLLECTING

    def _open(self, reply: Replying) -> int:
        if not reply.now:
            raise BadInput("请先选中要修改的一条。")
        return reply.now

    def _done(self, desk: Desk, reply: Replying, number: int, said: str) -> Taken:
        day = named_day(said, past=True)
        if said in cards.LATELY:
            day = clock.today() - timedelta(days=cards.LATELY[said])
        if day is None:
            raise BadInput("完成日期没有看懂，请按“11月5日”或“2026-11-05”的样子回复。")
        return self._set_day(desk, reply, number, day)

    def _set_day(self, desk: Desk, reply: Replying, number: int, day: date) -> Taken:
        reply.done(number, day)
        self._show(desk, reply, number)
        return Sign.COLLECTING

    # ── what is pressed ──────────────────────────────────────────────────────────────────────────────────────────

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        reply = await Replying.of(desk)
        verb, _, rest = value.partition(":")
        if verb == "take":
            rest = next(iter(selected.get(QUESTION, [])), "")
        number, _, day = rest.partition(":")
        if not (number.isascii() and number.isdigit() and int(number) in reply.owed):
            raise BadInput("请先选中要修改的一条。")
        return self._press(desk, reply, verb, int(number), day)

    def _press(self, desk: Desk, reply: Replying, verb: str, number: int, day: str) -> Taken:
        match verb:
            case "next":
                return self._onward(desk, reply, number)
            case "back":
                return self._back(desk, reply, number)
            case "take":
                return self._open_again(desk, reply, number)
            case "strip":
                reply.clear(number, "photos")
                self._show(desk, reply, number)
            case "reword":
                self._enter(desk, f"{_REWORD}:{number}")
                desk.talk.say(f"请发送第 {number} 条新的整改说明，它会代替原来的说明。")
            case "day":
                self._enter(desk, f"{_DAY}:{number}")
                desk.talk.show(cards.days(desk, number))
            case "done" if (named := named_day(day)) is not None:
                return self._set_day(desk, reply, number, named)
            case _:
                raise BadInput("这个按钮已经失效，请看最新的卡片。")
        return Sign.COLLECTING

    def _onward(self, desk: Desk, reply: Replying, number: int) -> Taken:
        reply.confirm(number)
        self._settle(desk, f"第{number}条已填")
        follows = 0 if desk.question.name in desk.answers else reply.beside(number, 1) or reply.missing()
        if follows:
            return self._turn_to(desk, reply, follows)
        desk.draft.data["mode"] = ""
        reply.open(0)
        return reply.answers()

    def _back(self, desk: Desk, reply: Replying, number: int) -> Taken:
        return self._turn_to(desk, reply, reply.beside(number, -1) or number)

    def _open_again(self, desk: Desk, reply: Replying, number: int) -> Taken:
        if number not in reply.owed:
            listed = "、".join(map(str, reply.owed))
            raise BadInput(f"第{number}条现在不需要回复，需要回复的是第{listed}条。")
        return self._turn_to(desk, reply, number)

    def _turn_to(self, desk: Desk, reply: Replying, number: int) -> Taken:
        reply.open(number)
        self._show(desk, reply, number)
        return Sign.COLLECTING

    # ── saying ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _show(self, desk: Desk, reply: Replying, number: int, after: timedelta | None = None) -> None:
        self._enter(desk, "")
        card = cards.finding(desk, reply, number)
        desk.talk.show(card, merge_key=f"reply:{desk.draft.id}", after=after)

    def _settle(self, desk: Desk, words: str) -> None:
        task = desk.draft.data.pop("task", None)
        if task:
            desk.talk.settle(task, words)

    def _enter(self, desk: Desk, mode: str) -> None:
        """What the next words of the member mean."""
        desk.draft.data["asking"] = desk.question.name
        desk.draft.data["mode"] = mode
