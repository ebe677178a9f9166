"""One replier's answer to a notice (P04, HN-43 … HN-47): finding by finding, round by round, until nothing is owed.

A notice that only asks to be acknowledged is signed for (签收) instead.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from core import clock
from core.cases import clocks
from core.cases.declaration import (
    AUTHOR,
    START,
    SYSTEM,
    Condition,
    Deadline,
    Happened,
    Measured,
    Process,
    Slot,
    State,
    Step,
    View,
    Who,
)
from core.cases.ladders import Ladder
from core.cases.models import Case
from core.forms import Form
from core.people.models import Person, Role
from core.projects import finding
from notices import marks, practice, records, rounds
from notices.handing import due_of
from notices.in_charge import IN_CHARGE, present
from notices.kinds import REPLIERS, RETURN
from notices.kinds import Answer as Asked
from notices.records import ISSUER
from notices.rounds import Answers, Progress, Round, Verdicts
from notices.stepping_up import step_up
from notices.voiding import reply_is_void

SIGNED = "signed_at"  # when the replier said that he has received it
LATE = ("overdue", "unsigned_late")
_OPEN = ("unsigned", *LATE, "waiting", "review")
_NONE_COUNTS = 1_000
_SEATS = {REPLIERS: AUTHOR, "author": ISSUER, "leader_in_charge": "leader_in_charge", "chief": "chief"}


class ReplyForm(Form):
    """回复 (X-1)."""

    answers: Annotated[list[rounds.Answer], Answers()]


class Judgement(Form):
    """逐条审核 (BY-04)."""

    verdicts: Annotated[list[rounds.Verdict], Verdicts()]


async def _fits_the_round(view: View) -> None:
    """Raises BadInput unless exactly what is owed is answered, and exactly what was answered is judged."""
    answers = [rounds.Answer.model_validate(one) for one in view.data["answers"]]
    if view.at == "review":
        progress = Progress(len(view.data["findings"]), (Round(tuple(answers)),))
        progress.judged([rounds.Verdict.model_validate(one) for one in view.data["verdicts"]])
    else:
        before(view.data).replied(answers, clock.today())


def before(data: Mapping[str, Any]) -> Progress:
    """Where a reply stood before its last answers: what is owed by whoever answers now. The rounds themselves are in
    the history."""
    findings = range(1, len(data["findings"]) + 1)
    last = data.get("verdicts")
    if last is None:
        return Progress(len(findings))
    returned = {one["finding"] for one in last if not one["accepted"]}
    verdicts = (rounds.Verdict(finding=n, accepted=n not in returned) for n in findings)
    return Progress(len(findings), (Round((), tuple(verdicts)),))


async def _find_issuer(view: View) -> list[int]:
    """X-3: the project's team lead, else whoever issued the notice; nobody judges his own reply."""
    notice = await Case.get(id=view.parent_id)
    leads = [one for one in await finding.team_lead().find(view) if one != view.author_id]
    return leads or [notice.author_id]


JUDGE = Who("监督组长或签发人", _find_issuer, "没有可以审核回复的人员，请联系管理员。")


def _ladder(view: View) -> Ladder:
    return ladder_of(str(view.data["kind"]))


def ladder_of(kind: str) -> Ladder:
    """The kind's ladder as it is climbed for one replier; rungs that tell nobody of his reply are left out."""
    if kind not in practice.kinds():
        return Ladder()
    rungs = practice.kinds()[kind].ladder.rungs
    told = {rung.name: tuple(_SEATS[slot] for slot in rung.tells if slot in _SEATS) for rung in rungs}
    return Ladder(rungs=tuple(r.model_copy(update={"tells": told[r.name]}) for r in rungs if told[r.name]))


def _in_short(view: View) -> str:
    """What was answered while it waits to be judged; else what is owed, and why it came back."""
    if view.at == "review":
        return Answers().gist(view.data["answers"])
    returned = Verdicts().gist(view.data.get("verdicts", []))
    return returned or rounds.in_a_line(enumerate(view.data["findings"], 1))


def _all_accepted(view: View) -> bool:
    return all(one["accepted"] for one in view.data["verdicts"])


def _steps_up(view: View) -> bool:
    kinds, kind = practice.kinds(), str(view.data["kind"])
    return kind in kinds and kinds[kind].failed_reply != RETURN


