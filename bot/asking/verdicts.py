"""Verdicts on a reply (BY-04, HN-45): what is to go back is ticked on one card, then each of these gets its reason."""

import re
from collections.abc import Mapping
from typing import Any

from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.asking.words import SKIP, bare
from bot.buttons import Reply
from bot.cards import LIGHT, OPTIONS, PLAIN, QUESTION, Pick, Press, ask_with_buttons, ask_with_options
from bot.commands import listing
from bot.talk import plain
from core.cases.drafts import RETURNED
from core.cases.models import Case
from core.errors import BadInput
from core.forms import Day
from notices import pairing
from notices.reply import progress
from notices.rounds import Answer, Verdicts
from wecom.events import ImageMessage, TextMessage, VideoMessage, VoiceMessage

_NUMBERS = re.compile(r"^(?:退回)?\s*第?((?:\d{1,3}[、，,\s]*)+)条?$")
_ALL_WELL = frozenset({"全部通过", "都通过", "通过", *SKIP})
_LONGEST = 1000
_TEXT = 60


class VerdictsAsker(Asker):
    async def ask(self, desk: Desk) -> bool:
        case = await Case.get(id=desk.draft.case_id)
        waits = _unexplained(desk) if desk.question.name not in desk.answers else 0
        if waits:
            self._ask_why(desk, case, waits)
        else:
            await self._offer(desk, case)
        return True

    async def _offer(self, desk: Desk, case: Case) -> None:
        answers = _answers(case)
        if desk.question.name not in desk.answers and RETURNED not in desk.draft.data:
            await self._remind_of(desk, case, answers)
        ticked = desk.draft.data.pop(RETURNED, {})
        picks = [Pick(str(a.finding), f"{a.finding}.{_wording(case, a)}", str(a.finding) in ticked) for a in answers]
        more = f"共 {len(picks)} 条，也可以回复序号，例如：退回 3、21" if len(picks) > OPTIONS else "不勾选就是全部通过"
        card = ask_with_options(
            desk.task(), "请勾选要退回的条目", more, picks, _carries(desk, "tick"), several=True, submit="选好了"
        )
        desk.talk.show(card)

    async def _remind_of(self, desk: Desk, case: Case, answers: list[Answer]) -> None:
        used = await _used_before(desk, case)
        head = f"{plain(desk.draft.data['heading'])}\n不办了发送“取消”。"
        link = listing.link(desk.talk, case, "查看照片和全部内容")
        listing.say(desk.talk, [head, *(_line(case, answer, used) for answer in answers)], link)

    def _ask_why(self, desk: Desk, case: Case, number: int) -> None:
        answer = next(a for a in _answers(case) if a.finding == number)
        presses = [Press(reason, _carries(desk, f"why:{number}:{reason}"), LIGHT) for reason in Verdicts.usual]
        presses.append(Press("看详情", desk.talk.link(f"/h5/cases/{case.id}"), PLAIN))
        text = f"{_wording(case, answer)}；回复：{answer.statement}"
        card = ask_with_buttons(
            desk.task(), f"第 {number} 条为什么退回？", text, presses, desc="请回复原因，或点常用的原因"
        )
        desk.talk.show(card)

    # ── what comes in ────────────────────────────────────────────────────────────────────────────────────────────

    async def read(self, desk: Desk) -> Taken:
        event, case = desk.talk.event, await Case.get(id=desk.draft.case_id)
        if isinstance(event, ImageMessage | VoiceMessage | VideoMessage):
            raise BadInput("退回的原因请用文字说明，刚才发送的没有记入审核。")
        if not isinstance(event, TextMessage):
            return Sign.NOT_MINE
        waits = _unexplained(desk)
        if waits:
            return self._because(desk, case, waits, event.content.strip())
        return self._named(desk, case, bare(event.content))

    def _named(self, desk: Desk, case: Case, said: str) -> Taken:
        found = _NUMBERS.match(said)
        if said not in _ALL_WELL and found is None:
            raise BadInput("请在卡片上勾选要退回的条目，或回复序号，例如：退回 2、4；全部合格请回复“全部通过”。")
        return self._ticked(desk, case, re.findall(r"\d+", found[1]) if found else [])

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        case = await Case.get(id=desk.draft.case_id)
        verb, _, rest = value.partition(":")
        if verb == "tick":
            return self._ticked(desk, case, selected.get(QUESTION, []))
        number, _, reason = rest.partition(":")
        if verb != "why" or number not in desk.draft.data.get(RETURNED, {}):
            raise BadInput("这个按钮已经失效，请看最新的卡片。")
        return self._because(desk, case, int(number), reason)

    def _ticked(self, desk: Desk, case: Case, numbers: list[str]) -> Taken:
        there = {str(a.finding) for a in _answers(case)}
        strange = [one for one in numbers if one not in there]
        if strange:
            raise BadInput(f"这一轮没有第{'、'.join(strange)}条，请在卡片上勾选要退回的条目。")
        desk.answers.pop(desk.question.name, None)
        desk.draft.data[RETURNED] = dict.fromkeys(sorted(numbers, key=int), "")
        return self._go_on(desk, case)

    def _because(self, desk: Desk, case: Case, number: int, reason: str) -> Taken:
        if not reason or len(reason) > _LONGEST:
            raise BadInput(f"请填写第{number}条退回的原因，最多{_LONGEST}个字。")
        self._settle(desk, f"第{number}条退回")
        desk.draft.data[RETURNED][str(number)] = reason
        return self._go_on(desk, case)

    def _go_on(self, desk: Desk, case: Case) -> Taken:
        waits = _unexplained(desk)
        if not waits:
            return _verdicts(case, desk.draft.data[RETURNED])
        self._settle(desk, "已选")
        self._ask_why(desk, case, waits)
        return Sign.COLLECTING

    def _settle(self, desk: Desk, words: str) -> None:
        task = desk.draft.data.pop("task", None)
        if task:
            desk.talk.settle(task, words)


