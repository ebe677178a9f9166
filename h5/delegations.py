"""委托代办 (BY-09): who acts in whose place now or soon, and the ways to begin and to end it."""

import secrets
from dataclasses import dataclass

from aiohttp import web

from core.cases.models import Case
from core.people import delegation
from core.people.models import STATION_ROLES
from h5.access import Visit


@dataclass(frozen=True)
class Line:
    """``ends`` is the action that ends it, for who may, under its caption; ``key`` names that request."""

    case: Case
    sentence: str
    state: str
    ends: dict[str, str]
    key: str


async def show(visit: Visit) -> web.Response:
    found = await delegation.concerning(visit.person)
    mine = [await _line(visit, one) for one in found if one.author_id == visit.person.id]
    theirs = [await _line(visit, one) for one in found if one.author_id != visit.person.id]
    may = visit.person.role in STATION_ROLES
    return visit.pages.render("delegations.html", visit=visit, mine=mine, theirs=theirs, may=may)


async def _line(visit: Visit, case: Case) -> Line:
    engine = visit.pages.engine
    state = engine.process(case.process).caption_of(case.state, await engine.view(case))
    ends = {step.action: step.caption for step in await engine.open_steps(case, visit.person)}
    return Line(case, await delegation.described(case), state, ends, secrets.token_hex(16))
