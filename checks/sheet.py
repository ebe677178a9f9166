"""The findings of a draft as a page edits them, each under its key: those that are confirmed, and those in hand."""

import re
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from checks.finding import Finding, Findings
from checks.hand import LONGEST_NOTE, MOST, UNITS, Hand
from core import clock
from core.errors import BadInput

_OWN = re.compile(r"c[0-9a-f]{8,32}")  # made by a page, perhaps without a network
_GONE = "这条问题已经在别处删除了，这里的改动没有保存。"
_REMOVED = "finding_gone"  # in a draft's data: keys of what was deleted, so that a late photo does not bring it back
MOST_FINDINGS = Findings.most


@dataclass(frozen=True)
class Entry:
    """``serial`` is empty once it is confirmed."""

    key: str
    finding: Finding
    serial: str = ""


class Sheet:
    def __init__(self, data: dict[str, Any], question: str) -> None:
        self._data = data
        self._hand = Hand(data, question, clock.now())

    @property
    def entries(self) -> list[Entry]:
        hand = self._hand
        kept = [Entry(key, Finding.model_validate(one)) for key, one in zip(hand.keys, hand.kept, strict=True)]
        return kept + [Entry(hand.key_of(one), hand.finding(one), one) for one in hand.open]

    def find(self, key: str) -> Entry | None:
        return next((one for one in self.entries if one.key == key), None)

    def may_begin(self, key: str) -> bool:
        """Whether a page may have begun one under this key that has not been kept yet."""
        return _OWN.fullmatch(key) is not None and key not in self._data.get(_REMOVED, [])

    def begin(self, key: str = "") -> str:
        """An empty one, under its key. Raises BadInput."""
        key = key or f"c{secrets.token_hex(8)}"
        if not self.may_begin(key):
            raise BadInput(_GONE)
        if len(self.entries) >= MOST_FINDINGS:
            raise BadInput(f"一次检查最多 {MOST_FINDINGS} 条问题，请分两次上报。")
        self._hand.put([*self._hand.kept, Finding().model_dump(mode="json")], [*self._hand.keys, key])
        return key

    def held(self, key: str) -> Entry:
        """Begun now where a page has begun it. Raises BadInput."""
        return self.find(key) or Entry(self.begin(key), Finding())

    def change(self, key: str, **changes: Any) -> None:
        """Raises BadInput."""
        entry = self.held(key)
        if len(changes.get("note", "")) > LONGEST_NOTE:
            raise BadInput(f"一条问题的说明最多 {LONGEST_NOTE} 字，请缩短后再保存。")
        if entry.serial:
            self._hand.change(entry.serial, **changes)
        else:
            self._replace(key, lambda one: one | changes)

    def attach(self, key: str, kind: str, evidence_id: int, instead_of: Collection[int] = ()) -> None:
        """``kind``: photos, voices or videos. It takes the place of the first it stands for. Raises BadInput."""
        held: list[int] = getattr(self.held(key).finding, kind)
        if evidence_id in held:
            return
        place = next((at for at, one in enumerate(held) if one in instead_of), len(held))
        left = [one for one in held if one not in instead_of]
        if len(left) >= MOST[kind]:
            raise BadInput(f"一条问题最多 {MOST[kind]} {UNITS[kind]}，这一个没有放进去。请另记一条问题。")
        self.change(key, **{kind: [*left[:place], evidence_id, *left[place:]]})

    def detach(self, key: str, kind: str, evidence_id: int) -> None:
        left = [one for one in getattr(self.held(key).finding, kind) if one != evidence_id]
        self.change(key, **{kind: left})

    def confirm(self, key: str) -> None:
        entry = self.held(key)
        if entry.finding.empty:
            raise BadInput("这条问题还是空的，请先添加照片、录音或文字说明。")
        if entry.serial:
            self._hand.keep(entry.serial, [entry.finding])

    def remove(self, key: str) -> None:
        entry = self.find(key)
        if entry is not None and entry.serial:
            self._hand.drop(entry.serial)
        elif entry is not None:
            self._replace(key, None)
        if self.may_begin(key):
            self._data.setdefault(_REMOVED, []).append(key)

    def move(self, key: str, by: int) -> None:
        kept, keys = self._hand.kept, self._hand.keys
        at = keys.index(key) if key in keys else -1
        to = at + by
        if at >= 0 and 0 <= to < len(keys):
            kept.insert(to, kept.pop(at))
            keys.insert(to, keys.pop(at))
            self._hand.put(kept, keys)

    def _replace(self, key: str, change: Callable[[dict[str, Any]], dict[str, Any]] | None) -> None:
        """None takes it out."""
        kept, keys = self._hand.kept, self._hand.keys
        at = keys.index(key)
        if change is None:
            del kept[at], keys[at]
        else:
            kept[at] = Finding.model_validate(change(kept[at])).model_dump(mode="json")
        self._hand.put(kept, keys)
