"""How this service works with notices: the kinds in use.

Set once when the service starts; the declarations look here whenever they need it.
"""

from dataclasses import dataclass, field
from pathlib import Path

from core.errors import Misdeclared, Refusal
from notices.kinds import Kinds, NoticeKind, shipped


@dataclass(frozen=True)
class Practice:
    kinds: Kinds = field(default_factory=shipped)


def of_station(file: Path | None) -> Practice:
    """With the kinds of a station's own file. Raises Misdeclared in a sentence for one that cannot work."""
    if file is None:
        return Practice()
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misdeclared(f"通知种类的文件“{file}”打不开：{error}") from None
    return Practice(kinds=shipped().with_changes(text))


class _Current:
    practice: Practice | None = None


def use(practice: Practice) -> None:
    _Current.practice = practice


def current() -> Practice:
    """What is shipped, until a station's own is set."""
    if _Current.practice is None:
        _Current.practice = Practice()
    return _Current.practice


def kinds() -> Kinds:
    return current().kinds


def passes_at_night(name: str) -> bool:
    """Whether messages about a notice of this kind pass through quiet hours."""
    return name in kinds() and kinds()[name].danger


def kind(name: str) -> NoticeKind:
    """Raises Refusal for a kind that a station has given up while a notice of it waited."""
    if name not in kinds():
        raise Refusal(f"通知种类“{name}”已经停用，请不予通过，并说明需要重新拟定。")
    return kinds()[name]
