"""A deadline that stands still for cause (BY-07): ordered by whoever judges the reply or by the chief, or asked for by
the replier; it goes on when that is over, on a day that was named, or when he replies.

What it stood is counted in working days, from the day on which it was ordered or asked for; the day on which it goes on
counts again.
"""

from datetime import date, datetime, timedelta
from typing import Annotated

from core import clock
from core.calendar import counting
from core.calendar.days import Calendar, UnknownYear
from core.calendar.deadlines import LONGEST, Deadline
from core.cases.declaration import AUTHOR, START, SYSTEM, Condition, Happened, Process, Slot, State, Step, View, Who
from core.cases.declaration import Deadline as Declared
from core.cases.models import Case, Participant
from core.errors import BadInput, Refusal
from core.forms import Form, Photos, Text
from core.people.models import Role
from core.projects import finding
from notices import records
from notices.fields import Term
from notices.handing import due_of
from notices.in_charge import IN_CHARGE
from notices.records import ISSUER
from notices.reply import LATE

_ONE = timedelta(days=1)


class PauseForm(Form):
    """暂停计时."""

    reason: Annotated[str, Text("暂停的原因", 300, hint="例如：等待检测结果、封路、台风停工")]
    until: Annotated[
        date | None, Term("暂停到", hint="到时自动恢复；不定日期的，事由消除后再恢复", starts_today=True)
    ] = None
    evidence: Annotated[list[int], Photos("证明照片", hint="可不发")] = []


class NotPaused(Form):
    """Why time goes on."""

    remark = True
    reason: Annotated[str, Text("不同意的原因", 500)]


# ── who ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _replier(view: View) -> list[int]:
    return [(await records.reply_about(view)).author_id]


async def _chiefs(view: View) -> list[int]:
    """Who judges the reply has his own way to end it."""
    judges = await records.judges_of(view)
    return [one for one in await finding.station(Role.CHIEF).find(view) if one not in judges]


async def _may_begin(view: View) -> list[int]:
    """Also a deputy of whoever judges."""
    judging = await Participant.filter(case_id=view.parent_id, slot=ISSUER).order_by("id")
    judges = [seat.person_id for seat in judging if seat.sits(clock.now())]
    return [*await _replier(view), *judges, *await _chiefs(view)]


_NOBODY = "没有可以审批暂停计时的人员，请联系管理员。"
_JUDGE = Who("审核人", records.judges_of, _NOBODY)
by_the_station = Condition(
    "由审核人或站长提出", lambda view: view.author_id not in view.slots.get("replier", []), slot="replier"
)


# ── whether ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _may_stand_still(view: View) -> None:
    """Raises BadInput or Refusal for what cannot be; only for the one who begins it."""
    if view.at != START:
        return
    reply = await records.reply_about(view)
    due = due_of(reply.data)
    if due is None:
        raise Refusal("这份通知没有截止日期，不需要暂停计时。")
    if reply.closed_at is not None or reply.state == "review":
        raise Refusal("这份通知已经回复，不需要暂停计时。")
    if reply.state.startswith("unsigned"):
        raise Refusal("只须签收的通知不能暂停计时，请直接签收。")
    await _once(reply)
    if due <= clock.now():
        raise Refusal("截止日期已过，不能再暂停计时，请尽快整改并回复。")
    _ends_in_time(view)


async def _once(reply: Case) -> None:
    found = await Case.filter(parent_id=reply.id, process=records.PAUSE, closed_at=None).order_by("id").first()
    if found is not None and found.state == "asked":
        raise Refusal("已经有人为这份通知申请暂停计时，请等待审批；由您审批的，请在待办中办理。")
    if found is not None:
        raise Refusal("这份通知的计时已经暂停，不能再暂停一次；需要时可以先恢复计时。")


def _ends_in_time(view: View) -> None:
    until = _until(view)
    if until is not None and not clock.today() < until <= clock.today() + LONGEST * _ONE:
        raise BadInput(f"请选择明天到{LONGEST}天以内的日期，或者不定日期。", "until")


def _until(view: View) -> date | None:
    return date.fromisoformat(view.data["until"]) if view.data.get("until") else None


def _ends(view: View, now: datetime) -> datetime | None:
    until = _until(view)
    return Deadline(until, "").due if until is not None else None


# ── what it does ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def _stop(happened: Happened) -> None:
    """Who was late already while this waited to be decided goes on as if he had not been."""
    pause, works = happened.case, happened.works
    reply = await Case.get(id=pause.parent_id)
    if reply.state in LATE:
        await works.take(reply.id, "reprieve")
    since, until = clock.local(pause.opened_at).date(), _until(happened.view)
    end = f"，到{until.month}月{until.day}日24时自动恢复" if until is not None else ""
    why = f"自{since.month}月{since.day}日起暂停计时：{pause.data['reason'].rstrip('。')}{end}。"
    await works.pause(reply.id, "due", why)


