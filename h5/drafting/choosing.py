"""What is chosen from what is offered: people for a slot, and what the process offers for a question."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from multidict import MultiDict

from checks.report import CHECK_REPORT, CHECK_TYPES
from core.cases.models import Case
from core.errors import BadInput
from core.forms import Offered, check_answer
from core.naming import names
from core.people.models import Organisation, Person
from core.projects.models import POST_CAPTIONS, ProjectMember
from h5.drafting.adapter import Adapter, Desk
from h5.numbers import number


@dataclass(frozen=True)
class Option:
    """``gone``: chosen before, and not offered any more."""

    key: str
    caption: str
    what: str
    chosen: bool
    gone: bool = False


@dataclass(frozen=True)
class Group:
    """Options under one heading, such as a firm; empty where there is only one."""

    caption: str
    options: list[Option]


@dataclass(frozen=True)
class Options:
    """``missing`` says why there is nothing to choose."""

    groups: list[Group]
    missing: str = ""


class PeopleAdapter(Adapter):
    leads = True
    follows = True
    proposes = True

    async def proposal(self, desk: Desk) -> Any:
        usual = await desk.filling.people_before(desk.question)
        return [one.id for one in await desk.filling.candidates(desk.question) if one.id in usual] or None

    async def offer(self, desk: Desk) -> Options:
        people = await desk.filling.candidates(desk.question)
        before = await _ticked(desk)
        here = {one.id for one in people}
        gone = await Person.filter(id__in=set(desk.answers.get(desk.name) or []) - here).order_by("id")
        if not people and not gone:
            return Options([], _nobody(desk))
        units, posts = await _units([*people, *gone]), await _posts(desk, [*people, *gone])
        alike = {name for name, count in Counter(one.name for one in people).items() if count > 1}
        groups: dict[str, list[Option]] = {}
        for one in [*people, *gone]:
            tail = f"手机尾号{(one.mobile or '')[-4:]}" if one.name in alike else ""
            what = " ".join(filter(None, [posts.get(one.id, one.title), tail]))
            option = Option(str(one.id), one.name, what, one.id in before, one.id not in here)
            groups.setdefault(units[one.org_id], []).append(option)
        return Options([Group(unit, options) for unit, options in groups.items()])

    def read(self, name: str, form: MultiDict[str]) -> Any:
        return form.getall(name, [])

    def typed(self, desk: Desk, value: Any) -> Any:
        if not all(map(number, value)):
            raise BadInput(f"「{desk.question.caption}」中有不能选择的人员，请重新选择。", desk.name)
        chosen = list(dict.fromkeys(map(number, value)))
        return check_answer(desk.question, chosen) if chosen else None

    async def check(self, desk: Desk, value: Any) -> None:
        offered = {one.id for one in await desk.filling.candidates(desk.question)}
        if not set(value) <= offered | set(desk.answers.get(desk.name) or []):
            raise BadInput(f"「{desk.question.caption}」中有不能选择的人员，请重新选择。", desk.name)


async def _ticked(desk: Desk) -> set[int]:
    """What is ticked already; whom one chose last time is proposed once."""
    if desk.shown_before:
        return set(map(number, desk.posted.getall(desk.name, [])))
    if desk.touched:
        return set(desk.answers.get(desk.name) or [])
    return await desk.filling.people_before(desk.question)


def _nobody(desk: Desk) -> str:
    offers = desk.filling.slot_of(desk.question).offers
    if _needs_project(desk):
        return "请先选择工程。"
    if not desk.question.required:
        return "没有可选的人员，可以不选。"
    if before := _unanswered_before(desk):
        return f"请先选择「{before}」。"
    return offers.missing if offers is not None else ""


def _unanswered_before(desk: Desk) -> str:
    earlier = takewhile(lambda q: q.name != desk.name, desk.filling.questions)
    open_ones = (q.caption for q in earlier if q.required and q.field.kind == "offered" and q.name not in desk.answers)
    return next(open_ones, "")


def _needs_project(desk: Desk) -> bool:
    return desk.filling.view.project_id is None and any(q.field.kind == "project" for q in desk.filling.questions)


async def _units(people: list[Person]) -> dict[int, str]:
    return {one.id: one.short_name or one.name for one in await Organisation.filter(id__in={p.org_id for p in people})}


async def _posts(desk: Desk, people: list[Person]) -> dict[int, str]:
    """What they are on this project, which is not always what they are in their firm."""
    seats = ProjectMember.filter(
        project_id=desk.filling.view.project_id, person_id__in=[p.id for p in people], until=None
    )
    return {one.person_id: POST_CAPTIONS[one.post] for one in await seats}


class OfferedAdapter(Adapter):
    leads = True
    follows = True
    proposes = True

    async def proposal(self, desk: Desk) -> Any:
        usual = await desk.filling.offered_before(desk.question)
        found = [key for key in await desk.filling.offered(desk.question) if key in usual]
        return self.typed(desk, found) if found else None

    async def offer(self, desk: Desk) -> Options:
        offered = await desk.filling.offered(desk.question)
        before = await _chosen(desk)
        gone = [key for key in _listed(desk.answers.get(desk.name)) if key not in offered]
        if not offered and not gone:
            return Options([], _nothing(desk))
        known = await names(desk.question.field.refers(gone))
        checks = await _checks(desk, offered)
        options = [Option(key, caption, checks.get(key, ""), key in before) for key, caption in offered.items()]
        options += [Option(key, desk.question.field.show(key, known), "", True, gone=True) for key in gone]
        return Options([Group("", options)])

    def read(self, name: str, form: MultiDict[str]) -> Any:
        return [one for one in form.getall(name, []) if one] or None

    def typed(self, desk: Desk, value: Any) -> Any:
        return value if _several(desk) else value[0]

    async def check(self, desk: Desk, value: Any) -> None:
        offered = await desk.filling.offered(desk.question)
        if not set(_listed(value)) <= offered.keys() | set(_listed(desk.answers.get(desk.name))):
            raise BadInput(f"「{desk.question.caption}」中有不能选择的内容，请重新选择。", desk.name)


async def _checks(desk: Desk, keys: Iterable[str]) -> dict[str, str]:
    """What a card has no room for: of each check that may be cited its type and the part of the works."""
    if not isinstance(desk.question.field, Offered) or desk.question.field.ref != "case":
        return {}
    found = await Case.filter(id__in=list(map(int, keys)), process=CHECK_REPORT.name)
    return {str(one.id): f"{CHECK_TYPES[one.data['check_type']]}，{one.data['checked_location']}" for one in found}


async def _chosen(desk: Desk) -> list[str]:
    if desk.shown_before:
        return desk.posted.getall(desk.name, [])
    return _listed(desk.answers.get(desk.name)) if desk.touched else await desk.filling.offered_before(desk.question)


def _nothing(desk: Desk) -> str:
    if _needs_project(desk):
        return "请先选择工程。"
    return desk.filling.process.offers[desk.name].missing if desk.question.required else "没有可选的，可以不选。"


def _several(desk: Desk) -> bool:
    assert isinstance(desk.question.field, Offered)  # noqa: S101  # the registry pairs kinds and adapters
    return desk.question.field.several


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []
