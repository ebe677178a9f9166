"""How one simulated WeCom is set up. Every value has a default, so that `python -m simulator` runs as it is."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yarl import URL

CORP_ID = "wwzhiandemo00000001"
AGENT_ID = 1000002
# Published nowhere and protecting nothing: the values a service and a simulator share when nobody set others.
SECRET = "simulated-app-secret"  # noqa: S105
CALLBACK_TOKEN = "simulatedtoken"  # noqa: S105
CALLBACK_AES_KEY = "c2ltdWxhdGVkIGtleSBvZiBhIGxvY2FsIFdlQ29tISE"


@dataclass(frozen=True, slots=True)
class Config:
    """`state`, `clock_file` and `pid_file` may be None: then nothing is written (and nothing killed)."""

    host: str = "127.0.0.1"
    port: int = 8090
    service_url: str = "http://localhost:8080"
    public_url: str = ""
    """The service's address as members see it; empty means the same as `service_url`."""
    state: Path | None = None
    clock_file: Path | None = None
    pid_file: Path | None = None
    corp_id: str = CORP_ID
    agent_id: int = AGENT_ID
    secret: str = SECRET
    callback_token: str = CALLBACK_TOKEN
    callback_aes_key: str = CALLBACK_AES_KEY
    app_name: str = "质安"
    patient: bool = False
    """Whether a fresh world keeps retrying callbacks while the service is down (state.Knobs.patient)."""
    watch_seconds: float = 0.0
    """How often to ask whether the service is alive; 0 never asks."""

    @property
    def callback_url(self) -> URL:
        return URL(self.service_url) / "wecom" / "callback"

    @property
    def members_url(self) -> URL:
        return URL(self.public_url or self.service_url)


def app_settings(environ: Mapping[str, str] = os.environ) -> dict[str, str | int]:
    """The played app's values among the service's own settings, as keyword arguments of Config."""
    names = {
        "corp_id": "ZHIAN_WECOM_CORP_ID",
        "agent_id": "ZHIAN_WECOM_AGENT_ID",
        "secret": "ZHIAN_WECOM_SECRET",
        "callback_token": "ZHIAN_WECOM_CALLBACK_TOKEN",
        "callback_aes_key": "ZHIAN_WECOM_CALLBACK_AES_KEY",
        "public_url": "ZHIAN_PUBLIC_URL",
    }
    found = {field: environ[name] for field, name in names.items() if environ.get(name)}
    return {field: int(value) if field == "agent_id" else value for field, value in found.items()}
