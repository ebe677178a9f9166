"""The records that notices look at: passed checks of the same project, other notices, the notice of a reply."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from checks.finding import Finding
from checks.report import CHECK_REPORT
from core import clock
from core.cases.declaration import Offer, View
from core.cases.models import Case, HistoryRow
from core.people.models import Organisation
from core.projects.models import ProjectMember, ProjectParty
from notices import practice
from notices.kinds import ProjectEffect

NOTICE, REPLY, EXTENSION = "notice", "notice_reply", "extension"
ISSUED = ("open", "closed")  # the states of a notice that has left the station
_STOPS = (ProjectEffect.STOPS, ProjectEffect.STOPS_PART)


def project_effect(kind: str) -> ProjectEffect:
    """Also for a kind that is not in use any more."""
    return practice.kinds()[kind].project if kind in practice.kinds() else ProjectEffect.NONE


async def parties(view: View) -> Mapping[str, str]:
    ids = await ProjectParty.filter(project_id=view.project_id).values_list("org_id", flat=True)
    return {str(org.id): org.name for org in await Organisation.filter(id__in=ids).order_by("id")}


async def members_of(project_id: int | None, units: Iterable[str]) -> set[int]:
    """Who works on the project for one of these units, today."""
    orgs = [int(unit) for unit in units if unit.isdigit()]
    seats = ProjectMember.filter(project_id=project_id, org_id__in=orgs, until=None)
    return {int(str(one)) for one in await seats.values_list("person_id", flat=True)}


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


ADDRESSEES = Offer("参建单位", parties, "这个工程还没有登记参建单位，请先登记，再下发通知。")
CHECKS = Offer("审核通过的检查记录", passed_checks, "这个工程还没有审核通过的检查记录，不能下发通知。")
STOPS = Offer("尚未解除的停工通知", stops_to_lift, "这个工程没有尚未解除的停工通知，不能下发复工通知。")


async def said(case: Case, *actions: str) -> list[tuple[str, Mapping[str, Any]]]:
    """What was filled in for these steps, in their order."""
    rows = await HistoryRow.filter(case_id=case.id, action__in=actions).order_by("seq")
    return [(row.action, json.loads(row.content)["data"]) for row in rows]
