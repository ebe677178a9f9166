"""Styles and scripts under addresses that name their content, so that a phone fetches each version once."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web

from core.errors import Misconfigured

ROOT = Path(__file__).parent.parent
FILES = {
    "weui.css": ROOT / "node_modules/weui/dist/style/weui.min.css",
    "htmx.js": ROOT / "node_modules/htmx.org/dist/htmx.min.js",
    "page.css": ROOT / "h5/static/page.css",
    "photos.js": ROOT / "h5/static/photos.js",
    "typing.js": ROOT / "h5/static/typing.js",
    "icon.svg": ROOT / "h5/static/icon.svg",
}
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    content: bytes
    packed: bytes
    content_type: str
    version: str


@cache
def asset(name: str) -> Asset:
    try:
        content = FILES[name].read_bytes()
    except OSError as error:
        raise Misconfigured(f"The page asset {name} is missing; `make setup` installs it.") from error
    version = hashlib.sha256(content).hexdigest()[:12]
    return Asset(content, gzip.compress(content, mtime=0), TYPES[Path(name).suffix], version)


def address(name: str) -> str:
    return f"/h5/static/{asset(name).version}/{name}"


async def serve(request: web.Request) -> web.Response:
    """An older or newer replica's page may ask for a version that is not here: it gets this one, not to be kept."""
    name = request.match_info["name"]
    if name not in FILES:
        raise web.HTTPNotFound
    found = asset(name)
    current = request.match_info["version"] == found.version
    headers = {
        "Cache-Control": FOR_EVER if current else "no-store",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    body = found.content
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body, headers["Content-Encoding"] = found.packed, "gzip"
    return web.Response(body=body, content_type=found.content_type, charset="utf-8", headers=headers)
