"""One simulated WeCom as a web application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator import authorize, control, fonts
from simulator.api import Door
from simulator.config import Config
from simulator.control import Control
from simulator.phones import Phones
from simulator.webview import WebViews
from simulator.world import World

WORLD = web.AppKey("world", World)
_VIEWS = web.AppKey("views", WebViews)
_STATIC = Path(__file__).parent / "static"
_LARGEST_BODY = 128 * 1024 * 1024


def build(config: Config, world: World | None = None) -> web.Application:
    """`app[WORLD]` is the world behind it. Whoever binds another port than the config's sets `world.base_url`."""
    world = world or World(config)
    views = WebViews(world)

    @web.middleware
    async def phones_first(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await views.middleware(request, handler)

    app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[phones_first, control.sentences])
    app[WORLD] = world
    app[_VIEWS] = views
    app.add_routes([web.route("*", "/cgi-bin/{path:.+}", Door(world.api).enter)])
    app.add_routes([web.get(authorize.PATH, _authorize)])
    app.add_routes(Control(world).routes() + Phones(world, views).routes())
    app.add_routes([web.get("/", _index), web.static("/static", _STATIC), *fonts.routes()])
    app.cleanup_ctx.append(_running_parts)
    app.on_shutdown.append(_end_waiting)
    return app


@asynccontextmanager
async def running(config: Config) -> AsyncIterator[World]:
    """A simulator listening on the config's port (0: any free one); `world.base_url` tells where."""
    world = World(config)
    runner = web.AppRunner(build(config, world), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, config.host, config.port).start()
        world.base_url = f"http://localhost:{runner.addresses[0][1]}"
        yield world
    finally:
        await runner.cleanup()


async def _authorize(request: web.Request) -> web.StreamResponse:
    return authorize.in_browser(request.app[WORLD], request)


async def _index(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(_STATIC / "index.html", headers={"Cache-Control": "no-cache"})


async def _running_parts(app: web.Application) -> AsyncIterator[None]:
    world, views = app[WORLD], app[_VIEWS]
    await world.courier.open()
    await views.open()
    watching = asyncio.create_task(control.watch(world)) if world.config.watch_seconds else None
    yield
    if watching:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    await world.courier.close()
    await views.close()
    await world.store.close()


async def _end_waiting(app: web.Application) -> None:
    """Open event streams and calls held back by a fault must not delay the end."""
    app[WORLD].faults.closing.set()
    app[WORLD].hub.close()