def _carries(desk: Desk, value: str) -> Reply:
    return Reply(desk.draft.id, desk.question.name, value)


def _answers(case: Case) -> list[Answer]:
    """Of the last reply: what waits for a verdict."""
    return sorted((Answer(**one) for one in case.data["answers"]), key=lambda one: one.finding)


def _unexplained(desk: Desk) -> int:
    """The first that is returned without a reason yet; 0 when there is none."""
    returned: dict[str, str] = desk.draft.data.get(RETURNED, {})
    return next((int(number) for number, reason in returned.items() if not reason), 0)


def _verdicts(case: Case, returned: dict[str, str]) -> list[dict[str, Any]]:
    numbers = [answer.finding for answer in _answers(case)]
    return [{"finding": n, "accepted": str(n) not in returned, "reason": returned.get(str(n), "")} for n in numbers]


def _wording(case: Case, answer: Answer) -> str:
    return str(case.data["findings"][answer.finding - 1])


async def _used_before(desk: Desk, case: Case) -> Mapping[int, list[str]]:
    """By finding, what is said of its photos."""
    said: dict[int, list[str]] = {}
    used = await pairing.used_in_last(case, (await progress(case)).rounds)
    for one, words in await pairing.told(used, desk.person):
        said.setdefault(one.finding, []).append(words)
    return said


def _line(case: Case, answer: Answer, used: Mapping[int, list[str]]) -> str:
    photos = f"照片{len(answer.photos)}张，" if answer.photos else "没有照片，"
    done = Day("").show(answer.done_on, {})
    said = "".join(f"\n  ⚠ 照片{plain(words)}" for words in dict.fromkeys(used.get(answer.finding, [])))
    return (
        f"{answer.finding}. {_cut(_wording(case, answer))}\n"
        f"  回复：{_cut(answer.statement)}（{photos}{done}完成）{said}"
    )


def _cut(words: str) -> str:
    return plain(words if len(words) <= _TEXT else f"{words[: _TEXT - 1]}…")
