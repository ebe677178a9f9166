"""Small processes for stories about the engine: each shows one thing that a declaration can say."""

from datetime import timedelta
from typing import Annotated

from core.cases.declaration import (
    AUTHOR,
    START,
    SYSTEM,
    Children,
    Deadline,
    Policy,
    Process,
    Slot,
    State,
    Step,
    answered,
    chosen,
)
from core.forms import Choice, Form, People, Photos, Text
from core.forms import Project as ProjectField
from core.people.models import REVIEWER_ROLES, Role
from core.projects import finding
from core.projects.models import Post


class Reason(Form):
    remark = True
    reason: Annotated[str, Text("原因", 200)]


class Plan(Form):
    project: Annotated[int, ProjectField()]
    topic: Annotated[str, Text("主题", 50)]
    kind: Annotated[str, Choice("类别", {"plain": "一般", "risky": "超规模"})] = "plain"
    note: Annotated[str | None, Text("备注", 50)] = None
    pictures: Annotated[list[int], Photos("附图")] = []
    judges: Annotated[list[int], People("审核人", "judges")] = []


judged = chosen("judges", "选了审核人")

# Drawn up by the manager of a site, agreed by all judges, sent back and submitted again.
PLAN = Process(
    name="plan",
    title="施工方案",
    word="方案",
    number="{station}方〔{year}〕{n:03d}号",
    heading=lambda view: f"{view.project_name} {view.data['topic']}",
    slots=(
        Slot(AUTHOR, "项目经理", who=finding.post(Post.PM)),
        Slot("judges", "审核人", policy=Policy.ALL, judges=True, offers=finding.station(*REVIEWER_ROLES)),
        Slot("cse", "总监", who=finding.post(Post.CSE)),
    ),
    states=(
        State("pending", "待审核"),
        State("returned", "已退回"),
        State("passed", "已通过", final=True),
        State("dropped", "已撤销", final=True),
    ),
    table=(
        Step(START, "submit", "提交", by=AUTHOR, to="pending", form=Plan, when=judged, numbered=True),
        Step(START, "submit", "提交", by=AUTHOR, to="passed", form=Plan, tells=("cse",), numbered=True),
        Step("pending", "pass", "通过", by="judges", to="passed", tells=("cse", AUTHOR)),
        Step("pending", "return", "退回", by="judges", to="returned", form=Reason, at_once=True, danger=True),
        Step("pending", "remind", "催办", by=AUTHOR, to="pending", tells=("judges",), turn=False),
        Step("returned", "change", "修改", by=AUTHOR, to="pending", form=Plan, numbered=True),
        Step("returned", "drop", "撤销", by=AUTHOR, to="dropped", danger=True),
    ),
)  # fmt: skip


class Wanted(Form):
    project: Annotated[int, ProjectField()]
    wanted: Annotated[str, Text("要求", 100)]
    urgency: Annotated[str, Choice("缓急", {"usual": "一般", "urgent": "紧急"})] = "usual"


class Reply(Form):
    done: Annotated[str, Text("整改情况", 100)]


urgent = answered("urgency", "urgent", "紧急")
DAYS = 3

# Goes to the manager of the site, who replies within three days; otherwise it is overdue.
ORDER = Process(
    name="order",
    title="整改通知",
    word="通知",
    heading=lambda view: str(view.data["wanted"]),
    slots=(
        Slot(AUTHOR, "监督员", roles=frozenset({Role.SUPERVISOR})),
        Slot("manager", "项目经理", who=finding.post(Post.PM)),
        Slot("judge", "审核人", judges=True, who=finding.post(Post.CSE, Post.PM)),
    ),
    states=(
        State(
            "open", "待回复",
            deadline=Deadline("reply", "三日内", lambda view, at: at + timedelta(days=DAYS), then="expire"),
        ),
        State("replied", "待确认"),
        State("overdue", "已超期"),
        State("closed", "已办结", final=True),
    ),
    table=(
        Step(START, "issue", "下发", by=AUTHOR, to="open", form=Wanted, tells=("manager",)),
        Step("open", "reply", "回复", by="manager", to="replied", form=Reply),
        Step("open", "expire", "超期", by=SYSTEM, to="overdue", tells=(AUTHOR,)),
        Step("overdue", "reopen", "延期", by=AUTHOR, to="open"),
        Step("overdue", "close", "办结", by=AUTHOR, to="closed", when=urgent),
        Step("replied", "confirm", "确认", by="judge", to="closed", tells=(AUTHOR,)),
        Step("replied", "reject", "退回", by="judge", to="open"),
    ),
)  # fmt: skip


class Call(Form):
    project: Annotated[int, ProjectField()]
    called: Annotated[list[int], People("被查人员", "called")] = []


# Everybody who is called answers for himself; when all have answered it is closed.
ROLL_CALL = Process(
    name="roll_call",
    title="查岗",
    word="查岗",
    heading=lambda view: view.project_name,
    slots=(
        Slot(AUTHOR, "监督员"),
        Slot("called", "被查人员", policy=Policy.EACH, offers=finding.everyone_on_project()),
    ),
    states=(State("called", "查岗中"), State("closed", "已结束", final=True)),
    table=(
        Step(START, "call", "查岗", by=AUTHOR, to="called", form=Call),
        Step("called", "close", "结束", by=SYSTEM, to="closed", tells=(AUTHOR,)),
    ),
    children=Children("presence", "called", at="called", then="close"),
)

PRESENCE = Process(
    name="presence",
    title="到岗",
    word="",
    heading=lambda view: view.project_name,
    slots=(Slot(AUTHOR, "被查人员"),),
    states=(State("asked", "待应答"), State("present", "到岗", final=True)),
    table=(
        Step(START, "ask", "询问", by=SYSTEM, to="asked"),
        Step("asked", "answer", "打卡", by=AUTHOR, to="present"),
    ),
)

ALL = (PLAN, ORDER, ROLL_CALL, PRESENCE)
