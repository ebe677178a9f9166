"""What lies on this machine or right behind it: settings, database, evidence store, disk, calendar."""

import asyncio
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg
from tortoise.exceptions import DBConnectionError, OperationalError

from bot.doctor.finding import Finding, bad, good, note
from core import clock, health, schema
from core import database as db
from core.calendar import counting
from core.calendar.days import LIBRARY_YEARS
from core.errors import Misconfigured
from core.evidence.store import Store
from core.settings import Settings

_PROBE = "doctor/probe.txt"
_GIB = 1024**3
_LITTLE, _TOO_LITTLE = 5 * _GIB, _GIB
_NEXT_YEAR_KNOWN_FROM = 11  # the State Council publishes the next year's holidays in November
UNREACHABLE = (OSError, TimeoutError, asyncpg.PostgresError, DBConnectionError, OperationalError)


def setting(line: str) -> Finding:
    """One line of core.settings.load's refusal."""
    return bad("设置", line, "请照 .env.example 的说明在 .env 或环境变量中改正，再运行一次体检。")


async def settings(given: Settings) -> Sequence[Finding]:
    found = []
    address = urlsplit(given.public_url)
    if address.hostname in ("localhost", "127.0.0.1"):
        found.append(
            note(
                "设置",
                f"对外地址是 {given.public_url}，只有本机能打开。",
                "请把 ZHIAN_PUBLIC_URL 设为成员在手机上能打开的 https 地址。",
            )
        )
    elif address.scheme != "https":
        found.append(
            note("设置", "对外地址不是 https。", "请在反向代理上配置证书，并把 ZHIAN_PUBLIC_URL 改为 https 地址。")
        )
    if given.clock_file is not None:
        found.append(note("设置", "正在使用演练时钟。", "正式使用前请删除设置 ZHIAN_CLOCK_FILE。"))
    return found or [good("设置", "完整。")]


# ── database ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def database(given: Settings) -> Sequence[Finding]:
    """Never makes one: that is the business of ``serve`` and ``migrate``."""
    if given.database_url.startswith("sqlite"):
        file = Path(given.database_url.removeprefix("sqlite://"))
        if not await asyncio.to_thread(file.exists):
            return [note("数据库", f"还没有文件 {file}。", "首次运行 zhian serve 时会自动建立，无需处理。")]
    try:
        await db.open_database(given.database_url)
        try:
            return await _database_state()
        finally:
            await db.close_database()
    except UNREACHABLE as error:
        return [
            bad(
                "数据库",
                f"连接不上（{type(error).__name__}）。",
                "请确认数据库正在运行，并核对 ZHIAN_DATABASE_URL 的主机、库名、用户和密码。",
            )
        ]


async def _database_state() -> Sequence[Finding]:
    await db.rows("SELECT 1 AS one")
    missing, unknown = await _migrations()
    if unknown:
        return [
            bad("数据库", f"结构比程序新（{unknown[0]}）。", "请安装与数据库相同或更新的版本；不要用旧程序写这个库。")
        ]
    if missing:
        return [
            bad("数据库", f"有 {len(missing)} 个结构更新没有执行。", "请运行 zhian migrate，或重新启动 zhian serve。")
        ]
    return [good("数据库", "能连接，结构是最新的。"), *await _queues()]


async def _migrations() -> tuple[list[str], list[str]]:
    """Shipped ones that were not applied, and applied ones that are not shipped."""
    applied, shipped = await schema.applied(), schema.shipped()
    return [name for name in shipped if name not in applied], [name for name in applied if name not in shipped]


