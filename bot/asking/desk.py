"""Where a question is asked and answered: the talk, the draft and the question at hand."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, TypeAlias

from bot.buttons import Reply
from bot.talk import Talk
from core.cases.declaration import Process, View
from core.cases.models import Draft
from core.forms import Question
from core.people.models import Person


class Sign(Enum):
    """What an asker says about something that came in when it has no value to give."""

    NOT_MINE = "not mine"  # the question cannot use it
    COLLECTING = "collecting"  # understood and kept, the answer is not complete yet


Taken: TypeAlias = Any


@dataclass(frozen=True)
class Desk:
    talk: Talk
    draft: Draft
    process: Process
    question: Question

    @property
    def person(self) -> Person:
        return self.talk.person

    @property
    def answers(self) -> dict[str, Any]:
        answers: dict[str, Any] = self.draft.data["answers"]
        return answers

    def carries(self, value: str = "") -> Reply:
        return Reply(self.draft.id, self.question.name, value)

    def task(self) -> str:
        """A task id for the card that asks; remembered, so that the card can be made inert when answered otherwise."""
        task = self.talk.task(f"q{self.draft.id}")
        self.draft.data["task"] = task
        return task

    @property
    def title(self) -> str:
        return f"请选择{self.question.caption}"

    @property
    def view(self) -> View:
        """What candidates' rules may look at while the case does not exist yet."""
        return View(
            data=self.answers,
            slots={},
            project_id=self.answers.get("project"),
            project_name="",
            station_id=self.draft.data.get("station") or self.person.org_id,
            author_id=self.person.id,
        )


class Asker(Protocol):
    """``eager`` askers also take what comes while another question is open (photos at any time)."""

    eager: bool

    async def ask(self, desk: Desk) -> bool:
        """False when there is nothing to choose from; an optional question then keeps its default."""
        ...

    async def read(self, desk: Desk) -> Taken:
        """A value or a Sign for what the member sent; raises BadInput with a correction."""
        ...

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        """A value or a Sign for a pressed button."""
        ...
