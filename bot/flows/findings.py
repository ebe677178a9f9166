"""随手拍 (BY-01): photos, voice, video, a location and words, sent in any order, become one proposed finding.

    something arrives ──► hand ──(a few quiet seconds)──► one card: 确认 / 选术语 / 违法行为 / 修改 / 拆分 / 放弃
    确认 ──► a finding of the report ──► the form's next question, or the next finding

Always confirmed by a person.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.asking.project import on_site, remember_spot
from bot.asking.words import SKIP, bare
from bot.cards import QUESTION
from bot.flows import finding_cards as cards
from bot.flows import loose
from bot.flows.citing import Citing
from checks.finding import SEVERITIES, Finding
from checks.hand import Hand
from checks.library import Library
from checks.suggesting import part_of_works
from core.errors import BadInput
from wecom.cards import Card
from wecom.events import (
    Callback,
    ImageMessage,
    LocationMessage,
    LocationSelected,
    TextMessage,
    VideoMessage,
    VoiceMessage,
)

_QUIET = timedelta(seconds=2)
_MEDIA: dict[type[Callback], str] = {ImageMessage: "photos", VoiceMessage: "voices", VideoMessage: "videos"}
_DONE = frozenset({"完成", "好了", "没有了", "没有其他问题", "没有其他问题了", "未发现问题", "下一步", *SKIP})
_SAID = {
    "确认": "keep", "确认，下一步": "keep", "是": "keep", "对": "keep", "好": "keep", "好的": "keep",
    "再记一条": "more", "确认，再记一条": "more", "选术语": "terms", "术语": "terms", "违法行为": "violations",
    "修改": "edit", "拆分": "split", "拆成每图一条": "split", "放弃": "drop", "删除": "drop",
}  # fmt: skip

_UNCONFIRMED = "还有一条问题没有确认，请先在卡片上确认或放弃。"

Verb = Callable[[Desk, Hand, str, dict[str, list[str]]], Awaitable[Taken]]


class FindingsAsker(Asker):
    """The asker of the ``findings`` field. A button's value is a verb and the finding's serial: ``keep:3``."""

    eager = True

    def __init__(self, library: Library) -> None:
        self._citing = Citing(library)
        self._verbs: dict[str, Verb] = {
            "keep": self._keep, "more": self._more, "split": self._split, "drop": self._drop,
            "edit": self._edit, "set": self._set, "reword": self._reword,
            "remove": self._remove, "removed": self._removed, "uncite": self._uncite,
            "terms": self._offer_terms, "violations": self._offer_violations,
            "cite_terms": self._cite_terms, "cite_violations": self._cite_violations,
        }  # fmt: skip

    async def ask(self, desk: Desk) -> bool:
        hand = _hand(desk)
        if hand.latest:
            await self._propose(desk, hand, hand.latest)
        else:
            self._invite(desk, hand)
        return True

    # ── what comes in ────────────────────────────────────────────────────────────────────────────────────────────

    async def read(self, desk: Desk) -> Taken:
        event, hand = desk.talk.event, _hand(desk)
        if isinstance(event, LocationMessage | LocationSelected):
            return await self._place(desk, hand, event)
        if desk.talk.evidence is not None and type(event) in _MEDIA:
            kind = _MEDIA[type(event)]
            serial = hand.serial_for(kind)
            hand.add(serial, kind, desk.talk.evidence.id)
            self._join_words(desk, hand, serial)
            return await self._grown(desk, hand, serial)
        if isinstance(event, TextMessage) and desk.draft.data.get("asking") == desk.question.name:
            return await self._words(desk, hand, event.content.strip())
        return Sign.NOT_MINE

    async def _place(self, desk: Desk, hand: Hand, event: LocationMessage | LocationSelected) -> Taken:
        spot = remember_spot(desk, event)
        serial = hand.serial_for("place")
        hand.change(serial, place=spot)
        if not hand.finding(serial).empty:
            return await self._grown(desk, hand, serial)
        near = await on_site(desk)
        found = f"，附近的工程是：{near.name}" if near else ""
        desk.draft.data["asking"] = desk.question.name
        text = f"已收到位置{found}。请接着发送这里的照片、语音或文字。"
        desk.talk.say(text, merge_key=_merge_key(desk, serial), after=_QUIET)
        return Sign.COLLECTING

    async def _words(self, desk: Desk, hand: Hand, text: str) -> Taken:
        mode, _, serial = desk.draft.data.get("mode", "").partition(":")
        if mode in {"terms", "violations"}:
            self._citing.offer(desk, hand, serial, mode, text)
            return Sign.COLLECTING
        if mode == "reword":
            hand.change(serial, note="")
            hand.note(serial, text)
            return await self._grown(desk, hand, serial)
        if bare(text) in _DONE:
            return await self._done(desk, hand)
        if bare(text) in _SAID:
            return await self._said(desk, hand, _SAID[bare(text)])
        serial = hand.latest or hand.begin()
        hand.note(serial, text)
        return await self._grown(desk, hand, serial)

    async def _said(self, desk: Desk, hand: Hand, verb: str) -> Taken:
        if hand.latest:
            return await self._verbs[verb](desk, hand, hand.latest, {})
        if verb == "edit" and hand.kept:
            return self._show(desk, cards.confirmed(desk, hand))
        self._invite(desk, hand)
        return Sign.COLLECTING

    def _join_words(self, desk: Desk, hand: Hand, serial: str, *, late: bool = False) -> None:
        """What was typed before anything else of the finding had come."""
        words = loose.take(desk.draft.data, desk.talk.event.at, late=late)
        if words:
            hand.note(serial, words)

    async def _grown(self, desk: Desk, hand: Hand, serial: str) -> Taken:
        await self._propose(desk, hand, serial, after=_QUIET)
        return Sign.COLLECTING

    # ── what is pressed ──────────────────────────────────────────────────────────────────────────────────────────

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        hand = _hand(desk)
        verb, _, serial = value.partition(":")
        if verb == "done":
            return await self._done(desk, hand)
        if verb == "list":
            return self._show(desk, cards.confirmed(desk, hand))
        if verb == "words":
            return await self._take_words(desk, hand)
        if verb == "take":
            chosen = next(iter(selected.get(QUESTION, [])), "")
            serial = hand.take_back(int(chosen) if chosen.isascii() and chosen.isdigit() else -1)
            return self._show(desk, cards.changes(desk, hand, serial))
        if verb not in self._verbs:
            raise BadInput("这个按钮已经失效，请看最新的卡片。")
        self._take_choices(hand, serial, selected)
        return await self._verbs[verb](desk, hand, serial, selected)

    async def _take_words(self, desk: Desk, hand: Hand) -> Taken:
        serial = hand.serial_for("note")
        self._join_words(desk, hand, serial, late=True)
        if hand.finding(serial).empty:
            hand.drop(serial)
            raise BadInput("这段文字已经记下了。发送“继续填写”接着填。")
        await self._propose(desk, hand, serial)
        return Sign.COLLECTING

    def _take_choices(self, hand: Hand, serial: str, selected: dict[str, list[str]]) -> None:
        """A card's drop-downs come with whichever of its buttons is pressed."""
        term = next(iter(selected.get(cards.TERM, [])), cards.NO_TERM)
        if term != cards.NO_TERM:
            self._citing.cite(hand, serial, "terms", [term])
        severity = next(iter(selected.get(cards.SEVERITY, [])), "")
        if severity in SEVERITIES:
            hand.change(serial, severity=severity)

    async def _done(self, desk: Desk, hand: Hand) -> Taken:
        if hand.open:
            desk.talk.say(_UNCONFIRMED)
            await self._propose(desk, hand, hand.open[0])
            return Sign.COLLECTING
        return hand.kept

    async def _keep(self, desk: Desk, hand: Hand, serial: str, _selected: dict[str, list[str]]) -> Taken:
        await self._confirm(desk, hand, serial, [hand.finding(serial)])
        if hand.open:
            await self._propose(desk, hand, hand.open[0])
            return Sign.COLLECTING
        return Sign.GO_ON

    async def _more(self, desk: Desk, hand: Hand, serial: str, _selected: dict[str, list[str]]) -> Taken:
        await self._confirm(desk, hand, serial, [hand.finding(serial)])
        self._invite(desk, hand)
        return Sign.COLLECTING

    async def _split(self, desk: Desk, hand: Hand, serial: str, _selected: dict[str, list[str]]) -> Taken:
        whole = hand.finding(serial)
        first = whole.model_copy(update={"photos": whole.photos[:1]})
        rest = [Finding(photos=[photo], place=whole.place) for photo in whole.photos[1:]]
        await self._confirm(desk, hand, serial, [first, *rest])
        self._invite(desk, hand)
        return Sign.COLLECTING

    async def _confirm(self, desk: Desk, hand: Hand, serial: str, findings: list[Finding]) -> None:
        if any(finding.empty for finding in findings):
            raise BadInput("这条问题还是空的，请先发送照片、语音或文字说明。")
        number = hand.number(serial)
        self._settle(desk, serial, f"已记第{number}条·{SEVERITIES[findings[0].severity]}")
        hand.keep(serial, findings)
        desk.draft.data["mode"] = ""
        await _fill_in_known(desk, findings)

    async def _drop(self, desk: Desk, hand: Hand, serial: str, _selected: dict[str, list[str]]) -> Taken:
        hand.finding(serial)
        self._settle(desk, serial, "已放弃")
        hand.drop(serial)
        desk.draft.data["mode"] = ""
        await self.ask(desk)
        return Sign.COLLECTING

    # ── changing ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _edit(self, desk: Desk, hand: Hand, serial: str, _selected: dict[str, list[str]]) -> Taken:
        return self._show(desk, cards.changes(desk, hand, serial))

    async def _set(self, desk: Desk, hand: Hand, serial: str, _selected: dict[str, list[str]]) -> Taken:
        await self._propose(desk, hand, serial)
        return Sign.COLLECTING

    async def _reword(self, desk: Desk, hand: Hand, serial: str, _selected: dict[str, list[str]]) -> Taken:
        hand.finding(serial)
        self._enter(desk, f"reword:{serial}")
        desk.talk.say("请发送新的文字说明，它会代替原来的说明。")
        return Sign.COLLECTING

    async def _remove(self, desk: Desk, hand: Hand, serial: str, _selected: dict[str, list[str]]) -> Taken:
        finding = hand.finding(serial)
        return self._show(desk, cards.pieces(desk, finding, serial))

    async def _removed(self, desk: Desk, hand: Hand, serial: str, selected: dict[str, list[str]]) -> Taken:
        finding, gone = hand.finding(serial), set(selected.get(QUESTION, []))
        left = {
            kind: [one for one in getattr(finding, kind) if f"{kind}:{one}" not in gone] for kind in _MEDIA.values()
        }
        hand.change(serial, **left)
        return await self._set(desk, hand, serial, selected)

    async def _uncite(self, desk: Desk, hand: Hand, serial: str, selected: dict[str, list[str]]) -> Taken:
        hand.change(serial, terms=[], violations=[])
        return await self._set(desk, hand, serial, selected)

    # ── citing from the library ──────────────────────────────────────────────────────────────────────────────────

    async def _offer_terms(self, desk: Desk, hand: Hand, serial: str, _selected: dict[str, list[str]]) -> Taken:
        self._enter(desk, f"terms:{serial}")
        self._citing.offer(desk, hand, serial, "terms")
        return Sign.COLLECTING

    async def _offer_violations(self, desk: Desk, hand: Hand, serial: str, _selected: dict[str, list[str]]) -> Taken:
        self._enter(desk, f"violations:{serial}")
        self._citing.offer(desk, hand, serial, "violations")
        return Sign.COLLECTING

    async def _cite_terms(self, desk: Desk, hand: Hand, serial: str, selected: dict[str, list[str]]) -> Taken:
        self._citing.cite(hand, serial, "terms", selected.get(QUESTION, []))
        return await self._set(desk, hand, serial, selected)

    async def _cite_violations(self, desk: Desk, hand: Hand, serial: str, selected: dict[str, list[str]]) -> Taken:
        self._citing.cite(hand, serial, "violations", selected.get(QUESTION, []))
        return await self._set(desk, hand, serial, selected)

    # ── saying ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def _propose(self, desk: Desk, hand: Hand, serial: str, after: timedelta | None = None) -> None:
        self._enter(desk, "")
        suggested = self._citing.suggested(desk, hand.finding(serial).note)
        card = await cards.proposal(desk, hand, serial, suggested)
        self._settle(desk, serial, "已有新卡片")
        desk.draft.data.setdefault("proposals", {})[serial] = card.task_id
        desk.talk.show(card, merge_key=_merge_key(desk, serial), after=after)

    def _invite(self, desk: Desk, hand: Hand) -> None:
        self._enter(desk, "")
        desk.talk.show(cards.invitation(desk, hand), merge_key=f"invite:{desk.draft.id}")

    def _show(self, desk: Desk, card: Card) -> Sign:
        desk.talk.show(card)
        return Sign.COLLECTING

    def _enter(self, desk: Desk, mode: str) -> None:
        """What the next words of the member mean."""
        desk.draft.data["asking"] = desk.question.name
        desk.draft.data["mode"] = mode

    def _settle(self, desk: Desk, serial: str, words: str) -> None:
        """The last proposal of this finding cannot be pressed any more."""
        task = desk.draft.data.get("proposals", {}).pop(serial, None)
        if task:
            desk.talk.settle(task, words)


def _hand(desk: Desk) -> Hand:
    return Hand(desk.draft.data, desk.question.name, desk.talk.event.at)


def _merge_key(desk: Desk, serial: str) -> str:
    return f"hand:{desk.draft.id}:{serial}"


async def _fill_in_known(desk: Desk, findings: list[Finding]) -> None:
    """The project one stands on and the part one named are not asked again; the summary shows them."""
    project = await on_site(desk) if "project" not in desk.answers else None
    if project is not None:
        desk.answers["project"] = project.id
    parts = desk.draft.data.setdefault("parts", [])
    if desk.answers.get("checked_location", "、".join(parts)) == "、".join(parts):
        parts += [p for f in findings if (p := part_of_works(f.note)) and p not in parts]
        if parts:
            desk.answers["checked_location"] = "、".join(parts)[:200]
