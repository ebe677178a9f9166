"""A reply on its page, and all replies on their notice's: finding by finding, before and after side by side (BY-04,
BY-05)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from core import access
from core.cases.declaration import view_of
from core.cases.models import Case, HistoryRow
from core.evidence.models import Evidence
from core.naming import names
from core.people.models import Organisation, Person
from h5 import kinds, lines
from h5.access import CaseVisit
from h5.kinds import FileView
from notices import pairing, records
from notices.kinds import Answer as Asked
from notices.reply import progress
from notices.rounds import Progress, Round, Standing

_STANDINGS = {
    Standing.OWED: ("待回复", "wait"),
    Standing.ANSWERED: ("待审核", "wait"),
    Standing.RETURNED: ("已退回", "warn"),
    Standing.ACCEPTED: ("已通过", "done"),
}
_HANDED_IN, _JUDGED = ("reply",), ("judge", "accept", "judge_again")


@dataclass(frozen=True)
class After:
    """A photo of an answer; ``used`` is what its reader may know of where it was used before."""

    file: FileView
    used: str


@dataclass(frozen=True)
class Entry:
    """One answer to one finding. ``who`` is empty where all answers are of one person; ``verdict`` where there is none
    yet."""

    who: str
    round: int
    statement: str
    done_on: date
    photos: list[After]
    answered_at: datetime
    verdict: str
    tone: str
    reason: str
    judge: str
    judged_at: datetime | None


@dataclass(frozen=True)
class FindingSheet:
    """``entries``: the newest first. ``standing`` is empty where several people answer, each for himself."""

    number: int
    wording: str
    before: list[FileView]
    standing: str
    tone: str
    entries: list[Entry]


@dataclass(frozen=True)
class Replier:
    """A line of the notice's page; ``address`` leads to the reply."""

    name: str
    unit: str
    state: str
    tone: str
    headline: str
    address: str


@dataclass(frozen=True)
class Sheet:
    headline: str
    findings: list[FindingSheet]
    repliers: list[Replier]


@dataclass(frozen=True)
class _Told:
    """A reply with all that its page tells of it."""

    case: Case
    who: str
    progress: Progress
    handed_in: list[HistoryRow]
    judged: list[HistoryRow]
    judges: Mapping[str, str]
    evidence: Mapping[int, Evidence]
    used: Mapping[tuple[int, int, int], str]


async def sheet(visit: CaseVisit) -> Sheet | None:
    """Nothing for a record that is neither a notice nor a reply to one, and before a notice is issued."""
    case = visit.case
    if case.process == records.REPLY:
        told = await _told(case, visit.person, "")
        return Sheet(_headline(case, told.progress), [_finding(n, [told]) for n in _numbers(case)], [])
    if case.process != records.NOTICE or case.state not in records.ISSUED:
        return None
    replies = [one for one in await _replies(case) if await access.may_see(visit.person, one)]
    return await _of_notice(visit, replies) if replies else None


async def _replies(notice: Case) -> list[Case]:
    return await Case.filter(parent_id=notice.id, process=records.REPLY).order_by("id")


async def _of_notice(visit: CaseVisit, replies: Sequence[Case]) -> Sheet:
    """The findings with everybody's last answer; all rounds are on each reply's own page."""
    people = await Person.in_bulk({one.author_id for one in replies}, "id")
    units = await Organisation.in_bulk({person.org_id for person in people.values()}, "id")
    told = [await _told(one, visit.person, people[one.author_id].name) for one in replies]
    repliers = [_replier(visit, one, people[one.case.author_id], units) for one in told]
    return Sheet("", [_finding(n, told, last=True) for n in _numbers(replies[0])], repliers)


def _replier(visit: CaseVisit, told: _Told, person: Person, units: Mapping[int, Organisation]) -> Replier:
    case = told.case
    process = visit.pages.engine.process(case.process)
    state = process.caption_of(case.state, view_of(case, "", {}))
    unit = units[person.org_id].short_name
    return Replier(
        person.name, unit, state, lines.tone(process, case), _headline(case, told.progress), f"/h5/cases/{case.id}"
    )


