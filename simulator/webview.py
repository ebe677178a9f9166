"""The service's pages inside a member's phone: a proxy that plays WeCom's web view.

Each member has his own host name and his own cookies; the browser never sees them. What leads to the service's public
address leads to the member's host instead, so that several members can be signed in side by side.
"""

import re

import aiohttp
from aiohttp import ClientSession, ClientTimeout, CookieJar, DummyCookieJar, web
from aiohttp.typedefs import Handler
from yarl import URL

from simulator import authorize, pages
from simulator.corp import authority
from simulator.state import Person
from simulator.world import World

_AGENT = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36 "
    "wxwork/4.1.20 MicroMessenger/7.0.1 NetType/WIFI Language/zh"
)
_HOP = {"connection", "keep-alive", "proxy-authenticate", "te", "trailers", "transfer-encoding", "upgrade", "host"}
_NOT_ASKED = _HOP | {"cookie", "user-agent", "origin", "referer", "content-length"}
_NOT_ANSWERED = _HOP | {"set-cookie", "x-frame-options", "content-security-policy", "content-length"}
_ADDRESSES = ("Location", "HX-Redirect", "HX-Location")
_FRAME_ANCESTORS = re.compile(r"frame-ancestors[^;]*;?\s*", re.IGNORECASE)
_CHUNK = 64 * 1024
_TIMEOUT = ClientTimeout(total=None, sock_connect=5, sock_read=120)


class WebViews:
    def __init__(self, world: World) -> None:
        self._world = world
        self._jars: dict[str, CookieJar] = {}
        self._http: ClientSession | None = None

    async def open(self) -> None:
        self._http = ClientSession(cookie_jar=DummyCookieJar(), auto_decompress=False, timeout=_TIMEOUT)

    async def close(self) -> None:
        if self._http:
            await self._http.close()

    def forget(self) -> None:
        """Signs everybody out."""
        self._jars.clear()

    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Everything asked of a member's host name goes to the service; the rest is the simulator's own."""
        label, _, rest = (request.host or "").partition(".")
        if rest.partition(":")[0] != "localhost":
            return await handler(request)
        owner = self._world.phone_owner(label)
        if owner is None:
            return pages.refusal("没有这部手机", 404)
        if request.path == authorize.PATH:
            return self._localised_redirect(authorize.in_phone(self._world, request, owner), owner)
        return await self._forward(request, owner)

    async def _forward(self, request: web.Request, owner: Person) -> web.StreamResponse:
        config = self._world.config
        path = URL(request.raw_path, encoded=True)
        seen_as, jar = config.members_url.join(path), self._jar(owner)
        asking = self._client().request(
            request.method,
            URL(config.service_url).join(path),
            headers=self._question_headers(request),
            cookies={name: morsel.value for name, morsel in jar.filter_cookies(seen_as).items()},
            data=request.content if request.can_read_body else None,
            allow_redirects=False,
        )
        try:
            async with asking as answer:
                jar.update_cookies(answer.cookies, seen_as)
                return await self._pass_on(request, answer, owner)
        except (aiohttp.ClientConnectionError, TimeoutError):
            return pages.unreachable(config.service_url)

    def _client(self) -> ClientSession:
        if self._http is None:
            raise RuntimeError("open() the web views first")
        return self._http

    def _jar(self, owner: Person) -> CookieJar:
        if owner.userid not in self._jars:
            self._jars[owner.userid] = CookieJar(unsafe=True)
        return self._jars[owner.userid]

    def _question_headers(self, request: web.Request) -> dict[str, str]:
        public = str(self._world.config.members_url).rstrip("/")
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_ASKED}
        headers |= {"Host": authority(self._world.config.members_url), "User-Agent": _AGENT}
        if request.headers.get("Origin"):
            headers["Origin"] = public
        if "Referer" in request.headers:
            headers["Referer"] = public + URL(request.headers["Referer"]).path_qs
        if request.headers.get("Sec-Fetch-Dest") == "iframe":
            headers |= {"Sec-Fetch-Dest": "document"} | ({"Sec-Fetch-Site": "none"} if request.method == "GET" else {})
        if "Content-Length" in request.headers:
            headers["Content-Length"] = request.headers["Content-Length"]
        return headers

    async def _pass_on(self, request: web.Request, answer: aiohttp.ClientResponse, owner: Person) -> web.StreamResponse:
        passed = web.StreamResponse(status=answer.status, reason=answer.reason)
        for name, value in answer.headers.items():
            if name.lower() not in _NOT_ANSWERED:
                passed.headers.add(name, value)
        if answer.headers.get("Content-Length") and answer.status not in (204, 304):
            passed.headers["Content-Length"] = answer.headers["Content-Length"]
        for policy in answer.headers.getall("Content-Security-Policy", []):
            kept = _FRAME_ANCESTORS.sub("", policy).strip()
            if kept:
                passed.headers.add("Content-Security-Policy", self._localised_policy(kept, owner))
        for name in filter(passed.headers.__contains__, _ADDRESSES):
            passed.headers[name] = self._localised(passed.headers[name], owner)
        await passed.prepare(request)
        async for chunk in answer.content.iter_chunked(_CHUNK):
            await passed.write(chunk)
        await passed.write_eof()
        return passed

    def _localised(self, location: str, owner: Person) -> str:
        """The service's pages and the authorize page, wherever it lies, are opened at the member's own host."""
        target = URL(location)
        ours = {authority(self._world.config.members_url), authority(URL(self._world.config.service_url))}
        if not target.host or (authority(target) not in ours and target.path != authorize.PATH):
            return location
        return str(URL(self._world.webview_origin(owner.userid)).join(target.relative()))

    def _localised_policy(self, policy: str, owner: Person) -> str:
        public = str(self._world.config.members_url).rstrip("/")
        return policy.replace(public, self._world.webview_origin(owner.userid))

    def _localised_redirect(self, answer: web.StreamResponse, owner: Person) -> web.StreamResponse:
        if "Location" in answer.headers:
            answer.headers["Location"] = self._localised(answer.headers["Location"], owner)
        return answer

    def address(self, userid: str, link: str) -> str:
        """Where a link from the chat opens in this member's phone."""
        return self._localised(link, self._world.person(userid))
