"""P07, the supervision briefing plan (HB-13 … HB-15), as a declaration and nothing else."""

from datetime import date
from typing import Annotated

from core.cases.declaration import AUTHOR, START, Process, Slot, State, Step
from core.forms import Day, Form, Project, Text
from core.people.models import Role
from core.projects import finding


class BriefingPlan(Form):
    project: Annotated[int, Project()]
    held_on: Annotated[date, Day("交底日期")]
    venue: Annotated[str, Text("交底地点", 100)]
    content: Annotated[str, Text("交底内容", 2000)]


class Opinion(Form):
    remark = True
    opinion: Annotated[str, Text("审核意见", 500)]


BRIEFING_PLAN = Process(
    name="briefing_plan",
    title="监督交底计划",
    word="交底计划",
    source="P07",
    heading=lambda view: f"{view.project_name} 监督交底计划",
    card_fields=("held_on", "venue"),
    slots=(
        Slot(AUTHOR, "监督组长", who=finding.team_lead()),
        Slot("chief", "站长", judges=True, who=finding.station(Role.CHIEF)),
        Slot("enterprises", "参建各方", who=finding.everyone_on_project()),
    ),
    states=(
        State("pending", "待审核"),
        State("passed", "审核通过", final=True),
        State("failed", "审核不通过"),
        State("deleted", "已删除", final=True),
    ),
    table=(
        Step(START, "submit", "提交", by=AUTHOR, to="pending", form=BriefingPlan, tells=("chief",)),
        Step("pending", "pass", "审核通过", by="chief", to="passed", form=Opinion, tells=("enterprises", AUTHOR)),
        Step("pending", "fail", "审核不通过", by="chief", to="failed", form=Opinion, tells=(AUTHOR,), danger=True),
        Step("failed", "revise", "修改后提交", by=AUTHOR, to="pending", form=BriefingPlan, tells=("chief",)),
        Step("failed", "delete", "删除", by=AUTHOR, to="deleted", turn=False, danger=True),
    ),
)
