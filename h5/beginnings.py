"""What a member may begin from nothing, on a page as in the chat."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.cases.declaration import AUTHOR, Process
from core.people.models import Person

_WORDS = ("上报", "新建通知", "查岗")
_CAPTIONS = {"上报": "监督上报"}


@dataclass(frozen=True)
class Beginning:
    address: str
    caption: str


def open_to(person: Person, processes: Sequence[Process]) -> list[Beginning]:
    offered = {one.word: one for one in processes if person.role in one.slot(AUTHOR).roles}
    return [Beginning(f"/h5/new/{offered[word].name}", _CAPTIONS.get(word, word)) for word in _WORDS if word in offered]
