"""随手拍 (BY-01): photos, voice, video, a location and words, sent in any order, become one proposed finding.

    something arrives ──► pocket ──(a few quiet seconds)──► one card: 确认 / 选术语 / 违法行为 / 修改 / 拆分 / 放弃
    确认 ──► a finding of the report ──► next photo, or 「没有其他问题了」 ──► the form's next question

Always confirmed by a person. The pocket is part of the draft, so nothing is lost by a restart or a dead spot.
"""

from datetime import date, timedelta
from typing import Any

from bot.asking.desk import Desk, Sign, Taken
from bot.asking.project import remember_spot, suggested
from bot.asking.words import SKIP, bare
from bot.cards import DANGER, LIGHT, OPTIONS, PLAIN, PRIMARY, QUESTION, Pick, Press, ask_with_buttons, ask_with_options
from checks.citing import cite
from checks.finding import SEVERITIES
from checks.library import CheckType, Library, Term, Violation
from core import clock
from core.errors import BadInput
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
_DONE = frozenset({"完成", "好了", "没有了", "没有其他问题", "没有其他问题了", "下一步", *SKIP})
_KINDS: dict[type[Callback], str] = {ImageMessage: "photos", VoiceMessage: "voices", VideoMessage: "videos"}
_UNITS = {"photos": "张照片", "voices": "段录音", "videos": "段视频"}
_LIMITS = {"photos": 30, "voices": 10, "videos": 5}
_SUGGESTED = 5
_TERM = "term"  # the drop-down of the proposal

Pocket = dict[str, Any]


