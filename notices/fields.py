"""What only notices ask for: a kind of notice, and the day on which the time to put things right is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from core.forms import Day, Field
from notices import practice


@dataclass(frozen=True)
class KindField(Field):
    """The name of a kind in use. ``by_system``: one of those that the system draws up instead of a person."""

    kind: ClassVar[str] = "notice_kind"
    caption: str = "通知类型"
    by_system: bool = False

    @property
    def options(self) -> Mapping[str, str]:
        """Name → title, in the order of the kinds' file."""
        kinds = practice.kinds()
        return {one.name: one.title for one in (kinds.formed_by_system() if self.by_system else kinds.offered())}

    def check(self, value: str) -> None:
        if value not in self.options:
            raise ValueError(f"「{self.caption}」请从 {'、'.join(self.options.values())} 中选择一项。")

    def show(self, value: str, names: Mapping[str, str]) -> str:
        return practice.kinds().title(value)


@dataclass(frozen=True)
class Term(Day):
    """A last day, as a date: it is over at its midnight. Whether it may be left out is the kind's business.
    ``starts_today``: it counts from today also where a record has a deadline that it could go on from."""

    kind = "term"
    caption: str = "截止日期"
    starts_today: bool = False

    def show(self, value: date | str, names: Mapping[str, str]) -> str:
        return f"{super().show(value, names)}24时前"
