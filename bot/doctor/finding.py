from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    GOOD = "✓"
    NOTE = "！"
    BAD = "✗"


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and what to do about it, each in one sentence."""

    level: Level
    what: str
    found: str
    remedy: str = ""

    def __str__(self) -> str:
        said = f"{self.level} {self.what}：{self.found}"
        return f"{said}\n    处理：{self.remedy}" if self.remedy else said


def good(what: str, found: str) -> Finding:
    return Finding(Level.GOOD, what, found)


def note(what: str, found: str, remedy: str) -> Finding:
    return Finding(Level.NOTE, what, found, remedy)


def bad(what: str, found: str, remedy: str) -> Finding:
    return Finding(Level.BAD, what, found, remedy)
