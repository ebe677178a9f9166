"""What lies outside: clocks, WeCom's answer to our credentials, and our own addresses as WeCom and members see them."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp

from bot.doctor.finding import Finding, bad, good, note
from bot.doctor.machine import UNREACHABLE
from core import clock, database
from core.settings import CALLBACK_PATH, Settings
from wecom.client import Client
from wecom.crypto import Crypto
from wecom.errors import NO_ANSWER, WeComError
from wecom.tokens import MemoryTokens

_SKEW = timedelta(seconds=30)
_CONNECT_SECONDS = 10
_WECOMS_PATIENCE = timedelta(seconds=1)  # for the check of a callback address (path/90930)
_SET_THE_CLOCK = "请在服务器上启用时间同步（chrony 或 systemd-timesyncd），确认时间正确后重启服务。"


# ── clocks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def clocks(settings: Settings, session: aiohttp.ClientSession) -> Sequence[Finding]:
    """This machine against the database's and against WeCom's; a rehearsal's offset does not count."""
    others = {"数据库服务器": await _database_time(settings), "企业微信": await _wecom_time(settings, session)}
    skews = {name: clock.Clock().now() - there for name, there in others.items() if there is not None}
    wrong = [(name, skew) for name, skew in skews.items() if abs(skew) > _SKEW]
    if wrong:
        return [
            bad("时钟", f"本机与{name}相差 {abs(skew).total_seconds():.0f} 秒。", _SET_THE_CLOCK)
            for name, skew in wrong
        ]
    if not skews:
        return [note("时钟", "没有可以对照的时间。", "先处理数据库和企业微信两项，再运行一次体检。")]
    return [good("时钟", f"与{'、'.join(skews)}一致。")]


async def _database_time(settings: Settings) -> datetime | None:
    """None where the file is the database, or where the check of the database says more."""
    if settings.database_url.startswith("sqlite"):
        return None
    try:
        await database.open_database(settings.database_url)
        try:
            now: datetime = (await database.rows("SELECT clock_timestamp() AS now"))[0]["now"]
        finally:
            await database.close_database()
    except UNREACHABLE:
        return None
    return now


async def _wecom_time(settings: Settings, session: aiohttp.ClientSession) -> datetime | None:
    try:
        async with session.get(f"{settings.wecom_api_url}/cgi-bin/getcallbackip", allow_redirects=False) as answer:
            return parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, OSError, KeyError, ValueError):
        return None


# ── WeCom ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def app(settings: Settings, session: aiohttp.ClientSession) -> Sequence[Finding]:
    """With a token of its own: the one that the replicas share says nothing about the secret that is set now."""
    client = Client(
        settings.wecom_api_url,
        settings.wecom_corp_id,
        settings.wecom_secret,
        settings.wecom_agent_id,
        MemoryTokens(),
        session,
        clock.now,
    )
    try:
        await client.getcallbackip()
        agent = await client.agent_get()
    except WeComError as error:
        if error.code == NO_ANSWER:
            return [
                bad(
                    "企业微信",
                    f"{settings.wecom_api_url} 没有回答。",
                    "请确认服务器能访问外网的 443 端口，并核对 ZHIAN_WECOM_API_URL。",
                )
            ]
        return [bad("企业微信", f"拒绝了我们的请求（{error.code}）。", error.hint)]
    if agent.closed:
        return [bad("企业微信", "应用已停用。", "请在管理后台启用该应用。")]
    found = [good("企业微信", "企业 ID、Secret 和 AgentId 都正确，应用已启用。")]
    if not (agent.users or agent.parties or agent.tags):
        found.append(bad("企业微信", "应用的可见范围是空的，没有人能使用。", "请在管理后台设置应用的可见范围。"))
    return found


# ── our addresses ────────────────────────────────────────────────────────────────────────────────────────────────────


