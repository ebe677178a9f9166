"""Structured logs: a stable action name and ids, one JSON line each; no secrets, no personal data.

An exception's words may quote what a member typed or a database row, so they are written down only for the kinds whose
words are known to be harmless; of all others the log says what kind it was and where it happened.
"""

import logging
import re
import sqlite3
import sys
import traceback
from collections.abc import Callable, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import asyncpg
import structlog
from pydantic import ValidationError
from tortoise.exceptions import BaseORMException

from wecom.errors import WeComError, scrub

Event = MutableMapping[str, Any]
_FRAMES = 12
_CAUSES = 4
_ROOMS = re.compile(r".*?/(?=(?:attendance|bot|checks|core|h5|notices|webhooks|wecom)/[^/]|site-packages/)")
_MOBILE = re.compile(r"(?<!\d)1\d{10}(?!\d)")


def configure(stream: TextIO = sys.stderr) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _failure,
            _masked,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Libraries()], force=True)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


class _Libraries(logging.Handler):
    """What libraries have to say, without the values they would fill in."""

    def emit(self, record: logging.LogRecord) -> None:
        said = str(record.msg).partition("\n")[0]
        level = min(max(record.levelno, logging.INFO), logging.ERROR)
        structlog.get_logger().log(level, "library", library=record.name, said=said, exc_info=record.exc_info)


def _failure(_logger: object, _method: str, event: Event) -> Event:
    given = event.pop("exc_info", None)
    error = sys.exception() if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["failure"] = _told(error, _CAUSES)
    return event


def _told(error: BaseException, causes: int) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": type(error).__name__, "said": _harmless(error), "at": _places(error.__traceback__)}
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and causes:
        told["because"] = _told(before, causes - 1)
    return {name: value for name, value in told.items() if value}


def _harmless(error: BaseException) -> str:
    if isinstance(error, BaseORMException) and error.args and isinstance(error.args[0], Exception):
        return _harmless(error.args[0])
    return next((said(error) for kind, said in _HARMLESS.items() if isinstance(error, kind)), "")


def _wecom(error: Any) -> str:
    return f"{error} {error.detail}".strip()


def _postgresql(error: Any) -> str:
    """Its words may quote a row; the constraint says enough."""
    return " ".join(filter(None, (error.sqlstate, error.table_name, error.constraint_name)))


def _invalid(error: Any) -> str:
    return ", ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors(include_input=False))


_HARMLESS: dict[type[BaseException], Callable[[Any], str]] = {
    WeComError: _wecom,
    asyncpg.PostgresError: _postgresql,
    sqlite3.Error: str,
    OSError: lambda error: error.strerror or "",
    ValidationError: _invalid,
}


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return [f"{_ROOMS.sub('', Path(frame.filename).as_posix())}:{frame.lineno} {frame.name}" for frame in frames]


def _masked(_logger: object, _method: str, event: Event) -> Event:
    """The last net. Many corps take mobiles or names as user ids, so of those only the ends are shown."""
    for name, value in event.items():
        if name == "userid":
            event[name] = f"{str(value)[:1]}…{str(value)[-1:]}"
        elif isinstance(value, str) and name != "timestamp":
            event[name] = _MOBILE.sub("1**********", scrub(value))
    return event
