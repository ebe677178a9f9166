"""Styles and scripts under addresses that name their content, so that a phone fetches each version once.

Everything in ``static/`` is served under its path there. Scripts are ES modules that import each other and the
libraries by relative names (``import { person } from "./page.js"``, ``await import("../konva.js")``,
``new URL("./tus.js", import.meta.url)``); what is sent names versions instead, so a module's version covers all that it
imports. Modules must not import each other in a circle.
"""

import asyncio
import gzip
import hashlib
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from aiohttp import web

from core.errors import Misconfigured
from h5 import weui

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "h5/static"
LIBRARIES = {
    "weui.css": ROOT / "node_modules/weui/dist/style/weui.min.css",
    "htmx.js": ROOT / "node_modules/htmx.org/dist/htmx.min.js",
    # What a page fetches only when it is used: idb is a module, the others put Konva, tus, L and echarts on the window.
    "idb.js": ROOT / "node_modules/idb/build/index.js",
    "konva.js": ROOT / "node_modules/konva/konva.min.js",
    "tus.js": ROOT / "node_modules/tus-js-client/dist/tus.min.js",
    "leaflet.js": ROOT / "node_modules/leaflet/dist/leaflet.js",
    "leaflet.css": ROOT / "node_modules/leaflet/dist/leaflet.css",
    "echarts.js": ROOT / "node_modules/echarts/dist/echarts.common.min.js",
}
FILES = LIBRARIES | {path.relative_to(STATIC).as_posix(): path for path in STATIC.rglob("*.*") if path.is_file()}
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"


_IMPORT = re.compile(r'(?:(?<=\bfrom )|(?<=\bimport )|(?<=\bimport\()|(?<=\bnew URL\())"(\.\.?/[^"]+)"')


@dataclass(frozen=True)
class Asset:
    content: bytes
    content_type: str
    version: str

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.content, mtime=0)


@cache
def asset(name: str) -> Asset:
    try:
        content = FILES[name].read_bytes()
    except OSError as error:
        raise Misconfigured(f"The page asset {name} is missing; `make setup` installs it.") from error
    if name == "weui.css":
        content = weui.needed(content.decode(), _sources()).encode()
    if name.endswith(".js") and name not in LIBRARIES:
        content = _naming_versions(name, content.decode()).encode()
    return Asset(content, TYPES[Path(name).suffix], hashlib.sha256(content).hexdigest()[:12])


def _sources() -> Iterator[str]:
    """All that may name a class."""
    for folder, pattern in ((ROOT / "h5/templates", "*.html"), (STATIC, "*.css"), (STATIC, "*.js")):
        yield from (path.read_text(encoding="utf-8") for path in sorted(folder.rglob(pattern)))


def address(name: str) -> str:
    return f"/h5/static/{asset(name).version}/{name}"


def _naming_versions(name: str, script: str) -> str:
    def versioned(found: re.Match[str]) -> str:
        imported = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[1]))
        if imported not in FILES:
            raise Misconfigured(f"{name} imports {found[1]}, which is not there.")
        return f'"{address(imported)}"'

    return _IMPORT.sub(versioned, script)


async def worker(request: web.Request) -> web.Response:
    """Has no version in its address, so that browsers find the newer one of the same worker."""
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=asset("worker.js").content, content_type="text/javascript", headers=headers)


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
        # A chart library takes long enough to pack for others to notice.
        body, headers["Content-Encoding"] = await asyncio.to_thread(getattr, found, "packed"), "gzip"
    return web.Response(body=body, content_type=found.content_type, charset="utf-8", headers=headers)
