"""A reply in hand (BY-04): the findings that are owed, and what has been said and shown for each so far.

It lives in the draft, in chat and on the page alike, so nothing is lost by a restart or by going from one to the other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel
from pydantic import Field as Limit

from core import clock
from core.cases.drafts import PIECES
from core.errors import BadInput
from notices.reply import before as progress_before
from notices.rounds import Answer, Verdict

LONGEST = 1000
MOST_PHOTOS = 30


@dataclass(frozen=True)
class Owed:
    """A finding that waits for an answer; after a return with the reason, and with what was answered before."""

    number: int
    wording: str
    reason: str = ""
    before: Answer | None = None


class Piece(BaseModel):
    """``old``: what of it still is from the round before, and is replaced by what comes now."""

    statement: Annotated[str, Limit(max_length=LONGEST)] = ""
    photos: Annotated[list[int], Limit(max_length=MOST_PHOTOS)] = []
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


def every(data: Mapping[str, Any]) -> list[Owed]:
    return [Owed(number, wording) for number, wording in enumerate(data["findings"], 1)]


class InHand:
    LONGEST = LONGEST

    def __init__(self, draft_data: dict[str, Any], owed: list[Owed]) -> None:
        self.owed = {one.number: one for one in owed}
        self._held: dict[str, Any] = draft_data.setdefault(PIECES, {"pieces": {}, "trail": []})

    def missing(self) -> int:
        """The first that has no statement yet; 0 when there is none."""
        return next((number for number in self.owed if not self.piece(number).complete), 0)

    def untouched(self) -> list[int]:
        """Those of which nothing has been said in this round."""
        return [n for n in self.owed if str(n) not in self._held["pieces"] or not self.piece(n).complete]

    def piece(self, number: int) -> Piece:
        kept = self._held["pieces"].get(str(number))
        if kept is not None:
            return Piece.model_validate(kept)
        before = self.owed[number].before
        if before is None:
            return Piece()
        old = {"statement", "photos"} if before.photos else {"statement"}
        return Piece(statement=before.statement, photos=before.photos, old=old)

    def settle(self, answers: dict[str, Any], name: str) -> None:
        """The answer to the question of this name is there as soon as nothing is missing, and the conversation then
        waits for no finding any more."""
        if self.untouched():
            answers.pop(name, None)
            return
        for number in self.owed:
            self.confirm(number)
        answers[name] = self.answers()
        trail = self._held["trail"]
        if trail and trail[-1][1]:
            trail.append([clock.now().isoformat(), 0])

    def put(self, number: int, **said: Any) -> None:
        """``statement``, ``photos`` or ``done_on`` in the place of what was there. Raises BadInput."""
        if (day := said.get("done_on")) is not None and day > clock.today():
            raise BadInput(f"第{number}条的整改完成日期还没有到，请改为实际完成的日期。")
        piece = self.piece(number)
        changed = piece.model_copy(update=said | {"old": piece.old - said.keys()})
        self._held["pieces"][str(number)] = changed.model_dump(mode="json")

    def photos(self, number: int) -> list[int]:
        """Raises BadInput."""
        self._refuse_strange(number)
        return self.piece(number).photos

    def add(self, number: int, photo: int, instead_of: Collection[int] = ()) -> None:
        """It takes the place of the first it stands for. Raises BadInput."""
        held = self.photos(number)
        at = next((place for place, one in enumerate(held) if one in instead_of), len(held))
        left = [one for one in held if one not in instead_of]
        if len(left) >= MOST_PHOTOS:
            raise BadInput(f"第{number}条最多{MOST_PHOTOS}张照片，这一张没有加上。需要换照片，请先删除一张。")
        self.put(number, photos=[*left[:at], photo, *left[at:]])

    def drop(self, number: int, photo: int) -> None:
        """Raises BadInput."""
        self.put(number, photos=[one for one in self.photos(number) if one != photo])

    def _refuse_strange(self, number: int) -> None:
        if number not in self.owed:
            raise BadInput(f"第{number}条现在不需要回复，请刷新后再试。")

    def confirm(self, number: int) -> None:
        """What is answered is done today unless another day was said."""
        piece = self.piece(number)
        if not piece.complete:
            raise BadInput(f"请先用文字说明第{number}条怎样整改，再点按钮。")
        self.put(number, done_on=piece.done_on or clock.today())

    def answers(self) -> list[dict[str, Any]]:
        """As the form holds them."""
        pieces = {number: self.piece(number) for number in self.owed}
        return [
            {"finding": number} | piece.model_dump(mode="json", exclude={"old"}) for number, piece in pieces.items()
        ]
