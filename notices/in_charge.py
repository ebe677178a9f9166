"""Somebody who is there, when whoever would decide has left: the project's team lead, else a leader, else the chief."""

from collections.abc import Sequence

from core.cases.declaration import View, Who
from core.people.models import Person, Role
from core.projects import finding

_LEADERS = (finding.team_lead(), finding.station(Role.LEADER_IN_CHARGE))
_CHIEF = finding.station(Role.CHIEF)


async def _find(view: View) -> list[int]:
    return await _first(view, *_LEADERS, _CHIEF)


async def _first(view: View, *rules: Who) -> list[int]:
    for rule in rules:
        found = [one for one in await rule.find(view) if one != view.author_id]
        if found:
            return found
    return []


IN_CHARGE = Who("监督组长、分管领导或站长", _find, "本站没有可以办理的人员，请联系管理员。")


async def present(people: Sequence[int], view: View, *, but_the_chief: bool = False) -> Person:
    """The first of these who has not left, else somebody in charge; the first of all where nobody is there."""
    instead = await (_first(view, *_LEADERS) if but_the_chief else _find(view))
    known = await Person.in_bulk([*people, *instead], "id")
    found = (known[one] for one in (*people, *instead))
    return next((one for one in found if one.active and one.userid is not None), known[people[0]])
