"""我有异议 (BY-15): whoever got a negative mark objects to it with evidence; somebody else than its author decides.

While it is open the mark is shown as disputed. One that is corrected leaves statistics, not history, and what followed
from it is taken back.
"""

from typing import Annotated

from core import clock
from core.cases.declaration import AUTHOR, START, SYSTEM, Happened, Process, Slot, State, Step, View, Who
from core.cases.declaration import Offer as Offered
from core.cases.models import Case
from core.errors import Refusal
from core.forms import Form, Photos, Text
from core.people.models import Role
from core.projects import finding
from notices import correcting, marks, records
from notices.marks import Mark, MarkField, Standing

_DECIDED = {Standing.UPHELD: "维持", Standing.CORRECTED: "更正"}


class AppealForm(Form):
    """我有异议."""

    mark: Annotated[str, MarkField("有异议的事项", "mark", short="异议事项")]
    statement: Annotated[str, Text("异议的理由", 1000, hint="请写明事实，照片放在下一项")]
    evidence: Annotated[list[int], Photos("证明照片", hint="可不发")] = []


class Upheld(Form):
    """Why the mark stays."""

    remark = True
    reason: Annotated[str, Text("维持的理由", 500)]


class Corrected(Form):
    """Why it does not."""

    remark = True
    reason: Annotated[str, Text("更正的理由", 500)]


# ── whether ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def begin_with(reply: Case, name: str = "") -> dict[str, str]:
    """What a new objection begins with: the only mark that is open to it, or the one of this ``name``. Raises Refusal
    when there is none."""
    found = [mark for mark in await marks.of_reply(reply) if name in ("", marks.name(mark.key))]
    if not found:
        raise Refusal(f"《{reply.title}》没有可以提出异议的记录。")
    possible = [mark for mark in found if not _why_not(mark, reply)]
    if not possible:
        raise Refusal(_why_not(found[0], reply))
    return {"mark": possible[0].key} if len(possible) == 1 else {}


def _why_not(mark: Mark, reply: Case) -> str:
    """Empty when one may object."""
    what, stands = marks.caption(mark.key), marks.standing(reply, mark.key)
    if stands is Standing.DISPUTED:
        return f"您已经对“{what}”提出异议，请等待裁决。"
    if stands is not None:
        return f"对“{what}”的异议已经裁决（{_DECIDED[stands]}），不能再次提出。"
    end = marks.until(mark, reply)
    if end.due <= clock.now():
        last = end.last_day
        return f"对“{what}”的异议要在{last.month}月{last.day}日24时前提出，现在已经过了期限。"
    return ""


async def _offered(view: View) -> dict[str, str]:
    reply = await records.reply_about(view)
    return {mark.key: marks.caption(mark.key) for mark in await marks.of_reply(reply)}


async def _mark(view: View) -> Mark:
    found = await marks.of_reply(await records.reply_about(view))
    return next(mark for mark in found if marks.name(mark.key) == marks.name(view.data["mark"]))


async def _may_object(view: View) -> None:
    if view.at != START:
        return
    why_not = _why_not(await _mark(view), await records.reply_about(view))
    if why_not:
        raise Refusal(why_not)


# ── who ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _replier(view: View) -> list[int]:
    return [(await records.reply_about(view)).author_id]


async def _authors(view: View) -> list[int]:
    return sorted((await _mark(view)).authors) if "mark" in view.data else []


async def _deciders(view: View) -> list[int]:
    leaders = await finding.station(Role.LEADER_IN_CHARGE, Role.CHIEF).find(view)
    authors = await _authors(view)
    return [one for one in leaders if one not in authors]


_NO_DECIDER = "本站没有可以裁决异议的分管领导或站长（作出记录的人不能裁决），请联系管理员。"
_NO_MARK = "没有可以提出异议的记录：没有超期、退回或不良行为记录。"

# ── what it does ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def _dispute(happened: Happened) -> None:
    mark = await _mark(happened.view)
    await correcting.shows(happened.works, mark, Standing.DISPUTED, f"提出异议：{marks.caption(mark.key)}")
    others = Case.filter(parent_id=happened.case.parent_id, process=records.APPEAL).exclude(id=happened.case.id)
    objected_to = {marks.name(one.data["mark"]) for one in await others}  # now that nobody else writes here
    if marks.name(mark.key) in objected_to:
        raise Refusal(f"您已经对“{marks.caption(mark.key)}”提出异议，请等待裁决。")


async def _uphold(happened: Happened) -> None:
    mark = await _mark(happened.view)
    said = f"异议不成立，维持{marks.caption(mark.key)}"
    await correcting.shows(happened.works, mark, Standing.UPHELD, said, happened.answer["reason"])


async def _correct(happened: Happened) -> None:
    mark = await _mark(happened.view)
    said = f"异议成立，更正{marks.caption(mark.key)}"
    await correcting.shows(happened.works, mark, Standing.CORRECTED, said, happened.answer["reason"])
    await correcting.takes_back(happened.works, mark)


async def _lapse(happened: Happened) -> None:
    await correcting.lets_go(happened.works, await _mark(happened.view))


APPEAL = Process(
    name=records.APPEAL,
    title="异议",
    word="",
    source="BY-15",
    heading=lambda view: f"{view.project_name} 异议",
    card_fields=("mark", "statement"),
    check=_may_object,
    offers={"mark": Offered("负面记录", _offered, _NO_MARK)},
    slots=(
        Slot(AUTHOR, "提出人", who=Who("回复人", _replier, _NO_MARK)),
        Slot(
            "decider", "裁决人", judges=True, excludes=("marker",),
            who=Who("分管领导或站长，作出记录的人除外", _deciders, _NO_DECIDER),
        ),
        Slot("marker", "作出记录的人", who=Who("作出记录的人", _authors, _NO_MARK)),
    ),
    states=(
        State("asked", "待裁决"),
        State("upheld", "不成立（维持）", final=True),
        State("corrected", "成立（已更正）", final=True),
        State("lapsed", "不再需要", final=True),
    ),
    table=(
        Step(START, "object", "提交", by=AUTHOR, to="asked", form=AppealForm, tells=("marker",), effect=_dispute),
        Step("asked", "uphold", "维持", by="decider", to="upheld", form=Upheld, tells=(AUTHOR, "marker"), danger=True,
             effect=_uphold),
        Step("asked", "correct", "更正", by="decider", to="corrected", form=Corrected, tells=(AUTHOR, "marker"),
             effect=_correct),
        Step("asked", "lapse", "通知已作废", by=SYSTEM, to="lapsed", tells=(AUTHOR,), effect=_lapse),
    ),
)  # fmt: skip
