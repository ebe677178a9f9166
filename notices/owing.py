"""What a passed check owes that asked for a notice (同时下发整改通知, HN-22): it waits for its inspector until a notice
on the check is handed in. It is a record of its own, so that it is counted, listed and given to a deputy like all that
waits.

It begins without a message: the card of the passed check offers the notice already, and so does the conversation.
"""

from typing import Annotated

from checks.report import OWED_NOTICE
from core.cases.declaration import AUTHOR, START, SYSTEM, Happened, Process, Slot, State, Step
from core.cases.models import Case
from core.errors import NotNow
from core.forms import Form, Text
from notices.in_charge import IN_CHARGE


class NotIssued(Form):
    """不再下发."""

    remark = True
    reason: Annotated[str, Text("不再下发的原因", 500, hint="例如：问题已当场整改")]


NOTICE_OWED = Process(
    name=OWED_NOTICE,
    title="检查后下发通知",
    word="",
    source="HN-22",
    heading=lambda view: f"{view.project_name} 下发整改通知",
    gist=lambda view: f"检查记录{view.data['number']}选了同时下发整改通知，还没有提交通知。",
    slots=(Slot(AUTHOR, "监督员", heirs=IN_CHARGE),),
    states=(
        State("owed", "待下发"),
        State("begun", "已提交通知", final=True),
        State("dropped", "不再下发", final=True),
    ),
    table=(
        Step(START, "owe", "待下发整改通知", by=SYSTEM, to="owed", silent=True),
        Step("owed", "drop", "不再下发", by=AUTHOR, to="dropped", form=NotIssued, danger=True),
        Step("owed", "begin", "已提交通知", by=SYSTEM, to="begun"),
    ),
)  # fmt: skip


async def handed_in(happened: Happened) -> None:
    """A notice on a check is all that the check asked for, whoever hands it in."""
    owed = Case.filter(parent_id=int(happened.case.data["cited_check"]), process=OWED_NOTICE, closed_at=None)
    for one in await owed.order_by("id"):
        try:
            await happened.works.take(one.id, "begin")
        except NotNow:
            return  # dropped this very moment; the notice is handed in all the same
