"""A form on a page is the same draft as in the conversation: saved answer by answer, checked, and submitted once."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientResponse

from core.cases.models import Case, Draft
from tests.h5.story import PUBLIC_URL, Browser, Station, station_on, text
from tests.h5.test_any_process import ANSWER, PLAN


@pytest.fixture
async def site(migrated_url: str, tmp_path: Path) -> AsyncIterator[Station]:
    async with station_on(migrated_url, tmp_path, [PLAN, ANSWER]) as made:
        yield made


async def post(browser: Browser, address: str, fields: dict[str, str], **headers: str) -> ClientResponse:
    sent = {"Origin": PUBLIC_URL} | headers
    return await browser.client.post(address, data=fields, headers=sent, allow_redirects=False)


async def begin(browser: Browser, process: str) -> str:
    answer = await post(browser, f"/h5/new/{process}", {"csrf": await browser.token()})
    assert answer.status == 303
    return answer.headers["Location"]


async def hidden(browser: Browser, address: str) -> dict[str, str]:
    page = await (await browser.get(address)).text()
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([\w-]*)">', page))


async def test_a_form_is_filled_in_checked_and_submitted(site: Station) -> None:
    lin = await site.browser(site.cast.lin)
    address = await begin(lin, "answer")
    assert await begin(lin, "answer") == address
    filled = await hidden(lin, address) | {"words": "已加固", "depth": "", "then": "submit"}
    wrong = await post(lin, address, filled)
    assert (wrong.status, "请填写「实测深度」。" in text(await wrong.text()).splitlines()) == (422, True)
    right = await post(lin, address, await hidden(lin, address) | {"words": "已加固", "depth": "8.5", "then": "submit"})
    assert (right.status, right.headers["Location"]) == (303, f"{address}/summary")
    summary = (await lin.read(f"{address}/summary")).splitlines()
    assert summary[:7] == ["答复", "请核对：答复", "提交后：退回", "说明", "已加固", "实测深度", "8.5米"]
    done = await post(lin, f"{address}/submit", await hidden(lin, f"{address}/summary"))
    case = await Case.get(process="answer")
    assert (done.status, done.headers["Location"]) == (303, f"/h5/cases/{case.id}")
    again = await post(lin, f"{address}/submit", {"csrf": await lin.token()})
    back = await lin.get(address)
    assert again.headers["Location"] == back.headers["Location"] == f"/h5/cases/{case.id}?told=submitted"
    assert "这份草稿已经提交过了，这是提交后的记录，不能再修改。" in await lin.read(back.headers["Location"])
    assert await Draft.all().count() == 0


async def test_one_answer_is_saved_and_a_newer_one_stays(site: Station) -> None:
    lin = await site.browser(site.cast.lin)
    address = await begin(lin, "answer")
    first, second = await hidden(lin, address), await hidden(lin, address)
    kept = await post(lin, f"{address}/answers/words", first | {"words": "已加固"})
    assert text(await kept.text()) == "11月20日 09:00 已保存到草稿。"
    stale = await post(lin, f"{address}/answers/words", second | {"words": "已拆除"})
    assert "这一项在别处改过了，现在是：已加固。您在这里填写的没有保存：已拆除。需要时请再改一次。" in text(
        await stale.text()
    )
    await post(lin, f"{address}/answers/words", first | {"words": "已加固，并已复核"})
    assert (await Draft.get()).data["answers"] == {"words": "已加固，并已复核"}
