"""A project: the nearest and the recent first, or found by keyword or pinyin initials (HN-08, HN-11)."""

import math

from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.cards import OPTIONS, QUESTION, Pick, ask_with_options
from core import access, pinyin
from core.cases.models import Case
from core.errors import BadInput, Refusal
from core.projects.models import Project
from wecom.cards import Advice
from wecom.events import LocationMessage, LocationSelected, TextMessage

_EARTH_METRES = 6_371_000
_RECENT = 5
_OFFERED = 10
ON_SITE_METRES = 1000


class ProjectAsker(Asker):
    async def ask(self, desk: Desk) -> bool:
        projects = await suggested(desk)
        if projects:
            self._offer(desk, projects, "也可以回复工程名称的关键词或拼音首字母，或发送位置")
        return bool(projects)

    def _offer(self, desk: Desk, projects: list[Project], desc: str) -> None:
        spot = desk.draft.data.get("spot")
        picks = [Pick(str(p.id), described(p, spot), number == 0) for number, p in enumerate(projects[:OPTIONS])]
        card = ask_with_options(
            desk.task(), desk.title, desc, picks, desk.carries(), several=False, submit="就是这个工程"
        )
        desk.talk.show(card)

    async def read(self, desk: Desk) -> Taken:
        event = desk.talk.event
        if isinstance(event, LocationMessage | LocationSelected):
            remember_spot(desk, event)
            await self.ask(desk)
            return Sign.COLLECTING
        if not isinstance(event, TextMessage):
            return Sign.NOT_MINE
        return await self._search(desk, event.content)

    async def _search(self, desk: Desk, words: str) -> Taken:
        index: pinyin.Index[int] = pinyin.Index()
        known = {p.id: p for p in await access.projects_for(desk.person, open_to_checks=True)}
        for project in known.values():
            index.add(project.id, f"{project.name} {project.supervision_no} {project.address}")
        found = [known[one] for one in index.search(words, OPTIONS)]
        if not found:
            raise BadInput(f"没有找到与“{words[:20]}”相符的工程，请换个关键词，或发送位置查找附近的工程。")
        if len(found) == 1:
            return found[0].id
        self._offer(desk, found, f"与“{words[:12]}”相符的工程")
        return Sign.COLLECTING

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        chosen = value or next(iter(selected.get(QUESTION, [])), "")
        if not chosen.isascii() or not chosen.isdigit():
            raise BadInput("请先在卡片上选中一个工程，再点按钮。")
        return await _checkable(desk, int(chosen))


async def _checkable(desk: Desk, project_id: int) -> int:
    """Raises BadInput for somebody else's project, and for one that is not under running supervision."""
    try:
        return int((await access.require_running_project(desk.person, project_id)).id)
    except Refusal as refusal:
        raise BadInput(refusal.sentence, desk.question.name) from None


def remember_spot(desk: Desk, event: LocationMessage | LocationSelected) -> dict[str, object]:
    """Keeps where the member is; raises BadInput for a location without coordinates."""
    if event.latitude is None or event.longitude is None:
        raise BadInput("这条位置没有坐标，请点输入框旁的「+」→「位置」，选好地点后重新发送。")
    spot: dict[str, object] = {
        "latitude": event.latitude,
        "longitude": event.longitude,
        "label": event.label[:120],
        "system": "gcj02",
    }
    desk.draft.data["spot"] = spot
    return spot


async def suggested(desk: Desk) -> list[Project]:
    """Nearest first where the member is known to be, otherwise recent first."""
    projects = await access.projects_for(desk.person, open_to_checks=True)
    spot = desk.draft.data.get("spot")
    if spot:
        projects.sort(key=lambda p: metres(p, spot))
        return projects[:_OFFERED]
    recent = await Case.filter(author_id=desk.person.id, process=desk.process.name).order_by("-id").limit(30)
    order = list(dict.fromkeys(c.project_id for c in recent))[:_RECENT]
    projects.sort(key=lambda p: order.index(p.id) if p.id in order else len(order))
    return projects[:_OFFERED]


async def on_site(desk: Desk) -> Project | None:
    """The project the member most likely stands on."""
    spot = desk.draft.data.get("spot")
    nearest = (await suggested(desk))[:1] if spot else []
    return next((p for p in nearest if metres(p, spot) <= ON_SITE_METRES), None)


def metres(project: Project, spot: dict[str, float]) -> float:
    """Great-circle distance; infinite for a project that was never positioned."""
    if project.latitude is None or project.longitude is None:
        return math.inf
    lat1, lat2 = math.radians(project.latitude), math.radians(spot["latitude"])
    half_lat = (lat2 - lat1) / 2
    half_lon = math.radians(spot["longitude"] - project.longitude) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * _EARTH_METRES * math.asin(min(1.0, math.sqrt(h)))


def described(project: Project, spot: dict[str, float] | None) -> str:
    """Fits an option of a card; phases of one estate differ at the end of their names, which therefore stays."""
    away = f"{distance(project, spot)} " if spot and project.latitude is not None else ""
    room = Advice.CHECKBOX_OPTION - len(away)
    name = project.name
    return away + (name if len(name) <= room else f"{name[: room - 7]}…{name[-6:]}")


def distance(project: Project, spot: dict[str, float]) -> str:
    away = metres(project, spot)
    return f"{away:.0f}米" if away < 1000 else f"{away / 1000:.1f}公里"
