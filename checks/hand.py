"""The findings in hand (BY-01): each grows with photos and words until its author confirms it.

They live in the draft, so nothing is lost by a restart or a dead spot. Several may be open: who walks on without
confirming and photographs something else five minutes later has begun the next one.

Each finding of a draft has a key, as long as the draft lives: places change while two doors are open.
"""

from datetime import datetime, timedelta
from typing import Any

from checks.finding import Finding
from core.cases.drafts import ANSWERED, IN_HAND
from core.errors import BadInput

TOGETHER = timedelta(minutes=5)  # what is sent within this time belongs together
MOST = {"photos": 30, "voices": 10, "videos": 5}
UNITS = {"photos": "张照片", "voices": "段录音", "videos": "段视频"}
LONGEST_NOTE = 1000


class Hand:
    """Of a draft's data, for its question of kind ``findings``."""

    def __init__(self, data: dict[str, Any], question: str, said_at: datetime) -> None:
        """``said_at``: when the member did it, which may be an hour before it is fetched."""
        self._data = data
        self._question = question
        self._said_at = said_at

    @property
    def _held(self) -> dict[str, Any]:
        held: dict[str, Any] = self._data.setdefault(IN_HAND, {})
        return held

    @property
    def open(self) -> list[str]:
        """Serials of the unconfirmed findings, oldest first."""
        return sorted(self._held, key=int)

    @property
    def latest(self) -> str | None:
        return self.open[-1] if self._held else None

    @property
    def kept(self) -> list[dict[str, Any]]:
        """The confirmed ones, as they stand in the form's answer."""
        return list(self._data[ANSWERED].get(self._question) or [])

    @property
    def keys(self) -> list[str]:
        """Of the confirmed ones, in their order. Those of a draft without keys are named after their places."""
        named: list[str] = list(self._data.get("finding_keys", []))[: len(self.kept)]
        return named + [f"p{place}" for place in range(len(named), len(self.kept))]

    def key_of(self, serial: str) -> str:
        """One that was taken back has the key that it had."""
        return str(self._data.get("hand_keys", {}).get(serial, f"h{serial}"))

    def put(self, kept: list[dict[str, Any]], keys: list[str]) -> None:
        """The confirmed ones, each with its key."""
        self._data[ANSWERED][self._question] = kept
        self._data["finding_keys"] = keys

    def finding(self, serial: str) -> Finding:
        if serial not in self._held:
            raise BadInput("这条问题已经处理过了，请看最新的卡片，或直接拍下一条。")
        return Finding.model_validate(self._held[serial])

    def number(self, serial: str) -> int:
        """Which finding of the report it will be, counted from one."""
        place = self._places.get(serial)
        return len(self.kept) + self.open.index(serial) + 1 if place is None else place + 1

    @property
    def _places(self) -> dict[str, int]:
        """Where findings that were taken back stood."""
        places: dict[str, int] = self._data.setdefault("hand_places", {})
        return places

    # ── growing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def serial_for(self, kind: str) -> str:
        """Where something that comes in belongs: to the latest, unless that is full or rests for minutes already."""
        latest, touched = self.latest, self._data.get("hand_at")
        if latest is None or touched is None or self._said_at - datetime.fromisoformat(touched) > TOGETHER:
            return self.begin()
        full = kind in MOST and len(getattr(self.finding(latest), kind)) >= MOST[kind]
        return self.begin() if full else latest

    def begin(self) -> str:
        serial = str(int(self._data.get("hand_no", 0)) + 1)
        self._data["hand_no"] = int(serial)
        self._held[serial] = {}
        return serial

    def change(self, serial: str, **changes: Any) -> None:
        held = self.finding(serial).model_dump(mode="json") | changes
        self._held[serial] = Finding.model_validate(held).model_dump(mode="json", exclude_defaults=True)
        self._data["hand_at"] = self._said_at.isoformat()

    def add(self, serial: str, kind: str, evidence_id: int) -> None:
        """``kind``: photos, voices or videos."""
        self.change(serial, **{kind: [*getattr(self.finding(serial), kind), evidence_id]})

    def note(self, serial: str, words: str) -> None:
        before = self.finding(serial).note
        whole = f"{before}，{words}" if before else words
        if len(whole) > LONGEST_NOTE:
            raise BadInput(f"一条问题的说明最多 {LONGEST_NOTE} 字，这段文字没有加上。请缩短后重新发送。")
        self.change(serial, note=whole)

    # ── leaving the hand ─────────────────────────────────────────────────────────────────────────────────────────

    def drop(self, serial: str) -> None:
        self._held.pop(serial, None)
        self._places.pop(serial, None)
        self._data.get("hand_keys", {}).pop(serial, None)

    def keep(self, serial: str, findings: list[Finding]) -> None:
        """Confirmed; one that was taken back for a change returns to its place."""
        kept, keys, key = self.kept, self.keys, self.key_of(serial)
        place = self._places.get(serial, len(kept))
        kept[place:place] = [finding.model_dump(mode="json") for finding in findings]
        keys[place:place] = [key, *(f"{key}s{n}" for n in range(1, len(findings)))]
        self.put(kept, keys)
        self.drop(serial)

    def take_back(self, place: int) -> str:
        """A confirmed finding comes back into the hand, to be changed or dropped."""
        kept, keys = self.kept, self.keys
        if not 0 <= place < len(kept):
            raise BadInput("没有这一条问题，请重新选择。")
        serial = self.begin()
        self._places[serial] = place
        self._data.setdefault("hand_keys", {})[serial] = keys.pop(place)
        self.change(serial, **kept.pop(place))
        self.put(kept, keys)
        return serial


def material(finding: Finding) -> str:
    """``3 张照片、1 段录音``"""
    counts = ((len(getattr(finding, kind)), unit) for kind, unit in UNITS.items())
    return "、".join(f"{count} {unit}" for count, unit in counts if count)
