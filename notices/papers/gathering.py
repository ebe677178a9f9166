"""What the paper of an issued record says, gathered from the record and what it rests on.

Only what was settled when it was issued is looked at: the histories, the cited check, who held which seat. So a paper
that is made late says what it would have said at once, and an extension that was granted meanwhile changes nothing.
"""

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from checks import burning
from checks.finding import Finding
from checks.report import CHECK_TYPES
from core.cases.ladders import Rung
from core.cases.models import Case, HistoryRow, Participant
from core.evidence.models import Evidence
from core.evidence.store import Store
from core.papers.models import PaperRow
from core.people.models import ORG_CAPTIONS, Organisation, Person
from core.projects.models import POST_CAPTIONS, Project, ProjectMember, ProjectParty
from notices import handing, practice, records
from notices.kinds import Answer, NoticeKind
from notices.papers import paper
from notices.papers.paper import CitedCheck, CitedNotice, Deadline, Fact, Officer, Unit

MINUTE = timedelta(minutes=1)  # a deadline is the first moment that is too late; a paper names the last that is not
_LEADERS = {"leader_in_charge": "分管领导", "chief": "站长"}
_NAMED_TOGETHER = 4
AT_LAST = "到期仍未完成的，我站将依法提出行政处罚建议，或者记录不良行为。"


@dataclass(frozen=True)
class Head:
    """What the row of a promised paper adds to its record; a draft has no number and no address to check it at."""

    template: str
    title: str
    number: str = ""
    verify_url: str = ""


@dataclass(frozen=True)
class Issue:
    """A record with its project and station, and the step that issued it, if one has."""

    case: Case
    project: Project
    station: Organisation
    at: datetime | None = None
    by: Person | None = None
    signer: str = ""

    def heading(self, head: Head) -> dict[str, Any]:
        """What every paper begins with."""
        return {
            "title": head.title,
            "station": self.station.name,
            "project_name": self.project.name,
            "supervision_no": self.project.supervision_no,
            "doc_no": head.number,
            "issued_at": self.at,
            "verify_url": head.verify_url,
        }


def head_of(row: PaperRow, public_url: str) -> Head:
    return Head(row.template, row.title, row.number, f"{public_url}/verify/{row.code}")


async def issue_of(case: Case) -> Issue:
    """With its number a case is issued."""
    issue = Issue(case, await Project.get(id=case.project_id), await Organisation.get(id=case.station_id))
    for row in await HistoryRow.filter(case_id=case.id).order_by("seq"):
        content = json.loads(row.content)
        if content["number"]:
            by = await Person.get(id=row.actor_id or case.author_id)
            return replace(issue, at=row.at, by=by, signer=await _signer(by, content.get("for")))
    return issue


async def _signer(by: Person, principal_id: int | None) -> str:
    """A deputy signs in the name of whoever sent him."""
    return f"{by.name}（受{(await Person.get(id=principal_id)).name}委托）" if principal_id else by.name


async def cited_notice(notice: Case) -> CitedNotice:
    """An issued one, as other papers name it."""
    at = (await issue_of(notice)).at
    assert at is not None  # noqa: S101  # nothing follows from a notice before it is issued
    return CitedNotice(title=title_of(notice), doc_no=notice.number or "", issued_at=at)


async def photos(paper: paper.Notice, store: Store) -> dict[int, bytes]:
    """Those that are kept, as readers see them, by evidence id."""
    wanted = {photo for fact in paper.facts for photo in fact.finding.photos}
    kept = await Evidence.in_bulk(wanted, "id")
    return {photo: await store.get(await burning.of_record(store, one)) for photo, one in kept.items()}


async def draft_of(notice: Case) -> paper.Notice:
    """As it would be issued today; for those who decide on it."""
    kind = practice.kind(notice.data["kind"])
    return await of_notice(Head(kind.paper, kind.paper_title), notice)


async def of_notice(head: Head, case: Case) -> paper.Notice:
    """Raises what pydantic raises for a record that no paper can hold."""
    issue = await issue_of(case)
    model, more = _MODELS.get(head.template, (paper.GenericNotice, None))
    said = issue.heading(head) | await _common(issue)
    return model(**said | (await more(issue) if more is not None else {}))


