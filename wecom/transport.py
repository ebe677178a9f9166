"""One HTTP exchange with WeCom's interface: what went out, what came back, and what it means that nothing did."""

import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import aiohttp

from wecom import errors
from wecom.errors import WeComError
from wecom.gate import Gate, OpenGate
from wecom.text import clean

ANSWER_LIMIT = 16 * 1024 * 1024
CALL = aiohttp.ClientTimeout(total=10, sock_connect=3)
TRANSFER = aiohttp.ClientTimeout(total=60, sock_connect=3, sock_read=15)

_CHUNK = 64 * 1024
_TOO_LARGE = 45001


@dataclass(frozen=True, slots=True)
class Upload:
    content: bytes = field(repr=False)
    filename: str
    content_type: str

    def form(self) -> aiohttp.FormData:
        # quote_fields off: WeCom wants raw UTF-8 in filename="…" and does not understand filename*=.
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("media", self.content, filename=file_name(self.filename), content_type=self.content_type)
        return form


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict, repr=False)
    data: bytes | Upload | None = field(default=None, repr=False)
    timeout: aiohttp.ClientTimeout | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """`filename` is the bare name WeCom states, or empty; never a path."""

    content: bytes = field(repr=False)
    content_type: str
    filename: str


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    content_type: str
    filename: str
    body: bytes = field(repr=False)


class Transport:
    def __init__(self, api_url: str, session: aiohttp.ClientSession, gate: Gate | None = None) -> None:
        self._base = api_url.rstrip("/")
        self._session = session
        self._gate = gate or OpenGate()

    async def call(self, request: Request, secrets: dict[str, str]) -> dict[str, Any]:
        """The answer's object; raises WeComError for every code but 0. `secrets` goes into the query as well."""
        async with self._gate.call(request.path):
            answer = await self._exchange(request, secrets, ANSWER_LIMIT)
            value = _object(answer.body)
            if answer.status != 200 or value is None:
                raise _unreadable(request, answer)
            _check(value)
            return value

    async def fetch(self, request: Request, secrets: dict[str, str], limit: int) -> Media:
        """A file of at most `limit` bytes; a larger one is WeComError 45001."""
        async with self._gate.call(request.path):
            answer = await self._exchange(request, secrets, limit)
            _check(_error_in(answer))
            if answer.status != 200 or not answer.body or _is_no_file(answer):
                raise _unreadable(request, answer)
        return Media(answer.body, answer.content_type, answer.filename)

    async def _exchange(self, request: Request, secrets: dict[str, str], limit: int) -> _Answer:
        failure: WeComError
        try:
            return await self._send(request, secrets, limit)
        except (aiohttp.ClientError, OSError) as error:
            # The exception itself may hold the address with its token, so nothing of it but its kind goes on.
            failure = _broken(request, error)
        raise failure

    async def _send(self, request: Request, secrets: dict[str, str], limit: int) -> _Answer:
        async with self._session.request(
            request.method,
            f"{self._base}/cgi-bin/{request.path}",
            params={**request.query, **secrets},
            data=request.data.form() if isinstance(request.data, Upload) else request.data,
            headers={"Content-Type": "application/json; charset=utf-8"} if isinstance(request.data, bytes) else None,
            timeout=request.timeout or CALL,
            allow_redirects=False,
        ) as response:
            body = await _capped(response, limit)
            return _Answer(response.status, response.content_type, _stated_name(response), body)


async def _capped(response: aiohttp.ClientResponse, limit: int) -> bytes:
    if (response.content_length or 0) > limit:
        raise _too_large()
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise _too_large()
    return bytes(body)


def _too_large() -> WeComError:
    return errors.from_answer(_TOO_LARGE, "")


def _stated_name(response: aiohttp.ClientResponse) -> str:
    stated = response.content_disposition
    return file_name((stated.filename if stated else None) or "")


def file_name(stated: str) -> str:
    """The last part of a stated file name, on one line and not over 200 characters."""
    name = PurePosixPath(" ".join(clean(stated).replace("\\", "/").split())).name
    return "" if name == ".." else name[-200:]


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _error_in(answer: _Answer) -> dict[str, Any]:
    """The error that came in place of a file; a member's own JSON file is a file."""
    looks_like_json = answer.content_type in ("application/json", "text/plain") and not answer.filename
    if looks_like_json or answer.body.startswith(b'{"errcode"'):
        return _object(answer.body) or {}
    return {}


def _is_no_file(answer: _Answer) -> bool:
    """A gateway's page, or half an error; a member's own page has a file name."""
    page = answer.content_type == "text/html" and not answer.filename
    return page or (answer.body.startswith(b'{"errcode"') and _object(answer.body) is None)


def _check(value: dict[str, Any]) -> None:
    code = value.get("errcode", errors.OK)
    if not isinstance(code, int):
        raise errors.no_answer("errcode is no number", unknown_outcome=True)
    if code != errors.OK:
        raise errors.from_answer(code, str(value.get("errmsg", "")))


def _unreadable(request: Request, answer: _Answer) -> WeComError:
    detail = f"{request.method} {request.path}: HTTP {answer.status}, {answer.content_type}, {len(answer.body)} bytes"
    return errors.no_answer(detail, unknown_outcome=answer.status == 200 or answer.status >= 500)


def _broken(request: Request, error: Exception) -> WeComError:
    never_left = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL)
    detail = f"{request.method} {request.path}: {type(error).__name__}"
    return errors.no_answer(detail, unknown_outcome=not never_left)
