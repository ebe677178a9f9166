"""The interface of the browser and the tests, and what survives a restart."""

import asyncio
import json
import signal
import socket
import sys
from pathlib import Path

import pytest
from aiohttp import ClientSession

from simulator.__main__ import main
from simulator.app import running
from simulator.config import Config
from simulator.store import BadState
from simulator.world import World
from tests.simulator.conftest import PEOPLE, Caller


async def test_the_state_tells_who_is_there(api: Caller, world: World) -> None:
    await api.sim("/phones", ["linyue", "zhaoning"])
    await api.send("LinYue")
    state = await api.sim("/state")

    assert state["app"] == {"name": "质安", "agentid": 1000002}
    assert state["phones"] == ["LinYue", "zhaoning"]
    assert state["persons"][0] == {
        "userid": "LinYue",
        "name": "林越",
        "org": "椰城监督站",
        "title": "监督员",
        "role": "",
        "status": 1,
        "visible": True,
        "webview_origin": world.webview_origin("LinYue"),
        "unread": 1,
    }


async def test_opening_the_chat_reads_it(api: Caller, world: World) -> None:
    await api.send("LinYue")
    await api.sim("/persons/LinYue/enter", {})

    assert world.unread("LinYue") == 0


async def test_a_chat_shows_both_sides(api: Caller, world: World) -> None:
    await api.sim("/persons/LinYue/text", {"content": "在吗"})
    await api.send("LinYue", "markdown", markdown={"content": "**在**"})
    messages = (await api.sim("/persons/LinYue/chat"))["messages"]

    assert [(m["from"], m["kind"], m["content"]) for m in messages] == [
        ("member", "text", "在吗"),
        ("app", "markdown", "**在**"),
    ]


async def test_persons_can_be_added_and_changed(api: Caller, world: World) -> None:
    await api.sim("/persons", [{"userid": "suqing", "name": "苏青", "title": "总监"}])
    await api.sim("/persons", [{"userid": "SuQing", "title": "总监理工程师"}])

    assert (world.person("suqing").name, world.person("suqing").title) == ("苏青", "总监理工程师")


async def test_unknown_people_and_wrong_requests_get_sentences(api: Caller) -> None:
    assert await api.sim("/persons/nobody/text", {"content": "好"}) == {"error": "没有成员“nobody”"}
    assert await api.sim("/persons/LinYue/text", {}) == {"error": "请求里的这些内容不对：content"}


async def test_the_stream_tells_what_happens(api: Caller, world: World) -> None:
    async with api.http.get(f"{api.base}/sim/events") as stream:
        await stream.content.readline()
        await api.send("LinYue")
        lines = [(await stream.content.readline()).decode().strip() for _ in range(3)]

    assert lines[1] == "event: message"
    told = json.loads(lines[2].removeprefix("data: "))
    assert (told["userid"], told["message"]["content"]) == ("LinYue", "你好")


async def test_the_traffic_keeps_no_secrets(api: Caller, world: World) -> None:
    await api.get_token()
    await api.post("user/getuserid", {"mobile": "10000000001"})
    entries = (await api.sim("/traffic?after=0"))["entries"]

    text = json.dumps(entries)
    assert api.token not in text
    assert Config().secret not in text
    assert "10000000001" not in text
    assert [entry["n"] for entry in (await api.sim(f"/traffic?after={entries[0]['n']}"))["entries"]] == [
        entry["n"] for entry in entries[1:]
    ]


async def test_the_clock_moves_for_both(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    async with running(Config(port=0, clock_file=file)) as world, ClientSession() as http:
        moved = await Caller(http, world.base_url).sim("/clock", {"advance_seconds": 3600})

    assert moved["offset_seconds"] == 3600
    assert json.loads(file.read_text()) == {"offset_seconds": 3600}


async def test_everything_survives_a_restart(tmp_path: Path) -> None:
    config = Config(port=0, state=tmp_path / "simulator.json", service_url="http://127.0.0.1:1")
    async with running(config) as world, ClientSession() as http:
        world.put_person(PEOPLE[0])
        api = Caller(http, world.base_url)
        await api.get_token()
        await api.send("LinYue")
        media_id = world.send_image("LinYue", b"\xff\xd8\xff picture").body["media_id"]

    async with running(config) as world:
        assert [message.kind for message in world.chat("LinYue")] == ["text", "image"]
        assert world.store.media(media_id) == b"\xff\xd8\xff picture"


async def test_a_snapshot_follows_a_change_by_itself(tmp_path: Path) -> None:
    file = tmp_path / "simulator.json"
    async with running(Config(port=0, state=file)) as world:
        world.put_person(PEOPLE[0])
        await world.store.written()

        assert "linyue" in json.loads(file.read_text())["persons"]


async def test_pulling_the_plug_kills_the_service(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(60)")
    pid_file = tmp_path / "service.pid"
    pid_file.write_text(f"{process.pid}\n")
    async with running(Config(port=0, pid_file=pid_file)) as world, ClientSession() as http:
        assert await Caller(http, world.base_url).sim("/service/kill", {}) == {"ok": True}

    assert await process.wait() == -signal.SIGKILL


async def test_a_reset_forgets_everything(api: Caller, world: World) -> None:
    await api.send("LinYue")
    await api.sim("/reset", {})

    assert (await api.sim("/state"))["persons"] == []


async def test_knobs_can_be_turned(api: Caller, world: World) -> None:
    turned = await api.sim("/knobs", {"patient": True, "callback_retries": 1})

    assert (turned["patient"], turned["callback_retries"]) == (True, 1)
    assert world.knobs.patient


def test_a_state_file_of_another_kind_is_named(tmp_path: Path) -> None:
    file = tmp_path / "simulator.json"
    file.write_text('{"persons": 7}')

    with pytest.raises(BadState, match=r"simulator\.json 不是这一版模拟器的状态文件"):
        World(Config(state=file))


def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(sys, "argv", ["simulator", "--port", str(port), "--state", str(tmp_path / "state.json")])

        with pytest.raises(SystemExit, match=f"端口 {port} 已被占用"):
            main()
