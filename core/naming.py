"""Names for what forms refer to: ``person:7`` → 张三, ``project:3`` → its name."""

from collections.abc import Iterable

from core.people.models import Person
from core.projects.models import Project


async def names(refs: Iterable[str]) -> dict[str, str]:
    wanted: dict[str, list[int]] = {"person": [], "project": []}
    for ref in refs:
        kind, _, number = ref.partition(":")
        wanted[kind].append(int(number))
    found: dict[str, str] = {}
    if wanted["person"]:
        found |= {f"person:{p.id}": p.name for p in await Person.filter(id__in=wanted["person"])}
    if wanted["project"]:
        found |= {f"project:{p.id}": p.name for p in await Project.filter(id__in=wanted["project"])}
    return found
