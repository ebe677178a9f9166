"""A process that is only a declaration is filled in by chat: its photos, days, numbers and switches as well."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import pytest

from core.cases.declaration import AUTHOR, START, Process, Slot, State, Step, View
from core.cases.models import Case
from core.forms import Day, Form, Number, Photos, Switch, Text
from tests.bot.material import photo
from tests.town import Town, read, town


class Visit(Form):
    day: Annotated[str, Day("到场日期")]
    people: Annotated[float, Number("在场人数", unit="人", most=500)]
    pictures: Annotated[list[int], Photos("现场照片")]
    works_on: Annotated[bool, Switch("正在施工")]
    note: Annotated[str, Text("备注", 100)] = ""


def heading(view: View) -> str:
    return "现场走访"


VISIT = Process(
    name="visit",
    title="走访记录",
    word="走访",
    heading=heading,
    slots=(Slot(AUTHOR, "走访人"),),
    states=(State("done", "已记录", final=True),),
    table=(Step(START, "submit", "提交", by=AUTHOR, to="done", form=Visit),),
)


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path, [VISIT]) as made:
        yield made


async def test_every_kind_of_field_by_words_and_by_buttons(place: Town) -> None:
    lin = place.phone("lin")
    assert await lin.says("走访") == "请选择到场日期\n也可以直接回复日期，例如 12月5日。\n[今天]\n[明天]\n[后天]"
    assert await lin.says("2月30日") == "「到场日期」没有看懂，请按“12月5日”或“2026-12-05”的样子回复。"
    assert await lin.taps("今天") == "请发送「在场人数」（单位：人）。"
    assert await lin.says("很多") == "「在场人数」请只发送数字，例如 12 或 3.5。"
    assert await lin.says("501人") == "「在场人数」应在 0 与 500 之间。"
    assert await lin.says("12人") == "请发送「现场照片」。"
    assert await lin.says("没有") == "还没有收到「现场照片」，请先发送。"
    assert (await lin.together(photo(), photo(1))).splitlines()[1:] == ["已收到 2 个，可以继续发送。", "[发完了]"]
    assert await lin.taps("发完了") == "正在施工\n[是]\n[否]"
    assert await lin.says("可能吧") == "「正在施工」请回复“是”或“否”。"
    assert await lin.says("是") == "请发送备注\n可不填。\n[跳过]"
    summary = await lin.taps("跳过")
    assert summary.splitlines()[0] == "走访记录：请核对"
    assert summary.splitlines()[3:6] == ["在场人数：12人", "现场照片：2 张照片", "正在施工：是"]


async def test_a_photo_that_comes_after_the_last_is_added(place: Town) -> None:
    lin = place.phone("lin")
    for said in ("走访", "今天", "12"):
        await lin.says(said)
    await lin.together(photo())
    for said in ("完成", "否", "跳过"):
        await lin.says(said)
    assert "现场照片：2 张照片" in (await lin.together(photo(1))).splitlines()
    await lin.says("提交")
    assert len((await Case.get()).data["pictures"]) == 2


async def test_other_things_show_the_open_question_again(place: Town) -> None:
    lin = place.phone("lin")
    for said in ("走访", "今天", "12"):
        await lin.says(said)
    assert await lin.says("在吗") == "请发送「现场照片」。"
    assert [read(m) for m in lin.messages][-2:] == ["请发送「现场照片」。"] * 2