def _headline(reply: Case, stands: Progress) -> str:
    return stands.headline if _counts(reply) else ""


def _counts(reply: Case) -> bool:
    """Whether its findings are put right one by one; of a void notice nobody owes anything."""
    return bool(reply.data["answer"] == Asked.RECTIFY and reply.state != records.VOIDED)


def _numbers(reply: Case) -> range:
    return range(1, len(reply.data["findings"]) + 1)


async def _told(reply: Case, reader: Person, who: str) -> _Told:
    stands = await progress(reply)
    rows = await HistoryRow.filter(case_id=reply.id, action__in=_HANDED_IN + _JUDGED).order_by("seq")
    judged = [before for before, after in pairwise([*rows, None]) if before and _holds(before, after)]
    shown = [one for photos in reply.data.get("photos") or [] for one in photos]
    shown += [one for round_ in stands.rounds for answer in round_.answers for one in answer.photos]
    return _Told(
        case=reply,
        who=who,
        progress=stands,
        handed_in=[row for row in rows if row.action in _HANDED_IN],
        judged=judged,
        judges=await names({f"person:{row.actor_id}" for row in judged if row.actor_id}),
        evidence=await Evidence.in_bulk(set(shown), "id") if shown else {},
        used=await _used(reply, stands, reader),
    )


def _holds(row: HistoryRow, after: HistoryRow | None) -> bool:
    """Whether a verdict was not taken back since."""
    return row.action in ("judge", "accept") and (after is None or after.action != "judge_again")


async def _used(reply: Case, stands: Progress, reader: Person) -> Mapping[tuple[int, int, int], str]:
    """Told to those who look at a reply, and not to whoever has written it."""
    if reader.id == reply.author_id or not await access.inside(reader, reply):
        return {}
    used = await pairing.used_before(reply, stands.rounds)
    return {(one.round, one.finding, one.photo): words for one, words in await pairing.told(used, reader)}


def _finding(number: int, told: Sequence[_Told], *, last: bool = False) -> FindingSheet:
    first, alone = told[0], len(told) == 1
    entries = [entry for one in told for entry in _entries(number, one)[: 1 if last else None]]
    before = first.case.data.get("photos") or []
    files = [kinds.file(first.case.id, first.evidence[one]) for one in (before[number - 1] if before else [])]
    stands = alone and _counts(first.case)
    caption, tone = _STANDINGS[first.progress.standing(number)] if stands else ("", "")
    return FindingSheet(number, first.case.data["findings"][number - 1], files, caption, tone, entries)


def _entries(number: int, told: _Told) -> list[Entry]:
    """The newest first."""
    rounds = list(enumerate(told.progress.rounds, 1))
    return [
        _entry(number, n, one, told) for n, one in reversed(rounds) if any(a.finding == number for a in one.answers)
    ]


def _entry(number: int, n: int, round_: Round, told: _Told) -> Entry:
    answer = next(a for a in round_.answers if a.finding == number)
    verdict = next((v for v in round_.verdicts if v.finding == number), None)
    judged = told.judged[n - 1] if verdict is not None else None
    standing = Standing.ANSWERED if verdict is None else Standing.ACCEPTED if verdict.accepted else Standing.RETURNED
    caption, tone = _STANDINGS[standing]
    return Entry(
        who=told.who,
        round=n,
        statement=answer.statement,
        done_on=answer.done_on,
        photos=[
            After(kinds.file(told.case.id, told.evidence[one]), told.used.get((n, number, one), ""))
            for one in answer.photos
        ],
        answered_at=told.handed_in[n - 1].at,
        verdict=caption,
        tone=tone,
        reason="" if verdict is None else verdict.reason,
        judge=told.judges.get(f"person:{judged.actor_id}", "") if judged else "",
        judged_at=judged.at if judged else None,
    )