def _is_over(view: View) -> bool:
    due = due_of(view.data)
    return due is not None and due <= clock.now()


def _deadline(then: str) -> Deadline:
    return Deadline(
        "due", "截止日期", lambda view, at: due_of(view.data), then=then, keeps=True,
        ladder=_ladder, tells=(AUTHOR, ISSUER, "leader_in_charge", "chief"),
        explains=lambda view: str(view.data["due_why"]),
    )  # fmt: skip


async def _overdue(happened: Happened) -> None:
    """HN-38, HN-Q10: whoever judges the reply decides what comes of it; asked once, also when it is late again."""
    issuer = await present(happened.view.slots[ISSUER], happened.view)
    about = {name: happened.case.data[name] for name in ("kind", "title", "number", "due")}
    replier = await Person.get(id=happened.case.author_id)
    given = about | {"replier": replier.name}
    await happened.works.begin(records.MATTER, issuer, given, f"overdue:{happened.case.id}", happened.case)


async def _ended(happened: Happened) -> None:
    """Nobody decides any more whether there is more time for what has ended."""
    asked = Case.filter(parent_id=happened.case.id, process=records.EXTENSION, closed_at=None)
    for extension in await asked.order_by("id"):
        await happened.works.take(extension.id, "lapse")


async def _answered(happened: Happened) -> None:
    """Whose answer is to be judged needs no pause any more."""
    for pause in await Case.filter(parent_id=happened.case.id, process=records.PAUSE, closed_at=None).order_by("id"):
        await happened.works.take(pause.id, "lapse")


async def _escalated(happened: Happened) -> None:
    await _ended(happened)
    await step_up(happened)


def _measured(state: str, data: Mapping[str, Any]) -> Measured:
    """Being late does not count while it is disputed, once it was corrected, and where the notice was void."""
    voided = state == records.VOIDED
    return Measured(
        data["kind"],
        rectified=state == "closed" and data["answer"] == Asked.RECTIFY,
        in_time=state == "closed" and due_of(data) is not None,
        excused=_NONE_COUNTS if voided else marks.not_counted(data, "e"),
    )


unanswered = Condition("还没有回复过", lambda view: not view.data.get("answers"), answer="answers")
signs = Condition("只须签收", lambda view: view.data["answer"] == Asked.ACKNOWLEDGE)
all_accepted = Condition("各条全部通过", _all_accepted, answer="verdicts")
steps_up = Condition("不合格即升级", _steps_up)
is_over = Condition("已过截止日期", _is_over)
paused = Condition("计时暂停", lambda view: view.at == "waiting" and clocks.is_paused(view.data, "due"))
rectified = Condition("各条均已整改", lambda view: view.at == "closed" and view.data["answer"] == Asked.RECTIFY)
corrected = Condition("已更正，没有再超期", lambda view: view.at not in LATE and marks.corrected.holds(view))
_DUE = _deadline("expire")

