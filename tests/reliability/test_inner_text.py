"""Whatever somebody types is shown as it was typed: in chat, on cards, on the page, in a reply; nothing of it acts."""

import asyncio
import html
import re
from xml.etree import ElementTree

import aiohttp
import pytest

from core.cases.models import Case
from core.people.models import Person
from core.projects.models import Project
from tests.bot.letterbox import Answer, Letterbox
from tests.reliability.figures import Figures
from tests.reliability.visiting import visitor
from tests.town import Town, read
from webhooks import callback

TEXTS = {
    "the end of CDATA": "]]>&lt;/Content&gt;<xml>&xxe;",
    "a link and a script": "<a href='http://bad.example'>点我</a><script>alert(1)</script>",
    "an image": '"><img src=x onerror=alert(1)>',
    "SQL": "'; DROP TABLE case_record; --",
    "wildcards": "100%_\\%",
    "a template": "{{ 7*7 }} ${7*7} %s {0}",
    "right to left": "5层\u202e反了\u202c",
    "emoji": "👷🏽‍♀️🚧",
    "a placeholder": "$userName=luo$",
}


async def reported(town: Town, said: str) -> Case:
    lin = town.phone("lin")
    for answer in ("上报", "滨江花园", "安全检查", said, said, "确认", "罗敬川", "陈光泽", "立即提交"):
        await lin.says(answer)
    return await Case.get()


TURNING = re.compile("[\u202a-\u202e]")  # left out on pages, where words of others stand beside these


def texts_of(page: str) -> list[str]:
    """What stands between the tags, as a browser reads it."""
    body = re.sub(r"<(script|style|title|svg|template)\b.*?</\1>", "", page, flags=re.DOTALL)
    return [html.unescape(piece).strip() for piece in re.split(r"<[^>]*>", body)]


@pytest.mark.parametrize("name", TEXTS)
async def test_it_is_text_in_chat_on_the_card_and_on_the_page(small_place: Town, figures: Figures, name: str) -> None:
    said = TEXTS[name]
    case = await reported(small_place, said)
    assert (case.data["checked_location"], case.data["findings"][0]["note"]) == (said, said)
    luo = small_place.phone("luo")
    assert f"1.一般：{said}" in read(luo.last).splitlines()
    async with aiohttp.ClientSession() as http:
        reader = visitor(small_place.service, small_place.house.settings, await Person.get(userid="luo"), http)
        page = await reader.page(f"/h5/cases/{case.id}")
    assert TURNING.sub("", said) in texts_of(page)
    assert [found for found in ("<script>alert", "<img src=x", "<a href='http://bad") if found in page] == []
    await luo.says(f"工程 {said}")
    links = re.findall(r"<a [^>]*>", str(luo.last.body.get("content", "")))
    assert [link for link in links if "bad.example" in link] == []
    figures.add(texts=1, doors=4)


PATTERNS = ("%", "_", "\\", "滨%花", "滨_花园", "%%", "[滨]", "滨*", ".*", "' OR 1=1 --")


async def test_a_search_knows_no_wildcards(small_place: Town, figures: Figures) -> None:
    lin, other = small_place.phone("lin"), Project.filter(id=small_place.cast.other_project.id)
    for typed in PATTERNS:
        await other.update(name="远洋中学")
        none = "没有找到工程。请换个关键词，例如：工程 滨江，或用拼音首字母：工程 bj。"
        assert await lin.says(f"工程 {typed}") == none
        await other.update(name=f"远洋{typed}中学")
        assert (await lin.says(f"工程 {typed}")).splitlines()[0] == f"远洋{typed}中学"
        figures.add(searches=2)


async def test_a_reply_stays_one_element(small_place: Town, figures: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its receiver and its sender are what the callback said they were."""
    monkeypatch.setattr(callback, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(callback, "KEEPING_SECONDS", 30)
    go_on = asyncio.Event()

    async def slowly(_event: object) -> None:
        await go_on.wait()

    small_place.house.door.receive = slowly
    async with Letterbox(small_place) as letterbox:
        for said in TEXTS.values():
            fields = {"FromUserName": said, "ToUserName": said, "MsgType": "text", "Content": said, "MsgId": 1}
            answer = await letterbox.post(letterbox.document(fields))
            reply = opened(letterbox, answer)
            assert (answer.status, list(reply)) == (200, PARTS)
            told = (reply["ToUserName"], reply["FromUserName"], reply["Content"])
            assert told == (said, said, "正在处理，请稍候。")
            figures.add(replies=1)
    go_on.set()


PARTS = ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"]


def opened(letterbox: Letterbox, answer: Answer) -> dict[str, str]:
    sealed = {part.tag: part.text or "" for part in ElementTree.fromstring(answer.body)}
    values = (sealed[name] for name in ("MsgSignature", "TimeStamp", "Nonce", "Encrypt"))
    return {part.tag: part.text or "" for part in ElementTree.fromstring(letterbox.crypto.decrypt(*values).decode())}


async def test_long_texts(small_place: Town, figures: Figures) -> None:
    """What WeCom allows, what fits into a body, and what does not: nothing of it stops the member."""
    lin = small_place.phone("lin")
    async with Letterbox(small_place) as letterbox:
        for size, status in ((2048, 200), (20_000, 200), (64 * 1024, 413)):
            assert (await letterbox.post(letterbox.text("lin", "临" * (size // 3), size))).status == status
            await small_place.settle()
            assert (await lin.says("待办")).splitlines()[0] == "现在没有需要您办理的事项。"
            figures.add(texts=1)
