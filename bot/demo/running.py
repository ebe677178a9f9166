"""``zhian demo``: a simulated WeCom with phones, the service, and invented data; the service is started again when it
is killed, so that one can kill it in the middle of a story and go on."""

import asyncio
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from bot import app, logs
from bot.demo import history, loading, papers
from bot.demo.pictures import ahead, pictures_from
from core import clock
from core.settings import load as load_settings

VAR = Path("var")
PID_FILE = VAR / "service.pid"  # whom the button of the simulator kills
SIMULATOR_PORT = 8090
KINDS = Path(__file__).with_name("kinds.toml")
_READY_SECONDS = 30
_SURELY_UP_SECONDS = 10
# Shared by the service and the simulator of a rehearsal on this machine only; they protect nothing.
REHEARSAL = {
    "ZHIAN_WECOM_CORP_ID": "wwzhiandemo00000001",
    "ZHIAN_WECOM_AGENT_ID": "1000002",
    "ZHIAN_WECOM_SECRET": "rehearsal-app-secret",
    "ZHIAN_WECOM_CALLBACK_TOKEN": "rehearsal",
    "ZHIAN_WECOM_CALLBACK_AES_KEY": "cmVoZWFyc2FsIGtleSBvZiB0aGUgbG9jYWwgV2VDb20",
}


@dataclass(frozen=True)
class Addresses:
    service: str
    simulator: str


def run() -> int:
    """Until Ctrl-C."""
    VAR.mkdir(exist_ok=True)
    where = Addresses(
        f"http://localhost:{os.environ.get('ZHIAN_PORT', '8080')}",
        f"http://localhost:{os.environ.get('ZHIAN_SIMULATOR_PORT', str(SIMULATOR_PORT))}",
    )
    os.environ.update(_environment(where))
    PID_FILE.unlink(missing_ok=True)  # of a run that was killed itself
    try:
        with (VAR / "demo.log").open("a", encoding="utf-8") as log:
            logs.configure(log)
            return asyncio.run(_run(where))
    except KeyboardInterrupt:
        return 0


def _environment(where: Addresses) -> Mapping[str, str]:
    """A rehearsal never touches a station's own settings: what is not its own is set here."""
    return REHEARSAL | {
        "ZHIAN_DATABASE_URL": os.environ.get("ZHIAN_DEMO_DATABASE_URL", f"sqlite://{VAR}/demo.sqlite3"),
        "ZHIAN_MEDIA_URL": f"{VAR}/demo-media",
        "ZHIAN_PUBLIC_URL": where.service,
        "ZHIAN_HOST": "127.0.0.1",
        "ZHIAN_PORT": where.service.rpartition(":")[2],
        "ZHIAN_WECOM_API_URL": where.simulator,
        "ZHIAN_CLOCK_FILE": f"{VAR}/clock.json",
        "ZHIAN_NOTICE_KINDS": str(KINDS),
        "ZHIAN_SECRET_KEY": _secret_key(),
        "ZHIAN_LIFESIGN_URL": "",
        "ZHIAN_QUIET_HOURS": os.environ.get("ZHIAN_QUIET_HOURS", ""),  # whoever tries it at night must see something
    }


def _secret_key() -> str:
    file = VAR / "demo-secret-key"
    if not file.exists():
        file.write_text(secrets.token_urlsafe(32))
        file.chmod(0o600)
    return file.read_text()


async def _run(where: Addresses) -> int:
    stop = _stop_signal()
    for address in (where.service, where.simulator):
        _require_free(int(address.rpartition(":")[2]))
    _say("启动本地企业微信（模拟器）…")
    simulator = _start("simulator", where)
    try:
        await _until_ready(f"{where.simulator}/sim/state", simulator)
        await _fill(where)
        service = asyncio.create_task(_keep_serving(where))
        try:
            await _until_ready(f"{where.service}/healthz", simulator)
            await _greet(where)
            _say(f"好了。请在浏览器中打开 {where.simulator} 查看三部手机（Ctrl-C 结束）。")
            await _first(stop.wait(), service)
        finally:
            service.cancel()
            await asyncio.gather(service, return_exceptions=True)
    finally:
        simulator.terminate()
        await asyncio.to_thread(simulator.wait)
    return 0


