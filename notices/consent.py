"""Consent to electronic service (BY-03): asked once per person and project, when the first notice reaches the person.

It blocks nothing: a reply is owed either way. Whoever does not agree must be served on paper, and the issuers are told.
"""

from typing import Annotated

from core import database
from core.cases.declaration import AUTHOR, START, SYSTEM, Happened, Process, Slot, State, Step, View, Who, answered
from core.cases.models import Case
from core.forms import Choice, Form
from core.forms import Project as ProjectField
from core.people.models import Person, Role
from notices import records

AGREED, REFUSED = "agreed", "refused"
_EXPLAINED = (
    "这个工程的通知通过企业微信送达您本人，送达、打开、签收的时间都有记录。不同意的，另以书面送达；无论是否同意，都可以在这里回复。"
    "以后要更改，请发送“电子送达”。"
)


class ConsentForm(Form):
    """电子送达; nothing is chosen where the system asks."""

    project: Annotated[int, ProjectField()]
    choice: Annotated[str, Choice("是否同意", {"agree": "同意电子送达", "refuse": "不同意，改用书面送达"})] = ""


async def _issuers(view: View) -> list[int]:
    """Whose notices on this project the person has not answered yet."""
    mine = Case.filter(process=records.REPLY, author_id=view.author_id, project_id=view.project_id, closed_at=None)
    ids = {reply.parent_id for reply in await mine} | {view.parent_id}
    notices = await Case.filter(id__in=[one for one in ids if one], process=records.NOTICE).order_by("id")
    return list(dict.fromkeys(notice.author_id for notice in notices))


async def _lapse_others(happened: Happened) -> None:
    """Who decides by himself has answered what he was asked before."""
    case = happened.case
    asked = Case.filter(process=records.CONSENT, author_id=case.author_id, project_id=case.project_id, state="asked")
    for one in await asked.exclude(id=case.id).order_by("id"):
        await happened.works.take(one.id, "lapse")


agrees = answered("choice", "agree", "本人选了同意")
refuses = answered("choice", "refuse", "本人选了不同意")

SERVICE_CONSENT = Process(
    name=records.CONSENT,
    title="电子送达确认",
    word="电子送达",
    source="BY-03",
    heading=lambda view: f"{view.project_name} 电子送达确认",
    card_fields=("project",),
    gist=lambda view: _EXPLAINED,
    slots=(
        Slot(AUTHOR, "受送达人", roles=frozenset({Role.PARTICIPANT})),
        Slot("issuers", "签发人", who=Who("签发人", _issuers, "")),
    ),
    states=(
        State("asked", "待确认"),
        State(AGREED, "同意电子送达", final=True),
        State(REFUSED, "不同意，须书面送达", final=True),
        State("lapsed", "已另行确认", final=True),
    ),
    table=(
        Step(START, "decide", "电子送达", by=AUTHOR, to=AGREED, form=ConsentForm, when=agrees, effect=_lapse_others),
        Step(START, "decide", "电子送达", by=AUTHOR, to=REFUSED, form=ConsentForm, when=refuses,
             tells=("issuers",), danger=True, effect=_lapse_others),
        Step(START, "decide", "电子送达", by=AUTHOR, to="asked", form=ConsentForm),
        Step("asked", "agree", "同意电子送达", by=AUTHOR, to=AGREED),
        Step("asked", "refuse", "不同意", by=AUTHOR, to=REFUSED, tells=("issuers",), danger=True),
        Step("asked", "lapse", "另行确认", by=SYSTEM, to="lapsed"),
    ),
)  # fmt: skip


async def ask(happened: Happened) -> None:
    """Asks everybody to whom a notice of this project comes for the first time."""
    notice = happened.case
    for person_id in sorted(happened.view.slots["repliers"]):
        # Two notices may reach one person at once: the second waits here for the first.
        await database.rows("UPDATE person SET seen_at = seen_at WHERE id = $1 RETURNING id", person_id)
        if not await Case.exists(process=records.CONSENT, author_id=person_id, project_id=notice.project_id):
            person, key = await Person.get(id=person_id), f"consent:{notice.project_id}:{person_id}"
            await happened.works.begin(records.CONSENT, person, {"project": notice.project_id}, key, notice)


async def given(person_id: int, project_id: int | None) -> Case | None:
    """The newest decision, in state ``agreed`` or ``refused``; ``closed_at`` says when it was taken."""
    decided = Case.filter(process=records.CONSENT, author_id=person_id, project_id=project_id)
    return await decided.filter(state__in=(AGREED, REFUSED)).order_by("-closed_at", "-id").first()
