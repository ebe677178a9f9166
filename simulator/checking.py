"""Small questions about a request's values; each raises the code that WeCom documents for it."""

import re
from collections.abc import Iterable
from typing import Any

from simulator.errors import ApiError
from simulator.state import Json

_URL = re.compile(r"https?://[^\s/]+", re.IGNORECASE)
TEXT_BYTES = 2048


def size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def cut(text: str, limit: int = TEXT_BYTES) -> str:
    """At most `limit` bytes, on a character boundary."""
    return text.encode()[:limit].decode("utf-8", "ignore")


def obj(value: Any, name: str) -> Json:
    if not isinstance(value, dict):
        raise ApiError(40058, f"field `{name}` expect object")
    return value


def text(holder: Json, key: str, *, most: int | None = None, missing: int | None = None) -> str:
    """A string field of at most `most` bytes; `missing` is the code when it is absent or empty."""
    value = holder.get(key)
    if value is None or value == "":
        if missing is not None:
            raise ApiError(missing, f"missing field `{key}`")
        return ""
    if not isinstance(value, str):
        raise ApiError(40058, f"field `{key}` expect string")
    if most is not None and size(value) > most:
        raise ApiError(40058, f"field `{key}` exceed max length {most}")
    return value


def items(holder: Json, key: str, least: int, most: int, *, code: int = 40058) -> list[Json]:
    """A list of objects, absent allowed where `least` is 0."""
    value = holder.get(key)
    if value is None:
        value = []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ApiError(40058, f"field `{key}` expect array")
    if not least <= len(value) <= most:
        raise ApiError(code, f"field `{key}` expect array size in [{least}, {most}]")
    return value


def number(holder: Json, key: str, allowed: Iterable[int], default: int = 0) -> int:
    value = holder.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        raise ApiError(40058, f"invalid field `{key}`")
    return value


def url(holder: Json, key: str, *, required: bool = True) -> str:
    """At most 2048 bytes and with a scheme."""
    value = holder.get(key)
    if not value:
        if required:
            raise ApiError(40094, f"missing field `{key}`")
        return ""
    if not isinstance(value, str) or not _URL.match(value):
        raise ApiError(40094, f"field `{key}`")
    if size(value) > TEXT_BYTES:
        raise ApiError(40039, f"field `{key}`")
    return value


def unique(values: list[str], name: str) -> None:
    if len(set(values)) != len(values):
        raise ApiError(40058, f"field `{name}` repeated")