async def callback_address(settings: Settings, session: aiohttp.ClientSession) -> Sequence[Finding]:
    """The very GET with which WeCom checks the address, over the public way."""
    crypto = Crypto(settings.wecom_callback_token, settings.wecom_callback_aes_key, settings.wecom_corp_id)
    echo, nonce = str(secrets.randbelow(10**16)), secrets.token_hex(8)
    sealed, at = crypto.encrypt(echo.encode()), clock.now()
    stamp = str(int(at.timestamp()))
    query = {
        "msg_signature": crypto.signature(stamp, nonce, sealed),
        "timestamp": stamp,
        "nonce": nonce,
        "echostr": sealed,
    }
    try:
        async with session.get(settings.public_url + CALLBACK_PATH, params=query, allow_redirects=False) as answer:
            text = await answer.text()
    except (aiohttp.ClientError, OSError) as error:
        return [
            bad(
                "回调地址",
                f"{settings.public_url}{CALLBACK_PATH} 打不开（{type(error).__name__}）。",
                "请确认 zhian serve 正在运行、域名解析正确、反向代理转发到了服务的端口。",
            )
        ]
    return [_echoed(answer.status, text == echo, clock.now() - at)]


def _echoed(status: int, same: bool, took: timedelta) -> Finding:
    if status == 403:
        return bad(
            "回调地址",
            "运行中的服务不认我们的签名。",
            "请核对 ZHIAN_WECOM_CALLBACK_TOKEN、AES_KEY 和企业 ID 与管理后台“接收消息”一致，并重启服务。",
        )
    if not same:
        return bad(
            "回调地址",
            f"回答的不是本服务（HTTP {status}）。",
            "请检查反向代理：/wecom/callback 必须原样转发到 zhian serve，不能跳转或要求登录。",
        )
    if took > _WECOMS_PATIENCE:
        return note(
            "回调地址",
            f"回答用了 {took.total_seconds():.1f} 秒，企业微信保存地址时只等 1 秒。",
            "请检查服务器负载和到公网的线路。",
        )
    return good("回调地址", "能打开，签名正确。")


async def domain(settings: Settings, session: aiohttp.ClientSession) -> Sequence[Finding]:
    files = sorted(settings.domain_folder.glob("WW_verify_*.txt"))
    host = urlsplit(settings.public_url).hostname
    if not files:
        return [
            note(
                "可信域名",
                f"{settings.domain_folder} 中没有 WW_verify_….txt 文件。",
                f"在管理后台为 {host} 申请校验文件后放入该文件夹；否则页面不能拍照和定位。",
            )
        ]
    for file in files:
        if await _body(session, f"{settings.public_url}/{file.name}") != file.read_bytes():
            return [
                bad(
                    "可信域名",
                    f"从 {host} 取不到 {file.name}。",
                    "请让反向代理把根目录下的 WW_verify_*.txt 转发到 zhian serve。",
                )
            ]
    return [good("可信域名", f"{host} 的校验文件能取到。")]


# ── who watches us ───────────────────────────────────────────────────────────────────────────────────────────────────


async def watchman(settings: Settings) -> Sequence[Finding]:
    """Only whether he can be reached: a call would tell him that all is well."""
    there = urlsplit(settings.lifesign_url)
    if not there.hostname:
        return [note("守护哨", "没有设置，服务停了没有人知道。", "请照 docs/operations.md 设置 ZHIAN_LIFESIGN_URL。")]
    port = there.port or {"http": 80, "https": 443}[there.scheme]
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(there.hostname, port)
    except (OSError, TimeoutError) as error:
        found = f"{there.hostname} 连不上（{type(error).__name__}）。"
        return [bad("守护哨", found, "请核对 ZHIAN_LIFESIGN_URL，并确认服务器能访问外网。")]
    writer.close()
    return [good("守护哨", f"{there.hostname} 能连上。")]


async def _body(session: aiohttp.ClientSession, url: str) -> bytes:
    try:
        async with session.get(url, allow_redirects=False) as answer:
            return await answer.read()
    except (aiohttp.ClientError, OSError):
        return b""
