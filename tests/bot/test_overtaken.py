"""A draft in the conversation whose step somebody else has taken: its owner is told, and keeps what he filled in."""

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.cases import drafts
from core.cases.models import Case, Draft
from tests.bot.test_notices import FOUND, MONDAY, issued, photo, until, words
from tests.town import Phone, Town, read, town

KEPT = "您填的内容都留着，不能再提交，可以在这里查看和复制。"


@pytest.fixture
async def place(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Town]:
    database = shutil.copyfile(sqlite_template, tmp_path / "zhian.sqlite3")
    async with town(f"sqlite://{database}", tmp_path) as made:
        until(made, MONDAY)
        yield made


async def answering(place: Town) -> Phone:
    """陈光泽, who has answered the first of two findings."""
    chen = await issued(place, *FOUND[:2], repliers="陈光泽")
    await chen.taps("回复")
    await chen.together(photo(1), words("东侧已装栏杆"))
    await chen.taps("下一条")
    return chen


def without_time(said: str) -> str:
    return re.sub(r"\d+月\d+日 \d\d:\d\d", "那时", said)


async def test_a_receipt_in_the_middle_of_a_reply_leaves_the_reply(place: Town) -> None:
    chen = await answering(place)
    await chen.taps("签收")
    assert "东侧已装栏杆" in [one["statement"] for one in (await Draft.get()).data["replying"]["pieces"].values()]
    assert "第2条" in (await chen.says("继续填写")).replace(" ", "")


async def test_who_goes_on_with_a_reply_to_a_withdrawn_notice_is_told_and_keeps_it(place: Town) -> None:
    chen = await answering(place)
    notice = await Case.get(process="notice")
    await place.house.engine.open("voiding", place.cast.luo, {"reason": "依据有误"}, key="void", parent=notice)
    said = without_time(await chen.says("继续填写"))
    assert said == f"《滨江花园一期 整改通知》已由系统于 那时 办理（作废），无需再处理。\n{KEPT}"
    draft = await Draft.get()
    assert (await drafts.current(place.cast.chen.id), bool(drafts.closed(draft))) == (None, True)
    assert f"/h5/drafts/{draft.id}" in chen.last.body["content"]
    assert await chen.says("继续填写") == "现在没有正在填写的内容。发送“帮助”查看可以做什么。"


async def test_who_began_about_another_thing_keeps_what_he_had_written(place: Town) -> None:
    """One request for more time is half written, when another is begun."""
    await issued(place, FOUND[0], repliers="陈光泽")
    chen = await issued(place, FOUND[1], repliers="陈光泽")
    cards = [message for message in chen.messages if "[申请延期]" in read(message)]
    await chen.taps("申请延期", card=cards[0])
    await chen.says("8天")
    await chen.taps("申请延期", card=cards[1])
    kept = [one for one in await Draft.all() if drafts.closed(one)]
    assert [drafts.closed(one) for one in kept] == ["您后来为另一件事填写了延期申请，这一份没有提交，也不能再提交。"]