async def _queues() -> Sequence[Finding]:
    facts = await health.look()
    found = []
    if facts.outbox_age > 600:
        minutes = int(facts.outbox_age // 60)
        found.append(
            bad(
                "消息队列",
                f"有消息 {minutes} 分钟没有发出，共 {facts.waiting} 条在等。",
                "请看本次体检的“企业微信”一项；若正常，请确认 zhian serve 或 zhian work 正在运行。",
            )
        )
    if facts.failed or facts.uncertain:
        found.append(
            note(
                "消息队列",
                f"{facts.failed} 条没有送达，{facts.uncertain} 条不确定是否送达。",
                "请按 docs/operations.md“没有送达的消息”逐条核实。",
            )
        )
    if facts.forgotten:
        found.append(
            bad(
                "期限",
                f"{facts.forgotten} 个期限已过 5 分钟没有处理。",
                "请重新启动 zhian serve；仍不行请查看日志中的 sweep.failed。",
            )
        )
    if facts.papers_failed:
        found.append(
            bad(
                "文书",
                f"{facts.papers_failed} 份文书没有生成，通知照常有效。",
                "请运行 zhian papers 查看原因；处理好以后，运行 zhian papers --again。",
            )
        )
    return found or [good("消息队列", f"{facts.waiting} 条在等，没有积压。")]


# ── evidence, disk, calendar ─────────────────────────────────────────────────────────────────────────────────────────


async def store(given: Settings) -> Sequence[Finding]:
    written = secrets.token_bytes(16)
    try:
        opened = Store.open(given.media_url)
        await opened.put(_PROBE, written)
        same = await opened.get(_PROBE) == written
    except (OSError, Misconfigured) as error:
        return [
            bad(
                "证据存储",
                f"不能写入（{error.strerror if isinstance(error, OSError) else error}）。",
                "请核对 ZHIAN_MEDIA_URL，并确认运行服务的用户可以写入该文件夹或存储桶。",
            )
        ]
    if not same:
        return [bad("证据存储", "读回的内容与写入的不同。", "请停止使用这个存储，检查磁盘或存储服务。")]
    return [good("证据存储", "能写能读。")]


async def disk(given: Settings) -> Sequence[Finding]:
    folders = {_existing(folder) for folder in _folders(given)}
    return [_space(folder, shutil.disk_usage(folder).free) for folder in sorted(folders)]


def _folders(given: Settings) -> list[Path]:
    found = []
    if given.database_url.startswith("sqlite"):
        found.append(Path(given.database_url.removeprefix("sqlite://")).parent)
    parts = urlsplit(given.media_url)
    if parts.scheme in ("", "file"):
        found.append(Path(unquote(parts.path) if parts.scheme else given.media_url))
    return found


def _existing(folder: Path) -> Path:
    folder = folder.resolve()
    return folder if folder.exists() else _existing(folder.parent)


def _space(folder: Path, free: int) -> Finding:
    found = f"{folder} 剩余 {free / _GIB:.1f} GiB。"
    if free < _TOO_LITTLE:
        return bad("磁盘", found, "请立即清理或扩容；磁盘写满后新的记录和照片都无法保存。")
    if free < _LITTLE:
        return note("磁盘", found, "请尽快清理或扩容。")
    return good("磁盘", found)


async def holidays(given: Settings) -> Sequence[Finding]:
    today, known = clock.today(), {*LIBRARY_YEARS, *await _years_entered(given)}
    if today.year not in known:
        return [
            bad(
                "节假日",
                f"没有 {today.year} 年的放假安排，按工作日计算的期限无法计算。",
                f"请照国务院公布的安排录入：zhian holidays {today.year} 文件；或升级 chinesecalendar。",
            )
        ]
    coming = today.year + 1
    if coming not in known and today.month >= _NEXT_YEAR_KNOWN_FROM:
        return [
            note(
                "节假日",
                f"只有到 {today.year} 年底的放假安排。",
                f"国务院公布明年安排后，请在年底前录入：zhian holidays {coming} 文件；或升级 chinesecalendar。",
            )
        ]
    return [good("节假日", f"放假安排到 {max(known)} 年底。")]


async def _years_entered(given: Settings) -> list[int]:
    """None where the database is not there or not up to date: that is found elsewhere."""
    file = Path(given.database_url.removeprefix("sqlite://"))
    if given.database_url.startswith("sqlite") and not await asyncio.to_thread(file.exists):
        return []
    try:
        await db.open_database(given.database_url)
        try:
            return [plan.year for plan in await counting.entered()]
        finally:
            await db.close_database()
    except UNREACHABLE:
        return []