async def _common(issue: Issue) -> dict[str, Any]:
    case, data = issue.case, issue.case.data
    check = await cited_check(case)
    units = await names(Organisation, data["addressee_units"])
    return {
        "addressee_units": units,
        "check": cited(check),
        "facts": facts(check),
        "notice_text": data.get("notice_text") or "",
        "deadline": await _deadline(case),
        "consequences": consequences(data["kind"]) if data.get("deadline") else (),
        "repliers": await _repliers(issue),
        "inspectors": await inspectors(check, case),
        "approved_by": issue.signer,
        "copied_to": await _copied_to(issue, units),
    }


# ── the check that it rests on ───────────────────────────────────────────────────────────────────────────────────────


async def cited_check(notice: Case) -> Case:
    return await Case.get(id=int(notice.data["cited_check"]))


def cited(check: Case) -> CitedCheck:
    data = check.data
    kind = CHECK_TYPES[data["check_type"]]
    return CitedCheck(
        doc_no=check.number or "", checked_at=check.opened_at, kind=kind, location=data["checked_location"]
    )


def facts(check: Case) -> tuple[Fact, ...]:
    found = enumerate(check.data["findings"], 1)
    return tuple(Fact(number=number, finding=Finding.model_validate(one)) for number, one in found)


async def inspectors(check: Case, notice: Case) -> tuple[Officer, ...]:
    """Who made the check, and whoever drew up the notice."""
    ids = dict.fromkeys((check.author_id, notice.author_id))
    return tuple(Officer(name=name) for name in await names(Person, ids))


# ── the deadline, and what follows it ────────────────────────────────────────────────────────────────────────────────


async def _deadline(notice: Case) -> Deadline | None:
    """As every replier was handed it; what was granted to one of them later is in his own record."""
    reply = await Case.filter(parent_id=notice.id, process=records.REPLY).order_by("id").first()
    if reply is not None:
        return await deadline_of(reply)
    term = handing.term_of(notice) if notice.number is None else None
    return Deadline(by=term.due - MINUTE, because=term.explanation) if term is not None else None


async def deadline_of(reply: Case) -> Deadline | None:
    handed = await handed_to(reply)
    if not handed.get("due"):
        return None
    return Deadline(by=datetime.fromisoformat(handed["due"]) - MINUTE, because=handed["due_why"])


async def handed_to(reply: Case) -> dict[str, Any]:
    """What a replier was given at the beginning; a granted extension changes his record, not this."""
    first = await HistoryRow.get(case_id=reply.id, seq=1)
    handed: dict[str, Any] = json.loads(first.content)["data"]
    return handed


def consequences(kind: str) -> tuple[str, ...]:
    """The rungs of the kind's ladder on which its leaders hear of it, and what may come of it at last."""
    if kind not in practice.kinds():
        return ()
    known: NoticeKind = practice.kinds()[kind]
    after = sorted((rung for rung in known.ladder.rungs if rung.when.days > 0), key=lambda rung: rung.when.days)
    told = tuple(f"{rung.when}仍未回复的，报告{_leaders(rung)}；" for rung in after if _leaders(rung))
    return (*told, AT_LAST) if known.answer is Answer.RECTIFY else told


def _leaders(rung: Rung) -> str:
    return "、".join(caption for slot, caption in _LEADERS.items() if slot in rung.tells)


# ── people and units ─────────────────────────────────────────────────────────────────────────────────────────────────


async def _repliers(issue: Issue) -> tuple[str, ...]:
    seats = Participant.filter(case_id=issue.case.id, slot="repliers", left_at=None).order_by("id")
    people = [await Person.get(id=seat.person_id) for seat in await seats]
    return tuple([f"{one.name}（{await post_of(one, issue.project.id)}）" for one in people])


