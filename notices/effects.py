"""What issuing a notice sets in motion: its paper is made, and its project stops, or goes on when exactly that stop is
lifted.

A project may be stopped by several notices. What it was before the first of them is sealed in the history of each, and
comes back when the last one is lifted.
"""

from core import database
from core.cases.declaration import Happened
from core.cases.models import Case
from core.errors import Refusal
from core.projects.models import Project, SupervisionStatus
from notices import consent, owing, records
from notices.kinds import ProjectEffect
from notices.papers.promising import promise
from notices.records import ISSUED, project_effect, running_stops

STOPPED = "project_stopped"


async def issued(happened: Happened) -> None:
    """The effect of every step that issues a notice."""
    promise(happened, happened.case.data["kind"])
    await owing.handed_in(happened)
    await consent.ask(happened)
    effect = project_effect(happened.case.data["kind"])
    if effect is ProjectEffect.STOPS:
        await _stop(happened)
    elif effect is ProjectEffect.LIFTS:
        await _lift(happened)


async def undone(happened: Happened) -> None:
    """The effect of declaring a notice void: a stop does not hold any more, and what was lifted holds again."""
    case, effect = happened.case, project_effect(happened.case.data["kind"])
    if effect is ProjectEffect.STOPS:
        await _hold(case.project_id)
        if not await _lifted_by_another(case, case):
            await _go_on(case)
    elif effect is ProjectEffect.LIFTS:
        await _hold(case.project_id)
        lifted = await Case.get(id=int(case.data["lifts"]))
        if project_effect(lifted.data["kind"]) is ProjectEffect.STOPS and lifted.state in ISSUED:
            # Supervision that has ended since does not begin again.
            went_on = Project.filter(id=case.project_id, status=await _status_before(lifted))
            await went_on.update(status=SupervisionStatus.STOPPED)


async def _stop(happened: Happened) -> None:
    case, status = happened.case, await _hold(happened.case.project_id)
    others = [one for one in await _whole_stops(case.project_id) if one.id != case.id]
    was = await _status_before(others[0]) if others else status
    await Project.filter(id=case.project_id).update(status=SupervisionStatus.STOPPED)
    await happened.works.note(case, STOPPED, "工程停工", {"was": was})


async def _lift(happened: Happened) -> None:
    case = happened.case
    await _hold(case.project_id)
    lifted = await Case.get(id=int(case.data["lifts"]))
    if await _lifted_by_another(lifted, case):
        raise Refusal(f"《{lifted.title}》（{lifted.number}）已经解除，不需要再下发复工通知。")
    if lifted.state not in ISSUED:
        raise Refusal(f"《{lifted.title}》（{lifted.number}）已经作废，不需要再下发复工通知。")
    if project_effect(lifted.data["kind"]) is ProjectEffect.STOPS:
        await _go_on(lifted)


async def _go_on(stop: Case) -> None:
    """When it was the last one that held."""
    if not await _whole_stops(stop.project_id):
        status = await _status_before(stop)
        await Project.filter(id=stop.project_id, status=SupervisionStatus.STOPPED).update(status=status)


async def _lifted_by_another(lifted: Case, by: Case) -> bool:
    others = Case.filter(project_id=by.project_id, process=by.process, state__in=ISSUED).exclude(id=by.id)
    return any(one.data.get("lifts") == str(lifted.id) for one in await others)


async def _whole_stops(project_id: int | None) -> list[Case]:
    return [
        case for case in await running_stops(project_id) if project_effect(case.data["kind"]) is ProjectEffect.STOPS
    ]


async def _hold(project_id: int | None) -> SupervisionStatus:
    """Two notices of one project are issued one after the other."""
    held = await database.rows("UPDATE project SET status = status WHERE id = $1 RETURNING status", project_id)
    return SupervisionStatus(held[0]["status"])


async def _status_before(stop: Case) -> SupervisionStatus:
    (_, noted), *_ = await records.said(stop, STOPPED)
    return SupervisionStatus(noted["was"])
