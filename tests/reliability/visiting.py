"""A signed-in member's browser at any service that has these settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from core.people.models import Person
from core.settings import Settings
from h5.session import Sessions


@dataclass
class Visitor:
    service: str
    public_url: str
    cookie: Mapping[str, str]
    csrf: str
    http: aiohttp.ClientSession

    async def page(self, path: str) -> str:
        async with self.http.get(self.service + path, cookies=self.cookie, allow_redirects=False) as answer:
            assert answer.status == 200
            return await answer.text()

    async def post(self, path: str, data: Any, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Status and body; the page that is posted from is our own."""
        sent = {"Origin": self.public_url} | dict(headers or {})
        asked = self.http.post(self.service + path, data=data, headers=sent, cookies=self.cookie, allow_redirects=False)
        async with asked as answer:
            return answer.status, await answer.text()


def visitor(service: str, settings: Settings, person: Person, http: aiohttp.ClientSession) -> Visitor:
    sessions, entered = Sessions(settings), web.Response()
    sessions.enter(entered, person)
    cookie = {name: morsel.value for name, morsel in entered.cookies.items()}
    header = "; ".join(f"{name}={value}" for name, value in cookie.items())
    session = sessions.read(make_mocked_request("GET", "/h5/", {"Cookie": header}))
    assert session is not None
    return Visitor(service, settings.public_url, cookie, sessions.csrf_token(session), http)