class FindingsAsker:
    """The asker of the ``findings`` field."""

    eager = True

    def __init__(self, library: Library) -> None:
        self._library = library

    async def ask(self, desk: Desk) -> bool:
        if desk.draft.data.get("pocket"):
            await self._propose(desk)
            return True
        found = _found(desk)
        text = "现在可以发送照片、语音、视频、位置或文字，几样一起发会合成一条问题。"
        if found:
            text = f"已记 {len(found)} 条问题。继续拍下一条，或进入下一步。"
        presses = [Press("没有其他问题了" if found else "未发现问题", desk.carries("done"), PRIMARY)]
        if found:
            presses.append(Press("删除最后一条", desk.carries("undo"), PLAIN))
        card = ask_with_buttons(desk.task(), "请拍摄或描述问题", text, presses)
        desk.talk.show(card, merge_key=f"pocket:{desk.draft.id}")
        return True

    # ── what comes in ────────────────────────────────────────────────────────────────────────────────────────────

    async def read(self, desk: Desk) -> Taken:
        event, data = desk.talk.event, desk.draft.data
        if isinstance(event, LocationMessage | LocationSelected):
            _pocket(desk)["place"] = remember_spot(desk, event)
        elif desk.talk.evidence is not None and type(event) in _KINDS:
            _put(_pocket(desk), _KINDS[type(event)], desk.talk.evidence.id)
        elif isinstance(event, TextMessage) and data.get("asking") == desk.question.name:
            return await self._words(desk, event.content.strip())
        else:
            return Sign.NOT_MINE
        await self._propose(desk, after=_QUIET)
        return Sign.COLLECTING

    async def _words(self, desk: Desk, text: str) -> Taken:
        mode = desk.draft.data.get("mode", "")
        if mode in {"terms", "violations"}:
            await self._offer(desk, mode, text)
            return Sign.COLLECTING
        if bare(text) in _DONE and not desk.draft.data.get("pocket"):
            return _found(desk)
        pocket = _pocket(desk)
        pocket["note"] = "，".join(filter(None, [pocket.get("note", ""), text]))[:1000]
        await self._propose(desk, after=_QUIET)
        return Sign.COLLECTING

    # ── the proposal ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _propose(self, desk: Desk, after: timedelta | None = None) -> None:
        desk.draft.data["asking"] = desk.question.name
        desk.draft.data["mode"] = ""
        pocket = _pocket(desk)
        several = len(pocket.get("photos", [])) > 1
        presses = [
            Press("确认", desk.carries("keep"), PRIMARY),
            Press("选术语", desk.carries("terms"), LIGHT),
            Press("违法行为", desk.carries("violations"), LIGHT),
            Press("修改", desk.carries("edit"), PLAIN),
            *([Press("拆成每图一条", desk.carries("split"), PLAIN)] if several else []),
            Press("放弃", desk.carries("drop"), DANGER),
        ]
        title = f"第 {len(_found(desk)) + 1} 条问题：请确认"
        card = ask_with_buttons(
            desk.task(), title, _wording(pocket), presses, rows=await self._facts(desk, pocket),
            selection=self._term_choice(desk, pocket),
        )  # fmt: skip
        desk.talk.show(card, merge_key=f"pocket:{desk.draft.id}", after=after)

    async def _facts(self, desk: Desk, pocket: Pocket) -> list[tuple[str, str]]:
        material = "、".join(f"{len(pocket[kind])} {unit}" for kind, unit in _UNITS.items() if pocket.get(kind))
        cited = "；".join(c["text"] for kind in ("terms", "violations") for c in pocket.get(kind, []))
        place = pocket.get("place") or {}
        rows = [("材料", material), ("位置", place.get("label", "")), ("引用", cited)]
        rows.append(("严重程度", SEVERITIES[pocket.get("severity", "minor")]))
        if "project" not in desk.answers and desk.draft.data.get("spot"):
            near = (await suggested(desk))[:1]
            rows.append(("推荐工程", near[0].name if near else ""))
        return rows

    def _term_choice(self, desk: Desk, pocket: Pocket) -> tuple[str, str, list[Pick]] | None:
        """Standard terms that fit the words so far, offered and never taken without a person's tap."""
        if pocket.get("terms") or not pocket.get("note"):
            return None
        fitting = self._suggest(desk, pocket["note"])
        if not fitting:
            return None
        picks = [Pick("none", "不引用术语", True), *(Pick(t.id, t.text) for t in fitting)]
        return _TERM, "标准术语", picks

    def _suggest(self, desk: Desk, note: str) -> list[Term]:
        found = self._library.search_terms(note, _check_type(desk), clock.today(), _SUGGESTED)
        for word in note.replace("，", " ").split():
            found += self._library.search_terms(word, _check_type(desk), clock.today(), _SUGGESTED)
        return list({t.id: t for t in found}.values())[:_SUGGESTED]

    # ── what is pressed ──────────────────────────────────────────────────────────────────────────────────────────

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        if value == "done":
            return await self._done(desk)
        if value == "undo":
            desk.answers[desk.question.name] = _found(desk)[:-1]
            await self.ask(desk)
            return Sign.COLLECTING
        if not desk.draft.data.get("pocket"):
            raise BadInput("这条问题已经处理过了。继续拍下一条，或发送“完成”进入下一步。")
        if value in {"terms", "violations"}:
            if selected.get(QUESTION) is not None:
                self._cite(desk, value, selected[QUESTION])
                await self._propose(desk)
            else:
                await self._offer(desk, value, _pocket(desk).get("note", "") if value == "terms" else "")
            return Sign.COLLECTING
        return await self._verbs(desk, value, selected)

    async def _verbs(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        pocket = _pocket(desk)
        if value == "keep":
            chosen = [one for one in selected.get(_TERM, []) if one != "none"]
            if chosen:
                self._cite(desk, "terms", chosen)
            return await self._keep(desk, [pocket])
        if value == "split":
            photos = pocket.pop("photos", [])
            first = pocket | {"photos": photos[:1]}
            return await self._keep(desk, [first, *({"photos": [p]} for p in photos[1:])])
        if value == "drop":
            self._empty(desk)
            await self.ask(desk)
        elif value == "edit":
            self._offer_edits(desk)
        elif value in SEVERITIES:
            pocket["severity"] = value
            await self._propose(desk)
        elif value == "reword":
            pocket.pop("note", None)
            desk.talk.say("请发送新的文字说明。")
        elif value == "unphoto":
            pocket["photos"] = pocket.get("photos", [])[:-1]
            await self._propose(desk)
        elif value == "uncite":
            pocket.pop("terms", None)
            pocket.pop("violations", None)
            await self._propose(desk)
        return Sign.COLLECTING

    async def _done(self, desk: Desk) -> Taken:
        if desk.draft.data.get("pocket"):
            desk.talk.say("还有一条问题没有确认，请先点「确认」或「放弃」。")
            await self._propose(desk)
            return Sign.COLLECTING
        return _found(desk)

    async def _keep(self, desk: Desk, pockets: list[Pocket]) -> Taken:
        if any(not _substance(pocket) for pocket in pockets):
            raise BadInput("这条问题还是空的，请先发送照片、语音或文字说明。")
        desk.answers[desk.question.name] = [*_found(desk), *pockets]
        self._empty(desk)
        if "project" not in desk.answers and desk.draft.data.get("spot"):
            near = (await suggested(desk))[:1]
            if near:
                desk.answers["project"] = near[0].id
                desk.talk.say(f"已按位置填入工程：{near[0].name}。提交前可以修改。")
        await self.ask(desk)
        return Sign.COLLECTING

    def _offer_edits(self, desk: Desk) -> None:
        pocket = _pocket(desk)
        presses = [Press(f"定为{caption}", desk.carries(key), LIGHT) for key, caption in SEVERITIES.items()]
        presses.append(Press("重写说明", desk.carries("reword"), PLAIN))
        if pocket.get("photos"):
            presses.append(Press("去掉最后一图", desk.carries("unphoto"), PLAIN))
        if pocket.get("terms") or pocket.get("violations"):
            presses.append(Press("去掉引用", desk.carries("uncite"), PLAIN))
        desk.talk.show(ask_with_buttons(desk.talk.task(f"e{desk.draft.id}"), "修改这条问题", "", presses))

    # ── citing from the library ──────────────────────────────────────────────────────────────────────────────────

    async def _offer(self, desk: Desk, kind: str, words: str) -> None:
        desk.draft.data["mode"] = kind
        search = self._library.search_terms if kind == "terms" else self._library.search_violations
        found = search(words, _check_type(desk), clock.today(), OPTIONS)
        caption = "标准术语" if kind == "terms" else "违法违规行为"
        if not found and words:
            desk.talk.say(f"没有找到“{words[:20]}”，请换个关键词或拼音首字母（例如 lbfh），或发送“取消”。")
            found = search("", _check_type(desk), clock.today(), OPTIONS)
        picks = [Pick(entry.id, entry.text) for entry in found]
        desc = "可多选；也可以回复关键词或拼音首字母再找"
        card = ask_with_options(
            desk.talk.task(f"t{desk.draft.id}"), f"选择{caption}", desc, picks, desk.carries(kind), several=True,
            submit="引用",
        )  # fmt: skip
        desk.talk.show(card, merge_key=f"offer:{desk.draft.id}")

    def _cite(self, desk: Desk, kind: str, ids: list[str]) -> None:
        """Copies the entries as they stand today; what was chosen before is replaced."""
        find = self._library.term if kind == "terms" else self._library.violation
        entries: list[Term | Violation] = [entry for one in ids if (entry := find(one)) is not None]
        pocket, today = _pocket(desk), clock.today()
        pocket[kind] = [self._citation(entry, today) for entry in entries]
        worst = max((c["severity"] for c in pocket[kind]), key=list(SEVERITIES).index, default="minor")
        if list(SEVERITIES).index(worst) > list(SEVERITIES).index(pocket.get("severity", "minor")):
            pocket["severity"] = worst

    def _citation(self, entry: Term | Violation, on: date) -> dict[str, Any]:
        return cite(entry, self._library, on).model_dump(mode="json")

    def _empty(self, desk: Desk) -> None:
        desk.draft.data["pocket"] = {}
        desk.draft.data["mode"] = ""


def _pocket(desk: Desk) -> Pocket:
    pocket: Pocket = desk.draft.data.setdefault("pocket", {})
    return pocket


def _put(pocket: Pocket, kind: str, evidence_id: int) -> None:
    kept = pocket.setdefault(kind, [])
    if len(kept) >= _LIMITS[kind]:
        raise BadInput(f"一条问题最多 {_LIMITS[kind]} {_UNITS[kind]}，请先确认这一条，再继续发送。")
    kept.append(evidence_id)


def _found(desk: Desk) -> list[dict[str, Any]]:
    return list(desk.answers.get(desk.question.name) or [])


def _substance(pocket: Pocket) -> bool:
    return any(pocket.get(name) for name in ("photos", "voices", "videos", "terms", "violations", "note"))


def _wording(pocket: Pocket) -> str:
    return str(pocket.get("note", "")) or "可以补充一句文字说明，或选择标准术语。"


def _check_type(desk: Desk) -> CheckType:
    return CheckType(desk.answers.get("check_type", "comprehensive"))
