"""What the browser's phones do, over HTTP: one member's chat and his actions (/sim/persons/{userid}/…)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field, TypeAdapter

from simulator import library, media, recordings, workbench
from simulator.control import answer
from simulator.state import Json
from simulator.webview import WebViews
from simulator.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Text(BaseModel):
    content: str = Field(min_length=1)


class _Location(BaseModel):
    lat: float
    lon: float
    label: str = ""


class _Link(BaseModel):
    title: str
    url: str
    description: str = ""
    picurl: str = ""


class _Card(BaseModel):
    message_id: str
    key: str
    selected: dict[str, list[str]] = Field(default_factory=dict)


class _Menu(BaseModel):
    """`pictures` are ids of supplied pictures; the rest is for location_select and the scancode types."""

    key: str
    pictures: list[str] = Field(default_factory=list)
    lat: float | None = None
    lon: float | None = None
    label: str = ""
    result: str = ""
    scan_type: str = "qrcode"


class Phones:
    def __init__(self, world: World, views: WebViews) -> None:
        self._world = world
        self._views = views

    def routes(self) -> list[web.RouteDef]:
        posts: dict[str, Handler] = {
            "text": self.text,
            "image": self.image,
            "voice": self.voice,
            "video": self.video,
            "location": self.location,
            "link": self.link,
            "menu": self.menu,
            "scan": self.menu,
            "card": self.card,
            "card-menu": self.card_menu,
            "enter": self.enter,
        }
        person = "/sim/persons/{userid}"
        gets = [web.get(f"{person}/chat", self.chat), web.get(f"{person}/open", self.open_link)]
        return gets + [web.post(f"{person}/{name}", handler) for name, handler in posts.items()]

    async def chat(self, request: web.Request) -> web.Response:
        world = self._world
        person = world.person(_userid(request))
        menu = {"button": world.state.app.menu} if world.state.app.menu else None
        messages = [message.shown() for message in world.chat(person.userid)]
        shown = {field: getattr(person, field) for field in ("userid", "name", "org", "title", "role", "status")}
        tile = workbench.shown(world.state.app, person.userid)
        return answer({"person": shown, "menu": menu, "tile": tile, "messages": messages})

    async def open_link(self, request: web.Request) -> web.Response:
        """`?url=` as this member's phone would open it."""
        raise web.HTTPFound(self._views.address(_userid(request), request.query["url"]))

    async def text(self, request: web.Request) -> web.Response:
        given = _Text.model_validate(await request.json())
        return answer(self._world.type_text(_userid(request), given.content).shown())

    async def image(self, request: web.Request) -> web.Response:
        content, filename = await self._content(request, "pictures", "picture")
        return answer(self._world.send_image(_userid(request), content, filename or "photo.jpg").shown())

    async def voice(self, request: web.Request) -> web.Response:
        content, _ = await self._content(request, "voices", "voice")
        if not content.startswith(media.AMR):
            content = await asyncio.to_thread(recordings.to_amr, content)
        return answer(self._world.send_voice(_userid(request), content).shown())

    async def video(self, request: web.Request) -> web.Response:
        content, _ = await self._content(request, "videos", "video")
        content = await asyncio.to_thread(recordings.to_mp4, content)
        return answer(self._world.send_video(_userid(request), content).shown())

    async def location(self, request: web.Request) -> web.Response:
        given = _Location.model_validate(await request.json())
        return answer(self._world.send_location(_userid(request), **given.model_dump()).shown())

    async def link(self, request: web.Request) -> web.Response:
        given = _Link.model_validate(await request.json())
        return answer(self._world.send_link(_userid(request), **given.model_dump()).shown())

    async def menu(self, request: web.Request) -> web.Response:
        """Answers `{"done": true}`, `{"open": url}`, or `{"needs": "pictures" | "location" | "scan"}`."""
        given = await self._pressed(request)
        return answer(self._world.press_menu(_userid(request), **given))

    async def card(self, request: web.Request) -> web.Response:
        given = _Card.model_validate(await request.json())
        self._world.click_card(_userid(request), **given.model_dump())
        return answer({"ok": True})

    async def card_menu(self, request: web.Request) -> web.Response:
        given = _Card.model_validate(await request.json())
        self._world.click_card_menu(_userid(request), given.message_id, given.key)
        return answer({"ok": True})

    async def enter(self, request: web.Request) -> web.Response:
        self._world.enter(_userid(request))
        return answer({"ok": True})

    async def _pressed(self, request: web.Request) -> Json:
        """A menu press; as a form it carries the `key` and one or more `file` of the member's own."""
        if request.content_type != "multipart/form-data":
            given = _Menu.model_validate(await request.json()).model_dump()
            given["pictures"] = [library.content("pictures", one) for one in given["pictures"]]
            return given
        form = await request.post()
        files = [one.file.read() for one in form.getall("file") if isinstance(one, web.FileField)]
        return {"key": str(form["key"]), "pictures": files}

    @staticmethod
    async def _content(request: web.Request, kind: str, field: str) -> tuple[bytes, str]:
        """The uploaded `file`, or the supplied sample that the JSON names in `field`."""
        if request.content_type != "multipart/form-data":
            named: Any = TypeAdapter(dict[str, str]).validate_python(await request.json())
            return await asyncio.to_thread(library.content, kind, named.get(field, "")), ""
        uploaded = (await request.post()).get("file")
        if isinstance(uploaded, web.FileField):
            return uploaded.file.read(), uploaded.filename
        raise ValueError("请求里没有名为 file 的文件")


def _userid(request: web.Request) -> str:
    return request.match_info["userid"]
