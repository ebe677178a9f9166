"""The last day of a term (HN-32), with how it was counted said as soon as it is picked (BY-02)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from multidict import MultiDict

from core.errors import BadInput
from h5.drafting.adapter import Adapter, Desk
from notices import asked_terms


@dataclass(frozen=True)
class Proposal:
    """``day``: as the input takes it."""

    caption: str
    day: str


class TermAdapter(Adapter):
    follows = True

    async def offer(self, desk: Desk) -> list[Proposal]:
        """What is usual, to be picked with one tap."""
        ends = await asked_terms.proposed(desk.filling, desk.question)
        proposals = [Proposal(f"{count}个工作日", end.last_day.isoformat()) for count, end in ends.items()]
        if asked_terms.may_be_left_out(desk.filling, desk.question):
            proposals.append(Proposal(asked_terms.without(desk.question), ""))
        return proposals

    def read(self, name: str, form: MultiDict[str]) -> Any:
        """``{name}-pick``: the button of a proposal, which is pressed instead where no script runs."""
        return form.get(f"{name}-pick", form.get(name, "")).strip() or None

    async def said(self, desk: Desk) -> str:
        """Raises BadInput for a day that cannot be."""
        day = desk.answers.get(desk.name)
        if not day:
            return ""
        begins = await asked_terms.start(desk.filling, desk.question)
        return begins.ends(date.fromisoformat(day)).explanation

    async def check(self, desk: Desk, value: Any) -> None:
        begins = await asked_terms.start(desk.filling, desk.question)
        try:
            begins.ends(date.fromisoformat(value))
        except BadInput as refusal:
            raise BadInput(refusal.sentence, desk.name) from None
