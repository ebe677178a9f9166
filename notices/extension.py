"""More time for a reply (BY-07): asked for before the deadline, granted or refused by whoever judges the reply."""

from datetime import date, datetime, timedelta
from typing import Annotated

from core import clock
from core.calendar import counting
from core.calendar.deadlines import Deadline, on_day
from core.cases import clocks
from core.cases.declaration import AUTHOR, START, SYSTEM, Happened, Process, Slot, State, Step, View, Who
from core.cases.models import Case
from core.errors import BadInput, Refusal
from core.forms import Form, Photos, Text
from notices import records
from notices.fields import Term
from notices.handing import due_of
from notices.in_charge import IN_CHARGE
from notices.records import ISSUER
from notices.reply import LATE


class ExtensionForm(Form):
    """延期申请."""

    until: Annotated[date, Term("延期至")]
    reason: Annotated[str, Text("延期的原因", 500)]
    evidence: Annotated[list[int], Photos("证明照片", hint="可不发")] = []


class NotGranted(Form):
    """Why there is no more time."""

    remark = True
    reason: Annotated[str, Text("不同意的原因", 500)]


async def _replier(view: View) -> list[int]:
    return [(await records.reply_about(view)).author_id]


async def _may_be_asked(view: View) -> None:
    """Raises BadInput for what cannot be granted anyway; only for the one who asks."""
    if view.at != START:
        return
    reply = await records.reply_about(view)
    due = due_of(reply.data)
    if due is None:
        raise Refusal("这份通知没有截止日期，不需要延期。")
    if reply.closed_at is not None or reply.state == "review":
        raise Refusal("这份通知您已经回复，不需要延期。")
    if clocks.is_paused(reply.data, "due"):
        raise Refusal("这份通知的计时已经暂停，恢复以后再申请延期。")
    if due <= clock.now():
        raise Refusal("截止日期已过，不能再申请延期，请尽快整改并回复。")
    if await Case.exists(parent_id=reply.id, process=records.EXTENSION, closed_at=None):
        raise Refusal("您已经为这份通知申请过延期，请等待审批。")
    _moves_it(date.fromisoformat(view.data["until"]), due, reply.station_id)


def _moves_it(until: date, due: datetime, station_id: int) -> None:
    last = (clock.local(due) - timedelta(days=1)).date()
    if until <= last:
        raise BadInput(f"现在的截止日期是{last.month}月{last.day}日，请选择更晚的日期。", "until")
    try:
        _explained(until, station_id)
    except BadInput as refusal:
        raise BadInput(refusal.sentence, "until") from None


def _explained(until: date, station_id: int) -> Deadline:
    return on_day(counting.calendar(), clock.today(), until, counting.rule(station_id))


async def _postpone(happened: Happened) -> None:
    """Who was late already while this waited to be decided goes on as if he had not been."""
    until, works = date.fromisoformat(happened.case.data["until"]), happened.works
    try:
        term = _explained(until, happened.case.station_id)
    except BadInput:
        raise Refusal(f"申请延期到{until.month}月{until.day}日，这一天已经到了，请不同意，或请对方直接回复。") from None
    reply = await records.reply_about(happened.view)
    due = due_of(reply.data)
    if due is not None and term.due <= due:
        raise Refusal(f"截止日期已是{clock.ends(due)}，不早于申请的{until.month}月{until.day}日，请不同意。")
    await works.postpone(reply.id, "due", term.due, f"经批准延期。{term.explanation}")
    if reply.state in LATE:
        await works.take(reply.id, "reprieve")


_NOBODY = "没有可以审批延期的人员，请联系管理员。"

EXTENSION = Process(
    name=records.EXTENSION,
    title="延期申请",
    word="",
    source="BY-07",
    heading=lambda view: f"{view.project_name} 延期申请",
    card_fields=("until", "reason"),
    check=_may_be_asked,
    slots=(
        Slot(AUTHOR, "回复人", who=Who("回复人", _replier, "请先选择要延期的通知，再申请延期。")),
        Slot(ISSUER, "审批人", judges=True, who=Who("审核人", records.judges_of, _NOBODY), heirs=IN_CHARGE),
    ),
    states=(
        State("asked", "待审批"),
        State("granted", "已同意", final=True),
        State("refused", "未同意", final=True),
        State("lapsed", "不再需要", final=True),
    ),
    table=(
        Step(START, "ask", "提交", by=AUTHOR, to="asked", form=ExtensionForm),
        Step("asked", "grant", "同意", by=ISSUER, to="granted", tells=(AUTHOR,), effect=_postpone),
        Step("asked", "refuse", "不同意", by=ISSUER, to="refused", form=NotGranted, tells=(AUTHOR,), danger=True),
        Step("asked", "lapse", "已办结", by=SYSTEM, to="lapsed"),
    ),
)  # fmt: skip
