"""How each kind of field looks on a page: a line of text, or a template of its own over what is prepared here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from checks.finding import SEVERITIES, Citation, Finding
from core import naming
from core.evidence.models import Evidence
from core.forms import Question, questions
from core.forms.form import attachments, refers
from core.projects.models import Project
from h5 import place
from h5.place import PlaceView


@dataclass(frozen=True)
class FileView:
    thumb: str
    shown: str
    original: str
    seconds: str
    name: str


@dataclass(frozen=True)
class FindingView:
    severity: str
    level: str
    citations: list[Citation]
    violations: list[Citation]
    note: str
    photos: list[FileView]
    voices: list[FileView]
    videos: list[FileView]
    place: PlaceView | None


@dataclass(frozen=True)
class FieldView:
    """``template`` is empty for a line of text."""

    name: str
    kind: str
    caption: str
    template: str
    value: Any


@dataclass(frozen=True)
class Facts:
    """What answers refer to, read once for a page."""

    case_id: int
    names: Mapping[str, str]
    evidence: Mapping[int, Evidence]
    project: Project | None


async def facts(
    case_id: int, project: Project | None, filled: list[tuple[type[BaseModel], Mapping[str, Any]]]
) -> Facts:
    names = await naming.names({ref for form, data in filled for ref in refers(form, data)})
    ids = {one for form, data in filled for one in attachments(form, data)}
    return Facts(case_id, names, await Evidence.in_bulk(ids, "id") if ids else {}, project)


def views(form: type[BaseModel], data: Mapping[str, Any], known: Facts) -> list[FieldView]:
    """The answered fields in the form's order. People are left out: their slots are shown with what they did."""
    asked = [q for q in questions(form) if q.field.kind != "people"]
    return [_view(q, data[q.name], known) for q in asked if _answered(q, data.get(q.name))]


def _answered(question: Question, value: Any) -> bool:
    """An empty list of findings says that nothing was wrong; other empty answers and switches left off say nothing."""
    if question.field.kind == "switch":
        return bool(value)
    return value not in (None, "", []) or (question.field.kind == "findings" and value == [])


def _view(question: Question, value: Any, known: Facts) -> FieldView:
    kind = question.field.kind
    if kind not in RICH:
        return FieldView(question.name, kind, question.caption, "", question.field.show(value, known.names))
    return FieldView(question.name, kind, question.caption, f"kinds/{kind}.html", RICH[kind](value, known))


def _files(ids: list[int], known: Facts) -> list[FileView]:
    return [file(known.case_id, known.evidence[one]) for one in ids]


def file(case_id: int, evidence: Evidence) -> FileView:
    base = f"/h5/cases/{case_id}/files/{evidence.id}"
    seconds = f"{evidence.seconds:.0f} 秒" if evidence.seconds else ""
    thumb = _versioned(base, "thumb", evidence.thumb_key) if evidence.thumb_key else ""
    shown = _versioned(base, "shown", evidence.shown_key)
    return FileView(thumb, shown, f"{base}/original", seconds, evidence.name)


def _versioned(base: str, copy: str, key: str) -> str:
    """Keys are made of content, so another copy has another address and each may be kept for ever."""
    return f"{base}/{copy}?v={key.rpartition('/')[2][:8]}"


def _findings(value: list[Mapping[str, Any]], known: Facts) -> list[FindingView]:
    return [_finding(Finding.model_validate(one), known) for one in value]


def _finding(finding: Finding, known: Facts) -> FindingView:
    return FindingView(
        severity=SEVERITIES[finding.severity],
        level=finding.severity,
        citations=finding.terms,
        violations=finding.violations,
        note=finding.note,
        photos=_files(finding.photos, known),
        voices=_files(finding.voices, known),
        videos=_files(finding.videos, known),
        place=place.seen(finding.place.model_dump(), known.project) if finding.place else None,
    )


def _place(value: Mapping[str, Any], known: Facts) -> PlaceView:
    return place.seen(value, known.project)


RICH: dict[str, Callable[[Any, Facts], Any]] = {
    "photos": _files,
    "voices": _files,
    "videos": _files,
    "place": _place,
    "findings": _findings,
}
