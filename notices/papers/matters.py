"""What comes of an overdue reply, on paper: the penalty proposal, and the record of bad conduct."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core.cases.models import Case, HistoryRow
from core.people.models import Person
from notices.papers import paper
from notices.papers.gathering import (
    MINUTE,
    Head,
    Issue,
    cited,
    cited_check,
    cited_notice,
    facts,
    inspectors,
    issue_of,
    title_of,
    unit_of,
)
from notices.papers.paper import Fact, Happening
from notices.reply import NOTICE_REPLY

AUTHORITY = "住房和城乡建设主管部门"
_PROPOSAL = "建议对上述单位逾期未完成整改的行为依法立案调查，并按照有关法律、法规的规定处理。处理结果请函告我站。"
_OTHER_WORDS = {
    "hand_out": "下发通知，告知整改期限",
    "expire": "期限届满，未收到符合要求的回复",
    "reprieve": "恢复计算期限",
}


async def of_matter(head: Head, case: Case) -> paper.Notice:
    issue, reply = await issue_of(case), await Case.get(id=case.parent_id)
    notice = await Case.get(id=reply.parent_id)
    said = issue.heading(head) | await _common(issue, reply, notice)
    if head.template == "penalty_proposal":
        more = {"proposal": _PROPOSAL, "enclosures": await _enclosures(notice), "addressee_units": (AUTHORITY,)}
        return paper.PenaltyProposal(notice_text=case.data["facts"], **said | more)
    return paper.BadConductRecord(conduct=case.data["facts"], **said)


async def _common(issue: Issue, reply: Case, notice: Case) -> dict[str, Any]:
    check, replier = await cited_check(notice), await Person.get(id=reply.author_id)
    before = await HistoryRow.filter(case_id=reply.id, at__lte=issue.at).order_by("seq")
    unit = await unit_of(replier.org_id, issue.project.id, replier)
    return {
        "addressee_units": (unit.name,),
        "unit": unit,
        "check": cited(check),
        "facts": _owed(facts(check), before),
        "overdue": await cited_notice(notice),
        "deadline": paper.Deadline(by=datetime.fromisoformat(issue.case.data["due"]) - MINUTE),
        "happenings": await _happenings(before, replier),
        "inspectors": await inspectors(check, notice),
        "approved_by": issue.signer,
    }


def _owed(found: tuple[Fact, ...], rows: Iterable[HistoryRow]) -> tuple[Fact, ...]:
    """What was returned last, or everything where nothing was judged."""
    judged = [json.loads(row.content)["data"]["verdicts"] for row in rows if row.action == "judge"]
    if not judged:
        return found
    returned = {one["finding"] for one in judged[-1] if not one["accepted"]}
    return tuple(fact for fact in found if fact.number in returned)


async def _happenings(rows: list[HistoryRow], replier: Person) -> tuple[Happening, ...]:
    people = await Person.in_bulk({row.actor_id for row in rows if row.actor_id}, "id")
    return tuple(Happening(at=row.at, what=_what(row, people, replier)) for row in rows)


def _what(row: HistoryRow, people: dict[Any, Person], replier: Person) -> str:
    held = json.loads(row.content)
    who = people[row.actor_id].name if row.actor_id else ""
    step = next((s for s in NOTICE_REPLY.steps(row.from_state, row.action)), None)
    done = _OTHER_WORDS.get(row.action) or (step.caption if step else held.get("note") or row.action)
    return f"{who}{done}" + (f"（回复人：{replier.name}）" if row.action == "hand_out" else "")


async def _enclosures(notice: Case) -> tuple[str, ...]:
    check = await cited_check(notice)
    cited_there = f"《{title_of(notice)}》（{notice.number}）"
    return (f"{cited_there}及送达回证", f"监督检查记录（{check.number}）及问题照片", "企业微信中的回复、审核和提醒记录")
