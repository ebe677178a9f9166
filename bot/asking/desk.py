"""Where a question is asked and answered: the talk, the draft and the question at hand."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from bot.buttons import Reply
from bot.talk import Talk, plain
from core.cases.declaration import Process, View
from core.cases.models import Draft
from core.forms import People, Question, questions
from core.people.models import Person

PARENT = "parent"  # in a draft's data: the case that the new record is about
IN_HAND = "hand"  # in a draft's data: findings that are not confirmed yet


def begun(draft: Draft) -> bool:
    """Whether there is anything in it that could be lost."""
    return bool(draft.data["answers"] or draft.data.get(IN_HAND))


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
    def heading(self) -> str:
        """Which step of which record is being filled in, and the other ways out; empty for a new record."""
        if not self.draft.case_id:
            return ""
        page = f'<a href="{self.talk.link(f"/h5/cases/{self.draft.case_id}")}">在页面上填写</a>'
        return f"{plain(self.draft.data.get('heading', ''))}\n也可以{page}；不办了发送“取消”。\n"

    @property
    def view(self) -> View:
        """What candidates' rules may look at; a later step's draft carries its case's project, station and author."""
        return View(
            data=self.answers,
            slots=self._slots,
            project_id=self.answers.get("project", self.draft.data.get("project")),
            project_name="",
            station_id=self.draft.data.get("station") or self.person.org_id,
            author_id=self.draft.data.get("author") or self.person.id,
            parent_id=self.draft.data.get(PARENT) or None,
        )

    @property
    def _slots(self) -> dict[str, list[int]]:
        """People chosen so far; a later step's draft knows only its own."""
        step = self.process.first()
        chosen = questions(step.form) if step.form is not None and not self.draft.case_id else ()
        return {q.field.slot: list(self.answers.get(q.name) or []) for q in chosen if isinstance(q.field, People)}


class Asker(ABC):
    """``eager`` askers also take what comes while another question is open (photos at any time). With ``afresh`` each
    round has an answer of its own: what the case holds is what the asker begins with, and not the answer already."""

    eager = False
    afresh = False

    @abstractmethod
    async def ask(self, desk: Desk) -> bool:
        """False when there is nothing to choose from; an optional question then keeps its default."""

    @abstractmethod
    async def read(self, desk: Desk) -> Taken:
        """A value or a Sign for what the member sent; raises BadInput with a correction."""

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        """A value or a Sign for a pressed button."""
        return Sign.NOT_MINE

    async def recheck(self, desk: Desk) -> None:  # noqa: B027  # most answers hold for ever
        """Raises BadInput before submitting when the answer does not hold any more."""
