"""Where a question is asked and answered: the talk, the draft and the question at hand."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from bot.buttons import Reply
from bot.talk import Talk, plain
from core.cases.declaration import Process, View
from core.cases.filling import Filling
from core.cases.models import Draft
from core.forms import Question
from core.people.models import Person


class Sign(Enum):
    """What an asker says about something that came in when it has no value to give."""

    NOT_MINE = "not mine"  # the question cannot use it
    COLLECTING = "collecting"  # understood and kept, and what is to be done next has been said
    GO_ON = "go on"  # understood and kept, and the open question is to be asked again


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
    def page(self) -> str:
        """The same draft as a form, which a card opens when it is tapped."""
        return self.talk.page_of(self.draft.id)

    @property
    def heading(self) -> str:
        """Which step of which record is being filled in, and the other ways out; empty for a new record."""
        if not self.draft.case_id:
            return ""
        page = f'<a href="{self.page}">在页面上填写</a>'
        return f"{plain(self.draft.data.get('heading', ''))}\n也可以{page}；不办了发送“取消”。\n"

    @property
    def filling(self) -> Filling:
        return Filling(self.process, self.draft, self.person)

    @property
    def view(self) -> View:
        return self.filling.view


class Asker(ABC):
    """``eager`` askers also take what comes while another question is open (photos at any time)."""

    eager = False

    @abstractmethod
    async def ask(self, desk: Desk) -> bool:
        """False when there is nothing to choose from; an optional question then keeps its default."""

    @abstractmethod
    async def read(self, desk: Desk) -> Taken:
        """A value or a Sign for what the member sent; raises BadInput with a correction."""

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        """A value or a Sign for a pressed button."""
        return Sign.NOT_MINE