async def post_of(person: Person, project_id: int) -> str:
    """``施工单位项目经理``"""
    seat = await ProjectMember.filter(project_id=project_id, person_id=person.id).order_by("id").first()
    org_id = seat.org_id if seat else person.org_id
    post = person.title or (POST_CAPTIONS[seat.post] if seat else "")
    return f"{await _party(org_id, project_id)}{post}"


async def _party(org_id: int, project_id: int) -> str:
    party = await ProjectParty.filter(project_id=project_id, org_id=org_id).order_by("id").first()
    return ORG_CAPTIONS[party.kind if party else (await Organisation.get(id=org_id)).kind]


async def unit_of(org_id: int, project_id: int, person: Person | None = None) -> Unit:
    org = await Organisation.get(id=org_id)
    kind = await _party(org.id, project_id)
    who = f"{person.title} {person.name}".strip() if person else ""
    return Unit(name=org.name, kind=kind, uscc=org.uscc, person=who)


async def _copied_to(issue: Issue, addressees: Iterable[str]) -> tuple[str, ...]:
    """The units of those who may read it, unless it is addressed to them."""
    seats = Participant.filter(case_id=issue.case.id, slot="recipients", left_at=None).order_by("id")
    people = await Person.in_bulk([seat.person_id for seat in await seats], "id")
    units = await names(Organisation, dict.fromkeys(one.org_id for one in people.values()))
    return tuple(one for one in units if one not in addressees)


async def names(model: type[Organisation] | type[Person], ids: Iterable[int | str]) -> tuple[str, ...]:
    """In the order of the ids."""
    wanted = [int(one) for one in ids]
    found = await model.in_bulk(wanted, "id")
    return tuple(found[one].name for one in wanted)


# ── what single kinds need ───────────────────────────────────────────────────────────────────────────────────────────


async def _parts(issue: Issue) -> dict[str, Any]:
    """The form asks for no parts: what was looked at is what stops."""
    return {"stopped_parts": ((await cited_check(issue.case)).data["checked_location"],)}


async def _equipment(issue: Issue) -> dict[str, Any]:
    """The form asks for no equipment: what was looked at is what may not be used, and how is what was written."""
    restricted = paper.Equipment(
        name="下述问题涉及的设备",
        location=(await cited_check(issue.case)).data["checked_location"],
        restriction=issue.case.data.get("notice_text") or "整改完成并经我站复查同意前，不得使用。",
    )
    return {"equipment": (restricted,), "notice_text": ""}


async def _conduct(issue: Issue) -> dict[str, Any]:
    """Several units are named together, or where they are too many, by the first: all stand in the address."""
    units, said = issue.case.data["addressee_units"], issue.case.data.get("notice_text")
    unit = await unit_of(int(units[0]), issue.project.id)
    if len(units) > _NAMED_TOGETHER:
        unit = Unit(name=f"{unit.name}等{len(units)}家单位（名单见抬头）")
    elif len(units) > 1:
        unit = Unit(name="、".join(await names(Organisation, units)))
    return {"unit": unit, "conduct": said or "存在本通知书所列的问题。", "notice_text": ""}


async def _lifting(issue: Issue) -> dict[str, Any]:
    """A check from before the stop is no second look at it."""
    stop = await cited_notice(await Case.get(id=int(issue.case.data["lifts"])))
    check = await cited_check(issue.case)
    again = check.opened_at > stop.issued_at
    return {
        "lifts": stop,
        "check": cited(check) if again else None,
        "facts": facts(check) if again else (),
    }


def title_of(notice: Case) -> str:
    """What stands at the head of its paper."""
    kind = notice.data["kind"]
    return practice.kinds()[kind].paper_title if kind in practice.kinds() else "通知书"


_MODELS: dict[str, tuple[type[paper.Notice], Callable[[Issue], Awaitable[dict[str, Any]]] | None]] = {
    "rectification": (paper.RectificationNotice, None),
    "stop_work": (paper.StopWorkNotice, None),
    "partial_stop": (paper.PartialStopNotice, _parts),
    "resume_work": (paper.ResumeWorkNotice, _lifting),
    "equipment_restriction": (paper.EquipmentRestrictionNotice, _equipment),
    "bad_conduct": (paper.BadConductRecord, _conduct),
}
