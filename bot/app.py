"""The composition root: settings → parts → aiohttp application. The only place that wires."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
import structlog
from aiohttp import web

import h5
from bot import receiving, schedule
from bot.asking.registry import plain_askers
from bot.delivery import Sender
from bot.dialogue import Dialogue
from bot.digest import MorningDigest
from bot.directory import Directory
from bot.flows.findings import FindingsAsker
from bot.lifesign import Lifesign
from bot.menu import menu
from bot.pacing import SharedGate, SharedTokens
from bot.printing import Printer
from bot.processes import PROCESSES
from bot.receiving import Receiver
from bot.router import Router
from bot.seals import Seals
from bot.telling import CardTeller
from bot.tiles import Tiles
from checks import library
from checks.report import CHECK_REPORT
from core import clock, database
from core.calendar import counting
from core.calendar.hours import Quiet
from core.cases import outbox
from core.cases.declaration import Process
from core.cases.engine import Engine
from core.evidence.store import Store
from core.health import Pulse
from core.papers import queue
from core.settings import Settings
from core.sharing.credentials import Credentials
from notices import practice
from notices.papers.rendering import Press
from webhooks import domain, sign_in
from webhooks.callback import CallbackDoor
from webhooks.health import HealthDoor
from webhooks.watching import watched
from wecom.client import Client
from wecom.crypto import Crypto
from wecom.errors import WeComError

log = structlog.get_logger()

# A stop takes at most 9 seconds: callbacks under way, then pages under way (aiohttp waits twice), workers beside them.
_CALLBACK_SECONDS = 4.0
_REQUEST_SECONDS = 2.0
_STOP_SECONDS = 7.0
_FURNISHING_SECONDS = 3.0


@dataclass(frozen=True)
class House:
    """The parts, wired."""

    settings: Settings
    engine: Engine
    client: Client
    store: Store
    receiver: Receiver
    sender: Sender
    printer: Printer
    door: CallbackDoor
    pulse: Pulse
    digest: MorningDigest
    lifesign: Lifesign
    tiles: Tiles


@asynccontextmanager
async def house(settings: Settings, processes: Sequence[Process] = PROCESSES) -> AsyncIterator[House]:
    """Opens the database (migrating it first) and the connections; closes them in the right order."""
    await database.migrate(settings.database_url)
    async with AsyncExitStack() as stack:
        await database.open_database(settings.database_url)
        stack.push_async_callback(database.close_database)
        await counting.refresh()
        session = await stack.enter_async_context(aiohttp.ClientSession())
        press = await stack.enter_async_context(Press())
        yield _wire(settings, processes, session, press)


def _wire(settings: Settings, processes: Sequence[Process], session: aiohttp.ClientSession, press: Press) -> House:
    practice.use(practice.of_station(settings.notice_kinds))
    teller = CardTeller(settings.wecom_agent_id, settings.public_url, [p.name for p in processes])
    engine = Engine(processes, teller, quiet=Quiet.of(settings.quiet_hours))
    client = Client(
        settings.wecom_api_url,
        settings.wecom_corp_id,
        settings.wecom_secret,
        settings.wecom_agent_id,
        SharedTokens(Credentials(settings.secret_key)),
        session,
        clock.now,
        SharedGate(),
    )
    askers = plain_askers() | {"findings": FindingsAsker(library.load())}
    router = Router(engine, Dialogue(engine, askers), CHECK_REPORT)
    store = Store.open(settings.media_url)
    receiver = Receiver(receiving.Parts(router, client, store, settings.wecom_agent_id, settings.public_url))
    crypto = Crypto(settings.wecom_callback_token, settings.wecom_callback_aes_key, settings.wecom_corp_id)
    door = CallbackDoor(crypto, receiver.receive, receiver.keep)
    printer = Printer(engine, store, press, Seals.open(settings.seals), settings.public_url)
    sender = Sender(client, settings.wecom_agent_id)
    digest, pulse = MorningDigest(engine, settings.public_url, settings.digest_at), Pulse()
    lifesign = Lifesign(settings.lifesign_url, pulse, session)
    tiles = Tiles(engine, client, settings.public_url)
    return House(settings, engine, client, store, receiver, sender, printer, door, pulse, digest, lifesign, tiles)


def web_application(parts: House) -> web.Application:
    app = web.Application(client_max_size=64 * 1024, middlewares=[watched])
    app.add_routes(parts.door.routes())
    app.add_routes(HealthDoor(parts.pulse, parts.settings.metrics_token).routes())
    app.add_routes(domain.routes(parts.settings.domain_folder))
    pages = h5.Pages(parts.engine, parts.settings, parts.store, parts.printer.press, parts.client)
    app.add_routes(sign_in.routes(parts.settings, parts.client, pages))
    app.add_routes(h5.routes(pages))
    app.on_shutdown.append(lambda _app: parts.door.finish(_CALLBACK_SECONDS))
    return app


class Background:
    """Sender, inbox worker, printer and the scheduled jobs; every replica runs them."""

    def __init__(self, parts: House) -> None:
        jobs = schedule.jobs(parts.engine, Directory(parts.client))
        tidying = (schedule.tidying(parts.settings.keep_days), schedule.clearing(parts.store))
        planned = [*jobs, *tidying, *schedule.watching(parts.digest, parts.lifesign, parts.tiles)]
        self._ticking = schedule.scheduler(planned, parts.pulse)
        self._parts = parts
        self._ends = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        inbox = receiving.bell.work("inbox", self._parts.receiver.once, self._ends)
        papers = queue.bell.work("papers", self._parts.printer.once, self._ends)
        self._tasks = {asyncio.create_task(work) for work in (self._parts.sender.work(self._ends), inbox, papers)}
        self._ticking.start()

    async def stop(self) -> None:
        """Takes nothing new and waits for what is under way. What takes too long is left: its lease runs out, and
        another replica, or this one after its start, takes it over."""
        self._ticking.shutdown(wait=False)
        self._ends.set()
        for bell in (outbox.bell, receiving.bell, queue.bell):
            bell.ring()
        _, late = await asyncio.wait(self._tasks, timeout=_STOP_SECONDS)
        for task in late:
            task.cancel()
        if late:
            log.warning("stop.left_unfinished", tasks=len(late))
            await asyncio.wait(late, timeout=1)


@asynccontextmanager
async def workers(parts: House) -> AsyncIterator[None]:
    background = Background(parts)
    background.start()
    try:
        yield
    finally:
        await background.stop()


async def furnish(parts: House) -> None:
    """Puts the menu into the chat, and figures onto the app's tile."""
    await asyncio.gather(_create_menu(parts), parts.tiles.furnish())


