"""Every setting of the service, read from the environment or ``.env``."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.coordinates import Datum
from core.errors import Misconfigured

REAL_WECOM = "https://qyapi.weixin.qq.com"
CALLBACK_PATH = "/wecom/callback"  # fixed: it stands in every station's WeCom console


def _no_slash(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return url.rstrip("/")


def _tiles(url: str) -> str:
    """The policy of a page with a map names its host, which therefore is one."""
    named = re.fullmatch(r"https?://[\w.:-]+/[^\s;,]+", url) and all(part in url for part in ("{z}", "{x}", "{y}"))
    if url and not named:
        raise ValueError("must be http(s)://host/… with {z}, {x} and {y}")
    return url


Tiles = Annotated[str, AfterValidator(_tiles)]
Address = Annotated[str, AfterValidator(_no_slash)]


class Settings(BaseSettings):
    """Names and defaults are fixed: operators, Compose files and the simulator rely on them."""

    model_config = SettingsConfigDict(env_prefix="ZHIAN_", env_file=".env", extra="ignore", hide_input_in_errors=True)

    database_url: str = Field("sqlite://var/zhian.sqlite3", description="SQLite file or PostgreSQL address")
    media_url: str = Field("var/media", description="folder or S3-compatible address that keeps evidence")
    public_url: Address = Field("http://localhost:8080", description="address under which members reach the pages")
    secret_key: str = Field(min_length=32, description="signs sessions; at least 32 characters, keep it secret")
    wecom_api_url: Address = Field(REAL_WECOM, description="WeCom's API; a rehearsal points it at the simulator")
    wecom_corp_id: str = Field(min_length=1, description="企业ID of the corp")
    wecom_agent_id: int = Field(description="AgentId of the app")
    wecom_secret: str = Field(min_length=1, description="Secret of the app")
    wecom_callback_token: str = Field(
        min_length=1, max_length=32, pattern=r"^[0-9A-Za-z]+$", description="Token of 接收消息"
    )
    wecom_callback_aes_key: str = Field(pattern=r"^[0-9A-Za-z]{43}$", description="EncodingAESKey of 接收消息")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="port to listen on")
    domain_folder: Path = Field(Path("var/domain"), description="holds the WW_verify_*.txt files of 可信域名")
    keep_days: int = Field(30, ge=7, le=3650, description="how long callbacks and messages are kept once they are over")
    quiet_hours: str = Field(
        "20:00-08:30",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$",
        description="between these times and on days off, ordinary messages wait; empty: never",
    )
    digest_at: str = Field(
        "08:30",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="when chiefs get the morning digest on working days; empty: never",
    )
    lifesign_url: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="an outside watchman's address, called while deadlines and messages are looked after",
    )
    notice_kinds: Path | None = Field(None, description="a station's own kinds of notices, as docs/notices.md shows")
    seals: Path | None = Field(None, description="a folder with the stations' seals, as docs/papers.md shows")
    wecom_script: str = Field(
        "https://wwcdn.weixin.qq.com/node/open/js/wecom-jssdk-2.0.2.js",
        pattern=r"^(https?://[^\s/;,{}]+/[^\s;,]+)?$",
        description="WeCom's script for pages (path/98560); empty: pages use the browser's own position",
    )
    map_tiles: Tiles = Field("", description="address of map tiles with {z}, {x} and {y}; empty: a plain grid")
    map_attribution: str = Field("", max_length=200, description="whose map the tiles are, shown in its corner")
    map_datum: Datum = Field(Datum.GCJ02, description="system of the tiles: gcj02 or wgs84")
    behind_proxy: bool = Field(False, description="a reverse proxy names who asks in X-Forwarded-For")
    metrics_token: str = Field(
        "", pattern=r"^(\S{16,})?$", description="lets a monitor from another machine read /metrics"
    )
    clock_file: Path | None = Field(None, description="rehearsals only: a file whose offset moves the clock")


def load() -> Settings:
    """Raises Misconfigured with one line per setting that is missing or malformed."""
    try:
        return Settings()
    except ValidationError as error:
        raise Misconfigured("\n".join(_sentence(dict(e)) for e in error.errors())) from None


def _sentence(error: dict[str, object]) -> str:
    name = str(error["loc"][0])  # type: ignore[index]
    field = Settings.model_fields.get(name)
    use = field.description if field else ""
    problem = "is missing" if error["type"] == "missing" else f"is malformed: {error['msg']}"
    return f"ZHIAN_{name.upper()} {problem} ({use}). Set it in the environment or in .env."
