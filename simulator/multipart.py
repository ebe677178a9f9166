"""The one file part of an upload. The file name must stand as raw UTF-8 in `filename="…"`: the platform is
known not to understand `filename*=` (path/90253)."""

import re
from dataclasses import dataclass

from simulator.call import Call
from simulator.errors import ApiError

_BOUNDARY = re.compile(r'multipart/form-data;.*boundary="?([^";]+)"?', re.IGNORECASE)
_NAME = re.compile(r'[; ]name="([^"]*)"')
_FILENAME = re.compile(r'[; ]filename="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Upload:
    filename: str
    content_type: str
    content: bytes


def read(call: Call) -> Upload:
    """The part named `media`. Raises ApiError 44001."""
    boundary = _BOUNDARY.match(call.headers.get("Content-Type", ""))
    if not boundary:
        raise ApiError(44001)
    for part in call.body.split(b"--" + boundary.group(1).encode())[1:]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        upload = _file(head.decode("utf-8", "replace"), content.removesuffix(b"\r\n"))
        if upload:
            return upload
    raise ApiError(44001)


def _file(head: str, content: bytes) -> Upload | None:
    name, filename = _NAME.search(head), _FILENAME.search(head)
    if not name or name.group(1) != "media" or not filename:
        return None
    kind = re.search(r"content-type: *([^\r\n;]+)", head, re.IGNORECASE)
    return Upload(filename.group(1), kind.group(1) if kind else "application/octet-stream", content)
