"""How a digest reads: one message, the most pressing first, every line a link to the very item."""

from collections.abc import Sequence
from datetime import date

from bot.commands import listing
from bot.digest.facts import Facts, Undelivered
from bot.talk import plain
from core.cases.models import Case, Participant
from core.people.models import Person, Role

_SHOWN = 5
_WEEKDAYS = "一二三四五六日"


async def written(facts: Facts, person: Person, day: date, public_url: str) -> str:
    """Empty when there is nothing to say, except to the chief: he hears that the watcher lives."""
    said = [*await _overdue(facts.overdue, public_url), *await _waiting(person), *_undelivered(facts, public_url)]
    if not said and person.role is not Role.CHIEF:
        return ""
    heading = f"【早报】{day.month}月{day.day}日 周{_WEEKDAYS[day.weekday()]}"
    watched = f"正在计时的期限 {facts.running} 个；上次早报以来到点 {facts.taken} 次，都已办理。"
    well = [] if said else ["没有超期，没有等您办理的，也没有未送达的消息。"]
    return listing.fitting([heading, watched, *well, *said], "发送“待办”查看等您办理的事项。")


async def _overdue(cases: Sequence[Case], public_url: str) -> list[str]:
    if not cases:
        return []
    people = await Person.in_bulk({case.author_id for case in cases}, "id")
    names = {person.id: plain(person.name) for person in people.values()}
    lines = [f"· {_link(public_url, case.id, case.title)}（{names[case.author_id]}）" for case in cases[:_SHOWN]]
    return [f"超期 {len(cases)} 份：", *lines]


async def _waiting(person: Person) -> list[str]:
    count = await Participant.filter(person_id=person.id, turn=True).count()
    return [f"等您办理 {count} 份。"] if count else []


def _undelivered(facts: Facts, public_url: str) -> list[str]:
    found = facts.undelivered
    return [f"未送达 {len(found)} 条：", *(_missed(one, public_url) for one in found[:_SHOWN])] if found else []


def _missed(one: Undelivered, public_url: str) -> str:
    return f"· {plain(one.name)}，{_link(public_url, one.case_id, one.title)}：{plain(one.why)}"


def _link(public_url: str, case_id: int, title: str) -> str:
    return f'<a href="{public_url}/h5/cases/{case_id}">{plain(title)}</a>'
