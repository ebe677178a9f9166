"""A reply in hand as the conversation holds it: one finding is open, and what comes in belongs to it.

Photos arrive when they have been fetched, which may be after the member went on to the next finding: each belongs to
the finding that was open when it was sent.
"""

from datetime import date, datetime
from typing import Any

from bot.asking.desk import Desk
from core.cases.models import Case
from core.errors import BadInput
from notices.replying import LONGEST, MOST_PHOTOS, InHand, Owed, owed


class Replying(InHand):
    def __init__(self, desk: Desk, owed: list[Owed]) -> None:
        super().__init__(desk.draft.data, owed)
        self._said_at = desk.talk.event.at  # not when it was fetched, which may be an hour later

    @classmethod
    async def of(cls, desk: Desk) -> "Replying":
        case = await Case.get(id=desk.draft.case_id)
        reply = cls(desk, owed(case.data))
        changed_elsewhere = reply._trail and not reply.now and desk.question.name not in desk.answers
        if not reply._trail or changed_elsewhere:
            reply.open(next(iter(reply.untouched()), min(reply.owed)))
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

    # ── growing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def say(self, number: int, words: str) -> None:
        piece = self.piece(number)
        before = "" if "statement" in piece.old else piece.statement
        whole = f"{before}，{words}" if before else words
        if len(whole) > LONGEST:
            raise BadInput(f"第{number}条的整改说明最多{LONGEST}个字，这段文字没有加上。请缩短后重新发送。")
        self.put(number, statement=whole)

    def add_photo(self, number: int, evidence_id: int) -> None:
        piece = self.piece(number)
        before = [] if "photos" in piece.old else piece.photos
        if len(before) >= MOST_PHOTOS:
            raise BadInput(f"第{number}条最多{MOST_PHOTOS}张照片，这一张没有加上。需要换照片请先点“去掉照片”。")
        self.put(number, photos=[*before, evidence_id])

    def done(self, number: int, day: date) -> None:
        self.put(number, done_on=day)

    def clear(self, number: int, what: str) -> None:
        """``what``: statement or photos."""
        self.put(number, **{what: type(getattr(self.piece(number), what))()})
