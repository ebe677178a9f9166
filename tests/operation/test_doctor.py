"""`zhian doctor` finds what is wrong, says what to do in one sentence, and its exit code tells machines."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.doctor import machine, platform
from bot.doctor.finding import Finding, Level
from core import clock, database
from core.cases.models import Delivery, OutboxRow
from core.schema import shipped
from core.settings import Settings
from tests.operation.fleet import ROOT, Fleet, fleet, inhabited
from tests.town import MovedClock

Found = list[tuple[str, str]]


@pytest.fixture
async def ships(migrated_url: str, tmp_path: Path) -> AsyncIterator[Fleet]:
    async with fleet(migrated_url, tmp_path) as made:
        yield made


async def examine(ships: Fleet, **changed: str) -> tuple[int, Found, str]:
    """Exit code, the mark of each thing looked at, and all that was said."""
    environment = ships.environment | {f"ZHIAN_{name}": value for name, value in changed.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "doctor"),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    said = (await process.communicate())[0].decode()
    return process.returncode or 0, re.findall(r"^([✓！✗]) ([^：]+)：", said, flags=re.M), said


async def test_a_healthy_service_passes(ships: Fleet, tmp_path: Path) -> None:
    (tmp_path / "WW_verify_Ab3.txt").write_text("Ab3")
    ships.environment["ZHIAN_DOMAIN_FOLDER"] = str(tmp_path)
    replica = await ships.serve()
    async with inhabited(ships) as town:
        await town.settle()
        code, found, said = await examine(ships, PUBLIC_URL=replica.address)
    assert (code, [what for mark, what in found if mark == "✗"]) == (0, [])
    healthy = {"数据库", "消息队列", "证据存储", "磁盘", "时钟", "企业微信", "回调地址", "可信域名"}
    assert {what for mark, what in found if mark == "✓"} >= healthy, said


async def test_everything_that_is_away_is_named_with_a_remedy(ships: Fleet, tmp_path: Path) -> None:
    """A database, a WeCom and a service that do not answer, and a store that cannot be written."""
    (tmp_path / "file").touch()
    away = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
        "WECOM_API_URL": "http://127.0.0.1:9",
        "PUBLIC_URL": "http://127.0.0.1:9",
        "MEDIA_URL": str(tmp_path / "file" / "media"),
    }
    code, found, said = await examine(ships, **away)
    wrong = [what for mark, what in found if mark == "✗"]
    assert (code, wrong) == (1, ["数据库", "证据存储", "企业微信", "回调地址"])
    assert said.count("    处理：") == len([mark for mark, _ in found if mark != "✓"])
    assert said.rstrip().endswith("4 项必须处理。")


async def test_malformed_settings_are_findings(ships: Fleet) -> None:
    code, found, said = await examine(ships, SECRET_KEY="short", WECOM_AGENT_ID="none")
    assert (code, found) == (1, [("✗", "设置"), ("✗", "设置")])
    assert "short" not in said


async def test_a_wrong_secret_and_a_foreign_token_are_told_apart(ships: Fleet) -> None:
    replica = await ships.serve()
    async with inhabited(ships):
        wrong = {"WECOM_SECRET": "another", "WECOM_CALLBACK_TOKEN": "another"}
        code, found, said = await examine(ships, PUBLIC_URL=replica.address, **wrong)
    assert (code, [what for mark, what in found if mark == "✗"]) == (1, ["企业微信", "回调地址"])
    assert "应用的 Secret 不正确" in said
    assert "运行中的服务不认我们的签名" in said


# One check at a time


def told(findings: Any) -> list[tuple[Level, str]]:
    return [(finding.level, finding.found) for finding in findings]


def with_settings(**changed: Any) -> Settings:
    given: dict[str, Any] = {
        "secret_key": "a key for stories that protects nothing", "wecom_corp_id": "ww1", "wecom_agent_id": 1,
        "wecom_secret": "s", "wecom_callback_token": "t", "wecom_callback_aes_key": "a" * 43,
    }  # fmt: skip
    return Settings(_env_file=None, **(given | changed))


async def test_an_empty_database_is_not_migrated_by_looking(database_url: str) -> None:
    found = told(await machine.database(with_settings(database_url=database_url)))
    if database_url.startswith("sqlite"):
        file = database_url.removeprefix("sqlite://")
        assert found == [(Level.NOTE, f"还没有文件 {file}。")]
        assert not await asyncio.to_thread(Path(file).exists)
    else:
        assert found == [(Level.BAD, f"有 {len(shipped())} 个结构更新没有执行。")]


async def test_a_database_of_a_newer_version_is_named(migrated_url: str) -> None:
    await database.open_database(migrated_url)
    await database.rows(
        "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('zhian', '0999_future', $1) RETURNING id",
        clock.now(),
    )
    await database.close_database()
    assert told(await machine.database(with_settings(database_url=migrated_url))) == [
        (Level.BAD, "结构比程序新（0999_future）。")
    ]


async def test_messages_that_need_a_person_are_counted(migrated_url: str) -> None:
    await database.open_database(migrated_url)
    now = clock.now()
    for n, (state, since) in enumerate(
        [(Delivery.FAILED, now), (Delivery.UNCERTAIN, now), (Delivery.PENDING, now - timedelta(minutes=20))]
    ):
        await OutboxRow.create(
            dedupe_key=str(n), person_id=1, recipient="lin", kind="text", body="x", state=state, not_before=since,
            created_at=since,
        )  # fmt: skip
    await database.close_database()
    assert told(await machine.database(with_settings(database_url=migrated_url)))[1:] == [
        (Level.BAD, "有消息 20 分钟没有发出，共 1 条在等。"),
        (Level.NOTE, "1 条没有送达，1 条不确定是否送达。"),
    ]


@pytest.mark.parametrize(
    ("free", "level"), [(500 * 1024**2, Level.BAD), (3 * 1024**3, Level.NOTE), (90 * 1024**3, Level.GOOD)]
)
def test_the_disk_warns_before_it_is_full(free: int, level: Level) -> None:
    assert machine._space(Path("var"), free).level is level


@pytest.mark.parametrize(
    ("today", "level"),
    [(date(2026, 10, 31), Level.GOOD), (date(2026, 11, 1), Level.NOTE), (date(2027, 1, 1), Level.BAD)],
)
async def test_the_end_of_the_known_holidays_is_seen_coming(
    today: date, level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: today)
    assert [finding.level for finding in await machine.holidays(with_settings())] == [level]


async def test_a_clock_that_is_wrong_is_told_against_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    async def late(_request: web.Request) -> web.Response:
        return web.Response(headers={"Date": "Sat, 21 Nov 2020 03:00:00 GMT"})

    app = web.Application()
    app.router.add_get("/cgi-bin/getcallbackip", late)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        given = with_settings(wecom_api_url=str(server.make_url("")), database_url="sqlite://nowhere")
        found = await platform.clocks(given, session)
    assert [(f.level, f.found.startswith("本机与企业微信相差 ")) for f in found] == [(Level.BAD, True)]


async def test_a_rehearsals_clock_is_noticed_and_does_not_disturb(tmp_path: Path) -> None:
    moved = MovedClock()
    moved.moved += timedelta(days=30)
    before = clock.use(moved)
    found = await machine.settings(
        with_settings(clock_file=tmp_path / "clock.json", public_url="https://zhian.example")
    )
    clock.use(before)
    assert told(found) == [(Level.NOTE, "正在使用演练时钟。")]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://zhian.example", (Level.GOOD, "完整。")),
        ("http://zhian.example", (Level.NOTE, "对外地址不是 https。")),
        ("http://localhost:8080", (Level.NOTE, "对外地址是 http://localhost:8080，只有本机能打开。")),
    ],
)
async def test_an_address_that_phones_cannot_open_is_noticed(address: str, found: tuple[Level, str]) -> None:
    assert told(await machine.settings(with_settings(public_url=address))) == [found]


async def test_a_proxy_that_answers_by_itself_is_noticed() -> None:
    async def log_in(_request: web.Request) -> web.Response:
        return web.Response(text="<html>please log in</html>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/{path:.*}", log_in)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        given = with_settings(public_url=str(server.make_url("")))
        found = await platform.callback_address(given, session)
    assert told(found) == [(Level.BAD, "回答的不是本服务（HTTP 200）。")]


async def test_a_domain_file_that_cannot_be_fetched_is_named(tmp_path: Path) -> None:
    (tmp_path / "WW_verify_Ab3.txt").write_text("Ab3")
    given = with_settings(public_url="http://127.0.0.1:9", domain_folder=tmp_path)
    async with aiohttp.ClientSession() as session:
        assert told(await platform.domain(given, session)) == [(Level.BAD, "从 127.0.0.1 取不到 WW_verify_Ab3.txt。")]


def test_a_finding_reads_as_two_lines() -> None:
    assert str(Finding(Level.BAD, "磁盘", "满了。", "请清理。")) == "✗ 磁盘：满了。\n    处理：请清理。"
