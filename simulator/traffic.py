"""Every API call and callback as it passed, without secrets, for the panel and the tests."""

import re
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Literal

from simulator.hub import Hub

_KEPT = 2000
_LONGEST = 6000
_SECRET_KEYS = {"access_token", "corpsecret", "ticket", "user_ticket", "code", "mobile", "email", "biz_mail"}
_SECRET_QUERY = re.compile(rf"\b({'|'.join(_SECRET_KEYS)})=[^&\s\"]+")


@dataclass(frozen=True, slots=True)
class Entry:
    n: int
    at: float
    direction: Literal["callback", "api"]
    method: str
    path: str
    status: int | None
    errcode: int | None
    ms: float
    summary: str
    userid: str | None
    request: Any
    response: Any
    fault: str | None = None


class Traffic:
    """`n` counts up from 1 and starts anew with the process."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._n = 0

    def record(self, *, request: Any, response: Any, **facts: Any) -> Entry:
        self._n += 1
        entry = Entry(n=self._n, request=redacted(request), response=redacted(response), **facts)
        self._entries.append(entry)
        self._hub.publish("traffic", entry=asdict(entry))
        return entry

    def after(self, n: int) -> list[Entry]:
        return [entry for entry in self._entries if entry.n > n]

    def clear(self) -> None:
        self._entries.clear()


def redacted(value: Any) -> Any:
    """The same value without secrets and without the middle of very long texts."""
    if isinstance(value, dict):
        return {key: "***" if key in _SECRET_KEYS and item else redacted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [redacted(item) for item in value]
    if isinstance(value, str):
        short = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…（共 {len(value)} 字符）"
        return _SECRET_QUERY.sub(r"\1=***", short)
    return value
