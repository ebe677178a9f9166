"""What the files of the demo hold; a misspelt role, post or field is refused when they are read."""

from datetime import time
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter

from core.people.models import OrgKind, Role
from core.projects.models import Post, SupervisionStatus


class Row(BaseModel):
    """Organisations are named by their key, persons by userid, projects by supervision number."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OrganisationRow(Row):
    key: str
    name: str
    short_name: str
    kind: OrgKind
    parent: str | None = None  # stands above it in the file
    level: Literal["", "province", "city", "county"] = ""
    code: str = ""


class PersonRow(Row):
    """``joined`` is false for somebody registered who has not verified their mobile yet."""

    userid: str
    name: str
    mobile: str
    org: str
    role: Role
    title: str
    joined: bool = True
    left: bool = False


class StrangerRow(Row):
    """A member of the corp's directory whom nobody registered."""

    userid: str
    name: str
    mobile: str
    org: str
    title: str


class ProjectRow(Row):
    """The first of ``team`` leads it; a project that awaits assignment has none. ``cost`` in yuan."""

    supervision_no: str
    name: str
    station: str
    status: SupervisionStatus
    address: str
    progress_stage: str
    latitude: float
    longitude: float
    cost: int
    works: dict[str, str]  # unit works → floors
    parties: dict[OrgKind, str]
    team: tuple[str, ...]
    members: dict[Post, tuple[str, ...]]


class FindingRow(Row):
    """``terms`` and ``violations`` are words that find the entry in the library; the first hit is cited."""

    photos: tuple[str, ...] = ()
    spot: str = ""
    terms: tuple[str, ...] = ()
    violations: tuple[str, ...] = ()
    note: str = ""


class DecisionRow(Row):
    by: str
    action: Literal["pass", "fail"]
    hours_later: float
    opinion: str | None = None


class RecordRow(Row):
    """Submitted ``days_ago`` (or on the Friday before, when that was a weekend) at ``time`` in China."""

    key: str
    project: str
    author: str
    days_ago: int
    time: time
    check_type: Literal["quality", "safety", "comprehensive"]
    checked_location: str
    findings: tuple[FindingRow, ...]
    reviewers: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    decision: DecisionRow | None = None


T = TypeVar("T")


@cache
def organisations() -> tuple[OrganisationRow, ...]:
    return _read("organisations", OrganisationRow)


@cache
def people() -> tuple[PersonRow, ...]:
    return _read("people", PersonRow)


@cache
def strangers() -> tuple[StrangerRow, ...]:
    return _read("strangers", StrangerRow)


@cache
def projects() -> tuple[ProjectRow, ...]:
    return _read("projects", ProjectRow)


@cache
def records() -> tuple[RecordRow, ...]:
    return _read("records", RecordRow)


def _read(name: str, kind: type[T]) -> tuple[T, ...]:
    text = Path(__file__).with_name(f"{name}.json").read_text("utf-8")
    return TypeAdapter(tuple[kind, ...]).validate_json(text)  # type: ignore[valid-type]
