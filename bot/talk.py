"""One member's message, event or tap, and everything that is said in answer.

Answers are letters in the outbox of the same transaction, so that nothing is said that was not done, and the other way
round.
"""

import hashlib
import json
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.cases.letters import Letter
from core.cases.repeats import said_lately
from core.evidence.models import Evidence
from core.people.models import Person
from wecom import messages
from wecom.cards import Advice, Card, clip
from wecom.events import Callback

CARD, UPDATE, TEXT = "card", "update", "text"
_INTERVALS = 3_600
_SHORTEST_WINDOW = 10_800  # seconds; with up to an hour added it stays under WeCom's four hours


@dataclass
class Talk:
    """``evidence`` is what a media message became after it was fetched and kept."""

    person: Person
    event: Callback
    agent_id: int
    public_url: str
    evidence: Evidence | None = None
    letters: list[Letter] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Names this callback in idempotency keys."""
        return hashlib.sha256(self.event.repeat_key.encode()).hexdigest()[:32]

    def link(self, path: str) -> str:
        return self.public_url + path

    def page_of(self, draft_id: int) -> str:
        return self.link(f"/h5/drafts/{draft_id}")

    def say(self, text: str, *, merge_key: str | None = None, after: timedelta | None = None) -> None:
        not_before = clock.now() + after if after else None
        letter = text_letter(self.person, text, self._next("say"), merge_key=merge_key, not_before=not_before)
        self.letters.append(letter)

    def show(self, card: Card, *, merge_key: str | None = None, after: timedelta | None = None) -> None:
        """Sends a card; ``after`` waits for more to come, and a newer card of the ``merge_key`` takes its place."""
        not_before = clock.now() + after if after else None
        letter = card_letter(
            self.person, card, self.agent_id, self._next("card"), merge_key=merge_key, not_before=not_before
        )
        self.letters.append(letter)

    def settle(self, task_id: str, words: str) -> None:
        """Makes the buttons of a card inert that this member was shown, with these words in their place."""
        change = {"replace_name": clip(words, Advice.BUTTON)}
        self.letters.append(update_letter(self.person, change, task_id, self._next("settle")))

    def task(self, purpose: str) -> str:
        """A task id for a card that is sent now; never the same twice."""
        return f"{purpose}-{self.key[:20]}-{len(self.letters)}"

    def _next(self, kind: str) -> str:
        return f"{kind}:{self.key}:{len(self.letters)}"


def text_letter(
    person: Person, text: str, dedupe_key: str, *, merge_key: str | None = None, not_before: datetime | None = None
) -> Letter:
    """``text`` may hold links; what members typed goes through ``plain`` first."""
    return Letter(person.id, person.userid or "", TEXT, text, dedupe_key, merge_key=merge_key, not_before=not_before)


def plain(said: str) -> str:
    """What somebody typed, inside a text message: WeCom's texts know links and no escaping, so it must not make one."""
    return said.replace("<", "〈").replace(">", "〉").replace('"', "”")


def card_letter(
    person: Person,
    card: Card,
    agent_id: int,
    dedupe_key: str,
    *,
    case_id: int | None = None,
    slot: str = "",
    merge_key: str | None = None,
    not_before: datetime | None = None,
) -> Letter:
    body = messages.TemplateCard(card=card).body([person.userid or ""], agent_id)
    # Two cards that look alike differ by their task, also those that ask for nothing.
    body["template_card"].setdefault("task_id", f"n-{hashlib.sha256(dedupe_key.encode()).hexdigest()[:24]}")
    return Letter(
        person.id,
        person.userid or "",
        CARD,
        frozen(body, dedupe_key),
        dedupe_key,
        merge_key=merge_key,
        case_id=case_id,
        slot=slot,
        task_id=card.task_id,
        not_before=not_before,
        frozen=True,
    )


def update_letter(
    person: Person,
    change: dict[str, Any],
    task_id: str,
    dedupe_key: str,
    *,
    fallback: str = "",
    case_id: int | None = None,
) -> Letter:
    """``change`` is ``{"card": …}`` or ``{"replace_name": …}``; ``fallback`` is said instead when the card cannot be
    changed any more; empty: nothing is."""
    body = json.dumps(change | {"fallback": fallback}, ensure_ascii=False)
    return Letter(person.id, person.userid or "", UPDATE, body, dedupe_key, case_id=case_id, task_id=task_id)


async def frozen_text(content: str, recipient: str, agent_id: int, dedupe_key: str) -> str:
    """The bytes of a text, as ``frozen``, and unlike all that this member was sent within WeCom's memory: thousands of
    questions with the same words meet in 3,600 intervals every day."""
    body = messages.Text(content=content).body([recipient], agent_id)
    for turn in range(_INTERVALS):
        bytes_of_it = frozen(body, dedupe_key, turn)
        if not await said_lately(recipient, bytes_of_it):
            break
    return bytes_of_it


def frozen(body: dict[str, object], dedupe_key: str, turn: int = 0) -> str:
    """The bytes to send at every attempt. WeCom swallows a second message with the same JSON, which must happen to a
    repeat and never to another message with the same words: the interval carries the difference."""
    body["duplicate_check_interval"] = _SHORTEST_WINDOW + (zlib.crc32(dedupe_key.encode()) + turn) % _INTERVALS
    return messages.freeze(body).decode()
