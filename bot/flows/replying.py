"""A reply in hand (BY-04): the findings that are owed, and what has been said and shown for each so far.

It lives in the draft, so nothing is lost by a restart. Photos arrive when they have been fetched, which may be after
the member went on to the next finding: each belongs to the finding that was open when it was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel
from pydantic import Field as Limit

from bot.asking.desk import Desk
from core import clock
from core.cases.models import Case
from core.errors import BadInput
from notices.reply import before as progress_before
from notices.rounds import Answer, Verdict

_REPLYING = "replying"
_LONGEST = 1000
_MOST_PHOTOS = 30


@dataclass(frozen=True)
class Owed:
    """A finding that waits for an answer; after a return with the reason, and with what was answered before."""

    number: int
    wording: str
    reason: str = ""
    before: Answer | None = None


class Piece(BaseModel):
    """``old``: what of it still is from the round before, and is replaced by what comes now."""

    statement: Annotated[str, Limit(max_length=_LONGEST)] = ""
    photos: Annotated[list[int], Limit(max_length=_MOST_PHOTOS)] = []
    done_on: date | None = None
    old: set[str] = set()

    @property
    def complete(self) -> bool:
        return bool(self.statement.strip())


def owed(data: Mapping[str, Any]) -> list[Owed]:
    """What the replier of a case with this data has to answer: what was returned last, or everything."""
    reasons = {v.finding: v.reason for one in data.get("verdicts") or [] if not (v := Verdict(**one)).accepted}
    before = {a.finding: a for one in data.get("answers") or [] if (a := Answer(**one))}
    numbers, wordings = progress_before(data).owed(), data["findings"]
    return [Owed(n, wordings[n - 1], reasons.get(n, ""), before.get(n)) for n in numbers]


class Replying:
    def __init__(self, desk: Desk, owed: list[Owed]) -> None:
        self._desk = desk
        self._said_at = desk.talk.event.at  # not when it was fetched, which may be an hour later
        self.owed = {one.number: one for one in owed}
        self._held: dict[str, Any] = desk.draft.data.setdefault(_REPLYING, {"pieces": {}, "trail": []})

    @classmethod
    async def of(cls, desk: Desk) -> "Replying":
        case = await Case.get(id=desk.draft.case_id)
        reply = cls(desk, owed(case.data))
        if not reply._trail:
            reply.open(min(reply.owed))
        return reply

    @property
    def _trail(self) -> list[list[Any]]:
        """When which finding was opened; number 0: all had been answered."""
        trail: list[list[Any]] = self._held["trail"]
        return trail

    @property
    def now(self) -> int:
        return int(self._trail[-1][1])

    def open(self, number: int) -> None:
        self._trail.append([self._said_at.isoformat(), number])

    def shown_then(self) -> int:
        """The finding that was open when what comes in now was sent."""
        before = [number for at, number in self._trail if datetime.fromisoformat(at) <= self._said_at]
        return int(before[-1] if before else self._trail[0][1])

    def place(self, number: int) -> int:
        """Which of those that are owed, counted from one."""
        return list(self.owed).index(number) + 1

    def beside(self, number: int, step: int) -> int:
        """The next (1) or the one before (-1); 0 when there is none."""
        every = list(self.owed)
        at = every.index(number) + step
        return every[at] if 0 <= at < len(every) else 0

    def missing(self) -> int:
        """The first that has no statement yet; 0 when there is none."""
        return next((number for number in self.owed if not self.piece(number).complete), 0)

    def piece(self, number: int) -> Piece:
        kept = self._held["pieces"].get(str(number))
        if kept is not None:
            return Piece.model_validate(kept)
        before = self.owed[number].before
        if before is None:
            return Piece()
        old = {"statement", "photos"} if before.photos else {"statement"}
        return Piece(statement=before.statement, photos=before.photos, old=old)

    # ── growing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def say(self, number: int, words: str) -> None:
        piece = self.piece(number)
        before = "" if "statement" in piece.old else piece.statement
        whole = f"{before}，{words}" if before else words
        if len(whole) > _LONGEST:
            raise BadInput(f"第{number}条的整改说明最多{_LONGEST}个字，这段文字没有加上。请缩短后重新发送。")
        self._keep(number, piece, "statement", whole)

    def add_photo(self, number: int, evidence_id: int) -> None:
        piece = self.piece(number)
        before = [] if "photos" in piece.old else piece.photos
        if len(before) >= _MOST_PHOTOS:
            raise BadInput(f"第{number}条最多{_MOST_PHOTOS}张照片，这一张没有加上。需要换照片请先点“去掉照片”。")
        self._keep(number, piece, "photos", [*before, evidence_id])

    def done(self, number: int, day: date) -> None:
        if day > clock.today():
            raise BadInput(f"第{number}条的整改完成日期还没有到，请改为实际完成的日期。")
        self._keep(number, self.piece(number), "done_on", day)

    def clear(self, number: int, what: str) -> None:
        """``what``: statement or photos."""
        piece = self.piece(number)
        self._keep(number, piece, what, type(getattr(piece, what))())

    def _keep(self, number: int, piece: Piece, what: str, value: Any) -> None:
        changed = piece.model_copy(update={what: value, "old": piece.old - {what}})
        self._held["pieces"][str(number)] = changed.model_dump(mode="json")

    # ── leaving the hand ─────────────────────────────────────────────────────────────────────────────────────────

    def confirm(self, number: int) -> None:
        """What is answered is done today unless another day was said."""
        piece = self.piece(number)
        if not piece.complete:
            raise BadInput(f"请先用文字说明第{number}条怎样整改，再点按钮。")
        self._keep(number, piece, "done_on", piece.done_on or clock.today())

    def answers(self) -> list[dict[str, Any]]:
        """As the form holds them."""
        pieces = {number: self.piece(number) for number in self.owed}
        return [
            {"finding": number} | piece.model_dump(mode="json", exclude={"old"}) for number, piece in pieces.items()
        ]
