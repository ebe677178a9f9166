"""A small town for stories: one station, one site, known people, the real service and a simulated WeCom between them.

Everything goes over HTTP and through encrypted callbacks; only the clock is moved by hand.
"""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from bot import app, receiving
from bot.app import House
from bot.printing import Printer
from bot.processes import PROCESSES
from core import clock
from core.cases import outbox
from core.cases.declaration import Process
from core.cases.models import Delivery, InboxRow, OutboxRow, Pause
from core.papers import queue
from core.papers.models import PaperRow, PaperState
from core.people.models import Organisation, OrgKind, Person, Role
from core.projects.models import Post, Project, ProjectMember, ProjectParty, SupervisionStatus, TeamMember
from core.settings import Settings
from simulator import state
from simulator.app import running
from simulator.config import Config
from simulator.world import World

SHORT_WAIT = timedelta(seconds=5)
PATIENCE_SECONDS = 120  # with what has to happen, on any machine; a promise in seconds is asserted where it is made
THUMB_SECONDS = 4
BEGINS = datetime(2026, 11, 20, 9, tzinfo=clock.ZONE)  # a Friday; whenever a story is told, it is this day in it


def until_it_begins() -> timedelta:
    """From real time, whatever this machine's date is; mostly back."""
    return BEGINS - clock.host()


class MovedClock(clock.Clock):
    """Runs on from where the story begins, plus whatever it lets pass."""

    def __init__(self) -> None:
        super().__init__()
        self.moved = until_it_begins()

    def now(self) -> datetime:
        return super().now() + self.moved


@dataclass
class Cast:
    """Who lives in the town: an inspector, two reviewers, the site's people, and a stranger."""

    lin: Person
    luo: Person
    qin: Person
    chen: Person
    fang: Person
    station: Organisation
    project: Project
    other_project: Project


async def settle_down() -> Cast:
    """Fills an empty database."""
    province = await _station("南屿省质安总站", "省总站", "南", "province", None)
    station = await _station("海澄市质安监督站", "海澄站", "海澄", "city", province.id)
    builder = await Organisation.create(name="海澄临港建工有限公司", short_name="临港建工", kind=OrgKind.CONTRACTOR)
    firm = await Organisation.create(name="南屿正衡监理有限公司", short_name="正衡监理", kind=OrgKind.SUPERVISING_FIRM)
    people = {
        key: await Person.create(
            userid=key,
            name=name,
            mobile=f"1000000000{n}",
            org_id=org.id,
            role=role,
            title=title,
            admitted_at=clock.now(),
        )
        for n, (key, name, org, role, title) in enumerate(
            [
                ("lin", "林小舟", station, Role.SUPERVISOR, "监督员"),
                ("luo", "罗敬川", station, Role.CHIEF, "站长"),
                ("qin", "秦若岩", station, Role.LEADER_IN_CHARGE, "分管领导"),
                ("chen", "陈光泽", builder, Role.PARTICIPANT, "项目经理"),
                ("fang", "方知远", firm, Role.PARTICIPANT, "总监"),
            ]
        )
    }
    project, other = [
        await Project.create(
            name=name,
            supervision_no=number,
            station_id=station.id,
            status=SupervisionStatus.NORMAL,
            latitude=lat,
            longitude=110.35,
        )
        for name, number, lat in (("滨江花园一期", "HC-2026-001", 20.02), ("远洋中学扩建", "HC-2026-002", 20.12))
    ]
    for org, person, post in ((builder, "chen", Post.PM), (firm, "fang", Post.CSE)):
        await ProjectParty.create(project_id=project.id, org_id=org.id, kind=org.kind)
        await ProjectMember.create(project_id=project.id, person_id=people[person].id, org_id=org.id, post=post)
    await TeamMember.create(project_id=project.id, person_id=people["lin"].id, lead=True)
    return Cast(**people, station=station, project=project, other_project=other)


async def _station(name: str, short: str, code: str, level: str, parent_id: int | None) -> Organisation:
    return await Organisation.create(
        name=name, short_name=short, kind=OrgKind.STATION, code=code, parent_id=parent_id, level=level
    )


