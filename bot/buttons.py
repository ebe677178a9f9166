"""What a button carries, as types: packed into a card's key, unpacked at the click."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Act:
    """An action on a case."""

    case_id: int
    action: str

    def pack(self) -> str:
        return f"act:{self.case_id}:{self.action}"


@dataclass(frozen=True)
class Again:
    """A new record with what a case holds already filled in."""

    case_id: int

    def pack(self) -> str:
        return f"again:{self.case_id}"


@dataclass(frozen=True)
class Follow:
    """A new record of another process, begun from a case."""

    case_id: int
    process: str

    def pack(self) -> str:
        return f"follow:{self.case_id}:{self.process}"


@dataclass(frozen=True)
class Reply:
    """An answer to a question of a draft; choices made in the card itself come with the click."""

    draft_id: int
    question: str
    value: str = ""

    def pack(self) -> str:
        return f"reply:{self.draft_id}:{self.question}:{self.value}"


@dataclass(frozen=True)
class Handle:
    """Something done with a draft as a whole: submit, change, cancel, continue …"""

    draft_id: int
    verb: str

    def pack(self) -> str:
        return f"draft:{self.draft_id}:{self.verb}"


@dataclass(frozen=True)
class Word:
    """The same as typing the word."""

    word: str

    def pack(self) -> str:
        return f"word:{self.word}"


Button: TypeAlias = Act | Again | Follow | Reply | Handle | Word


def unpack(key: str) -> Button | None:
    """None for a key that is not ours (an old menu, a forged click)."""
    kind, _, rest = key.partition(":")
    parts = rest.split(":")
    if kind == "word" and rest:
        return Word(rest)
    if not parts[0].isascii() or not parts[0].isdigit() or len(parts[0]) > 18:
        return None
    return _numbered(kind, int(parts[0]), parts[1:])


def _numbered(kind: str, number: int, rest: list[str]) -> Button | None:
    found: Button | None = None
    match kind, rest:
        case "act", [action]:
            found = Act(number, action)
        case "follow", [process]:
            found = Follow(number, process)
        case "again", []:
            found = Again(number)
        case "draft", [verb]:
            found = Handle(number, verb)
        case "reply", [question, *value] if value:
            found = Reply(number, question, ":".join(value))
    return found
