"""``zhian doctor`` (体检): looks at everything that a running service needs and says in plain Chinese what to do.

It changes nothing but one probe file in the evidence store, and works while the service runs or stands still.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import aiohttp
import structlog

from bot import logs
from bot.doctor import machine, platform, seals
from bot.doctor.finding import Finding, Level, bad
from core import clock
from core.errors import Misconfigured
from core.settings import Settings, load

log = structlog.get_logger()

Check = Callable[[], Awaitable[Sequence[Finding]]]


def run() -> int:
    """Prints the findings; 1 when something keeps the service from working."""
    logs.configure()
    try:
        settings = load()
    except Misconfigured as error:
        findings = [machine.setting(line) for line in str(error).splitlines()]
        return _sum_up([_shown(finding) for finding in findings])
    clock.use(clock.Clock(settings.clock_file))
    return asyncio.run(_examine(settings))


async def _examine(settings: Settings) -> int:
    return _sum_up([_shown(finding) async for finding in findings_for(settings)])


async def findings_for(settings: Settings) -> AsyncIterator[Finding]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        for what, check in _checks(settings, session):
            for finding in await _checked(what, check):
                yield finding


def _checks(settings: Settings, session: aiohttp.ClientSession) -> list[tuple[str, Check]]:
    return [
        ("设置", lambda: machine.settings(settings)),
        ("数据库", lambda: machine.database(settings)),
        ("证据存储", lambda: machine.store(settings)),
        ("印章", lambda: seals.pictures(settings)),
        ("磁盘", lambda: machine.disk(settings)),
        ("节假日", lambda: machine.holidays(settings)),
        ("时钟", lambda: platform.clocks(settings, session)),
        ("企业微信", lambda: platform.app(settings, session)),
        ("回调地址", lambda: platform.callback_address(settings, session)),
        ("可信域名", lambda: platform.domain(settings, session)),
        ("守护哨", lambda: platform.watchman(settings)),
    ]


async def _checked(what: str, check: Check) -> Sequence[Finding]:
    try:
        return await check()
    except Exception as error:
        log.exception("doctor.check_failed", check=what)
        return [bad(what, f"检查没有做完（{type(error).__name__}）。", "请把上面这一行日志交给开发人员。")]


def _shown(finding: Finding) -> Finding:
    print(finding, flush=True)
    return finding


def _sum_up(findings: Sequence[Finding]) -> int:
    count = {level: sum(finding.level is level for finding in findings) for level in Level}
    print(f"\n体检完成：{count[Level.GOOD]} 项正常，{count[Level.NOTE]} 项提醒，{count[Level.BAD]} 项必须处理。")
    return 1 if count[Level.BAD] else 0
