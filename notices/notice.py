"""The notice (P03, HN-27 … HN-43): issued on a passed check, answered by each replier for himself."""

from datetime import date
from typing import Annotated

from checks.report import Opinion
from core.cases.declaration import (
    AUTHOR,
    START,
    SYSTEM,
    Children,
    Condition,
    Measured,
    Policy,
    Process,
    Slot,
    State,
    Step,
    View,
    chosen,
)
from core.forms import Form, Offered, People, Text
from core.forms import Project as ProjectField
from core.people.models import REVIEWER_ROLES, STATION_ROLES, Role
from core.projects import finding
from notices import marks, owing, practice, records
from notices.drafting import fits_together
from notices.effects import issued
from notices.fields import KindField, Term
from notices.handing import handed_out
from notices.kinds import Answer, Approval, NoticeKind
from notices.remarks import Voided
from notices.reply import sum_of_all
from notices.voiding import notice_is_void


class NoticeForm(Form):
    """通知; the fields and their order are those of the source's form."""

    kind: Annotated[str, KindField()]
    project: Annotated[int, ProjectField()]
    addressee_units: Annotated[list[str], Offered("通知对象单位", "org", several=True, short="通知对象")]
    cited_check: Annotated[str, Offered("问题详情", "case", hint="这个工程审核通过的检查记录")]
    lifts: Annotated[str | None, Offered("解除的停工通知", "case", hint="只有复工通知需要选择", short="解除停工")] = (
        None
    )
    notice_text: Annotated[str | None, Text("通知详情", 2000)] = None
    deadline: Annotated[date | None, Term(hint="超期未整改将提出处罚建议或者记录不良行为")] = None
    repliers: Annotated[list[int], People("回复人", "repliers", hint="通知对象单位的人员，每人都要回复")]
    reviewers: Annotated[
        list[int], People("上报接收人", "reviewers", hint="分管领导或站长，可不选；不选则无需审核")
    ] = []
    recipients: Annotated[list[int], People("下达接收人", "recipients", hint="只能阅读，可不选")] = []


def _kind(view: View) -> NoticeKind:
    return practice.kind(str(view.data["kind"]))


def _heading(view: View) -> str:
    return f"{view.project_name} {_kind(view).title}"


def _waits_for_chief(view: View) -> bool:
    """A chief who issues a notice himself has approved it."""
    return _kind(view).approval is Approval.CHIEF and view.author_id not in view.slots.get("chief", [])


reviewed = chosen("reviewers", "选了上报接收人")
for_the_chief = Condition("须站长批准", _waits_for_chief)
rectified = Condition("各回复人均已整改", lambda view: view.at == "closed" and bool(view.data.get("rectified")))
unanswered = Condition("不需要回复", lambda view: _kind(view).answer is Answer.NONE)

NOTICE = Process(
    name=records.NOTICE,
    title="通知",
    word="新建通知",
    source="P03",
    number=lambda view: _kind(view).series,
    heading=_heading,
    card_fields=("project", "addressee_units", "cited_check", "deadline", "notice_text"),
    confirm="提交后不能修改，请核对无误再提交。",
    offers={"addressee_units": records.ADDRESSEES, "cited_check": records.CHECKS, "lifts": records.STOPS},
    check=fits_together,
    cites="cited_check",
    urgent=lambda view: practice.passes_at_night(str(view.data["kind"])),
    tags=((rectified, "已整改"), *marks.TAGS),
    measured=lambda state, data: Measured(data["kind"], rectified=state == "closed" and bool(data.get("rectified"))),
    slots=(
        Slot(AUTHOR, "监督员", roles=STATION_ROLES),
        Slot("repliers", "回复人", policy=Policy.EACH, offers=records.OF_ADDRESSEES),
        Slot("reviewers", "上报接收人", judges=True, offers=finding.station(*REVIEWER_ROLES)),
        Slot("recipients", "下达接收人", offers=finding.everyone_on_project()),
        Slot("chief", "站长", judges=True, who=finding.station(Role.CHIEF)),
    ),
    states=(
        State("pending", "待审核"),
        State("approving", "待站长批准"),
        State("open", "待回复"),
        State("closed", "完结", final=True),
        State("failed", "审核未通过", final=True),
        State(records.VOIDED, "已作废", final=True),
    ),
    table=(
        Step(START, "submit", "立即提交", by=AUTHOR, to="pending", form=NoticeForm, when=reviewed,
             effect=owing.handed_in),
        Step(START, "submit", "立即提交", by=AUTHOR, to="approving", form=NoticeForm, when=for_the_chief,
             effect=owing.handed_in),
        Step(START, "submit", "立即提交", by=AUTHOR, to="closed", form=NoticeForm, when=unanswered,
             tells=("repliers", "recipients"), numbered=True, effect=issued),
        Step(START, "submit", "立即提交", by=AUTHOR, to="open", form=NoticeForm,
             tells=("recipients",), numbered=True, effect=issued),
        Step("pending", "pass", "通过", by="reviewers", to="approving", when=for_the_chief, tells=(AUTHOR,)),
        Step("pending", "pass", "通过", by="reviewers", to="closed", when=unanswered,
             tells=("repliers", "recipients", AUTHOR), numbered=True, effect=issued),
        Step("pending", "pass", "通过", by="reviewers", to="open",
             tells=("recipients", AUTHOR), numbered=True, effect=issued),
        Step("pending", "fail", "不通过", by="reviewers", to="failed", form=Opinion, tells=(AUTHOR,), danger=True),
        Step("approving", "approve", "批准", by="chief", to="closed", when=unanswered,
             tells=("repliers", "recipients", AUTHOR), numbered=True, effect=issued),
        Step("approving", "approve", "批准", by="chief", to="open",
             tells=("recipients", AUTHOR), numbered=True, effect=issued),
        Step("approving", "refuse", "不批准", by="chief", to="failed", form=Opinion, tells=(AUTHOR,), danger=True),
        Step("open", "complete", "全部办结", by=SYSTEM, to="closed", tells=(AUTHOR, "recipients")),
        *(Step(at, "void", "作废", by=SYSTEM, to=records.VOIDED, form=Voided, danger=True,
               tells=(AUTHOR, "repliers", "reviewers", "recipients", "chief"), effect=notice_is_void)
          for at in records.ISSUED),
    ),
    children=Children(records.REPLY, "repliers", "open", "complete", data=handed_out, sums_up=sum_of_all),
)  # fmt: skip
