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
from bot.directory import Directory
from bot.flows.findings import FindingsAsker
from bot.menu import menu
from bot.pacing import SharedGate, SharedTokens
from bot.processes import PROCESSES
from bot.receiving import Receiver
from bot.router import Router
from bot.telling import CardTeller
from checks import library
from checks.report import CHECK_REPORT
from core import clock, database
from core.cases import outbox
from core.cases.declaration import Process
from core.cases.engine import Engine
from core.evidence.store import Store
from core.health import Pulse
from core.settings import Settings
from core.sharing.credentials import Credentials
from webhooks import domain, sign_in
from webhooks.callback import CallbackDoor
from webhooks.health import HealthDoor
from webhooks.watching import watched
from wecom.client import Client
from wecom.crypto import Crypto
from wecom.errors import WeComError

log = structlog.get_logger()

_STOP_SECONDS = 8


@dataclass(frozen=True)
class House:
    """The parts, wired."""

    settings: Settings
    engine: Engine
    client: Client
    store: Store
    receiver: Receiver
    sender: Sender
    door: CallbackDoor
    pulse: Pulse


@asynccontextmanager
async def house(settings: Settings, processes: Sequence[Process] = PROCESSES) -> AsyncIterator[House]:
    """Opens the database (migrating it first) and the connections; closes them in the right order."""
    await database.migrate(settings.database_url)
    async with AsyncExitStack() as stack:
        await database.open_database(settings.database_url)
        stack.push_async_callback(database.close_database)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield _wire(settings, processes, session)


def _wire(settings: Settings, processes: Sequence[Process], session: aiohttp.ClientSession) -> House:
    engine = Engine(processes, CardTeller(settings.wecom_agent_id, settings.public_url))
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
    door = CallbackDoor(crypto, receiver.receive)
    return House(settings, engine, client, store, receiver, Sender(client, settings.wecom_agent_id), door, Pulse())


def web_application(parts: House) -> web.Application:
    app = web.Application(client_max_size=64 * 1024, middlewares=[watched])
    app.add_routes(parts.door.routes())
    app.add_routes(HealthDoor(parts.pulse, parts.settings.metrics_token).routes())
    app.add_routes(domain.routes(parts.settings.domain_folder))
    pages = h5.Pages(parts.engine, parts.settings, parts.store)
    app.add_routes(sign_in.routes(parts.settings, parts.client, pages))
    app.add_routes(h5.routes(pages))
    app.on_shutdown.append(lambda _app: parts.door.finish())
    return app


@asynccontextmanager
async def workers(parts: House) -> AsyncIterator[None]:
    """Sender, inbox worker and the scheduled jobs; every replica runs them."""
    ticking = schedule.scheduler(schedule.jobs(parts.engine, Directory(parts.client)), parts.pulse)
    stop = asyncio.Event()
    rounds = (("sender", outbox.bell, parts.sender.once), ("inbox", receiving.bell, parts.receiver.once))
    tasks = [asyncio.create_task(bell.work(name, once, stop)) for name, bell, once in rounds]
    ticking.start()
    try:
        yield
    finally:
        ticking.shutdown(wait=False)
        stop.set()
        for _, bell, _once in rounds:
            bell.ring()
        await asyncio.wait(tasks, timeout=_STOP_SECONDS)


async def create_menu(parts: House) -> None:
    """Puts the menu into the chat; a WeCom that is away now gets it at the next start."""
    try:
        await parts.client.create_menu(menu(parts.settings.public_url))
    except WeComError as error:
        log.warning("menu.not_created", code=error.code)


@asynccontextmanager
async def serving(settings: Settings, processes: Sequence[Process] = PROCESSES) -> AsyncIterator[tuple[House, str]]:
    """The whole service in this process; gives its address (the port may have been 0)."""
    async with house(settings, processes) as parts:
        runner = web.AppRunner(web_application(parts), access_log=None, shutdown_timeout=8)
        await runner.setup()
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        try:
            async with workers(parts):
                await create_menu(parts)
                yield parts, _address(runner)
        finally:
            await runner.cleanup()


def _address(runner: web.AppRunner) -> str:
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"
