"""The simulator's own interface for the browser and for tests, under /sim: what there is, and its settings."""

import asyncio
import json
import os
import signal
from dataclasses import asdict
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, TypeAdapter, ValidationError

from simulator import library, media, recordings, upcoming, workdays
from simulator.corp import Unknown
from simulator.errors import ApiError
from simulator.members import Refused
from simulator.state import Department, Json, Knobs, Person, Place
from simulator.world import World

_HEARTBEAT_SECONDS = 15.0
_STATUS: dict[type[Exception], int] = {Unknown: 404, Refused: 409, ApiError: 404, ValidationError: 422, ValueError: 422}


@web.middleware
async def sentences(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What cannot be done is answered as `{"error": sentence}`."""
    if not request.path.startswith("/sim/"):
        return await handler(request)
    try:
        return await handler(request)
    except json.JSONDecodeError:
        return web.json_response({"error": "请求不是 JSON"}, status=400)
    except tuple(_STATUS) as error:
        status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
        return answer({"error": _sentence(error)}, status=status)


def _sentence(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    fields = "、".join(".".join(map(str, one["loc"])) for one in error.errors())
    return f"请求里的这些内容不对：{fields}"


def answer(value: Any, status: int = 200) -> web.Response:
    return web.json_response(value, status=status, dumps=lambda v: json.dumps(v, ensure_ascii=False))


class Control:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sim/state", self.state),
            web.get("/sim/events", self.events),
            web.get("/sim/traffic", self.traffic),
            web.get("/sim/media/{media_id}", self.media),
            web.get("/sim/{kind:pictures|voices|videos}/{id}", self.sample),
            web.post("/sim/persons", self.put_persons),
            web.delete("/sim/persons/{userid}", self.remove_person),
            web.post("/sim/departments", self.put_departments),
            web.post("/sim/places", self.put_places),
            web.post("/sim/phones", self.phones),
            web.post("/sim/clock", self.clock),
            web.post("/sim/faults", self.faults),
            web.get("/sim/knobs", self.knobs),
            web.post("/sim/knobs", self.turn_knobs),
            web.post("/sim/tokens", self.tokens),
            web.post("/sim/service/kill", self.kill),
            web.post("/sim/verify-url", self.verify_url),
            web.post("/sim/reset", self.reset),
        ]

    # reading

    async def state(self, _: web.Request) -> web.Response:
        world = self._world
        state = world.state
        return answer(
            {
                **self._time(),
                "app": {"name": state.app.name, "agentid": world.config.agent_id},
                "persons": [self._person(person) for person in state.persons.values()],
                "phones": state.phones,
                "departments": _dumped(state.departments.values()),
                "faults": world.faults.shown(),
                "knobs": state.knobs.model_dump(),
                **library.shown(),
                "places": _dumped(state.places),
                "service": self._service(),
            }
        )

    async def traffic(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after") or 0)
        return answer({"entries": [asdict(entry) for entry in self._world.traffic.after(after)]})

    async def media(self, request: web.Request) -> web.Response:
        """For a browser: AMR comes as WAV unless `?raw=1`; expired media may still be looked at."""
        kept = self._world.state.media.get(request.match_info["media_id"])
        if kept is None:
            raise Unknown("没有这个素材")
        content = self._world.store.media(kept.media_id)
        if kept.content_type == "audio/amr" and not request.query.get("raw"):
            content = await asyncio.to_thread(recordings.to_wav, content)
            kept = kept.model_copy(update={"content_type": "audio/wav"})
        return media.serve(kept, content, request.headers.get("Range"), attachment=False)

    async def sample(self, request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        content = await asyncio.to_thread(library.content, kind, request.match_info["id"])
        if kind == "voices":
            content = await asyncio.to_thread(recordings.to_wav, content)
        content_type = {"pictures": "image/jpeg", "voices": "audio/wav", "videos": "video/mp4"}[kind]
        return web.Response(body=content, content_type=content_type, headers={"Cache-Control": "max-age=3600"})

    async def events(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        with self._world.hub.listen() as queue:
            await stream.prepare(request)
            await stream.write(b": hello\n\n")
            while True:
                line = await self._next_line(queue)
                if line is None:
                    return stream
                await stream.write(line)

    @staticmethod
    async def _next_line(queue: asyncio.Queue[tuple[str, dict[str, Any]] | None]) -> bytes | None:
        try:
            event = await asyncio.wait_for(queue.get(), _HEARTBEAT_SECONDS)
        except TimeoutError:
            return b": still here\n\n"
        if event is None:
            return None
        kind, data = event
        return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()

    # people

    async def put_persons(self, request: web.Request) -> web.Response:
        """A list of persons, quietly; with `?announce=1` the service gets the callbacks that this causes."""
        announce = request.query.get("announce") == "1"
        for given in await _list(request):
            known = self._world.find(str(given.get("userid", "")))
            person = Person.model_validate({**(known.model_dump() if known else {}), **given})
            self._world.admit(person, announce=announce)
        return answer({"ok": True})

    async def remove_person(self, request: web.Request) -> web.Response:
        self._world.leave(request.match_info["userid"])
        return answer({"ok": True})

    async def put_departments(self, request: web.Request) -> web.Response:
        for given in await _list(request):
            self._world.put_department(Department.model_validate(given))
        return answer({"ok": True})

    async def put_places(self, request: web.Request) -> web.Response:
        """Replaces the places that members can choose from."""
        self._world.state.places = TypeAdapter(list[Place]).validate_python(await request.json())
        self._world.persons_changed()
        return answer({"ok": True})

    async def phones(self, request: web.Request) -> web.Response:
        userids = TypeAdapter(list[str]).validate_python(await request.json())
        self._world.state.phones = [self._world.person(userid).userid for userid in userids]
        self._world.persons_changed()
        return answer({"ok": True, "phones": self._world.state.phones})

    # time, faults, service

    async def clock(self, request: web.Request) -> web.Response:
        """`{"advance_seconds": N}`, `{"offset_seconds": N}` or `{"to": "tomorrow" | "workday" | "step"}`."""
        given = await _object(request)
        if "to" in given:
            self._world.clock.advance(await self._seconds_to(str(given["to"])))
        elif "advance_seconds" in given:
            self._world.clock.advance(float(given["advance_seconds"]))
        else:
            self._world.clock.set_offset(float(given.get("offset_seconds", 0)))
        self._world.hub.publish("clock", **self._time())
        return answer(self._time())

    async def _seconds_to(self, aim: str) -> float:
        now = self._world.clock.now()
        match aim:
            case "tomorrow":
                return workdays.seconds_to_tomorrow(now)
            case "workday":
                return workdays.seconds_to_morning(now)
            case "step":
                return await upcoming.seconds_to_next_step(self._world.config.service_url, now)
        raise ValueError("to 只能是 tomorrow、workday 或 step")

    async def faults(self, request: web.Request) -> web.Response:
        """`{"name", "path"?, "probability"?, "seconds"?, "after"?}` switches one on, probability 0 ends it;
        `{"clear": true}` ends all; `{"seed": N}` makes the dice repeatable."""
        given = await _object(request)
        if given.pop("clear", False):
            self._world.faults.clear()
        if "seed" in given:
            self._world.faults.seed(int(given.pop("seed")))
        if given:
            self._world.faults.set(**_FaultOrder.model_validate(given).model_dump())
        shown = self._world.faults.shown()
        self._world.hub.publish("faults", **shown)
        return answer(shown)

    async def knobs(self, _: web.Request) -> web.Response:
        return answer(self._world.knobs.model_dump())

    async def turn_knobs(self, request: web.Request) -> web.Response:
        """Changes the named ones; GET lists them all."""
        turned = self._world.knobs.model_dump() | await _object(request)
        self._world.state.knobs = Knobs.model_validate(turned)
        self._world.store.changed()
        return await self.knobs(request)

    async def tokens(self, request: web.Request) -> web.Response:
        """`{"action": "expire"}` (then 42001) or `{"action": "invalidate"}` (then 40014)."""
        action = (await _object(request)).get("action")
        if action not in ("expire", "invalidate"):
            raise ValueError("action 只能是 expire 或 invalidate")
        getattr(self._world.api.tokens, action)()
        return answer({"ok": True})

    async def kill(self, _: web.Request) -> web.Response:
        """Ends the service as a power cut would."""
        pid_file = self._world.config.pid_file
        if pid_file is None or not pid_file.exists():
            raise Refused("不知道服务的进程号，无法断电")
        try:
            os.kill(int(pid_file.read_text()), signal.SIGKILL)
        except ProcessLookupError:
            raise Refused("服务没有在运行") from None
        return answer({"ok": True})

    async def verify_url(self, _: web.Request) -> web.Response:
        return answer({"ok": await self._world.courier.verify_url()})

    async def reset(self, _: web.Request) -> web.Response:
        self._world.reset()
        return answer({"ok": True})

    def _person(self, person: Person) -> Json:
        shown = {
            field: getattr(person, field) for field in ("userid", "name", "org", "title", "role", "status", "visible")
        }
        origin, unread = self._world.webview_origin(person.userid), self._world.unread(person.userid)
        return {**shown, "webview_origin": origin, "unread": unread}

    def _time(self) -> Json:
        return {"now": self._world.clock.now(), "offset_seconds": self._world.clock.offset}

    def _service(self) -> Json:
        config = self._world.config
        public = str(config.members_url).rstrip("/")
        return {"url": config.service_url, "public_url": public, "alive": self._world.service_alive}


class _FaultOrder(BaseModel):
    name: str
    path: str = "all"
    probability: float = 1.0
    seconds: float | None = None
    after: bool | None = None


async def watch(world: World) -> None:
    """Keeps the browser informed whether the service answers; verifies the callback address when it first does."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
        while True:
            alive = await _answers(http, f"{world.config.service_url}/healthz")
            if alive != world.service_alive:
                first = world.service_alive is None and alive
                world.service_alive = alive
                world.hub.publish("service", url=world.config.service_url, alive=alive)
                if first:
                    await world.courier.verify_url()
            await asyncio.sleep(world.config.watch_seconds)


async def _answers(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url) as response:
            return response.status < 500
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _object(request: web.Request) -> Json:
    return TypeAdapter(Json).validate_python(await request.json())


async def _list(request: web.Request) -> list[Json]:
    return TypeAdapter(list[Json]).validate_python(await request.json())


def _dumped(models: Any) -> list[Json]:
    return [model.model_dump() for model in models]
