"""A project: the nearest and the recent first, or found by keyword or pinyin initials (HN-08, HN-11)."""

from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.cards import OPTIONS, QUESTION, Pick, ask_with_options
from core import access
from core.errors import BadInput, Refusal
from core.projects import nearby
from core.projects.models import Project
from core.projects.nearby import ON_SITE_METRES, distance, metres
from wecom.cards import Advice
from wecom.events import LocationMessage, LocationSelected, TextMessage


class ProjectAsker(Asker):
    async def ask(self, desk: Desk) -> bool:
        projects = await _suggested(desk)
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
        found = await nearby.search(desk.person, words, OPTIONS)
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


async def _suggested(desk: Desk) -> list[Project]:
    return await nearby.suggested(desk.person, desk.process.name, desk.draft.data.get("spot"))


async def on_site(desk: Desk) -> Project | None:
    """The project the member most likely stands on."""
    spot = desk.draft.data.get("spot")
    nearest = (await _suggested(desk))[:1] if spot else []
    return next((p for p in nearest if metres(p, spot) <= ON_SITE_METRES), None)


def described(project: Project, spot: dict[str, float] | None) -> str:
    """Fits an option of a card; phases of one estate differ at the end of their names, which therefore stays."""
    away = f"{distance(project, spot)} " if spot and project.latitude is not None else ""
    room = Advice.CHECKBOX_OPTION - len(away)
    name = project.name
    return away + (name if len(name) <= room else f"{name[: room - 7]}…{name[-6:]}")
