"""The check report (P02, HN-11 … HN-26): reported by a supervisor, reviewed by leaders, issued to readers."""

from collections.abc import Mapping
from typing import Annotated, Any

from checks.finding import Finding, Findings
from core.cases.declaration import AUTHOR, START, Happened, Measured, Process, Slot, State, Step, View, chosen
from core.forms import Choice, Form, People, Switch, Text
from core.forms import Project as ProjectField
from core.people.models import REVIEWER_ROLES, STATION_ROLES, Person
from core.projects import finding

OWED_NOTICE = "owed_notice"  # the process in which a passed check waits for the notice that it asked for
CHECK_TYPES = {"quality": "质量检查", "safety": "安全检查", "comprehensive": "综合检查"}


class CheckReport(Form):
    """监督上报; the fields and their order are those of the source's form (Hainan 0.1)."""

    project: Annotated[int, ProjectField()]
    check_type: Annotated[str, Choice("抽查类型", CHECK_TYPES)]
    checked_location: Annotated[str, Text("抽查部位", 200, hint="楼栋号、楼层、形象进度、材料等，例如：3号楼 5层 临边")]
    findings: Annotated[list[Finding], Findings()] = []
    reviewers: Annotated[
        list[int], People("上报接收人", "reviewers", hint="分管领导或站长，可不选；不选则无需审核")
    ] = []
    recipients: Annotated[
        list[int], People("下达接收人", "recipients", hint="施工、监理等单位人员，只能阅读，可不选")
    ] = []
    with_notice: Annotated[bool, Switch("同时下发整改通知", short="下发通知")] = False


class Opinion(Form):
    """Why a record did not pass; required, so that nobody has to guess (HN-24)."""

    remark = True
    opinion: Annotated[str, Text("不通过的原因", 500)]


def _heading(view: View) -> str:
    kind = CHECK_TYPES[str(view.data["check_type"])]
    return f"{view.project_name} {kind}"


def _critical(view: View) -> bool:
    """Danger does not wait for the morning."""
    found = [Finding.model_validate(one) for one in view.data.get("findings", [])]
    return any("critical" in {f.severity, *(c.severity for c in (*f.terms, *f.violations))} for f in found)


def wants_notice(data: Mapping[str, Any]) -> bool:
    """同时下发整改通知 (HN-22); nothing found, nothing to put right."""
    return bool(data.get("with_notice")) and bool(data.get("findings"))


async def _passed(happened: Happened) -> None:
    check = happened.case
    if wants_notice(check.data) and happened.works.knows(OWED_NOTICE):
        author, about = await Person.get(id=check.author_id), {"number": check.number}
        await happened.works.begin(OWED_NOTICE, author, about, f"{OWED_NOTICE}:{check.id}", check)


reviewed = chosen("reviewers", "选了上报接收人")
internal = ~chosen("recipients", "选了下达接收人")

CHECK_REPORT = Process(
    name="check_report",
    title="监督检查记录",
    word="上报",
    source="P02",
    number="{station}检〔{year}〕{n:04d}号",
    heading=_heading,
    card_fields=("project", "check_type", "checked_location", "findings"),
    confirm="提交后不能修改，请核对无误再提交。",
    urgent=_critical,
    measured=lambda state, data: Measured(data["check_type"]),
    slots=(
        Slot(AUTHOR, "监督员", roles=STATION_ROLES),
        Slot("reviewers", "上报接收人", judges=True, offers=finding.station(*REVIEWER_ROLES)),
        Slot("recipients", "下达接收人", offers=finding.everyone_on_project()),
    ),
    states=(
        State("pending", "待审核"),
        State("passed", "审核通过", final=True, label=(internal, "审核通过（监督内档）")),
        State("failed", "审核未通过", final=True),
    ),
    table=(
        Step(START, "submit", "立即提交", by=AUTHOR, to="pending", form=CheckReport, when=reviewed,
             tells=("reviewers",), numbered=True),
        Step(START, "submit", "立即提交", by=AUTHOR, to="passed", form=CheckReport,
             tells=("recipients",), numbered=True, effect=_passed),
        Step("pending", "pass", "通过", by="reviewers", to="passed", tells=("recipients", AUTHOR), effect=_passed),
        Step("pending", "fail", "不通过", by="reviewers", to="failed", form=Opinion, tells=(AUTHOR,), danger=True),
    ),
)  # fmt: skip