async def _create_menu(parts: House) -> None:
    """A WeCom that is away now gets it at the next start."""
    try:
        await parts.client.create_menu(menu(parts.settings.public_url))
    except WeComError as error:
        log.warning("menu.not_created", code=error.code)


@asynccontextmanager
async def serving(settings: Settings, processes: Sequence[Process] = PROCESSES) -> AsyncIterator[tuple[House, str]]:
    """The whole service in this process; gives its address (the port may have been 0)."""
    async with house(settings, processes) as parts:
        background = Background(parts)
        runner = await _listening(web_application(parts), settings.host, settings.port)
        background.start()
        furnished = asyncio.create_task(furnish(parts))
        try:
            await asyncio.wait({furnished}, timeout=_FURNISHING_SECONDS)
            yield parts, _address(runner)
        finally:
            furnished.cancel()
            await asyncio.gather(runner.cleanup(), background.stop())


@asynccontextmanager
async def working(settings: Settings, health_port: int | None) -> AsyncIterator[None]:
    """Everything but the doors; with a port, /healthz, /readyz and /metrics for a monitor."""
    async with house(settings) as parts, workers(parts), AsyncExitStack() as stack:
        if health_port is not None:
            app = web.Application(middlewares=[watched])
            app.add_routes(HealthDoor(parts.pulse, settings.metrics_token).routes())
            stack.push_async_callback((await _listening(app, settings.host, health_port)).cleanup)
        yield


async def _listening(app: web.Application, host: str, port: int) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_REQUEST_SECONDS)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner


def _address(runner: web.AppRunner) -> str:
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"