NOTICE_REPLY = Process(
    name=records.REPLY,
    title="通知回复",
    word="",
    source="P04",
    heading=lambda view: str(view.data["title"]),
    card_fields=("answers",),
    gist=_in_short,
    check=_fits_the_round,
    cites="cited_check",
    urgent=lambda view: practice.passes_at_night(str(view.data["kind"])),
    measured=_measured,
    counts_round="reply",
    counts_late="expire",
    tags=((rectified, "已整改"), (paused, "暂停计时"), (marks.disputed, "有异议"), (corrected, "已更正")),
    slots=(
        Slot(AUTHOR, "回复人"),
        Slot(ISSUER, "审核人", judges=True, who=JUDGE, heirs=IN_CHARGE),
        Slot("leader_in_charge", "分管领导", who=finding.station(Role.LEADER_IN_CHARGE)),
        Slot("chief", "站长", who=finding.station(Role.CHIEF)),
    ),
    states=(
        State("unsigned", "待签收", deadline=_DUE),
        State("unsigned_late", "逾期未签收", deadline=_DUE),
        State("waiting", "待回复", deadline=_DUE),
        State("review", "待审核回复"),
        State("overdue", "已超期", deadline=_DUE),
        State("closed", "完结", final=True),
        State("escalated", "已升级", final=True),
        State(records.VOIDED, "通知已作废", final=True),
    ),
    table=(
        Step(START, "hand_out", "下发", by=SYSTEM, to="unsigned", when=signs),
        Step(START, "hand_out", "下发", by=SYSTEM, to="waiting"),
        Step("unsigned", "acknowledge", "签收", by=AUTHOR, to="closed", tells=(ISSUER,), effect=_ended),
        Step("unsigned", "expire", "超期", by=SYSTEM, to="unsigned_late", tells=(AUTHOR, ISSUER)),
        Step("unsigned_late", "acknowledge", "签收", by=AUTHOR, to="closed", tells=(ISSUER,), effect=_ended),
        Step("unsigned_late", "reprieve", "延期", by=SYSTEM, to="unsigned"),
        Step("waiting", "reply", "回复", by=AUTHOR, to="review", form=ReplyForm, effect=_answered),
        Step("waiting", "sign", "签收", by=AUTHOR, to="waiting", turn=False, when=unanswered,
             marks=SIGNED),
        Step("waiting", "go_on", "恢复计时", by=SYSTEM, to="waiting", tells=(AUTHOR,)),
        Step("waiting", "expire", "超期", by=SYSTEM, to="overdue",
             tells=(AUTHOR, ISSUER, "leader_in_charge", "chief"), effect=_overdue),
        Step("overdue", "reply", "回复", by=AUTHOR, to="review", form=ReplyForm, effect=_answered),
        Step("overdue", "sign", "签收", by=AUTHOR, to="overdue", turn=False, when=unanswered,
             marks=SIGNED),
        Step("waiting", "judge_again", "退回已更正，重新审核", by=SYSTEM, to="review", effect=_answered),
        Step("overdue", "judge_again", "退回已更正，重新审核", by=SYSTEM, to="review", effect=_answered),
        Step("overdue", "reprieve", "延期", by=SYSTEM, to="waiting"),
        Step("review", "accept", "全部通过", by=ISSUER, to="closed", tells=(AUTHOR,), effect=_ended),
        Step("review", "judge", "逐条审核", by=ISSUER, to="closed", form=Judgement, when=all_accepted,
             tells=(AUTHOR,), effect=_ended),
        Step("review", "judge", "逐条审核", by=ISSUER, to="escalated", form=Judgement, when=steps_up,
             tells=(AUTHOR,), effect=_escalated),
        Step("review", "judge", "逐条审核", by=ISSUER, to="overdue", form=Judgement, when=is_over),
        Step("review", "judge", "逐条审核", by=ISSUER, to="waiting", form=Judgement),
        *(Step(at, "void", "作废", by=SYSTEM, to=records.VOIDED, effect=reply_is_void) for at in _OPEN),
    ),
)  # fmt: skip


async def sum_of_all(notice: Case) -> Mapping[str, Any]:
    """A notice is rectified when every answer to it was accepted, and not where one ended otherwise."""
    replies = await Case.filter(parent_id=notice.id, process=records.REPLY)
    return {"rectified": all(records.rectified(one) for one in replies)}


async def progress(reply: Case) -> Progress:
    """All rounds, as the history keeps them."""
    return (await progress_of([reply]))[reply.id]


async def progress_of(replies: Sequence[Case]) -> dict[int, Progress]:
    """Of many, by id, read at once."""
    told = await records.said_of(replies, "reply", "judge", "accept", "judge_again")
    return {one.id: Progress(len(one.data["findings"]), tuple(_rounds(told[one.id]))) for one in replies}


def _rounds(told: Iterable[tuple[str, Mapping[str, Any]]]) -> Sequence[Round]:
    found: list[Round] = []
    for action, said in told:
        if action == "reply":
            found.append(Round(tuple(rounds.Answer.model_validate(one) for one in said["answers"])))
        else:
            found[-1] = Round(found[-1].answers, () if action == "judge_again" else _verdicts(found[-1], said))
    return found


def _verdicts(last: Round, said: Mapping[str, Any]) -> tuple[rounds.Verdict, ...]:
    """``全部通过`` says nothing finding by finding."""
    if "verdicts" not in said:
        return tuple(rounds.Verdict(finding=one.finding, accepted=True) for one in last.answers)
    return tuple(rounds.Verdict.model_validate(one) for one in said["verdicts"])
