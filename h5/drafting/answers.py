"""``answers``: each finding is answered, kept and compared with what others wrote for itself (BY-04).

Words and the day come with every save of the page; photos have addresses of their own (``h5.replying``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from multidict import MultiDict

from core import clock
from core.cases import drafts
from core.cases.models import Case
from core.errors import BadInput
from core.evidence.models import Evidence
from h5 import kinds
from h5.drafting.adapter import Adapter, Desk, Parts, mark, outdated
from h5.kinds import FileView
from notices.replying import InHand, Owed, every, owed

_WRITTEN = "reply_written"  # in a draft's data: finding → the tab that wrote it last, and what


@dataclass(frozen=True)
class Edit:
    """What a page says of one finding. ``was`` names what stood there when the page was made."""

    number: int
    statement: str
    day: str
    was: str

    @property
    def mark(self) -> str:
        return mark([self.statement, self.day])


@dataclass(frozen=True)
class OwnPhoto:
    id: int
    file: FileView
    marked: bool


@dataclass(frozen=True)
class Block:
    """One finding on the page. ``reason``: why its last answer came back."""

    number: int
    wording: str
    reason: str
    before: list[FileView]
    photos: list[OwnPhoto]
    statement: str
    day: str
    was: str
    answered: bool


@dataclass(frozen=True)
class Offer:
    blocks: list[Block]
    today: str


class AnswersAdapter(Adapter):
    merges = True

    def held(self, desk: Desk) -> Any:
        """Not as one: see ``check``."""
        return None

    async def marks(self, desk: Desk) -> dict[str, str]:
        reply = await in_hand(desk)
        return {f"{desk.name}-{n}-was": mark(_stands(reply, n)) for n in reply.owed}

    def read(self, name: str, form: MultiDict[str]) -> Any:
        return [[number, edit.mark] for number, edit in _edits(name, form).items()] or None

    def typed(self, desk: Desk, value: Any) -> Any:
        return value

    async def check(self, desk: Desk, value: Any) -> None:
        """Keeps what fits, one by one; raises BadInput for what does not."""
        reply = await in_hand(desk)
        parts = Parts(desk.filling.draft.data.setdefault(_WRITTEN, {}), desk.tab)
        edits = [edit for number, edit in _edits(desk.name, desk.posted).items() if number in reply.owed]
        troubles = [said for edit in edits if (said := _merged(reply, edit, parts))]
        reply.settle(desk.answers, desk.name)
        if troubles:
            raise BadInput("\n".join(troubles), desk.name)

    def keep(self, desk: Desk, value: Any) -> None:
        """``check`` has."""

    async def offer(self, desk: Desk) -> Offer:
        case = await Case.get(id=desk.filling.draft.case_id)
        reply, edits = InHand(desk.filling.draft.data, owed(case.data)), _edits(desk.name, desk.posted)
        before = case.data.get("photos") or []
        ids = [one for n in reply.owed for one in (*reply.piece(n).photos, *(before[n - 1] if before else []))]
        known = await Evidence.in_bulk(set(ids), "id") if ids else {}
        shown = Shown(case, desk.filling.person.id, known)
        open_now = set(reply.untouched())
        blocks = [_block(one, reply, edits.get(n), shown, n not in open_now) for n, one in reply.owed.items()]
        return Offer(blocks, clock.today().isoformat())

    async def said(self, desk: Desk) -> str:
        reply = await in_hand(desk)
        return f"已答 {len(reply.owed) - len(reply.untouched())} / {len(reply.owed)} 条"

    async def lacking(self, desk: Desk) -> str:
        reply = await in_hand(desk)
        again = [n for n in reply.untouched() if reply.piece(n).complete]  # shows what was said before it came back
        new = [n for n in reply.untouched() if n not in again]
        said = _lacks(new, "还没有回复，请写明怎样整改后再提交。"), _lacks(again, "退回后还没有改，请改好再提交。")
        return "\n".join(filter(None, said))


def _lacks(numbers: Sequence[int], what: str) -> str:
    return f"第{'、'.join(map(str, numbers))}条{what}" if numbers else ""


@dataclass(frozen=True)
class Shown:
    case: Case
    person_id: int
    known: Mapping[int, Evidence]

    def file(self, number: int) -> FileView:
        """One's own is shown before it is handed in, too."""
        evidence = self.known[number]
        if evidence.taken_by_id != self.person_id:
            return kinds.file(self.case.id, evidence)
        base = f"/h5/evidence/{number}"
        return FileView(f"{base}/thumb", f"{base}/shown", "", "", evidence.name)


