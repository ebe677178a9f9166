"""Words that nobody had asked for: perhaps the first part of a finding, whose photos are still to come (BY-01)."""

from datetime import datetime
from typing import Any

from bot.buttons import Reply
from bot.cards import PRIMARY, Press
from bot.commands.help import offer_help
from bot.talk import Talk
from checks.hand import TOGETHER
from core.cases import drafts
from core.cases.declaration import Process
from core.cases.models import Draft
from core.forms import questions

_WORDS = "words"
_SHORTEST = 4  # 谢谢, 收到, 好的 say nothing about a site


async def report(talk: Talk, process: Process) -> Draft:
    """This member's draft of the photo-first process, begun if there is none."""
    action = process.first().action
    found = await drafts.find(talk.person.id, process.name, action)
    return found or await drafts.begin(talk.person.id, process.name, action)


async def keep(talk: Talk, process: Process, words: str) -> None:
    """Says what can be done, and offers to take the words as a finding; photos that follow soon take them anyway."""
    presses = []
    if len(words.strip()) >= _SHORTEST:
        draft = await hold(talk, process, words)
        presses = [Press("记为检查问题", Reply(draft.id, _question(process), _WORDS), PRIMARY)]
    offer_help(talk, "没有明白您的意思", presses)


async def hold(talk: Talk, process: Process, words: str) -> Draft:
    draft = await report(talk, process)
    draft.data[_WORDS] = {"text": words.strip(), "at": talk.event.at.isoformat()}
    await drafts.save(draft)
    return draft


def take(data: dict[str, Any], said_at: datetime, *, late: bool = False) -> str:
    """Takes the words out of a draft's data; empty when there are none, or when they were said long before or after
    (unless ``late``)."""
    kept = data.pop(_WORDS, None)
    if kept is None or (abs(said_at - datetime.fromisoformat(kept["at"])) > TOGETHER and not late):
        return ""
    return str(kept["text"])


def _question(process: Process) -> str:
    form = process.form
    assert form is not None  # noqa: S101  # a process that begins with photos has a form to put them in
    return next(q.name for q in questions(form) if q.field.kind == "findings")