def _start(what: str, where: Addresses) -> subprocess.Popen[bytes]:
    port = where.simulator.rpartition(":")[2]
    files = ["--state", VAR / "simulator.json", "--clock-file", VAR / "clock.json", "--pid-file", PID_FILE]
    simulator = ["-m", "simulator", "--port", port, "--service-url", where.service, *map(str, files)]
    arguments = {"simulator": simulator, "service": ["-m", "bot", "serve"]}[what]
    with (VAR / f"{what}.log").open("ab") as log:
        return subprocess.Popen([sys.executable, *arguments], stdout=log, stderr=log)  # noqa: S603  # our own modules


async def _fill(where: Addresses) -> None:
    """Invented data into an empty database; the simulated directory gets its people at every start."""
    settings = load_settings()
    clock.use(clock.Clock(settings.clock_file))
    async with app.house(settings) as parts:
        _say("检查演示数据：一省两市三县、各类工程和人员…")
        pictures = pictures_from(where.simulator)
        if await loading.load():
            pictures = ahead(pictures, history.pictures_shown())
        make_papers = partial(papers.make_papers, parts.printer)
        await history.load_history(parts.engine, parts.store, pictures, make_papers)
    async with aiohttp.ClientSession() as session:
        town = (("persons", loading.directory()), ("phones", loading.PHONES), ("places", loading.places()))
        for path, body in town:
            async with session.post(f"{where.simulator}/sim/{path}", data=json.dumps(body)) as answer:
                answer.raise_for_status()


async def _greet(where: Addresses) -> None:
    """A phone that has nothing in it yet says 帮助, so that nobody begins before an empty screen. It does not tap the
    menu, which the service has not always put there when it first answers."""
    async with aiohttp.ClientSession(f"{where.simulator}/sim/persons/") as session:
        for userid in loading.PHONES:
            async with session.get(f"{userid}/chat") as answer:
                if (await answer.json())["messages"]:
                    continue
            async with session.post(f"{userid}/text", json={"content": "帮助"}) as answer:
                answer.raise_for_status()


async def _first(*things: Coroutine[Any, Any, Any] | asyncio.Task[Any]) -> None:
    """Until one of them ends; what it failed with is raised."""
    tasks = [asyncio.ensure_future(one) for one in things]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    for task in done:
        task.result()


async def _keep_serving(where: Addresses) -> None:
    """Starts the service again whenever it ends; raises when it does not even come up."""
    while True:
        began = time.monotonic()
        service = _start("service", where)
        PID_FILE.write_text(str(service.pid))
        try:
            code = await asyncio.to_thread(service.wait)
        except asyncio.CancelledError:
            service.terminate()
            await asyncio.to_thread(service.wait)
            raise
        finally:
            PID_FILE.unlink(missing_ok=True)  # the number may soon be another program's
        if code > 0 and time.monotonic() - began < _SURELY_UP_SECONDS:
            raise SystemExit(f"服务没有启动成功，原因见 {VAR}/service.log。")
        _say(f"服务已退出（{code}），一秒后重新启动。")
        await asyncio.sleep(1)


def _require_free(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            raise SystemExit(
                f"端口 {port} 已被占用。请先结束占用它的程序，或用 ZHIAN_PORT、ZHIAN_SIMULATOR_PORT 换一个端口再运行。"
            ) from None


async def _until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(_READY_SECONDS):
        while True:
            if process.poll() is not None:
                raise SystemExit(f"模拟器没有启动成功，原因见 {VAR}/simulator.log。")
            try:
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass  # not listening yet
            await asyncio.sleep(0.1)


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def _say(sentence: str) -> None:
    print(sentence, flush=True)
