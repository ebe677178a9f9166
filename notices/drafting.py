"""What a notice must say before it may be submitted: each thing that does not fit is a sentence of its own."""

from datetime import date

from core import clock
from core.calendar import counting
from core.calendar.deadlines import on_day
from core.cases.declaration import View
from core.cases.models import Case
from core.errors import BadInput
from notices import practice
from notices.kinds import Answer, NoticeKind, ProjectEffect, Term


async def fits_together(view: View) -> None:
    """Raises BadInput that names the question to ask again. Not for the opinion of those who decide on it."""
    if view.at != "start":
        return
    kind = practice.kind(view.data["kind"])
    if not view.data["addressee_units"]:
        raise BadInput("请选择「通知对象单位」。", "addressee_units")
    check = await Case.get(id=int(view.data["cited_check"]))
    _has_something_to_rectify(kind, check)
    _lifts_what_it_must(kind, view)
    _deadline_fits(kind, view, check)
    if not view.slots.get("repliers"):
        raise BadInput("请选择「回复人」。", "repliers")


def _has_something_to_rectify(kind: NoticeKind, check: Case) -> None:
    if kind.answer is Answer.RECTIFY and not check.data["findings"]:
        raise BadInput(f"检查记录{check.number}没有发现问题，不能下发{kind.title}，请选择其他检查记录。", "cited_check")


def _lifts_what_it_must(kind: NoticeKind, view: View) -> None:
    lifts = kind.project is ProjectEffect.LIFTS
    if lifts and not view.data.get("lifts"):
        raise BadInput(f"{kind.title}要写明解除哪一份停工通知，请选择；没有可选的，说明这个工程没有停工。", "lifts")
    if not lifts and view.data.get("lifts"):
        raise BadInput(f"{kind.title}不能解除停工，请改用复工通知。", "kind")


def _deadline_fits(kind: NoticeKind, view: View, check: Case) -> None:
    written = view.data.get("deadline")
    if not written:
        if kind.deadline is Term.REQUIRED:
            raise BadInput(f"{kind.title}要写明截止日期，请选择截止日期。", "deadline")
        return
    if kind.answer is Answer.NONE:
        raise BadInput(f"{kind.title}不需要回复，不能填写截止日期。", "deadline")
    last, checked = date.fromisoformat(written), clock.local(check.opened_at).date()
    if last < checked:
        raise BadInput(f"截止日期不能早于检查的日期{checked.month}月{checked.day}日，请重新选择。", "deadline")
    try:
        on_day(counting.calendar(), clock.today(), last, counting.rule(view.station_id))
    except BadInput as refusal:
        raise BadInput(refusal.sentence, "deadline") from None
