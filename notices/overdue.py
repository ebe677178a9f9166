"""What comes of a reply that is overdue (HN-38, HN-Q10): drawn up by the system, chosen by the issuer, approved by the
chief."""

from typing import Annotated

from core.cases.declaration import (
    AUTHOR,
    START,
    SYSTEM,
    Condition,
    Happened,
    Measured,
    Process,
    Slot,
    State,
    Step,
    View,
    Who,
)
from core.forms import Form, Text
from core.people.models import Role
from core.projects import finding
from notices import marks, practice, records
from notices.correcting import undisputed
from notices.fields import KindField
from notices.in_charge import IN_CHARGE
from notices.kinds import Approval, NoticeKind
from notices.papers import promising
from notices.remarks import Voided


class Matter(Form):
    """处理方式."""

    way: Annotated[str, KindField("处理方式", by_system=True)]
    facts: Annotated[str, Text("事实与依据", 1000, hint="例如：逾期天数、未整改的问题、所依据的条款")]


class NoMatter(Form):
    """Why nothing comes of it."""

    remark = True
    reason: Annotated[str, Text("不予处理的原因", 500)]


class Refused(Form):
    """Why the chief does not agree."""

    remark = True
    reason: Annotated[str, Text("不批准的原因", 500)]


def _way(view: View) -> NoticeKind:
    return practice.kind(str(view.data["way"]))


def _waits_for_chief(view: View) -> bool:
    """A chief in whose hands the matter is approves it by proposing it."""
    his_own = set(view.slots.get(AUTHOR, [])) & set(view.slots.get("chief", []))
    return _way(view).approval is Approval.CHIEF and not his_own


async def _replier(view: View) -> list[int]:
    return [(await records.reply_about(view)).author_id]


async def _issued(happened: Happened) -> None:
    await undisputed(happened)
    await promising.of_matter(happened)


for_the_chief = Condition("须站长批准", _waits_for_chief, answer="way")

OVERDUE_MATTER = Process(
    name=records.MATTER,
    title="超期处理",
    word="",
    source="P03",
    number=lambda view: _way(view).series,
    heading=lambda view: f"{view.data['title']} 超期处理（{view.data['replier']}）",
    card_fields=("way", "facts"),
    gist=lambda view: f"{view.data['replier']}到期没有回复《{view.data['title']}》，请选择怎样处理。",
    slots=(
        Slot(AUTHOR, "审核人", heirs=IN_CHARGE),
        Slot("chief", "站长", judges=True, who=finding.station(Role.CHIEF)),
        Slot("replier", "回复人", who=Who("回复人", _replier, "没有找到回复人，请联系管理员。")),
    ),
    tags=marks.TAGS,
    measured=lambda state, data: Measured(data.get("way") or ""),
    states=(
        State("choose", "待处理"),
        State("approving", "待站长批准"),
        State("issued", "已形成", final=True),
        State("dropped", "不予处理", final=True),
        State("lapsed", "不再需要", final=True),
        State(records.VOIDED, "已作废", final=True),
    ),
    table=(
        Step(START, "draw_up", "超期待处理", by=SYSTEM, to="choose"),
        Step("choose", "propose", "提出处理意见", by=AUTHOR, to="approving", form=Matter, when=for_the_chief,
             effect=undisputed),
        Step("choose", "propose", "提出处理意见", by=AUTHOR, to="issued", form=Matter, numbered=True,
             tells=("replier",), effect=_issued),
        Step("choose", "withdraw", "异议成立，不予处理", by=SYSTEM, to="dropped", tells=(AUTHOR,)),
        Step("choose", "drop", "不予处理", by=AUTHOR, to="dropped", form=NoMatter, danger=True),
        Step("approving", "approve", "批准", by="chief", to="issued", tells=(AUTHOR, "replier"), numbered=True,
             effect=_issued),
        Step("approving", "withdraw", "异议成立，不予处理", by=SYSTEM, to="dropped", tells=(AUTHOR,)),
        Step("approving", "refuse", "不批准", by="chief", to="choose", form=Refused, danger=True),
        Step("choose", "lapse", "通知已作废", by=SYSTEM, to="lapsed"),
        Step("approving", "lapse", "通知已作废", by=SYSTEM, to="lapsed"),
        Step("issued", "void", "作废", by=SYSTEM, to=records.VOIDED, form=Voided, tells=(AUTHOR, "replier"),
             danger=True),
    ),
)  # fmt: skip
