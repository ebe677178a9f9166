"""How one kind of field is put on a draft's page, and read from what the page posts."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from multidict import MultiDict

from core.cases.filling import Filling
from core.forms import Question, check_answer

EMPTY = "-"
WRITTEN = "written"  # in a draft's data: question → the tab that wrote it last, and what
_TAB = "tab"  # in what is posted: one page in one window
_LONGEST_TAB = 32


def tab_of(said: Mapping[str, str]) -> str:
    return said.get(_TAB, "")[:_LONGEST_TAB]


@dataclass(frozen=True)
class Desk:
    """A question of a draft. ``posted`` is all that the page sent, empty where it is only looked at."""

    filling: Filling
    question: Question
    posted: MultiDict[str]

    @property
    def name(self) -> str:
        return self.question.name

    @property
    def shown_before(self) -> bool:
        """Whether this comes from a page that showed the question: what is not ticked there is not wanted."""
        return f"was-{self.name}" in self.posted

    @property
    def touched(self) -> bool:
        """Whether it was answered on a page before, if only by taking the answer out."""
        return self.name in self.filling.draft.data.get(WRITTEN, {})

    @property
    def tab(self) -> str:
        return tab_of(self.posted)

    @property
    def open(self) -> bool:
        """Whether nobody answered it yet, so that an answer may be proposed."""
        return not self.touched and self.name not in self.answers

    @property
    def answers(self) -> dict[str, Any]:
        return self.filling.answers


class Adapter:
    """``leads``: other questions may offer something else once this one is answered; ``follows``: what this one offers
    or says depends on others; ``merges``: ``check`` compares and keeps it part by part, there is nothing that could be
    outdated as a whole. Its template is ``fields/{kind}.html`` and sees ``input``, a FieldView."""

    leads = False
    follows = False
    proposes = False
    merges = False

    async def proposal(self, desk: Desk) -> Any:
        """What is ticked in advance where nobody answered yet, None for nothing."""
        return None

    async def offer(self, desk: Desk) -> Any:
        """What the template needs beside the answer: options, found projects, thumbnails."""
        return None

    async def said(self, desk: Desk) -> str:
        """What follows from the answer, in a sentence under the field. BadInput's sentence is shown as an error."""
        return ""

    def held(self, desk: Desk) -> Any:
        """The answer so far, None without one."""
        return desk.answers.get(desk.name)

    async def marks(self, desk: Desk) -> dict[str, str]:
        """What stands there now, under the names of the page's inputs that say what it was made with."""
        return {f"was-{desk.name}": mark(self.held(desk))}

    def shown(self, desk: Desk, value: Any) -> Any:
        """An answer as the template takes it."""
        return "" if value is None else str(value)

    def read(self, name: str, form: MultiDict[str]) -> Any:
        """What was posted for the question of this name, None for nothing. Raises nothing."""
        return form.get(name, "").strip() or None

    def typed(self, desk: Desk, value: Any) -> Any:
        """The answer as the form holds it. Raises BadInput."""
        return check_answer(desk.question, value)

    async def check(self, desk: Desk, value: Any) -> None:
        """Raises BadInput for what this person may not choose; called for what has changed only."""

    async def lacking(self, desk: Desk) -> str:
        """What is said of a required answer that is not there, where that is more than that it is not."""
        return ""

    def keep(self, desk: Desk, value: Any) -> None:
        """Puts an answer into the draft, None takes it out."""
        if value is None:
            desk.answers.pop(desk.name, None)
        else:
            desk.answers[desk.name] = value


@dataclass(frozen=True)
class Parts:
    """Of an answer that merges: ``written``, in the draft's data, is part → the tab that wrote it last, and what."""

    written: dict[str, list[str]]
    tab: str

    def changed_elsewhere(self, part: str, was: str, now: str) -> bool:
        """Whether the page was made with something else than what stands there, and has not written that itself."""
        return now != was and self.written.get(part) != [self.tab, now]

    def write(self, part: str, now: str) -> None:
        self.written[part] = [self.tab, now]


def outdated(part: str, newer: str) -> str:
    """``part``: 第3条"""
    said = f"{part}在别处改过了，现在写的是：{newer or '空'}。"
    return f"{said}您在这里写的还没有保存；要用这里写的，请再点一次“保存”。"


def mark(value: Any) -> str:
    """Names an answer, so that a page can say which one it was made with; all that is empty has one name."""
    if value in (None, "", [], False):
        return EMPTY
    said = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
