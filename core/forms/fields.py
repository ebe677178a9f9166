"""Field types. A form is a pydantic model whose annotations carry one of these:

``checked_location: Annotated[str, Text("抽查部位")]``

A field says how its value is asked, checked and shown; each door (chat, page, Excel) renders it by ``kind``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class Field:
    """``check`` raises ValueError with a Chinese sentence; ``attachments`` and ``refers`` say what a value names.
    ``short`` stands for a caption that is too long for the line of a card. With ``afresh`` each round has an answer of
    its own: what the case holds is what it begins with, and not the answer already."""

    kind: ClassVar[str]
    afresh: ClassVar[bool] = False
    hint: str = ""
    short: str = ""

    def check(self, value: Any) -> None:
        """Refuses what the type alone lets through."""

    def show(self, value: Any, names: Mapping[str, str]) -> str:
        """``names`` holds ``person:7`` → 张三 and ``project:3`` → name for what ``refers`` listed."""
        return str(value)

    def gist(self, value: Any) -> str:
        """What somebody who decides on a card wants to read of it; empty for most."""
        return ""

    def refers(self, value: Any) -> Iterable[str]:
        return ()

    def attachments(self, value: Any) -> Iterable[int]:
        return ()

    def words(self, value: Any) -> Iterable[str]:
        """What somebody wrote there: a search finds a record by it."""
        return ()

    def topics(self, value: Any) -> Iterable[str]:
        """Ids of entries of a library that it cites; statistics count records by them."""
        return ()


@dataclass(frozen=True)
class Text(Field):
    kind = "text"
    caption: str
    longest: int = 1000

    def check(self, value: str) -> None:
        if not value.strip():
            raise ValueError(f"请填写「{self.caption}」。")
        if len(value) > self.longest:
            raise ValueError(f"「{self.caption}」最多 {self.longest} 个字，现在是 {len(value)} 个字，请精简后重发。")

    def words(self, value: str) -> Iterable[str]:
        return (value,)


@dataclass(frozen=True)
class Choice(Field):
    """One of ``options``: stored key → caption."""

    kind = "choice"
    caption: str
    options: Mapping[str, str]

    def check(self, value: str) -> None:
        if value not in self.options:
            raise ValueError(f"「{self.caption}」请从 {'、'.join(self.options.values())} 中选择一项。")

    def show(self, value: str, names: Mapping[str, str]) -> str:
        return self.options.get(value, value)


@dataclass(frozen=True)
class Day(Field):
    kind = "day"
    caption: str

    def show(self, value: date | str, names: Mapping[str, str]) -> str:
        day = date.fromisoformat(value) if isinstance(value, str) else value
        return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True)
class Number(Field):
    kind = "number"
    caption: str
    unit: str = ""
    least: float = 0
    most: float = 1e12

    def check(self, value: float) -> None:
        if not self.least <= value <= self.most:
            raise ValueError(f"「{self.caption}」应在 {self.least:g} 与 {self.most:g} 之间。")

    def show(self, value: float, names: Mapping[str, str]) -> str:
        return f"{value:g}{self.unit}"


@dataclass(frozen=True)
class Switch(Field):
    kind = "switch"
    caption: str

    def show(self, value: bool, names: Mapping[str, str]) -> str:
        return "是" if value else "否"


@dataclass(frozen=True)
class Project(Field):
    """A project's id; the case belongs to that project and its station."""

    kind = "project"
    caption: str = "工程名称"

    def refers(self, value: int) -> Iterable[str]:
        return (f"project:{value}",)

    def show(self, value: int, names: Mapping[str, str]) -> str:
        return names.get(f"project:{value}", "")


@dataclass(frozen=True)
class People(Field):
    """Person ids; they fill the slot of this name. Who is offered is the slot's business. Without ``several`` it is
    exactly one, in a list as well."""

    kind = "people"
    caption: str
    slot: str
    several: bool = True

    def check(self, value: list[int]) -> None:
        if not self.several and len(value) != 1:
            raise ValueError(f"「{self.caption}」只能选一位，请重新选择。")

    def refers(self, value: list[int]) -> Iterable[str]:
        return (f"person:{one}" for one in value)

    def show(self, value: list[int], names: Mapping[str, str]) -> str:
        return "、".join(names.get(f"person:{one}", "") for one in value) or "无"


@dataclass(frozen=True)
class Offered(Field):
    """One of what the process offers for this question, or with ``several`` any number: keys such as record ids, as
    text. ``ref`` says what they are ids of, for their names: ``org``, ``case``."""

    kind = "offered"
    caption: str
    ref: str
    several: bool = False

    def refers(self, value: str | list[str]) -> Iterable[str]:
        return (f"{self.ref}:{one}" for one in _listed(value))

    def show(self, value: str | list[str], names: Mapping[str, str]) -> str:
        return "、".join(names.get(f"{self.ref}:{one}", "") for one in _listed(value)) or "无"


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Photos(Field):
    """Evidence ids of pictures."""

    kind = "photos"
    caption: str = "照片"
    most: int = 30
    unit: ClassVar[str] = "张照片"

    def check(self, value: list[int]) -> None:
        if len(value) > self.most:
            raise ValueError(f"「{self.caption}」最多 {self.most} 个，现在是 {len(value)} 个，请去掉几个。")

    def attachments(self, value: list[int]) -> Iterable[int]:
        return value

    def show(self, value: list[int], names: Mapping[str, str]) -> str:
        return f"{len(value)} {self.unit}" if value else "无"


@dataclass(frozen=True)
class Voices(Photos):
    kind = "voices"
    caption: str = "录音"
    unit = "段录音"


@dataclass(frozen=True)
class Videos(Photos):
    kind = "videos"
    caption: str = "视频"
    unit = "段视频"


@dataclass(frozen=True)
class Place(Field):
    """A ``Spot``; GCJ-02 unless it says otherwise."""

    kind = "place"
    caption: str = "位置"

    def show(self, value: Any, names: Mapping[str, str]) -> str:
        return value["label"] or f"{value['latitude']:.5f}, {value['longitude']:.5f}"

    def words(self, value: Any) -> Iterable[str]:
        return (value["label"],)
