"""The last three weeks of the invented province: check records in every state, made the way members make them."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.demo import rows
from bot.demo.rows import FindingRow, RecordRow
from checks import library
from checks.citing import cite
from checks.finding import SEVERITIES, Citation
from checks.library import CheckType, Library
from checks.report import CHECK_REPORT
from core import clock
from core.cases.engine import Engine
from core.cases.letters import Change, Letter, Reminder
from core.evidence import records as evidence
from core.evidence.records import Source
from core.evidence.sniff import Kind
from core.evidence.store import Store
from core.people.models import Person
from core.projects.models import Project

Planned = tuple[datetime, Callable[[], Awaitable[object]]]
"""When something happened, and what makes it happen."""

_KEYS = "demo:"
_SATURDAY = 5
_WALK = timedelta(minutes=25)  # from the photos to the submission


class Silent:
    """Tells nobody: what happened before the first member joined is no news."""

    async def letters(self, change: Change) -> list[Letter]:
        return []

    async def reminders(self, reminder: Reminder) -> list[Letter]:
        return []


class _Stopped(clock.Clock):
    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self._moment = moment

    def now(self) -> datetime:
        return self._moment


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Every part of this process sees ``moment`` meanwhile, so nothing else may be at work in it."""
    before = clock.use(_Stopped(moment))
    try:
        yield
    finally:
        clock.use(before)


async def planned(engine: Engine, store: Store, drawn: dict[str, bytes]) -> list[Planned]:
    """``drawn``: what ``pictures_shown`` names."""
    writer = _Writer(
        engine=engine,
        store=store,
        drawn=drawn,
        library=library.load(),
        people={p.userid: p for p in await Person.filter(userid__not_isnull=True) if p.userid},
        projects={p.supervision_no: p for p in await Project.all()},
    )
    moments = [(moment_of(row, clock.now()), row) for row in rows.records()]
    return [(moment, partial(writer.write, row, moment)) for moment, row in moments]


def pictures_shown() -> list[str]:
    """Their ids, each once."""
    findings = (finding for row in rows.records() for finding in row.findings)
    return list(dict.fromkeys(photo for finding in findings for photo in finding.photos))


def key_of(record: str) -> str:
    """The request under which the one of this key was submitted."""
    return f"{_KEYS}{record}"


def moment_of(row: RecordRow, now: datetime) -> datetime:
    day = clock.local(now).date() - timedelta(days=row.days_ago)
    day -= timedelta(days=max(0, day.weekday() - _SATURDAY + 1))
    return datetime.combine(day, row.time, clock.ZONE)


@dataclass(frozen=True)
class _Writer:
    engine: Engine
    store: Store
    drawn: dict[str, bytes]
    library: Library
    people: dict[str, Person]
    projects: dict[str, Project]

    async def write(self, row: RecordRow, moment: datetime) -> None:
        key = key_of(row.key)
        case_id = await self._submit(row, moment, key)
        if row.decision is not None:
            await self._decide(case_id, row, moment, f"{key}:decision")

    async def _submit(self, row: RecordRow, moment: datetime, key: str) -> int:
        with stopped_at(moment - _WALK):
            findings = [await self._finding(row, finding) for finding in row.findings]
        data = {
            "project": self.projects[row.project].id,
            "check_type": row.check_type,
            "checked_location": row.checked_location,
            "findings": findings,
            "reviewers": [self.people[one].id for one in row.reviewers],
            "recipients": [self.people[one].id for one in row.recipients],
        }
        with stopped_at(moment):
            opened = await self.engine.open(CHECK_REPORT.name, self.people[row.author], data, key=key)
        return int(opened.case.id)

    async def _decide(self, case_id: int, row: RecordRow, moment: datetime, key: str) -> None:
        assert row.decision is not None  # noqa: S101  # the caller looked
        said = {"opinion": row.decision.opinion} if row.decision.opinion else {}
        with stopped_at(moment + timedelta(hours=row.decision.hours_later)):
            await self.engine.perform(case_id, row.decision.action, self.people[row.decision.by], said, key=key)

    async def _finding(self, row: RecordRow, finding: FindingRow) -> dict[str, Any]:
        terms = [self._term(words, row.check_type) for words in finding.terms]
        violations = [self._violation(words, row.check_type) for words in finding.violations]
        return {
            "photos": [await self._photo(one, self.people[row.author].id) for one in finding.photos],
            "terms": [one.model_dump() for one in terms],
            "violations": [one.model_dump() for one in violations],
            "note": finding.note,
            "place": _spot(self.projects[row.project], finding.spot) if finding.spot else None,
            "severity": _gravest([*terms, *violations]),
        }

    async def _photo(self, picture: str, taken_by: int) -> int:
        kept = await evidence.record(
            self.store, self.drawn[picture], by=taken_by, source=Source.DEMO, kind_hint=Kind.PHOTO
        )
        return int(kept.id)

    def _term(self, words: str, check_type: str) -> Citation:
        found = self.library.search_terms(words, CheckType(check_type), clock.today(), 1)
        return cite(found[0], self.library, clock.today())

    def _violation(self, words: str, check_type: str) -> Citation:
        found = self.library.search_violations(words, CheckType(check_type), clock.today(), 1)
        return cite(found[0], self.library, clock.today())


def _spot(project: Project, label: str) -> dict[str, Any]:
    return {"latitude": project.latitude, "longitude": project.longitude, "label": label}


def _gravest(cited: list[Citation]) -> str:
    grades = list(SEVERITIES)
    return max((one.severity for one in cited), key=grades.index, default=grades[0])
