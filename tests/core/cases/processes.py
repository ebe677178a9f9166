"""Small processes for stories about the engine: each shows one thing that a declaration can say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

from core.cases.declaration import (
    AUTHOR,
    START,
    SYSTEM,
    Children,
    Deadline,
    Happened,
    Policy,
    Process,
    Slot,
    State,
    Step,
    View,
    answered,
    chosen,
)
from core.cases.ladders import Ladder
from core.cases.models import Case
from core.forms import Choice, Form, Number, People, Photos, Text
from core.forms import Project as ProjectField
from core.people.models import REVIEWER_ROLES, Person, Role
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


LADDER = Ladder.model_validate(
    {
        "rungs": [
            {"name": "soon", "when": {"days": -2}, "tells": ["manager"], "says": "《{title}》{due}到期。"},
            {"name": "tomorrow", "when": {"days": -1}, "tells": ["manager", "author"], "says": "《{title}》明天到期。"},
            {"name": "late", "when": {"days": 1}, "tells": ["chief"], "says": "{project}的《{title}》已超期。"},
            {"name": "danger", "when": {"days": 2, "at": "22:00"}, "tells": ["chief"], "says": "急", "danger": True},
        ]
    }
)
TERM = Deadline(
    "term", "十月十六日",
    due=lambda view, at: datetime(2026, 10, 16, 16, tzinfo=UTC),
    then="expire", keeps=True, ladder=lambda view: LADDER, tells=("manager", "author", "chief"),
)  # fmt: skip

# One deadline for all rounds, with reminders before it and after.
DEMAND = replace(
    ORDER,
    name="demand",
    title="限期整改",
    word="限期",
    slots=(*ORDER.slots, Slot("chief", "站长", who=finding.station(Role.CHIEF))),
    states=(
        State("open", "待回复", deadline=TERM),
        State("replied", "待确认"),
        State("overdue", "已超期", deadline=TERM),
        State("closed", "已办结", final=True),
    ),
    table=(
        Step(START, "issue", "下发", by=AUTHOR, to="open", form=Wanted, tells=("manager",)),
        Step("open", "reply", "回复", by="manager", to="replied", form=Reply),
        Step("open", "expire", "超期", by=SYSTEM, to="overdue", tells=(AUTHOR,)),
        Step("overdue", "reply", "回复", by="manager", to="replied", form=Reply),
        Step("replied", "confirm", "确认", by="judge", to="closed", tells=(AUTHOR,)),
        Step("replied", "reject", "退回", by="judge", to="open"),
    ),
)  # fmt: skip


class More(Form):
    project: Annotated[int, ProjectField()]
    days: Annotated[float, Number("延长天数", "天", 1, 30)]


async def _postpone(happened: Happened) -> None:
    until = datetime(2026, 10, 16, 16, tzinfo=UTC) + timedelta(days=happened.view.data["days"])
    await happened.works.postpone(happened.case.parent_id or 0, "term", until, "雨天停工")


async def _follow_up(happened: Happened) -> None:
    project = {"project": happened.case.project_id, "topic": "延期后复查"}
    author = await Person.get(id=happened.case.author_id)
    await happened.works.begin("visit", author, project, f"visit:{happened.case.id}", happened.case)


# Asks for more time for a demand; what is granted moves its deadline, what is refused has a visit arranged.
EXTENSION = Process(
    name="extension",
    title="延期申请",
    word="延期",
    heading=lambda view: f"{view.project_name} 延期",
    number=lambda view: "{station}" + ("长" if view.data["days"] > 7 else "短") + "〔{year}〕{n:02d}号",
    slots=(Slot(AUTHOR, "申请人"), Slot("judge", "审批人", judges=True, who=finding.post(Post.CSE))),
    states=(State("asked", "待审批"), State("granted", "已同意", final=True), State("refused", "未同意", final=True)),
    table=(
        Step(START, "ask", "申请", by=AUTHOR, to="asked", form=More, numbered=True),
        Step("asked", "grant", "同意", by="judge", to="granted", tells=(AUTHOR,), effect=_postpone),
        Step("asked", "refuse", "不同意", by="judge", to="refused", tells=(AUTHOR,), effect=_follow_up),
    ),
)

VISIT = Process(
    name="visit",
    title="复查",
    word="",
    heading=lambda view: str(view.data["topic"]),
    slots=(Slot(AUTHOR, "申请人"),),
    states=(State("planned", "待复查"), State("done", "已复查", final=True)),
    table=(
        Step(START, "plan", "安排", by=SYSTEM, to="planned"),
        Step("planned", "do", "复查", by=AUTHOR, to="done"),
    ),
)


class Call(Form):
    project: Annotated[int, ProjectField()]
    called: Annotated[list[int], People("被查人员", "called")] = []


async def _asked_at(case: Case, view: View) -> dict[str, str]:
    return {"asked_at": view.project_name}


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
    children=Children("presence", "called", "called", "close", data=_asked_at),
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

ALL = (PLAN, ORDER, DEMAND, EXTENSION, VISIT, ROLL_CALL, PRESENCE)
