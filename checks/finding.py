"""A finding: what was seen at one spot, with its evidence, the standard wording and the clause in force that day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Limit

from core.forms import Field, Spot

SEVERITIES = {"minor": "一般", "major": "较大", "critical": "重大"}


class Citation(BaseModel):
    """A library entry as it stood on the day of the check: later amendments never change a record (BY-11)."""

    model_config = ConfigDict(frozen=True)
    id: str
    text: str
    basis: str = ""
    clause: str = ""
    severity: str = "minor"
    usual_days: int | None = None  # working days
    library: str = ""  # version of the library it was taken from


class Finding(BaseModel):
    """Evidence ids, citations and a note (HN-14 … HN-19); at least one of them."""

    model_config = ConfigDict(frozen=True)
    photos: list[int] = Limit(default=[], max_length=30)
    videos: list[int] = Limit(default=[], max_length=5)
    voices: list[int] = Limit(default=[], max_length=10)
    place: Spot | None = None
    terms: list[Citation] = []
    violations: list[Citation] = []
    note: Annotated[str, Limit(max_length=1000)] = ""
    severity: Literal["minor", "major", "critical"] = "minor"

    @property
    def empty(self) -> bool:
        return not (self.photos or self.videos or self.voices or self.terms or self.violations or self.note)

    @property
    def wording(self) -> str:
        """What is wrong, in one line."""
        cited = [c.text for c in (*self.terms, *self.violations)]
        return "；".join([*cited, *([self.note] if self.note else [])]).replace("。；", "；") or "（见照片）"


_COUNTED = {"photos": "照片 {} 张", "voices": "录音 {} 段", "videos": "视频 {} 段"}


@dataclass(frozen=True)
class Findings(Field):
    """A list of findings; none means that the check found nothing wrong."""

    kind = "findings"
    caption: str = "问题"
    most: int = 30

    def check(self, value: list[Finding]) -> None:
        if any(finding.empty for finding in value):
            raise ValueError("有一条问题是空的，请补充照片或说明，或者删除它。")
        if len(value) > self.most:
            raise ValueError(f"一次检查最多 {self.most} 条问题，请分两次上报。")

    def attachments(self, value: list[Mapping[str, Any]]) -> Iterable[int]:
        return [i for f in value for kind in ("photos", "videos", "voices") for i in f.get(kind, [])]

    def words(self, value: list[Mapping[str, Any]]) -> Iterable[str]:
        for finding in value:
            yield from (f"{cited['text']} {cited.get('basis', '')}" for cited in _cited(finding))
            yield finding.get("note", "")
            yield (finding.get("place") or {}).get("label", "")

    def topics(self, value: list[Mapping[str, Any]]) -> Iterable[str]:
        return (cited["id"] for finding in value for cited in _cited(finding))

    def gist(self, value: list[Mapping[str, Any]]) -> str:
        """``1.重大：临边防护缺失；2.一般：…``"""
        findings = [Finding.model_validate(one) for one in value]
        return "；".join(
            f"{n}.{SEVERITIES[f.severity]}：{f.wording.removesuffix('。')}" for n, f in enumerate(findings, 1)
        )

    def show(self, value: list[Mapping[str, Any]], names: Mapping[str, str]) -> str:
        sums = {caption: sum(len(f.get(kind, [])) for f in value) for kind, caption in _COUNTED.items()}
        material = [caption.format(count) for caption, count in sums.items() if count or "照片" in caption]
        return "，".join([f"{len(value)} 条", *material]) if value else "未发现问题"


def _cited(finding: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*finding.get("terms", []), *finding.get("violations", [])]
