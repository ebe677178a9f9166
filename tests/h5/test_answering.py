"""A reply on its draft's page (BY-04): each finding has its own words and photos, whatever is posted twice or late."""

from typing import Any

import pytest
from aiohttp import FormData

from core.cases.models import Case, Draft
from core.evidence.models import Evidence
from notices.replying import InHand, owed
from tests.h5.story import Browser, Station, photo, text
from tests.h5.test_drafting import hidden, post
from tests.h5.test_replies import noticed, replies, reply_of


class Desk:
    """陈光泽 at the page of his reply to three findings."""

    def __init__(self, station: Station, browser: Browser, reply: Case, address: str) -> None:
        self.station = station
        self.browser = browser
        self.reply = reply
        self.address = address

    async def photos(self, finding: int) -> list[int]:
        return InHand((await Draft.get()).data, owed(self.reply.data)).photos(finding)

    async def attach(self, finding: int, evidence: int) -> int:
        fields = {"csrf": await self.browser.token(), "key": "0" * 32, "evidence": str(evidence)}
        return (await post(self.browser, f"{self.address}/replies/{finding}/photos", fields)).status

    async def keep(self, colour: str, marks: int | None = None) -> int:
        kept = await self.station.keep(photo(colour), self.station.cast.chen)
        await Evidence.filter(id=kept.id).update(marks_id=marks)
        return int(kept.id)


@pytest.fixture
async def desk(office: Station) -> Desk:
    reply = await reply_of(await noticed(office), office.cast.chen)
    chen = await office.browser(office.cast.chen)
    begun = await chen.get(f"/h5/cases/{reply.id}/steps/reply")
    return Desk(office, chen, reply, begun.headers["Location"])


async def test_ones_own_photos_reach_their_finding_once(desk: Desk) -> None:
    first, second = await desk.keep("orange"), await desk.keep("teal")
    marked = await desk.keep("red", first)
    theirs = int((await desk.station.keep(photo("navy"), desk.station.cast.lin)).id)
    sent = [(1, first), (1, first), (1, second), (1, marked), (1, first), (2, theirs), (4, second)]
    assert [await desk.attach(*one) for one in sent] == [200, 200, 200, 200, 200, 404, 422]
    assert [await desk.photos(finding) for finding in (1, 2, 3)] == [[marked, second], [], []]


async def test_a_form_of_photos_that_is_posted_twice_counts_once(desk: Desk) -> None:
    typed: dict[str, Any] = await hidden(desk.browser, desk.address) | {"answers-2": "已上锁"}
    for _ in range(2):
        form = FormData(typed)
        form.add_field("photos-2", photo(), filename="lock.jpg", content_type="image/jpeg")
        form.add_field("photos-2", b"GIF89a" + bytes(99), filename="moving.gif", content_type="image/gif")
        answer = await post(desk.browser, f"{desk.address}/replies/2/photos/files", form)  # type: ignore[arg-type]
        assert "moving.gif：照片不完整或已损坏，请重新发送一次；还是不行，请重新拍摄。" in text(await answer.text())
    (kept,) = await desk.photos(2)
    page = await desk.browser.read(desk.address)
    assert ("已答 1 / 3 条" in page.splitlines(), "已上锁" in page.splitlines()) == (True, True)
    gone = {"csrf": typed["csrf"], "photo": str(kept)}
    assert (await post(desk.browser, f"{desk.address}/replies/2/photos/drop", gone)).status == 303
    assert await desk.photos(2) == []


async def test_what_another_window_wrote_is_said_before_it_is_replaced(desk: Desk) -> None:
    first, second = await hidden(desk.browser, desk.address), await hidden(desk.browser, desk.address)
    await post(
        desk.browser, f"{desk.address}/answers/answers", first | {"answers-1": "已装栏杆", "answers-2": "已上锁"}
    )
    late = await post(
        desk.browser, desk.address, second | {"answers-1": "已封闭", "answers-3": "已抽水", "then": "save"}
    )
    page = await late.text()
    how = "您在这里写的还没有保存；要用这里写的，请再点一次“保存”。"
    assert f"第1条在别处改过了，现在写的是：已装栏杆。{how}" in text(page).splitlines()
    assert ">已封闭</textarea>" in page
    said = [piece["statement"] for piece in (await Draft.get()).data["replying"]["pieces"].values()]
    assert said == ["已装栏杆", "已上锁", "已抽水"]


async def test_what_still_waits_for_words_is_named_by_number(desk: Desk) -> None:
    typed = await hidden(desk.browser, desk.address) | {"answers-1": "已装栏杆", "then": "submit"}
    refused = await post(desk.browser, desk.address, typed)
    page = text(await refused.text()).splitlines()
    at = page.index("逐条回复")
    assert (refused.status, page[at + 1]) == (422, "第2、3条还没有回复，请写明怎样整改后再提交。")


async def test_what_came_back_and_still_says_the_same_is_named_as_such(office: Station) -> None:
    reply, lin = await reply_of(await noticed(office), office.cast.chen), await office.browser(office.cast.lin)
    await replies(office, reply, _1=[], _2=[], _3=[])
    back = {"verdicts-1": "return", "verdicts-1-reason": "照片看不清", "verdicts-2": "accept", "verdicts-3": "accept"}
    await lin.does(reply, "judge", **back)
    chen = await office.browser(office.cast.chen)
    address = (await chen.get(f"/h5/cases/{reply.id}/steps/reply")).headers["Location"]
    fields = await hidden(chen, address)
    same = await post(
        chen, address, fields | {"answers-1": "第1条已整改", "answers-1-day": "2026-11-20", "then": "submit"}
    )
    assert "第1条退回后还没有改，请改好再提交。" in text(await same.text()).splitlines()
    changed = await post(chen, address, fields | {"answers-1": "已重新拍照", "then": "submit"})
    assert changed.headers["Location"] == f"{address}/summary"


async def test_every_answer_is_read_once_more_before_it_is_submitted(desk: Desk) -> None:
    said = {"answers-1": "已装栏杆", "answers-2": "已上锁", "answers-3": "已抽水", "then": "submit"}
    checked = await post(desk.browser, desk.address, await hidden(desk.browser, desk.address) | said)
    summary = (await desk.browser.read(checked.headers["Location"])).splitlines()
    at = summary.index("逐条回复")
    assert summary[at + 1 : at + 5] == ["3条，照片0张", "1. 已装栏杆", "2. 已上锁", "3. 已抽水"]
