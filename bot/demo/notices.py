"""The notices of the last three weeks: of every kind and in every state, issued, answered, judged and overdue the way
members and the clock make them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from bot.demo import records, rows
from bot.demo.records import Planned
from bot.demo.rows import ActRow, AnswerRow, NoticeRow
from core import clock
from core.cases.engine import Engine
from core.cases.models import Case, HistoryRow
from core.evidence import records as evidence
from core.evidence.records import Source
from core.evidence.sniff import Kind
from core.evidence.store import Store
from core.people.models import Organisation, Person
from notices import marks
from notices.records import APPEAL, CONSENT, EXTENSION, MATTER, NOTICE, PAUSE, REPLY, VOIDING

_KEYS = "demo-notice:"
_SATURDAY = 5
_ONE = timedelta(days=1)
_PROCESSES = {"extension": EXTENSION, "pause": PAUSE, "matter": MATTER, "appeal": APPEAL, "voiding": VOIDING}
_OF_NOTICE = ("notice", "voiding")


async def planned(engine: Engine, store: Store, drawn: dict[str, bytes]) -> list[Planned]:
    """On records that are there by then. ``drawn``: what ``pictures_shown`` names."""
    player = _Player(
        engine=engine,
        store=store,
        drawn=drawn,
        today=clock.local(clock.now()).date(),
        people={p.userid: p for p in await Person.filter(userid__not_isnull=True) if p.userid},
        units={row.key: org.id for row in rows.organisations() for org in await Organisation.filter(name=row.name)},
    )
    return list(player.acts())


def pictures_shown() -> list[str]:
    """Their ids, each once."""
    answers = (answer for row in rows.notices() for act in row.acts for answer in act.answers)
    return list(dict.fromkeys(photo for answer in answers for photo in answer.photos))


def first_day(today: date) -> date:
    return workday(today, -max(row.workdays_ago for row in rows.notices()))


def workday(today: date, count: int) -> date:
    """The ``count``-th day from Monday to Friday before (negative) or after today; the same in every year, whose
    holidays may not be known."""
    step = _ONE if count > 0 else -_ONE
    for _ in range(abs(count)):
        today += step
        while today.weekday() >= _SATURDAY:
            today += step
    return today


@dataclass(frozen=True)
class _Player:
    """``issued``: a notice's key → its case."""

    engine: Engine
    store: Store
    drawn: dict[str, bytes]
    today: date
    people: dict[str, Person]
    units: dict[str, int]
    issued: dict[str, Case] = field(default_factory=dict)

    def acts(self) -> Iterator[Planned]:
        for row in rows.notices():
            yield self._moment(row), partial(self._issue, row)
            for number, act in enumerate(row.acts, 1):
                yield self._moment(act), partial(self._act, row, act, f"{_KEYS}{row.key}:{number}")

    def _moment(self, row: NoticeRow | ActRow) -> datetime:
        return datetime.combine(workday(self.today, -row.workdays_ago), row.time, clock.ZONE)

    async def _issue(self, row: NoticeRow) -> None:
        check = await Case.get(id=(await HistoryRow.get(request_key=records.key_of(row.check))).case_id)
        data = {
            "kind": row.kind,
            "project": check.project_id,
            "addressee_units": [str(self.units[one]) for one in row.units],
            "cited_check": str(check.id),
            "lifts": str(self.issued[row.lifts].id) if row.lifts else None,
            "notice_text": row.text,
            "deadline": workday(self.today, row.due).isoformat() if row.due else None,
            "repliers": self._ids(row.repliers),
            "reviewers": self._ids(row.reviewers),
            "recipients": self._ids(row.recipients),
        }
        filled = {name: value for name, value in data.items() if value is not None}
        opened = await self.engine.open(NOTICE, self.people[row.author], filled, key=f"{_KEYS}{row.key}")
        self.issued[row.key] = opened.case

    def _ids(self, userids: tuple[str, ...]) -> list[int]:
        return [self.people[one].id for one in userids]

    async def _act(self, row: NoticeRow, act: ActRow, key: str) -> None:
        case = await self._case(row, act)
        await self._agree(self.people[act.by], case, key)
        said = act.said | await self._filled(act, case)
        if act.action == "ask":
            await self.engine.open(_PROCESSES[act.case], self.people[act.by], said, key=key, parent=case)
        else:
            await self.engine.perform(case.id, act.action, self.people[act.by], said, key=key)

    async def _agree(self, person: Person, case: Case, key: str) -> None:
        """Whoever does something has agreed to electronic service before."""
        asked = Case.filter(process=CONSENT, author_id=person.id, project_id=case.project_id, state="asked")
        for consent in await asked:
            await self.engine.perform(consent.id, "agree", person, key=f"{key}:consent")

    async def _case(self, row: NoticeRow, act: ActRow) -> Case:
        notice = await Case.get(id=self.issued[row.key].id)
        if act.stepped_up:
            notice = await Case.get(parent_id=notice.id, process=NOTICE)
        if act.case in _OF_NOTICE:
            return notice
        replier = self.people[act.of or act.by]
        reply = await Case.get(parent_id=notice.id, process=REPLY, author_id=replier.id)
        if act.case == "reply" or act.action == "ask":
            return reply
        return await Case.get(parent_id=reply.id, process=_PROCESSES[act.case], closed_at=None)

    async def _filled(self, act: ActRow, case: Case) -> dict[str, Any]:
        if act.answers:
            return {"answers": [await self._answer(one, self.people[act.by]) for one in act.answers]}
        if act.action == "judge":
            judged = [one["finding"] for one in case.data["answers"]]
            return {"verdicts": [_verdict(number, act.returned.get(number)) for number in judged]}
        if act.case == "appeal":
            return {"mark": (await marks.of_reply(case))[0].key}
        if act.until is not None:
            return {"until": workday(self.today, act.until).isoformat()}
        return {}

    async def _answer(self, row: AnswerRow, by: Person) -> dict[str, Any]:
        photos = [await self._photo(one, by.id) for one in row.photos]
        return {"finding": row.finding, "statement": row.statement, "photos": photos, "done_on": clock.today()}

    async def _photo(self, picture: str, taken_by: int) -> int:
        data = self.drawn[picture]
        kept = await evidence.record(self.store, data, by=taken_by, source=Source.DEMO, kind_hint=Kind.PHOTO)
        return int(kept.id)


def _verdict(finding: int, reason: str | None) -> dict[str, Any]:
    return {"finding": finding, "accepted": reason is None, "reason": reason or ""}
