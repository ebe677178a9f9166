"""Names for what forms refer to: ``person:7`` → 张三, ``project:3`` → its name, ``case:9`` → its number or title."""

from collections.abc import Iterable, Mapping
from typing import Any

from tortoise.models import Model

from core.cases.models import Case
from core.people.models import Organisation, Person
from core.projects.models import Project

_MODELS: Mapping[str, type[Model]] = {"person": Person, "project": Project, "org": Organisation, "case": Case}


def number_of(case: Case) -> str:
    """Its own number, or of a case without one that of the paper which it is about."""
    return case.number or str(case.data.get("number") or "")


async def names(refs: Iterable[str]) -> dict[str, str]:
    wanted: dict[str, list[int]] = {}
    for ref in refs:
        kind, _, number = ref.partition(":")
        wanted.setdefault(kind, []).append(int(number))
    found: dict[str, str] = {}
    for kind, ids in wanted.items():
        found |= {f"{kind}:{row.pk}": _name(row) for row in await _MODELS[kind].filter(pk__in=ids)}
    return found


def _name(row: Any) -> str:
    return str(row.number or row.title) if isinstance(row, Case) else str(row.name)
