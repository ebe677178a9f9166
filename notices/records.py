"""The records that notices look at: passed checks of the same project, other notices, the notice of a reply."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from checks.finding import Finding
from checks.report import CHECK_REPORT
from core import clock
from core.cases.declaration import Offer, View
from core.cases.models import Case, HistoryRow, Participant
from core.errors import Refusal
from core.people.models import Organisation, OrgKind
from core.projects import finding
from core.projects.models import ProjectMember, ProjectParty
from notices import practice
from notices.kinds import Answer, ProjectEffect

NOTICE, REPLY, MATTER = "notice", "notice_reply", "overdue_matter"
EXTENSION, PAUSE, APPEAL, VOIDING = "extension", "pause", "appeal", "voiding"
CONSENT = "service_consent"
ISSUER = "issuer"  # the slot of a reply in which it is judged
VOIDED = "voided"  # the state of a paper that was issued by mistake
ISSUED = ("open", "closed")  # the states of a notice that has left the station
_ADDRESSED = (OrgKind.CONTRACTOR, OrgKind.GENERAL_CONTRACTOR, OrgKind.SUPERVISING_FIRM, OrgKind.CLIENT)
_STOPS = (ProjectEffect.STOPS, ProjectEffect.STOPS_PART)


def project_effect(kind: str) -> ProjectEffect:
    """Also for a kind that is not in use any more."""
    return practice.kinds()[kind].project if kind in practice.kinds() else ProjectEffect.NONE


async def parties(view: View) -> Mapping[str, str]:
    found = await ProjectParty.filter(project_id=view.project_id).order_by("id")
    orgs = await Organisation.in_bulk({party.org_id for party in found}, "id")
    return {str(one.org_id): orgs[one.org_id].name for one in sorted(found, key=_how_often_addressed)}


def _how_often_addressed(party: ProjectParty) -> int:
    return _ADDRESSED.index(party.kind) if party.kind in _ADDRESSED else len(_ADDRESSED)


async def readers_of_check(view: View) -> set[str]:
    """The units of those who have received the check that is cited, when that is known already."""
    cited = str(view.data.get("cited_check") or "")
    if not cited.isdigit():
        return set()
    told = Participant.filter(case_id=int(cited), slot="recipients", told_at__not_isnull=True)
    ids = await told.values_list("person_id", flat=True)
    seats = ProjectMember.filter(project_id=view.project_id, person_id__in=ids, until=None)
    return {str(one) for one in await seats.values_list("org_id", flat=True)}


async def passed_checks(view: View) -> Mapping[str, str]:
    found = Case.filter(project_id=view.project_id, process=CHECK_REPORT.name, state="passed")
    return {str(case.id): _described(case) for case in await found.order_by("-id")}


def _described(check: Case) -> str:
    day = clock.local(check.opened_at).date()
    return f"{_serial(check)} {day.month}月{day.day}日 {len(check.data['findings'])}条问题"


def _serial(case: Case) -> str:
    """The end of its number: a card's line has room for 17 characters."""
    return (case.number or "").rpartition("〕")[2]


def wordings(check: Case) -> list[str]:
    """What is wrong, finding by finding."""
    return [Finding.model_validate(one).wording for one in check.data["findings"]]


async def stops_to_lift(view: View) -> Mapping[str, str]:
    """Nothing for a kind that lifts nothing."""
    if project_effect(str(view.data.get("kind", ""))) is not ProjectEffect.LIFTS:
        return {}
    return {
        str(case.id): f"{_serial(case)} {practice.kinds().title(case.data['kind'])}"
        for case in await running_stops(view.project_id)
    }


async def running_stops(project_id: int | None) -> list[Case]:
    """Stop-work notices that were issued and not lifted since, newest first. Work may go on only when one is lifted by
    name: that everything was put right does not do it."""
    issued = await Case.filter(project_id=project_id, process=NOTICE, state__in=ISSUED).order_by("-id")
    lifted = {case.data.get("lifts") for case in issued}
    stops = (case for case in issued if project_effect(case.data["kind"]) in _STOPS)
    return [case for case in stops if str(case.id) not in lifted]


ADDRESSEES = Offer("参建单位", parties, "这个工程还没有登记参建单位，请先登记，再下发通知。", usual=readers_of_check)
OF_ADDRESSEES = finding.of_chosen_units(
    "addressee_units",
    "通知对象单位的人员",
    missing="所选的单位在这个工程上还没有登记人员，请先登记，或改选单位（聊天中先发送“取消”）。",
    others="不是通知对象单位的人员，请改选，或把其单位也选为通知对象。",
)
CHECKS = Offer("审核通过的检查记录", passed_checks, "这个工程还没有审核通过的检查记录，不能下发通知。")
STOPS = Offer("尚未解除的停工通知", stops_to_lift, "这个工程没有尚未解除的停工通知，不能下发复工通知。")


def rectified(case: Case) -> bool:
    """A notice or a reply that ended because everything was put right, and not only that it ended."""
    if case.process == REPLY:
        return case.state == "closed" and bool(case.data["answer"] == Answer.RECTIFY)
    return case.state == "closed" and bool(case.data.get("rectified"))


async def judges_of(view: View) -> list[int]:
    """Who judges the reply that a record is about."""
    seats = Participant.filter(case_id=view.parent_id, slot=ISSUER, left_at=None, stands_for=None).order_by("id")
    return [seat.person_id for seat in await seats]


async def reply_about(view: View) -> Case:
    """The reply that a record is about. Raises Refusal where it is about something else."""
    reply = await Case.get_or_none(id=view.parent_id, process=REPLY) if view.parent_id else None
    if reply is None:
        raise Refusal("请先选择这件事是关于哪一份通知的。")
    return reply


async def said(case: Case, *actions: str) -> list[tuple[str, Mapping[str, Any]]]:
    """What was filled in for these steps, in their order."""
    return (await said_of([case], *actions))[case.id]


async def said_of(cases: Iterable[Case], *actions: str) -> dict[int, list[tuple[str, Mapping[str, Any]]]]:
    """The same of many, by id, read at once."""
    found: dict[int, list[tuple[str, Mapping[str, Any]]]] = {case.id: [] for case in cases}
    rows = HistoryRow.filter(case_id__in=list(found), action__in=actions).order_by("case_id", "seq")
    for row in await rows if found else ():
        found[row.case_id].append((row.action, content(row)["data"]))
    return found


def content(row: HistoryRow) -> Mapping[str, Any]:
    held: Mapping[str, Any] = json.loads(row.content)
    return held
