"""One draft, filled in by turns and at once in the conversation and on its page, and submitted once."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from core.cases.models import Case, Draft
from core.people.models import Person
from h5.session import Sessions
from tests.town import Town, town


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path) as made:
        yield made


class Page:
    """A member's browser at the real service."""

    def __init__(self, place: Town, client: ClientSession) -> None:
        self._service, self._client = place.service, client
        self.fields: dict[str, str] = {}

    async def opens(self, address: str) -> None:
        async with self._client.get(self._service + address) as answer:
            page = await answer.text()
        self.fields = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([\w-]*)">', page))

    async def posts(self, address: str, **typed: str) -> str:
        async with self._client.post(
            self._service + address, data=self.fields | typed, allow_redirects=False
        ) as answer:
            return answer.headers.get("Location") or await answer.text()


async def signed_in(place: Town, person: Person) -> ClientSession:
    response = web.Response()
    Sessions(place.house.settings).enter(response, person)
    return ClientSession(cookies={name: held.value for name, held in response.cookies.items()})


async def test_neither_door_undoes_what_the_other_keeps(place: Town) -> None:
    lin = place.phone("lin")
    async with await signed_in(place, place.cast.lin) as client:
        page = Page(place, client)
        await lin.says("上报")
        draft = await Draft.get()
        address = f"/h5/drafts/{draft.id}"
        await page.opens(address)
        await asyncio.gather(
            page.posts(f"{address}/answers/checked_location", checked_location="3号楼 5层"),
            page.posts(f"{address}/answers/check_type", check_type="safety"),
            lin.says("滨江花园"),
        )
        await draft.refresh_from_db()
        assert draft.data["answers"] == {
            "project": place.cast.project.id, "check_type": "safety", "checked_location": "3号楼 5层"
        }  # fmt: skip
        for said in ("继续填写", "没有其他问题", "不选", "不选"):
            await lin.says(said)
        assert "抽查部位：3号楼 5层" in lin.text
        submitted = await asyncio.gather(page.posts(f"{address}/submit"), lin.taps("立即提交"))
        case = await Case.get(process="check_report")
        assert submitted[0].split("?")[0] == f"/h5/cases/{case.id}"
        assert await Draft.all().count() == 0