@dataclass
class Town:
    world: World
    house: House
    service: str
    cast: Cast
    clock: MovedClock
    processes: Sequence[Process] = PROCESSES
    papers: bool = False
    phones: dict[str, "Phone"] = field(default_factory=dict)
    running: AsyncExitStack = field(default_factory=AsyncExitStack)

    def connect(self) -> None:
        """WeCom sends its callbacks to where the service is now."""
        self.world.config = replace(self.world.config, service_url=self.service, public_url=self.service)

    async def restart(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Stops the service and starts it again on the same database."""
        await self.running.aclose()
        meanwhile()
        serving = app.serving(self.house.settings, self.processes)
        self.house, self.service = await self.running.enter_async_context(serving)
        self.connect()

    def phone(self, userid: str) -> "Phone":
        return self.phones.setdefault(userid, Phone(self, userid))

    async def settle(self, *, inbox: bool = True) -> None:
        """Until everything that was said has had its effect and every message has arrived. Short waits (a proposal that
        waits for more photos) pass by moving the clock. ``inbox``: also what the service still has to fetch."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                await self.world.settled()
                if await self._quiet(inbox):
                    return
                await asyncio.sleep(0.01)

    async def put_off(self) -> None:
        """Until the service has tried in vain to fetch what was sent, and means to try later: time may go on then."""
        await self.settle(inbox=False)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                if await InboxRow.filter(waiting=True, not_before__gt=clock.now()).exists():
                    return
                await asyncio.sleep(0.01)

    async def _quiet(self, inbox: bool) -> bool:
        if inbox and await InboxRow.filter(waiting=True).exists():
            return False
        if self.papers and await PaperRow.filter(state=PaperState.WANTED, not_before__lte=clock.now()).exists():
            return False
        ahead = await self._ahead()
        if timedelta(0) < ahead < SHORT_WAIT:
            self._move(ahead)
        return ahead >= SHORT_WAIT

    async def _ahead(self) -> timedelta:
        """When the next message can leave: the first of each person, since nobody's second goes before it."""
        # One question, since a row may begin to be sent between two.
        on_the_way = await OutboxRow.filter(state__in=[Delivery.SENDING, Delivery.PENDING]).order_by("id")
        if any(row.state == Delivery.SENDING for row in on_the_way):
            return timedelta(0)
        first = {row.recipient: row.not_before for row in reversed(on_the_way)}
        if not first:
            return timedelta.max
        paused = await Pause.first()
        earliest = min(first.values())
        return max(earliest, paused.until) - clock.now() if paused else earliest - clock.now()

    def pass_time(self, **time: float) -> None:
        """For the service and for WeCom alike."""
        self._move(timedelta(**time))

    def _move(self, time: timedelta) -> None:
        self.clock.moved += time
        self.world.clock.advance(time.total_seconds())
        for bell in (outbox.bell, receiving.bell, queue.bell):  # the workers would look by themselves within a second
            bell.ring()


class Phone:
    """What one member does and sees."""

    def __init__(self, town: Town, userid: str) -> None:
        self._town = town
        self.userid = userid

    @property
    def messages(self) -> list[state.Message]:
        return [m for m in self._town.world.chat(self.userid) if m.sender == "app"]

    @property
    def last(self) -> state.Message:
        return self.messages[-1]

    @property
    def text(self) -> str:
        """The last message as one reads it, without link addresses."""
        return read(self.last)

    async def says(self, text: str) -> str:
        self._town.world.type_text(self.userid, text)
        return await self._answer()

    async def photographs(self, count: int = 1, *, colour: str = "orange") -> str:
        for number in range(count):
            self._town.world.send_image(self.userid, photo(colour, number))
        return await self._answer()

    async def sends(self, kind: str, *arguments: Any) -> str:
        """``kind`` as the simulated WeCom names it: image, voice, video, location."""
        getattr(self._town.world, f"send_{kind}")(self.userid, *arguments)
        return await self._answer()

    async def together(self, *things: tuple[str, tuple[Any, ...]]) -> str:
        """Sends several things one right after the other, as ``material`` makes them."""
        for act, arguments in things:
            getattr(self._town.world, act)(self.userid, *arguments)
        return await self._answer()

    async def presses(self, entry: str, **given: Any) -> str:
        """An entry of the app's menu."""
        self._town.world.press_menu(self.userid, _menu_key(self._town.world, entry), **given)
        return await self._answer()

    async def taps(self, button: str, *, card: state.Message | None = None, **selected: list[str]) -> str:
        """Presses the button with this caption on the last card that has it."""
        message = card or self.card_with(button)
        self._town.world.click_card(self.userid, message.id, key_of(message, button), selected)
        return await self._answer()

    async def chooses(self, *options: str, card: state.Message | None = None) -> str:
        """Ticks options of the last card that offers them, and submits."""
        message = card or next(m for m in reversed(self.messages) if _offers(m, options))
        box = _shown(message)["checkbox"]
        ids = [o["id"] for o in box["option_list"] if any(wanted in o["text"] for wanted in options)]
        key = _shown(message)["submit_button"]["key"]
        self._town.world.click_card(self.userid, message.id, key, {box["question_key"]: ids})
        return await self._answer()

    def card_with(self, button: str) -> state.Message:
        return next(m for m in reversed(self.messages) if button in _captions(m))

    async def _answer(self) -> str:
        """Thumbs take a few seconds, too."""
        await self._town.settle()
        self._town.pass_time(seconds=THUMB_SECONDS)
        return self.text if self.messages else ""


def photo(colour: str = "orange", number: int = 0) -> bytes:
    picture = Image.new("RGB", (640 + number, 480), colour)
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def read(message: state.Message) -> str:
    """☐ and ☑ are a card's boxes, ▽ and ▼ the entries of its drop-down, [ ] its buttons."""
    if message.kind == "template_card":
        card = _shown(message)
        parts = [card.get("main_title", {}).get("title", ""), card.get("main_title", {}).get("desc", "")]
        parts += [card.get("sub_title_text", "")]
        parts += [f"{row['keyname']}：{row.get('value', '')}" for row in card.get("horizontal_content_list", [])]
        parts += _choices(card)
        parts += [f"[{caption}]" for caption in _captions(message)]
        return "\n".join(part for part in parts if part)
    return re.sub(r"</?a[^>]*>", "", str(message.body.get("content", "")))


def _choices(card: dict[str, Any]) -> list[str]:
    boxes = card.get("checkbox", {}).get("option_list", [])
    drop_down = card.get("button_selection", {"option_list": []})
    selected = drop_down.get("selected_id")
    return [("☑" if box.get("is_checked") else "☐") + box["text"] for box in boxes] + [
        ("▼" if entry["id"] == selected else "▽") + entry["text"] for entry in drop_down["option_list"]
    ]


def _menu_key(world: World, entry: str) -> str:
    buttons = [b for first in world.state.app.menu or [] for b in first.get("sub_button") or [first]]
    return str(next(b.get("key") or b["url"] for b in buttons if b["name"] == entry))


def _shown(message: state.Message) -> dict[str, Any]:
    """The card as it looks now, after updates."""
    return message.live_card


def _captions(message: state.Message) -> list[str]:
    if message.kind != "template_card" or message.card_state is None:
        return []
    card = _shown(message)
    inert = message.card_state.inert_text or card.get("replace_text")
    if inert:
        return [str(inert)]
    submit = [card["submit_button"]["text"]] if "submit_button" in card else []
    return [b["text"] for b in card.get("button_list", [])] + submit


def key_of(message: state.Message, caption: str) -> str:
    card = _shown(message)
    buttons = [*card.get("button_list", []), *([card["submit_button"]] if "submit_button" in card else [])]
    return str(next(b.get("key") or b["url"] for b in buttons if b["text"] == caption))


def _offers(message: state.Message, options: Sequence[str]) -> bool:
    if message.kind != "template_card":
        return False
    texts = [o["text"] for o in _shown(message).get("checkbox", {}).get("option_list", [])]
    return bool(texts) and all(any(wanted in text for text in texts) for wanted in options)


async def _no_paper(_printer: Printer) -> int:
    return 0


@asynccontextmanager
async def town(
    database_url: str,
    folder: Path,
    processes: Sequence[Process] = PROCESSES,
    *,
    papers: bool = False,
    **settings_of_its_own: Any,
) -> AsyncIterator[Town]:
    """``papers``: those that are promised are made, too. A press is a process of its own, so only stories about papers
    wait for one."""
    moved = MovedClock()
    clock.use(moved)
    once = Printer.once
    Printer.once = once if papers else _no_paper  # type: ignore[method-assign]
    try:
        async with running(Config(port=0, service_url="http://localhost:1")) as world:
            world.clock.advance(moved.moved.total_seconds())
            settings = _settings(database_url, folder, world).model_copy(update=settings_of_its_own)
            async with AsyncExitStack() as service:
                house, address = await service.enter_async_context(app.serving(settings, processes))
                cast = await settle_down()
                made = Town(world, house, address, cast, moved, processes, papers, running=service)
                yield await move_in(made)
    finally:
        Printer.once = once  # type: ignore[method-assign]
        clock.use(clock.Clock())


async def move_in(made: Town) -> Town:
    made.connect()
    for person in await Person.filter(userid__not_isnull=True):
        org = await Organisation.get(id=person.org_id)
        made.world.admit(
            state.Person(
                userid=str(person.userid),
                name=person.name,
                mobile=person.mobile or "",
                title=person.title,
                org=org.name,
            )
        )
    return made


def _settings(database_url: str, folder: Path, world: World) -> Settings:
    config = world.config
    return Settings(
        _env_file=None,
        database_url=database_url,
        media_url=str(folder / "media"),
        public_url="http://localhost:8080",
        secret_key="a key for stories that protects nothing",
        wecom_api_url=world.base_url,
        wecom_corp_id=config.corp_id,
        wecom_agent_id=config.agent_id,
        wecom_secret=config.secret,
        wecom_callback_token=config.callback_token,
        wecom_callback_aes_key=config.callback_aes_key,
        host="127.0.0.1",
        port=0,
        digest_at="",
        quiet_hours="",  # stories happen at any hour; those about the night say so
    )