async def _go_on(happened: Happened) -> None:
    """On the day that was named, also when that is noticed later: what was announced holds."""
    pause = happened.case
    reply = await Case.get(id=pause.parent_id)
    since, until, today = clock.local(pause.opened_at).date(), _until(happened.view), clock.local(happened.at).date()
    day = min(today, until + _ONE) if until is not None else today
    if day < since:
        raise Refusal(f"暂停是{since.month}月{since.day}日开始的，恢复的日期不能更早，请核对系统时间后再试。")
    due = due_of(reply.data)
    assert due is not None  # noqa: S101  # only a reply with a deadline is ever paused
    end = moved(counting.calendar(), clock.local(due).date() - _ONE, since, day)
    await happened.works.resume(reply.id, "due", end.due, end.explanation)
    if reply.state == "waiting":
        await happened.works.take(reply.id, "go_on")


def moved(calendar: Calendar, last: date, since: date, day: date) -> Deadline:
    """The last day of a term that stood still from one day until another, on which it goes on: as many working days
    are left then as were left before. Where nobody knows which they are, all days count."""
    try:
        stood = sum(calendar.day(since + n * _ONE).works for n in range((day - since).days))
        end, counted = _later(calendar, last, stood, day), f"{stood}个工作日"
    except UnknownYear:
        end, counted = max(last + (day - since), day), f"{(day - since).days}天（放假安排还没有录入，未核对工作日）"
    result = f"截止日期不变，仍是{_said(end)}" if end == last else f"截止日期改为{_said(end)}"
    return Deadline(end, f"{day.month}月{day.day}日恢复计时，停了{counted}。{result}24时。")


def _later(calendar: Calendar, last: date, workdays: int, day: date) -> date:
    """Not before the day on which it goes on, or the next working day."""
    for _ in range(workdays):
        last = calendar.next_workday(last)
    return last if last >= day else calendar.next_workday(day - _ONE)


def _said(day: date) -> str:
    try:
        return str(counting.calendar().day(day))
    except UnknownYear:
        return f"{day.year}年{day.month}月{day.day}日"


_STANDING = Declared("until", "自动恢复", due=_ends, then="go_on")

PAUSE = Process(
    name=records.PAUSE,
    title="暂停计时",
    word="",
    source="BY-07",
    heading=lambda view: f"{view.project_name} 暂停计时",
    card_fields=("reason", "until"),
    check=_may_stand_still,
    slots=(
        Slot(AUTHOR, "提出人", who=Who("回复人、审核人或站长", _may_begin, _NOBODY)),
        Slot("replier", "回复人", who=Who("回复人", _replier, _NOBODY)),
        Slot(ISSUER, "审批人", judges=True, who=_JUDGE, heirs=IN_CHARGE),
        Slot("keeper", "审核人", who=_JUDGE, heirs=IN_CHARGE),
        Slot("chief", "站长", who=Who("站长", _chiefs, _NOBODY)),
    ),
    states=(
        State("standing", "已生效", deadline=_STANDING),
        State("asked", "待审批"),
        State("ended", "已结束", final=True),
        State("refused", "未同意", final=True),
        State("lapsed", "不再需要", final=True),
    ),
    table=(
        Step(START, "ask", "提交", by=AUTHOR, to="standing", form=PauseForm, when=by_the_station,
             tells=("replier",), effect=_stop),
        Step(START, "ask", "提交", by=AUTHOR, to="asked", form=PauseForm),
        Step("asked", "grant", "同意", by=ISSUER, to="standing", tells=("replier",), effect=_stop),
        Step("asked", "refuse", "不同意", by=ISSUER, to="refused", form=NotPaused, tells=(AUTHOR,), danger=True),
        Step("asked", "lapse", "已回复", by=SYSTEM, to="lapsed"),
        Step("standing", "resume", "恢复计时", by="keeper", to="ended", effect=_go_on),
        Step("standing", "order_on", "恢复计时", by="chief", to="ended", turn=False, effect=_go_on),
        Step("standing", "give_up", "恢复计时", by="replier", to="ended", turn=False, effect=_go_on),
        Step("standing", "go_on", "到期恢复", by=SYSTEM, to="ended", effect=_go_on),
        Step("standing", "lapse", "已回复", by=SYSTEM, to="ended", effect=_go_on),
    ),
)  # fmt: skip