async def in_hand(desk: Desk) -> InHand:
    """Of a closed draft nothing is owed any more; what comes late is kept in it nevertheless."""
    case = await Case.get(id=desk.filling.draft.case_id)
    asked = every(case.data) if drafts.closed(desk.filling.draft) else owed(case.data)
    return InHand(desk.filling.draft.data, asked)


def own_photo(shown: Shown, number: int) -> OwnPhoto:
    return OwnPhoto(number, shown.file(number), shown.known[number].marks_id is not None)


def _edits(name: str, form: MultiDict[str]) -> dict[int, Edit]:
    """``answers-3`` is the statement, ``answers-3-day`` the day, ``answers-3-was`` what the page was made with."""
    start, end = f"{name}-", "-was"
    numbers = [one[len(start) : -len(end)] for one in form if one.startswith(start) and one.endswith(end)]
    return {int(n): _edit(name, n, form) for n in numbers if n.isascii() and n.isdigit() and len(n) < 7}


def _edit(name: str, number: str, form: MultiDict[str]) -> Edit:
    field = f"{name}-{number}"
    statement, day = form.get(field, "").strip(), form.get(f"{field}-day", "").strip()
    return Edit(int(number), statement, day, form[f"{field}-was"])


def _stands(reply: InHand, number: int) -> list[str]:
    """As a page shows it: what is put right without a day is put right today."""
    piece = reply.piece(number)
    return [piece.statement, (piece.done_on or clock.today()).isoformat()]


def _merged(reply: InHand, edit: Edit, parts: Parts) -> str:
    """Why it was not kept, in a sentence; empty when it was, or when there was nothing to keep."""
    stands = _stands(reply, edit.number)
    now, key = mark(stands), str(edit.number)
    if edit.mark in (now, edit.was):
        return ""
    if parts.changed_elsewhere(key, edit.was, now):
        return outdated(f"第{key}条", stands[0])
    try:
        reply.put(edit.number, statement=_statement(edit), done_on=_day(edit))
    except BadInput as error:
        return error.sentence
    parts.write(key, edit.mark)
    return ""


def _statement(edit: Edit) -> str:
    if len(edit.statement) > InHand.LONGEST:
        raise BadInput(f"第{edit.number}条的整改说明最多{InHand.LONGEST}个字，请缩短后再保存。")
    return edit.statement


def _day(edit: Edit) -> date | None:
    try:
        return date.fromisoformat(edit.day) if edit.day else None
    except ValueError:
        raise BadInput(f"第{edit.number}条的完成日期没有看懂，请重新选择。") from None


def _block(owed: Owed, reply: InHand, edit: Edit | None, shown: Shown, answered: bool) -> Block:
    statement, day = _stands(reply, owed.number)
    before = shown.case.data.get("photos") or []
    return Block(
        number=owed.number,
        wording=owed.wording,
        reason=owed.reason,
        before=[kinds.file(shown.case.id, shown.known[one]) for one in (before[owed.number - 1] if before else [])],
        photos=[own_photo(shown, one) for one in reply.piece(owed.number).photos if one in shown.known],
        statement=edit.statement if edit else statement,
        day=edit.day if edit else day,
        was=mark([statement, day]),
        answered=answered,
    )
