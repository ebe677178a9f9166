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


class AnswerRow(Row):
    finding: int
    statement: str
    photos: tuple[str, ...] = ()


class ActRow(Row):
    """A step that somebody took, with the notice or, when it is ``stepped_up``, with the one that came of it. ``of``:
    the replier whom it is about, when he did not take it himself; ``answers`` and ``returned`` (finding → reason)
    belong to a reply and its judgement, ``until`` to an extension (working days from now, as ``NoticeRow.due``), and
    everything else that was filled in is ``said``. An objection is to the newest mark."""

    workdays_ago: int
    time: time
    by: str
    case: Literal["notice", "reply", "extension", "pause", "matter", "appeal", "voiding"]
    action: str
    of: str = ""
    stepped_up: bool = False
    answers: tuple[AnswerRow, ...] = ()
    returned: dict[int, str] = {}
    until: int | None = None
    said: dict[str, str] = {}


class NoticeRow(Row):
    """``check`` and ``lifts`` are keys of a record and of another notice. ``due`` is its last day, in working days from
    now: negative when it is over."""

    key: str
    check: str
    kind: str
    author: str
    workdays_ago: int
    time: time
    units: tuple[str, ...]
    repliers: tuple[str, ...]
    reviewers: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    due: int | None = None
    lifts: str | None = None
    text: str | None = None
    acts: tuple[ActRow, ...] = ()


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


@cache
def notices() -> tuple[NoticeRow, ...]:
    return _read("notices", NoticeRow)


def _read(name: str, kind: type[T]) -> tuple[T, ...]:
    text = Path(__file__).with_name(f"{name}.json").read_text("utf-8")
    return TypeAdapter(tuple[kind, ...]).validate_json(text)  # type: ignore[valid-type]
