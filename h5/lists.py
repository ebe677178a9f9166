"""What waits for a member, what they sent and what they received: the pages behind the menu."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from core import access
from core.cases.declaration import AUTHOR
from core.cases.models import Case, Participant
from core.people.models import Person
from h5.access import Visit

MOST = 50


@dataclass(frozen=True)
class Line:
    case: Case
    process: str
    state: str
    tone: str
    when: datetime
    unread: bool


@dataclass(frozen=True)
class Tab:
    name: str
    caption: str
    count: int


async def todo(visit: Visit) -> web.Response:
    parts = await Participant.filter(person_id=visit.person.id, turn=True).order_by("turn_since", "id").limit(MOST)
    cases = await Case.in_bulk([p.case_id for p in parts], "id")
    since = {p.case_id: p for p in reversed(parts)}
    rows = [
        (cases[one], part.turn_since or cases[one].changed_at, part.opened_at is None) for one, part in since.items()
    ]
    lines = [await _line(visit, *row) for row in sorted(rows, key=lambda row: row[1])]
    return await _page(visit, "todo", lines, "没有等您办理的事项。")


async def sent(visit: Visit) -> web.Response:
    cases = await Case.filter(author_id=visit.person.id).order_by("-id").limit(MOST)
    lines = [await _line(visit, case, case.opened_at, False) for case in cases]
    return await _page(visit, "sent", lines, "您还没有发送过记录。在聊天窗口发送「上报」可以开始一份。")


async def received(visit: Visit) -> web.Response:
    parts = (
        Participant.filter(access.seen_by(visit.person)).exclude(slot=AUTHOR).order_by("-told_at", "-id").limit(MOST)
    )
    newest = {p.case_id: p for p in reversed(await parts)}
    cases = await Case.in_bulk(newest, "id")
    rows = [(cases[one], p.told_at or cases[one].opened_at, p.opened_at is None) for one, p in newest.items()]
    lines = [await _line(visit, *row) for row in sorted(rows, key=lambda row: row[1], reverse=True)]
    return await _page(visit, "received", lines, "还没有下达给您的记录。")


async def _line(visit: Visit, case: Case, when: datetime, unread: bool) -> Line:
    process = visit.pages.engine.process(case.process)
    state = process.state(case.state).caption
    if process.varies(case.state):
        state = process.caption_of(case.state, await visit.pages.engine.view(case))
    tone = "wait" if case.closed_at is None else "done"
    return Line(case, process.title, state, tone, when, unread)


async def _page(visit: Visit, current: str, lines: list[Line], empty: str) -> web.Response:
    return visit.pages.render(
        "list.html", visit=visit, current=current, tabs=await _tabs(visit.person), lines=lines, empty=empty
    )


async def _tabs(person: Person) -> list[Tab]:
    waiting = await Participant.filter(person_id=person.id, turn=True).count()
    return [Tab("todo", "待办", waiting), Tab("sent", "我发送的", 0), Tab("received", "我接收的", 0)]
