"""P28, the plan of hazardous works (ZZ-036 … ZZ-039), as a declaration and nothing else."""

from datetime import date
from typing import Annotated

from core.cases.declaration import AUTHOR, START, Process, Slot, State, Step, answered
from core.forms import Choice, Day, Form, Photos, Project, Text
from core.projects import finding
from core.projects.models import Post


class Entry(Form):
    project: Annotated[int, Project()]
    works: Annotated[str, Text("危大工程名称", 100, short="工程名称")]
    scale: Annotated[str, Choice("危大工程类别", {"ordinary": "危大工程", "over_scale": "超危大工程"}, short="类别")]


class Plan(Form):
    plan: Annotated[str, Text("专项施工方案", 2000, short="方案")]


class Reason(Form):
    remark = True
    reason: Annotated[str, Text("退回原因", 500)]


class Argument(Form):
    result: Annotated[str, Choice("论证结论", {"passed": "通过", "failed": "不通过"})]
    opinion: Annotated[str, Text("论证意见", 500)]
    argued_on: Annotated[date, Day("论证日期")]
    report: Annotated[list[int], Photos("论证报告")]
    experts: Annotated[str, Text("论证专家", 200)]


over_scale, argued = answered("scale", "over_scale", "超危大工程"), answered("result", "passed", "论证通过")

HAZARDOUS_PLAN = Process(
    name="hazardous_plan", title="危大工程专项方案", word="危大工程", source="P28",
    heading=lambda view: f"{view.project_name} {view.data['works']}", card_fields=("works", "scale", "plan"),
    slots=(
        Slot(AUTHOR, "建设单位", who=finding.post(Post.CLIENT_REPRESENTATIVE)),
        Slot("pm", "项目经理", who=finding.post(Post.PM)),
        Slot("cse", "总监", judges=True, who=finding.post(Post.CSE)),
    ),
    states=(
        State("registered", "已登记"), State("reviewing", "待审查"), State("returned", "已退回"),
        State("arguing", "待论证"), State("approved", "方案已批准", final=True),
    ),
    table=(
        Step(START, "register", "登记", by=AUTHOR, to="registered", form=Entry, tells=("pm",)),
        Step("registered", "submit", "提交方案", by="pm", to="reviewing", form=Plan, tells=("cse",)),
        Step("reviewing", "pass", "审核通过", by="cse", to="arguing", when=over_scale, tells=("pm",)),
        Step("reviewing", "pass", "审核通过", by="cse", to="approved", tells=("pm",)),
        Step("reviewing", "return", "退回", by="cse", to="returned", form=Reason, tells=("pm",), danger=True),
        Step("returned", "revise", "修改后提交", by="pm", to="reviewing", form=Plan, tells=("cse",)),
        Step("arguing", "argue", "提交论证", by="pm", to="approved", form=Argument, when=argued, tells=("cse", AUTHOR)),
        Step("arguing", "argue", "提交论证", by="pm", to="returned", form=Argument, tells=("cse",)),
    ),
)  # fmt: skip
